// DELETE /api/v1/workspaces/{workspace}/publications/{publication}/queries/{query}.
import type { removeQuery } from '#core/contract/published-queries.ts';
import { ok } from '#core/result.ts';
import { deleteQuery } from '../d1/published-queries.ts';
import type { Handler } from '../mount.ts';

export const answerRemoveQuery: Handler<typeof removeQuery> = async (request, env, { token, nowMs }) =>
	ok({ isRepeated: !(await deleteQuery(env.DB, request, token.id, nowMs)) });
