// PUT /api/v1/workspaces/{workspace}/shares/{share}.
import { SHARE_DAYS, type putShare } from '#core/contract/shares.ts';
import { err, ok } from '#core/result.ts';
import { addToTrash } from '../d1/gc.ts';
import { confirmShare, countShares, releaseShare, reserveShare } from '../d1/shares.ts';
import { readUsage } from '../d1/workspaces.ts';
import { limitsOf, MAX_SHARES } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { writeObject } from '../r2/objects.ts';

const DAY_MS = 86_400_000;

export const answerPutShare: Handler<typeof putShare> = async (request, env, { token, nowMs }) => {
	const { bytes, workspace, share, auth, expiresAtMs, maxViews = null } = request;
	if (expiresAtMs <= nowMs || expiresAtMs > nowMs + SHARE_DAYS * DAY_MS)
		return err({ kind: 'invalid-request', fields: ['expiresAtMs'] });
	const { sizeBytes } = bytes;
	const digest = request.digest.slice('sha-256=:'.length, -1);
	const { quotaBytes } = limitsOf(env);
	const asked = { workspace, share, auth, digest, sizeBytes, expiresAtMs, maxViews };
	const reserved = await reserveShare(env.DB, asked, { quotaBytes, shareCount: MAX_SHARES }, nowMs);
	if (reserved.kind === 'stored') return ok({ isRepeated: true });
	if (reserved.kind === 'differs') return err({ kind: 'object-differs' });
	if (reserved.kind === 'full') {
		if ((await countShares(env.DB, workspace)) >= MAX_SHARES)
			return err({ kind: 'limit-reached', of: 'shares', limit: MAX_SHARES });
		const usage = await readUsage(env.DB, workspace, quotaBytes);
		const known = { quotaBytes: usage?.quotaBytes ?? quotaBytes, usedBytes: usage?.usedBytes ?? 0 };
		return err({ kind: 'quota-full', ...known, sizeBytes });
	}
	const written = await writeObject(env.OBJECTS, reserved.r2Key, bytes, digest);
	if (!written.ok) {
		if (written.error.kind === 'digest-mismatch') await releaseShare(env.DB, request, reserved.r2Key);
		return written;
	}
	if (await confirmShare(env.DB, request, reserved.r2Key, token.id, nowMs)) return ok({ isRepeated: false });
	await addToTrash(env.DB, reserved.r2Key);
	return err({ kind: 'unavailable', stores: ['objects'] });
};
