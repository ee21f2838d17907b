// GET /api/v1/shares/{share}.
import type { getShare } from '#core/contract/shares.ts';
import { err, ok } from '#core/result.ts';
import { hashOfText } from '../bytes.ts';
import { countRequest } from '../d1/rate-limits.ts';
import { findLeased } from '../d1/shares.ts';
import { READS_PER_MINUTE } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { rangeOf } from '../read-range.ts';

export const answerGetShare: Handler<typeof getShare> = async ({ share, lease, range: asked }, env, call) => {
	const { nowMs, address, notFound } = call;
	const limit = { perWindow: READS_PER_MINUTE, windowMs: 60_000 };
	const retryAfterSeconds = await countRequest(env.DB, `shared:${await address()}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	const found = await findLeased(env.DB, share, await hashOfText(lease), nowMs);
	if (!found) return err(notFound);
	const { r2Key, sizeBytes } = found;
	const range = rangeOf(asked, sizeBytes);
	if (range === 'unsatisfiable') return err({ kind: 'range-not-satisfiable', sizeBytes });
	const part = range && { range: { offset: range.startByte, length: range.length } };
	const object = await env.OBJECTS.get(r2Key, part ?? {});
	if (!object) return err(notFound);
	const headers = { 'Accept-Ranges': 'bytes', 'Content-Length': String(range?.length ?? sizeBytes) };
	if (!range) return ok({ body: object.body, headers });
	const { startByte, length } = range;
	const contentRange = `bytes ${startByte}-${startByte + length - 1}/${sizeBytes}`;
	return ok({ body: object.body, status: 206, headers: { ...headers, 'Content-Range': contentRange } });
};
