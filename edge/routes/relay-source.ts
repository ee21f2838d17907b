// POST /api/v1/workspaces/{workspace}/relay.
import {
	RELAY_MS,
	RELAYED_BYTES,
	relayedHeaders,
	SOURCE_PREFIX,
	STATUS_HEADER,
	type relaySource
} from '#core/contract/relay.ts';
import { err, ok } from '#core/result.ts';
import { appendAudit } from '../d1/audit.ts';
import { countRequest } from '../d1/rate-limits.ts';
import { RELAYS_PER_MINUTE } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { askSource, WEB_PORTS } from '../relay/ask-source.ts';
import { boundedBody } from '../relay/bounded-body.ts';
import { guardSettings } from '../relay/settings.ts';

const MINUTE_MS = 60_000;

export const answerRelaySource: Handler<typeof relaySource> = async (request, env, { token, nowMs, keep }) => {
	const settings = guardSettings(env, WEB_PORTS);
	if (!settings) return err({ kind: 'relay-not-connected' });
	const limit = { perWindow: RELAYS_PER_MINUTE, windowMs: MINUTE_MS };
	const retryAfterSeconds = await countRequest(env.DB, `relay:${token.id}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	const { workspace, method } = request;
	const tell = async (origin: string, outcome: string): Promise<void> => {
		const subject = `${method} ${origin.slice(0, 300)} ${outcome}`;
		await appendAudit(env.DB, workspace, { actor: token.id, action: 'source-asked', subject, atMs: nowMs }, true);
	};
	const late = new AbortController();
	const timer = setTimeout(() => late.abort(), RELAY_MS);
	const answered = await askSource(request, settings, late.signal);
	if (!answered.ok) {
		clearTimeout(timer);
		const { error } = answered;
		await tell(error.origin, error.kind === 'source-not-allowed' ? 'refused' : 'not reached');
		return err(error);
	}
	const { status, headers, origin } = answered.value;
	const body = boundedBody(answered.value, {
		limitBytes: RELAYED_BYTES,
		onEnd: (sizeBytes, isWhole) => {
			clearTimeout(timer);
			const told = tell(origin, `${status}, ${sizeBytes} bytes${isWhole ? '' : ', not to its end'}`);
			keep(told);
			return told;
		}
	});
	const isPacked = (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity';
	const said = relayedHeaders.flatMap((name) => {
		const value = headers.get(name);
		// It is passed on unpacked: the length would be another one's.
		return value === undefined || (isPacked && name === 'content-length')
			? []
			: [[`${SOURCE_PREFIX}${name}`, value] as const];
	});
	return ok({ body, headers: { ...Object.fromEntries(said), [STATUS_HEADER]: String(status) } });
};
