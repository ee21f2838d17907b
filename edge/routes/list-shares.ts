// GET /api/v1/workspaces/{workspace}/shares.
import type { listShares } from '#core/contract/shares.ts';
import { ok } from '#core/result.ts';
import { readShares } from '../d1/shares.ts';
import type { Handler } from '../mount.ts';

export const answerListShares: Handler<typeof listShares> = async ({ workspace }, env) =>
	ok({ shares: await readShares(env.DB, workspace) });
