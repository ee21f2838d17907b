// From the engine's parse tree of a named query to the plan that the edge answers, or to every clause that is beyond it.
import { textOf, textsOf, treeOf, treesOf, type Tree } from '../lineage/tree.ts';
import { err, ok, type Result } from '../result.ts';
import type { Column } from '../version/version.ts';
import { comparedAs } from './compared-as.ts';
import type { NamedQuery } from './named-query.ts';
import type { PlanClause, PlanProblem } from './plan-problem.ts';
import { misfitOf } from './plan-tests.ts';
import { wireParameters, type QueryPlan } from './query-plan.ts';
import { PlanReader } from './read-plan-conditions.ts';

type Given = {
	/** Of one query, as `queryOf` gives it. */
	readonly tree: Tree;
	/** Of the one dataset that it reads. */
	readonly columns: readonly Column[];
	readonly query: Pick<NamedQuery, 'parameters' | 'pageRows'>;
	/** Rows of a page at most. */
	readonly maxRows: number;
	readonly positionOf: (location: unknown) => number | null;
};

/** The name of the one table that is read; null where there are more, or none. */
export function tableOf(tree: Tree): string | null {
	const from = treeOf(tree['from_table']);
	return tree['type'] === 'SELECT_NODE' && from?.['type'] === 'BASE_TABLE' ? textOf(from['table_name']) : null;
}

export function derivePlan({
	tree,
	columns,
	query,
	maxRows,
	positionOf
}: Given): Result<QueryPlan, readonly PlanProblem[]> {
	const problems: PlanProblem[] = [];
	const beyond = (clause: PlanClause, node?: unknown): void => {
		problems.push({ code: 'beyond', clause, position: positionOf(treeOf(node)?.['query_location']) });
	};
	if (tree['type'] !== 'SELECT_NODE') beyond('set');
	const from = treeOf(tree['from_table']);
	const isTable = tableOf(tree) !== null && treesOf(from?.['column_name_alias']).length === 0;
	if (treesOf(treeOf(tree['cte_map'])?.['map']).length > 0) beyond('with');
	else if (!isTable || textsOf(from?.['column_name_alias']).length > 0) beyond('from', from);
	if (tree['sample'] || from?.['sample'] || from?.['at_clause']) beyond('sample', from);
	const isGrouped = treesOf(tree['group_expressions']).length > 0 || tree['aggregate_handling'] !== 'STANDARD_HANDLING';
	if (isGrouped && tree['type'] === 'SELECT_NODE') beyond('group');
	if (tree['having']) beyond('having', tree['having']);
	if (tree['qualify']) beyond('qualify', tree['qualify']);
	if (problems.length > 0) return err(problems);

	const names = [textOf(from?.['alias']), textOf(from?.['table_name'])].filter((name) => name !== '');
	const reader = new PlanReader(columns, names, positionOf);
	const shown = treesOf(tree['select_list']).flatMap((node) => reader.shown(node));
	const where = treeOf(tree['where_clause']);
	const conditions = where ? reader.conditions(where, shown) : [];
	const order: QueryPlan['order'] = [];
	let limit: QueryPlan['limit'] = null;
	for (const modifier of treesOf(tree['modifiers']))
		switch (modifier['type']) {
			case 'ORDER_MODIFIER':
				order.push(...treesOf(modifier['orders']).flatMap((node) => reader.order(node, shown)));
				break;
			case 'LIMIT_MODIFIER':
				if (modifier['offset']) beyond('offset', modifier['offset']);
				limit = reader.limit(treeOf(modifier['limit']));
				break;
			case 'DISTINCT_MODIFIER':
				beyond('distinct');
				break;
			default:
				beyond('limit');
		}
	problems.push(...reader.problems);
	if (problems.length > 0) return err(problems);
	const plan: QueryPlan = {
		parameters: wireParameters(query.parameters),
		columns: shown,
		where: conditions,
		order,
		limit,
		pageRows: Math.min(query.pageRows, maxRows)
	};
	const misfit = misfitOf(plan, new Map(columns.map(({ name, type }) => [name, comparedAs(type)])));
	return misfit ? err([{ code: 'misfit', ...misfit }]) : ok(plan);
}
