// DELETE /api/v1/workspaces/{workspace}/publications/{publication}.
import type { unpublish } from '#core/contract/publications.ts';
import { ok } from '#core/result.ts';
import { removePublication } from '../d1/publications.ts';
import type { Handler } from '../mount.ts';

export const answerUnpublish: Handler<typeof unpublish> = async ({ workspace, publication }, env, { token, nowMs }) =>
	ok({ isRepeated: !(await removePublication(env.DB, workspace, publication, token.id, nowMs)) });
