// POST /api/v1/workspaces/{workspace}/spaces/{space}/inbox/sealed.
import type { pushSealed } from '#core/contract/inbox.ts';
import { err } from '#core/result.ts';
import { findInbox } from '../d1/inboxes.ts';
import type { Handler } from '../mount.ts';
import { writeObject } from '../r2/objects.ts';
import { storeItem } from '../store-item.ts';

export const answerPushSealed: Handler<typeof pushSealed> = async (request, env, { token, nowMs, notFound }) => {
	const { bytes, workspace, space, key } = request;
	const inbox = await findInbox(env.DB, workspace, space);
	if (!inbox) return err(notFound);
	if (request.sealedTo !== undefined && request.sealedTo !== inbox.publicKey) return err({ kind: 'inbox-key-changed' });
	const digest = request.digest.slice('sha-256=:'.length, -1);
	const { same = digest } = request;
	const item = {
		workspace,
		space,
		key,
		digest: same,
		sizeBytes: bytes.sizeBytes,
		sealedBy: 'sender',
		by: token.id
	} as const;
	return storeItem(item, (r2Key) => writeObject(env.OBJECTS, r2Key, bytes, digest), env, nowMs);
};
