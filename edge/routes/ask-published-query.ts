// GET /api/v1/published/{publication}/queries/{query}/rows.
import type { FailureOf } from '#core/contract/endpoint.ts';
import { ROWS } from '#core/contract/published.ts';
import type { askPublishedQuery } from '#core/contract/published-queries.ts';
import type { ParameterValue } from '#core/query/named-query.ts';
import type { QueryPlan } from '#core/query/query-plan.ts';
import { readPlan } from '#core/query/plan-tests.ts';
import { isStatement, type QueryStatement } from '#core/query/query-statement.ts';
import { readArguments, type ArgumentProblem } from '#core/query/read-arguments.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import type { Handler } from '../mount.ts';
import { answerRows } from '../published/answer-rows.ts';
import { engineRows } from '../published/engine-rows.ts';
import { findOpenQuery } from '../published/find-open.ts';
import { openParquet, type ParquetFile } from '../published/parquet-file.ts';
import { runQuery, type QueriedRows } from '../published/run-query.ts';
import { runStatement, type StatementSource } from '../published/run-statement.ts';

type Asked = Parameters<typeof answerAskPublishedQuery>[0];

export const answerAskPublishedQuery: Handler<typeof askPublishedQuery> = async (request, env, call) => {
	const open = await findOpenQuery(request, env, call);
	if (!open.ok) return open;
	const { published, asked, version, sources, headers, isUnchanged } = open.value;
	const { plan } = asked;
	const { cursor, format = 'json' } = request;
	const [ofVersion = version, from = '0', before = '0'] = cursor?.split('.') ?? [];
	if (ofVersion !== version) return err({ kind: 'version-moved' });
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	const limit = Number(request.limit ?? plan.pageRows);
	if (limit < 1 || limit > ROWS) return err({ kind: 'invalid-query', part: 'limit', reason: 'out-of-range', at: null });
	const read = readArguments(plan.parameters, givenOf(plan, request.values));
	if (!read.ok) return err({ kind: 'invalid-arguments', problems: read.error.map(factsOf) });
	const values = read.value;
	const [start, given] = [Number(from), Number(before)];
	const key = JSON.stringify([request.publication, request.query, version, format, [...values], limit, start, given]);
	return answerRows<Failure>({ key, headers, format, version }, async () => {
		const place = { values, start, before: given, limit };
		const page = isStatement(plan)
			? await statementPage(plan, place, sources, env)
			: await planPage(plan, place, await openParquet(env.OBJECTS, published));
		if (!page.ok) return page.error.kind === 'gone' ? err(call.notFound) : err(page.error);
		const { rows, following } = page.value;
		return ok({ rows, next: following && nextOf(call.origin, request, [version, ...following].join('.')) });
	});
};

type Failure = FailureOf<typeof askPublishedQuery>;
type Place = {
	readonly values: ReadonlyMap<string, ParameterValue>;
	readonly start: number;
	/** Rows of the pages before. */
	readonly before: number;
	readonly limit: number;
};
/** `following`: where the next page starts, and behind how many rows. */
type Page = { readonly rows: QueriedRows; readonly following: readonly [number, number] | null };

async function statementPage(
	statement: QueryStatement,
	{ values, start, limit }: Place,
	sources: readonly StatementSource[],
	env: Env
): Promise<Result<Page, Failure>> {
	const ran = await runStatement({ statement, sources, values, skip: start, take: limit }, env);
	if (!ran.ok)
		return err(ran.error.kind === 'refused' ? { kind: 'query-failed', message: ran.error.message } : ran.error);
	const { arrow, columns, isMore } = ran.value;
	const rows = engineRows(arrow, columns);
	const end = start + rows.rowCount;
	return ok({ rows: { ...rows, next: isMore ? end : null }, following: isMore ? [end, end] : null });
}

async function planPage(
	plan: QueryPlan,
	{ values, start, before, limit }: Place,
	parquet: ParquetFile | null
): Promise<Result<Page, Failure | { readonly kind: 'gone' }>> {
	if (!parquet) return err({ kind: 'gone' });
	const ready = readPlan(plan, values, new Map(parquet.columns.map(({ name, as }) => [name, as])));
	if (!ready.ok) return err({ kind: 'query-outdated', column: ready.error.name });
	const { tests, order } = ready.value;
	const left = (ready.value.limit ?? Infinity) - before;
	const columns = [...new Set(plan.columns.map(({ column }) => column))];
	const ran = await runQuery(parquet, { columns, tests, order, start, limit: Math.max(0, Math.min(limit, left)) });
	if (!ran.ok) return ran;
	const { next, rowCount } = ran.value;
	const isMore = next !== null && rowCount < left;
	return ok({ rows: shownOf(plan, ran.value), following: isMore ? [next, before + rowCount] : null });
}

/** A list is all that was given under its name; of another parameter more than one is refused by its type. */
function givenOf(
	{ parameters }: Pick<QueryPlan, 'parameters'>,
	values: Asked['values']
): Readonly<Record<string, unknown>> {
	const lists = new Set(parameters.filter(({ isList }) => isList).map(({ name }) => name));
	return Object.fromEntries(
		Object.entries(values).map(([name, given]) => [name, lists.has(name) || given.length > 1 ? given : given[0]])
	);
}

function factsOf(problem: ArgumentProblem) {
	const none = { parameter: problem.parameter, code: problem.code, value: null, expected: null, known: [] };
	if (problem.code === 'refused') return { ...none, value: problem.value, expected: problem.expected };
	return problem.code === 'unknown' ? { ...none, known: [...problem.known] } : none;
}

/** Under the names of the plan, which may show a column twice. */
function shownOf(plan: QueryPlan, { columns, cells, rowCount, next }: QueriedRows): QueriedRows {
	const places = plan.columns.map(({ column }) => columns.findIndex(({ name }) => name === column));
	return {
		columns: plan.columns.flatMap(({ as }, at) => {
			const column = columns[places[at] ?? -1];
			return column ? [{ ...column, name: as }] : [];
		}),
		cells: places.map((place) => cells[place] ?? []),
		rowCount,
		next
	};
}

function nextOf(origin: string, { publication, query, values, limit, format }: Asked, cursor: string): string {
	const given = Object.entries(values).flatMap(([name, members]) => members.map((one) => [name, one]));
	const asked = Object.entries({ limit, format, cursor }).flatMap(([name, one]) =>
		one === undefined ? [] : [[name, one]]
	);
	const text = new URLSearchParams([...given, ...asked]).toString();
	return `${origin}/api/v1/published/${publication}/queries/${query}/rows?${text}`;
}
