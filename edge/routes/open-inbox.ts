// PUT /api/v1/workspaces/{workspace}/spaces/{space}/inbox.
import type { openInbox } from '#core/contract/inbox.ts';
import { err, ok } from '#core/result.ts';
import { sealItem } from '#lib/crypto/inbox-item.ts';
import { writeInbox } from '../d1/inboxes.ts';
import { MAX_INBOXES } from '../limits.ts';
import type { Handler } from '../mount.ts';

export const answerOpenInbox: Handler<typeof openInbox> = async (request, env, { token, nowMs }) => {
	// Some 32 bytes are no key that anything could be sealed to.
	const { workspace, space, publicKey } = request;
	const probe = { type: '', name: null, bytes: new Uint8Array() };
	const sealed = await sealItem(publicKey, { workspace, space, key: '' }, probe);
	if (!sealed.ok) return err({ kind: 'invalid-request', fields: ['publicKey'] });
	const isWritten = await writeInbox(env.DB, request, MAX_INBOXES, token.id, nowMs);
	return isWritten ? ok({}) : err({ kind: 'limit-reached', of: 'inboxes', limit: MAX_INBOXES });
};
