// PUT /api/v1/workspaces/{workspace}/publications/{publication}/queries/{query}.
import type { FailureOf, ParsedRequestOf } from '#core/contract/endpoint.ts';
import type { putQuery } from '#core/contract/published-queries.ts';
import { misfitOf } from '#core/query/plan-tests.ts';
import { reservedNames } from '#core/query/query-plan.ts';
import { isStatement } from '#core/query/query-statement.ts';
import { err, ok, type Result } from '#core/result.ts';
import { hashOf } from '../bytes.ts';
import { findPublished, type Published } from '../d1/publications.ts';
import { writeQuery } from '../d1/published-queries.ts';
import type { Env } from '../env.ts';
import { MAX_QUERIES } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { openParquet } from '../published/parquet-file.ts';
import { describeStatement, findSources } from '../published/run-statement.ts';

export const answerPutQuery: Handler<typeof putQuery> = async (request, env, { token, nowMs, notFound }) => {
	const published = await findPublished(env.DB, request.publication);
	if (published?.workspace !== request.workspace) return err(notFound);
	const fits = await tryPlan(request, published, env);
	if (!fits.ok) return fits.error.kind === 'gone' ? err(notFound) : err(fits.error);
	const plan = JSON.stringify(request.plan);
	const stored = { ...request, plan, hash: await hashOf(new TextEncoder().encode(plan)) };
	const written = await writeQuery(env.DB, stored, { limit: MAX_QUERIES, actor: token.id, nowMs });
	if (written === 'full') return err({ kind: 'limit-reached', of: 'queries', limit: MAX_QUERIES });
	return ok({ isRepeated: written === 'same' });
};

type Refusal = Exclude<FailureOf<typeof putQuery>, { kind: 'limit-reached' | 'not-found' }> | { readonly kind: 'gone' };

/** Against what is published now. */
async function tryPlan(
	{ plan, publication, workspace }: ParsedRequestOf<typeof putQuery>,
	published: Published,
	env: Env
): Promise<Result<void, Refusal>> {
	if (isStatement(plan)) {
		const isBeside = plan.datasets.some((one) => one.publication === publication);
		if (!isBeside) return err({ kind: 'invalid-request', fields: ['plan.datasets'] });
		const reserved = plan.parameters.find(({ name }) => reservedNames.includes(name));
		if (reserved) return err({ kind: 'plan-refused', part: 'parameters', name: reserved.name, reason: 'reserved' });
		const sources = await findSources(env.DB, plan, workspace);
		if (!sources.ok) return sources;
		const described = await describeStatement(plan, sources.value, env);
		if (described.ok) return ok(undefined);
		return err(
			described.error.kind === 'refused' ? { ...described.error, kind: 'statement-refused' } : described.error
		);
	}
	const parquet = await openParquet(env.OBJECTS, published);
	if (!parquet) return err({ kind: 'gone' });
	const misfit = misfitOf(plan, new Map(parquet.columns.map(({ name, as }) => [name, as])));
	return misfit ? err({ kind: 'plan-refused', ...misfit }) : ok(undefined);
}
