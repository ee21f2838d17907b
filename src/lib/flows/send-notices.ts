// Sends what waits: at least once each, with an id by which the receiver can tell a second time.
import { afterAttempt, type Delivery, type DeliveryFailure } from '../core/alert/delivery.ts';
import { noticeSubject, noticeText, webhookBody } from '../core/alert/notice-text.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

/** The ways out of the page. */
export type Notifier = {
	readonly browser: (note: {
		readonly title: string;
		readonly text: string;
		readonly id: string;
	}) => Result<void, DeliveryFailure>;
	readonly webhook: (post: {
		readonly url: string;
		readonly body: string;
		readonly id: string;
	}) => Promise<Result<void, DeliveryFailure>>;
	readonly mail: (mail: {
		readonly to: readonly string[];
		readonly subject: string;
		readonly text: string;
		readonly id: string;
	}) => Promise<Result<void, DeliveryFailure>>;
};

export type Sent = { readonly deliveredCount: number; readonly nextMs: number | null };

/** One page at a time; null when another one sends meanwhile. */
export async function sendNotices(effects: Effects): Promise<Result<Sent | null, StoreFailure>> {
	const sent = await effects.lock('deliveries', false, async (): Promise<Result<Sent, StoreFailure>> => {
		const waiting = await effects.alerts.waiting();
		if (!waiting.ok) return waiting;
		const nowMs = effects.now();
		const due = waiting.value.filter(({ dueAtMs }) => dueAtMs === null || dueAtMs <= nowMs);
		const after = await Promise.all(due.map((delivery) => attempt(delivery, effects)));
		const failed = after.find((one) => !one.ok);
		if (failed && !failed.ok) return failed;
		const changed = new Map(after.flatMap((one) => (one.ok && one.value ? [[one.value.id, one.value] as const] : [])));
		const now = waiting.value.map((one) => changed.get(one.id) ?? one);
		const times = now.flatMap(({ state, dueAtMs }) => (state === 'waiting' && dueAtMs !== null ? [dueAtMs] : []));
		return ok({
			deliveredCount: now.filter(({ state }) => state === 'delivered').length,
			nextMs: times.length === 0 ? null : Math.min(...times)
		});
	});
	return sent === 'busy' ? ok(null) : sent;
}

async function attempt(delivery: Delivery, effects: Effects): Promise<Result<Delivery | null, StoreFailure>> {
	const sent = await send(delivery, effects.notifier);
	const at = { atMs: effects.now(), failure: sent.ok ? null : sent.error };
	const random = effects.random();
	return effects.alerts.changeDelivery(delivery.id, (stored) => afterAttempt(stored, at, random));
}

async function send({ id, notice }: Delivery, notifier: Notifier): Promise<Result<void, DeliveryFailure>> {
	const { channel } = notice;
	switch (channel.kind) {
		case 'page':
			return ok(undefined);
		case 'browser':
			return notifier.browser({ title: noticeSubject(notice), text: noticeText(notice), id });
		case 'webhook':
			return notifier.webhook({ url: channel.url, body: JSON.stringify(webhookBody(id, notice)), id });
		case 'email':
			return notifier.mail({ to: channel.to, subject: noticeSubject(notice), text: noticeText(notice), id });
	}
}
