// POST /api/v1/workspaces/{workspace}/spaces/{space}/inbox.
import type { pushRows } from '#core/contract/inbox.ts';
import { err } from '#core/result.ts';
import { findInbox } from '../d1/inboxes.ts';
import type { Handler } from '../mount.ts';
import { readIncoming } from '../read-request.ts';
import { sealReceived } from '../seal-received.ts';

export const answerPushRows: Handler<typeof pushRows> = async (request, env, { token, secret, nowMs, notFound }) => {
	const { workspace, space, key, type } = request;
	const inbox = await findInbox(env.DB, workspace, space);
	if (!inbox) return err(notFound);
	const bytes = await readIncoming(request.bytes);
	if (!bytes) return err({ kind: 'invalid-request', fields: ['content-length'] });
	return sealReceived({ inbox, key, content: { type, name: null, bytes }, by: token.id, secret }, env, nowMs);
};
