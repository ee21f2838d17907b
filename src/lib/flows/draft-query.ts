// What of a named query could be published: a plan, which the edge answers itself, or else the statement, for a server that has an engine.
import { resultId } from '../core/ids.ts';
import type { Failure } from '../core/failure.ts';
import { textOf, type Tree } from '../core/lineage/tree.ts';
import { ROWS } from '../core/contract/published.ts';
import { bindValues } from '../core/query/bind-arguments.ts';
import { derivePlan, tableOf } from '../core/query/derive-plan.ts';
import type { NamedQuery, ParameterValue } from '../core/query/named-query.ts';
import { parseQuery } from '../core/query/parse-query.ts';
import type { PlanProblem } from '../core/query/plan-problem.ts';
import { canonicalPlan, reservedNames, wireParameters, type QueryPlan } from '../core/query/query-plan.ts';
import { STATEMENT_DATASETS, STATEMENT_LETTERS, type QueryStatement } from '../core/query/query-statement.ts';
import { readStatement } from '../core/query/read-statement.ts';
import { triedValues } from '../core/query/tried.ts';
import type { UnpublishableProblem } from '../core/query/statement-problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { utf16Position } from '../core/sql/duckdb-error.ts';
import type { Column } from '../core/version/version.ts';
import { pureFunctions } from './ask-query.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { findDocument } from './list-documents.ts';
import { answerSql, atOriginal, bindAmong, describeSql } from './run-sql.ts';
import { treeOf } from './sql-tree.ts';
import { itemNamed } from './step-inputs.ts';

export type QueryDraft = {
	readonly name: string;
	readonly description: string | null;
	readonly sql: string;
	/** At least one. */
	readonly reads: readonly CatalogueItem[];
} & (
	| { readonly way: 'plan'; readonly plan: QueryPlan }
	| {
			readonly way: 'statement';
			readonly statement: Omit<QueryStatement, 'datasets'>;
			readonly columns: readonly Column[];
			/** Why it is no plan; at least one. */
			readonly because: readonly PlanProblem[];
	  }
);

/** Fails: query-unpublishable, with all for which no server could answer it */
export async function draftQuery(
	{ name, text }: { readonly name: string; readonly text?: string | undefined },
	effects: Effects
): Promise<Result<QueryDraft, Failure>> {
	const found = text === undefined ? await findDocument('query', name, effects) : null;
	if (found && !found.ok) return found;
	const parsed = parseQuery(text ?? found?.value.version.text ?? '');
	if (!parsed.ok) return parsed;
	const query = parsed.value;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const bound = await bindAmong(query.sql, items.value, effects);
	if (!bound.ok) return bound;
	const { sql, toOriginal } = bound.value;
	const tree = await treeOf(sql, resultId(`plan-${effects.randomId()}`), effects);
	if (!tree.ok) return tree;
	const positionOf = (location: unknown): number | null => {
		const isPlace = typeof location === 'number' && location < Number.MAX_SAFE_INTEGER;
		return isPlace ? toOriginal(utf16Position(sql, location, 'utf-8')) : null;
	};
	const read: ReadQuery = { name, query, tree: tree.value, items: items.value, positionOf };
	const plan = planOf(read);
	if (plan.ok) return plan;
	const isBeyondPlan = plan.error.some((one) => one.code === 'beyond' || isIncomparable(one));
	return isBeyondPlan ? statementOf(read, plan.error, effects) : refused(read, plan.error);
}

type ReadQuery = {
	readonly name: string;
	readonly query: NamedQuery;
	readonly tree: Tree | null;
	readonly items: readonly CatalogueItem[];
	readonly positionOf: (location: unknown) => number | null;
};

/** The engine compares it, and the edge itself does not. */
function isIncomparable(problem: PlanProblem): boolean {
	return problem.code === 'misfit' && problem.reason === 'not-comparable';
}

function refused({ name, query }: ReadQuery, problems: readonly UnpublishableProblem[]): Result<never, Failure> {
	return err({ kind: 'query-unpublishable', query: name, sql: query.sql, problems });
}

function planOf({ name, query, tree, items, positionOf }: ReadQuery): Result<QueryDraft, readonly PlanProblem[]> {
	if (!tree) return err([{ code: 'beyond', clause: 'set', position: null }]);
	const table = tableOf(tree);
	const item = table === null ? undefined : itemNamed(table, items);
	const columns = item?.version.schema ?? [];
	const plan = derivePlan({ tree, columns, query, maxRows: ROWS, positionOf });
	// A version that is named is not the one that is published.
	if (!item) return err(nothingRead(plan.ok ? [] : plan.error));
	if (!plan.ok) return plan;
	const { description, sql } = query;
	return ok({ way: 'plan', name, description, sql, reads: [item], plan: canonicalPlan(plan.value) });
}

/** Without columns of a dataset there is more that cannot be said than helps. */
function nothingRead(problems: readonly PlanProblem[]): readonly PlanProblem[] {
	const beyond = problems.filter((one) => one.code === 'beyond' && one.clause !== 'condition');
	return beyond.length > 0 ? beyond : [{ code: 'beyond', clause: 'from', position: null }];
}

async function statementOf(
	read: ReadQuery,
	because: readonly PlanProblem[],
	effects: Effects
): Promise<Result<QueryDraft, Failure>> {
	const { query, tree, items, positionOf } = read;
	if (!tree) {
		// It may be no SQL at all, of which the engine tells more.
		const columns = await columnsOf(query, effects);
		return columns.ok ? refused(read, [{ code: 'untold' }]) : columns;
	}
	const pure = await pureFunctions(undefined, effects);
	if (!pure.ok) return pure;
	const reads = readStatement({
		tree,
		datasetNamed: (table) => itemNamed(table, items)?.dataset.name ?? null,
		columns: new Set(items.flatMap(({ version }) => version.schema.map((column) => column.name.toLowerCase()))),
		pure: pure.value,
		positionOf
	});
	const problems: UnpublishableProblem[] = [...reads.problems];
	for (const parameter of query.parameters)
		if (reservedNames.includes(parameter.name))
			problems.push({ code: 'misfit', part: 'parameters', name: parameter.name, reason: 'reserved' });
	const count = reads.datasets.length;
	if (count > STATEMENT_DATASETS) problems.push({ code: 'too-many-datasets', count, limit: STATEMENT_DATASETS });
	const letters = query.sql.length;
	if (letters > STATEMENT_LETTERS) problems.push({ code: 'too-long', letters, limit: STATEMENT_LETTERS });
	if (problems.length > 0) return refused(read, problems);
	const columns = await columnsOf(query, effects);
	if (!columns.ok) return columns;
	const twice = columns.value.find((one, at) => columns.value.findIndex((other) => other.name === one.name) !== at);
	if (twice) return refused(read, [{ code: 'misfit', part: 'columns', name: twice.name, reason: 'twice' }]);
	const zone = await answerSql(
		{ id: resultId(`zone-${effects.randomId()}`), sql: "SELECT current_setting('TimeZone') AS zone" },
		effects,
		[]
	);
	if (!zone.ok) return zone;
	const { description, sql } = query;
	return ok({
		way: 'statement',
		...{ name: read.name, description, sql, because, columns: columns.value },
		reads: reads.datasets.flatMap((dataset) => itemNamed(dataset, items) ?? []),
		statement: {
			sql,
			parameters: wireParameters(query.parameters),
			timeZone: textOf(zone.value[0]?.['zone']),
			pageRows: Math.min(query.pageRows, ROWS)
		}
	});
}

/** What its columns are with values that its parameters may have; with NULL, where such a value does not fit the SQL. */
async function columnsOf(query: NamedQuery, effects: Effects): Promise<Result<readonly Column[], Failure>> {
	const described = async (
		values: ReadonlyMap<string, ParameterValue>
	): Promise<Result<readonly Column[], Failure>> => {
		const bound = bindValues(query, values);
		const { sql, params } = bound;
		const id = resultId(`columns-${effects.randomId()}`);
		const columns = await describeSql({ id, sql, params }, effects);
		return columns.ok ? columns : atOriginal(columns, bound);
	};
	const columns = await described(triedValues(query.parameters));
	if (columns.ok || columns.error.kind !== 'sql-error' || query.parameters.length === 0) return columns;
	const empty = await described(new Map());
	return empty.ok ? empty : columns;
}
