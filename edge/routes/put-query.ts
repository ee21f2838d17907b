// PUT /api/v1/workspaces/{workspace}/publications/{publication}/queries/{query}.
import type { putQuery } from '#core/contract/published-queries.ts';
import { misfitOf } from '#core/query/plan-tests.ts';
import { err, ok } from '#core/result.ts';
import { hashOf } from '../bytes.ts';
import { findPublished } from '../d1/publications.ts';
import { writeQuery } from '../d1/published-queries.ts';
import { MAX_QUERIES } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { openParquet } from '../published/parquet-file.ts';

export const answerPutQuery: Handler<typeof putQuery> = async (request, env, { token, nowMs, notFound }) => {
	const published = await findPublished(env.DB, request.publication);
	if (published?.workspace !== request.workspace) return err(notFound);
	const parquet = await openParquet(env.OBJECTS, published);
	if (!parquet) return err(notFound);
	const misfit = misfitOf(request.plan, new Map(parquet.columns.map(({ name, as }) => [name, as])));
	if (misfit) return err({ kind: 'plan-refused', ...misfit });
	const plan = JSON.stringify(request.plan);
	const stored = { ...request, plan, hash: await hashOf(new TextEncoder().encode(plan)) };
	const written = await writeQuery(env.DB, stored, { limit: MAX_QUERIES, actor: token.id, nowMs });
	if (written === 'full') return err({ kind: 'limit-reached', of: 'queries', limit: MAX_QUERIES });
	return ok({ isRepeated: written === 'same' });
};
