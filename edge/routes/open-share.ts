// POST /api/v1/shares/{share}/open.
import type { openShare } from '#core/contract/shares.ts';
import { err, ok } from '#core/result.ts';
import { hashOfText } from '../bytes.ts';
import { countRequest } from '../d1/rate-limits.ts';
import { openShare as open } from '../d1/shares.ts';
import { READS_PER_MINUTE } from '../limits.ts';
import type { Handler } from '../mount.ts';

const HOUR_MS = 3_600_000;

export const answerOpenShare: Handler<typeof openShare> = async ({ share, ...given }, env, call) => {
	const { nowMs, address, notFound } = call;
	const limit = { perWindow: READS_PER_MINUTE, windowMs: 60_000 };
	const waits = await countRequest(env.DB, `shared:${await address()}`, limit, nowMs);
	if (waits !== null) return err({ kind: 'too-many-requests', retryAfterSeconds: waits });
	const [auth, lease] = await Promise.all([hashOfText(given.auth), hashOfText(given.lease)]);
	const opened = await open(env.DB, { share, auth, lease }, nowMs);
	if (opened.kind === 'wrong') return err(notFound);
	if (opened.kind === 'too-often')
		return err({ kind: 'too-many-requests', retryAfterSeconds: Math.ceil((HOUR_MS - (nowMs % HOUR_MS)) / 1000) });
	const { kind: _kind, ...told } = opened;
	return ok(told);
};
