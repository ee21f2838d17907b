// POST /api/v1/workspaces/{workspace}/gc/{cycle}/end.
import type { endGc } from '#core/contract/gc.ts';
import { err, ok } from '#core/result.ts';
import { endCycle } from '../d1/gc.ts';
import type { Handler } from '../mount.ts';

export const answerEndGc: Handler<typeof endGc> = async ({ workspace, cycle }, env, { token, nowMs, notFound }) => {
	// What a token cannot see it cannot find alive.
	if (token.spaces !== null) return err(notFound);
	const collected = await endCycle(env.DB, workspace, cycle, token.id, nowMs);
	return collected === null ? err({ kind: 'cycle-over' }) : ok(collected);
};
