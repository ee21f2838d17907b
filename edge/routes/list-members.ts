// GET /api/v1/workspaces/{workspace}/members.
import type { listMembers } from '#core/contract/members.ts';
import { ok } from '#core/result.ts';
import { readMembers } from '../d1/members.ts';
import type { Handler } from '../mount.ts';

const PAGE = 100;

export const answerListMembers: Handler<typeof listMembers> = async ({ workspace, after }, env) => {
	// A replica that lags behind would look like a server that was rolled back.
	const found = await readMembers(env.DB.withSession('first-primary'), workspace, after, PAGE + 1);
	return ok({ entries: found.slice(0, PAGE), isMore: found.length > PAGE });
};
