// DELETE /api/v1/workspaces/{workspace}/spaces/{space}/inbox.
import type { closeInbox } from '#core/contract/inbox.ts';
import { ok } from '#core/result.ts';
import { removeInbox } from '../d1/inboxes.ts';
import type { Handler } from '../mount.ts';

export const answerCloseInbox: Handler<typeof closeInbox> = async ({ workspace, space }, env, { token, nowMs }) =>
	ok({ isRepeated: !(await removeInbox(env.DB, workspace, space, token.id, nowMs)) });
