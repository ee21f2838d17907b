// GET /api/v1/workspaces/{workspace}.
import type { getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { readUsage } from '../d1/workspaces.ts';
import { limitsOf } from '../limits.ts';
import type { Handler } from '../mount.ts';

export const answerGetWorkspace: Handler<typeof getWorkspace> = async ({ workspace }, env, { notFound }) => {
	const usage = await readUsage(env.DB, workspace, limitsOf(env).quotaBytes);
	return usage ? ok(usage) : err(notFound);
};
