// GET /api/v1/workspaces/{workspace}/inboxes.
import type { listInboxes } from '#core/contract/inbox.ts';
import { ok } from '#core/result.ts';
import { readInboxes } from '../d1/inboxes.ts';
import type { Handler } from '../mount.ts';

export const answerListInboxes: Handler<typeof listInboxes> = async ({ workspace }, env, { token }) =>
	ok({ inboxes: await readInboxes(env.DB.withSession('first-primary'), workspace, token.spaces) });
