// GET /api/v1/published/{publication}/queries/{query}.
import type { AnswerOf, FailureOf } from '#core/contract/endpoint.ts';
import type { getPublishedQuery } from '#core/contract/published-queries.ts';
import type { QueryPlan } from '#core/query/query-plan.ts';
import { isStatement, type QueryStatement } from '#core/query/query-statement.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Published } from '../d1/publications.ts';
import type { Env } from '../env.ts';
import type { Handler } from '../mount.ts';
import { keep, kept } from '../published/answer-cache.ts';
import { findOpenQuery } from '../published/find-open.ts';
import { describeStatement, type StatementSource } from '../published/run-statement.ts';

export const answerGetPublishedQuery: Handler<typeof getPublishedQuery> = async (request, env, call) => {
	const open = await findOpenQuery(request, env, call);
	if (!open.ok) return open;
	const { published, asked, version, headers, isUnchanged } = open.value;
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	const { title, description, plan, publishedAtMs } = asked;
	const columns = isStatement(plan) ? await toldColumns(plan, open.value, env) : plannedColumns(plan, published);
	if (!columns.ok) return columns;
	const { query, publication } = request;
	const { parameters, pageRows } = plan;
	const about: AnswerOf<typeof getPublishedQuery> = {
		...{ query, title, description, publication, version, publishedAtMs },
		...{ parameters, columns: columns.value, pageRows }
	};
	return ok({ body: JSON.stringify(about), headers });
};

type Columns = AnswerOf<typeof getPublishedQuery>['columns'];
type Outdated = Extract<FailureOf<typeof getPublishedQuery>, { kind: 'query-outdated' }>;

function plannedColumns(plan: QueryPlan, published: Published): Result<Columns, Outdated> {
	const columns: { name: string; type: string }[] = [];
	for (const { column, as } of plan.columns) {
		const found = published.columns.find(({ name }) => name === column);
		if (!found) return err({ kind: 'query-outdated', column });
		columns.push({ name: as, type: found.type });
	}
	return ok(columns);
}

/** As the engine tells them of the versions that are shown; it is asked once for them. */
async function toldColumns(
	plan: QueryStatement,
	{ sources, version }: { readonly sources: readonly StatementSource[]; readonly version: string },
	env: Env
): Promise<Result<Columns, FailureOf<typeof getPublishedQuery>>> {
	const key = `columns.${version}`;
	const known = await kept(key);
	if (known?.body instanceof Uint8Array) return ok(JSON.parse(new TextDecoder().decode(known.body)) as Columns);
	const told = await describeStatement(plan, sources, env);
	if (!told.ok)
		return err(told.error.kind === 'refused' ? { kind: 'query-failed', message: told.error.message } : told.error);
	await keep(key, { body: JSON.stringify(told.value), headers: {} });
	return ok([...told.value]);
}
