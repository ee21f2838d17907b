// GET /api/v1/workspaces/{workspace}/queries.
import type { listQueries } from '#core/contract/published-queries.ts';
import { ok } from '#core/result.ts';
import { readQueries } from '../d1/published-queries.ts';
import type { Handler } from '../mount.ts';

export const answerListQueries: Handler<typeof listQueries> = async ({ workspace }, env) =>
	ok({ queries: await readQueries(env.DB, workspace) });
