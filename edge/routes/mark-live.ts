// POST /api/v1/workspaces/{workspace}/gc/{cycle}/live.
import type { markLive } from '#core/contract/gc.ts';
import { err, ok } from '#core/result.ts';
import { markObjects } from '../d1/gc.ts';
import type { Handler } from '../mount.ts';

export const answerMarkLive: Handler<typeof markLive> = async ({ workspace, cycle, space, ids }, env) => {
	const marked = await markObjects(env.DB, workspace, cycle, space, ids);
	return marked === null ? err({ kind: 'cycle-over' }) : ok({ marked });
};
