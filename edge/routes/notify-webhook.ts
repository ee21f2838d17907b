// POST /api/v1/notify/webhook.
import type { notifyWebhook } from '#core/contract/notify-webhook.ts';
import type { FailureOf } from '#core/contract/endpoint.ts';
import { err, ok, type Result } from '#core/result.ts';
import { claimNotice, noticeSent, releaseNotice } from '../d1/notices.ts';
import type { Handler } from '../mount.ts';

const TIMEOUT_MS = 15_000;
const PER_HOUR = 600;

export const answerNotifyWebhook: Handler<typeof notifyWebhook> = async ({ id, url, body }, env) => {
	const hosts = (env.WEBHOOK_HOSTS ?? '')
		.toLowerCase()
		.split(',')
		.map((host) => host.trim())
		.filter((host) => host !== '');
	if (hosts.length === 0) return err({ kind: 'webhooks-not-connected' });
	const target = targetOf(url, hosts);
	if (!target) return err({ kind: 'recipient-not-allowed' });
	const key = { id, kind: 'webhook' } as const;
	const claim = await claimNotice(env.DB, key, Date.now(), PER_HOUR);
	if (claim === 'sent') return ok({ isRepeated: true });
	if (claim === 'too-many') return err({ kind: 'too-many-requests', retryAfterSeconds: 60 });
	const posted = await post(target, body, id);
	if (!posted.ok) {
		await releaseNotice(env.DB, key);
		return posted;
	}
	await noticeSent(env.DB, key, Date.now());
	return ok({ isRepeated: false });
};

/** Null for a host that is not named: with its port, where it has one. In the clear only where the host is named with `http://`. */
function targetOf(text: string, hosts: readonly string[]): URL | null {
	if (!URL.canParse(text)) return null;
	const url = new URL(text);
	if (url.username !== '' || url.password !== '') return null;
	const named = url.protocol === 'https:' ? url.host : `http://${url.host}`;
	return hosts.includes(named) ? url : null;
}

async function post(url: URL, body: string, id: string): Promise<Result<void, FailureOf<typeof notifyWebhook>>> {
	try {
		const answer = await fetch(url, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', 'Idempotency-Key': id },
			body,
			// Where it leads to is not named.
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS)
		});
		await answer.body?.cancel();
		return answer.ok ? ok(undefined) : err({ kind: 'webhook-failed', status: answer.status });
	} catch {
		// The runtime throws errors of many kinds at what does not answer.
		return err({ kind: 'webhook-failed', status: null });
	}
}
