// POST /api/v1/workspaces/{workspace}/spaces/{space}/have.
import type { haveObjects } from '#core/contract/objects.ts';
import { ok } from '#core/result.ts';
import { findMissing } from '../d1/objects.ts';
import type { Handler } from '../mount.ts';

export const answerHaveObjects: Handler<typeof haveObjects> = async ({ workspace, space, ids }, env, { nowMs }) =>
	ok({ missing: await findMissing(env.DB, workspace, space, ids, nowMs) });
