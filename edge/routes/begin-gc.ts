// POST /api/v1/workspaces/{workspace}/gc.
import type { beginGc } from '#core/contract/gc.ts';
import { err, ok } from '#core/result.ts';
import { beginCycle } from '../d1/gc.ts';
import type { Handler } from '../mount.ts';

export const answerBeginGc: Handler<typeof beginGc> = async ({ workspace, cycle }, env, call) => {
	// What a token cannot see it cannot find alive.
	if (call.token.spaces !== null) return err(call.notFound);
	await beginCycle(env.DB, workspace, cycle, call.nowMs);
	return ok({});
};
