// What an expression of a parse tree depends on: what it shows, what it aggregates, and what decides.
import { deciding, through, type Dependence } from './column-lineage.ts';
import { isAggregate } from './aggregates.ts';
import type { Scope, SeenColumn } from './scope.ts';
import { textOf, textsOf, treeOf, treesOf, type Tree } from './tree.ts';

/** Reads the queries inside expressions, and keeps what was not understood. */
export type Reader = {
	subquery(
		node: Tree,
		scope: Scope
	): {
		readonly columns: readonly SeenColumn[];
		readonly whole: readonly Dependence[];
		readonly others: readonly Dependence[] | null;
	};
	tell(what: string): void;
};

export function readExpression(
	node: Tree,
	scope: Scope,
	reader: Reader,
	/** Whether a name of the select list comes before a column's: where rows are ordered. */
	aliasFirst = false
): readonly Dependence[] {
	const read = (value: unknown): readonly Dependence[] => {
		const inner = treeOf(value);
		return inner ? readExpression(inner, scope, reader, aliasFirst) : [];
	};
	const all = (value: unknown): readonly Dependence[] => treesOf(value).flatMap(read);
	switch (node['class']) {
		case 'CONSTANT':
		case 'PARAMETER':
		case 'DEFAULT':
			return [];
		case 'COLUMN_REF': {
			const path = textsOf(node['column_names']);
			const found = scope.find(path, aliasFirst);
			if (found === null) reader.tell(`the column ${path.join('.')}`);
			return found ?? [];
		}
		case 'CAST':
			return through(read(node['child']), 'TRANSFORMATION');
		case 'COMPARISON':
			return through([...read(node['left']), ...read(node['right'])], 'TRANSFORMATION');
		case 'CONJUNCTION':
		case 'OPERATOR':
			return through(all(node['children']), 'TRANSFORMATION');
		case 'BETWEEN':
			return through([...read(node['input']), ...read(node['lower']), ...read(node['upper'])], 'TRANSFORMATION');
		case 'COLLATE':
			return read(node['child']);
		case 'CASE':
			return [
				...treesOf(node['case_checks']).flatMap((check) => [
					...deciding(read(check['when_expr']), 'CONDITIONAL'),
					...through(read(check['then_expr']), 'TRANSFORMATION')
				]),
				...through(read(node['else_expr']), 'TRANSFORMATION')
			];
		case 'FUNCTION':
			return readCall(node, read, all);
		case 'WINDOW':
			return [
				...through(all(node['children']), node['type'] === 'WINDOW_AGGREGATE' ? 'AGGREGATION' : 'TRANSFORMATION'),
				...deciding(
					[
						...all(node['partitions']),
						...treesOf(node['orders']).flatMap((order) => read(order['expression'])),
						...treesOf(node['arg_orders']).flatMap((order) => read(order['expression'])),
						...['start_expr', 'end_expr', 'offset_expr', 'default_expr'].flatMap((key) => read(node[key]))
					],
					'WINDOW'
				),
				...deciding(read(node['filter_expr']), 'CONDITIONAL')
			];
		case 'LAMBDA': {
			const names = parametersOf(treeOf(node['lhs']));
			const body = treeOf(node['expr']);
			return body ? readExpression(body, scope.withLocals(names), reader, aliasFirst) : [];
		}
		case 'SUBQUERY': {
			const inner = treeOf(treeOf(node['subquery'])?.['node']);
			const given = inner ? reader.subquery(inner, scope) : { columns: [], whole: [], others: null };
			const shown = [...given.columns.flatMap(({ inputs }) => inputs), ...(given.others ?? [])];
			const isThere = node['subquery_type'] === 'EXISTS' || node['subquery_type'] === 'NOT_EXISTS';
			return [
				...(isThere ? deciding(shown, 'FILTER') : through(shown, 'TRANSFORMATION')),
				...given.whole,
				...read(node['child'])
			];
		}
		case 'STAR': {
			const star = readStar(node, scope, reader);
			const shown = star?.columns.flatMap(({ inputs }) => inputs) ?? [];
			return through([...shown, ...(star?.others ?? [])], 'TRANSFORMATION');
		}
		default:
			if (node['type'] === 'POSITIONAL_REFERENCE') return [];
			reader.tell(`an expression of the kind ${textOf(node['class']) || 'unknown'}`);
			return [];
	}
}

function readCall(
	node: Tree,
	read: (value: unknown) => readonly Dependence[],
	all: (value: unknown) => readonly Dependence[]
): readonly Dependence[] {
	const name = textOf(node['function_name']);
	const orders = treesOf(treeOf(node['order_bys'])?.['orders']).flatMap((order) => read(order['expression']));
	const [condition, ...values] = treesOf(node['children']);
	const decides = [...deciding(orders, 'SORT'), ...deciding(read(node['filter']), 'CONDITIONAL')];
	if (name === 'if' && condition)
		return [
			...deciding(read(condition), 'CONDITIONAL'),
			...through(values.flatMap(read), 'TRANSFORMATION'),
			...decides
		];
	return [...through(all(node['children']), isAggregate(name) ? 'AGGREGATION' : 'TRANSFORMATION'), ...decides];
}

/**
 * The columns that `*`, `t.*`, `COLUMNS(…)`, or an expression round it, stand for, and what any further ones come from; null for
 * any other expression.
 */
export function readStar(
	node: Tree,
	scope: Scope,
	reader: Reader
): { readonly columns: readonly SeenColumn[]; readonly others: readonly Dependence[] | null } | null {
	const star = node['class'] === 'STAR' ? node : starIn(node);
	if (!star) return null;
	const table = textOf(star['relation_name']).toLowerCase();
	const tables = scope.tables.filter(({ name }) => table === '' || name.toLowerCase() === table);
	const excluded = new Set(textsOf(star['exclude_list']).map((name) => name.toLowerCase()));
	for (const one of treesOf(star['qualified_exclude_list'])) excluded.add(textOf(one['column']).toLowerCase());
	const replaced = new Map(
		treesOf(star['replace_list']).map((one) => [textOf(one['key']).toLowerCase(), one['value']])
	);
	const renames = new Map(
		treesOf(star['rename_list']).map((one) => [
			textOf(treeOf(one['key'])?.['column'] ?? one['key']).toLowerCase(),
			textOf(one['value'])
		])
	);
	const pattern = patternOf(treeOf(star['expr']));
	if (pattern === 'unknown') reader.tell('columns chosen by an expression');
	const shown = new Set<string>();
	const columns: SeenColumn[] = [];
	for (const column of tables.flatMap((one) => one.columns)) {
		const key = column.name.toLowerCase();
		if (excluded.has(key) || (pattern instanceof RegExp && !pattern.test(column.name))) continue;
		if (table === '' && scope.merged.has(key) && shown.has(key)) continue;
		shown.add(key);
		const other = treeOf(replaced.get(key));
		const inputs = other ? readExpression(other, scope, reader) : column.inputs;
		columns.push({ name: renames.get(key) ?? column.name, inputs });
	}
	const isOpen = tables.some((one) => one.others !== null) || pattern === 'unknown';
	const others = isOpen ? tables.flatMap((one) => one.others ?? []) : null;
	if (star === node) return { columns, others };
	const around = columns.map(({ name, inputs }) => {
		const inside = scope.withLocals([]);
		inside.aliases.set(STAR_ALIAS, inputs);
		return { name, inputs: readExpression(withoutStar(node), inside, reader, true) };
	});
	return { columns: around, others: others && through(others, 'TRANSFORMATION') };
}

const STAR_ALIAS = '*column*';

/** `sum(COLUMNS(*))` is a column each; `count(*)` is not one of a star. */
function starIn(node: Tree): Tree | null {
	if (node['class'] === 'STAR') return node['columns'] === true ? node : null;
	if (node['class'] === 'SUBQUERY') return null;
	for (const value of Object.values(node))
		for (const inner of Array.isArray(value) ? treesOf(value) : [treeOf(value)]) {
			const found = inner && starIn(inner);
			if (found) return found;
		}
	return null;
}

function withoutStar(node: Tree): Tree {
	if (node['class'] === 'STAR') return { class: 'COLUMN_REF', column_names: [STAR_ALIAS] };
	const inner = (value: unknown): unknown => {
		const tree = treeOf(value);
		return tree ? withoutStar(tree) : Array.isArray(value) ? value.map(inner) : value;
	};
	return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inner(value)]));
}

function patternOf(expression: Tree | null): RegExp | 'all' | 'unknown' {
	if (!expression) return 'all';
	const value = treeOf(expression['value'])?.['value'];
	if (expression['class'] !== 'CONSTANT' || typeof value !== 'string') return 'unknown';
	try {
		return new RegExp(value);
	} catch (error) {
		// RE2 knows patterns that JavaScript does not.
		if (!(error instanceof SyntaxError)) throw error;
		return 'unknown';
	}
}

function parametersOf(node: Tree | null): readonly string[] {
	if (!node) return [];
	const own = textsOf(node['column_names']).map((name) => name.toLowerCase());
	return [...own, ...treesOf(node['children']).flatMap(parametersOf)];
}

/** Whether a column of `GROUP BY ALL` is none of the groups. */
export function hasAggregate(node: Tree): boolean {
	if (node['class'] === 'FUNCTION' && isAggregate(textOf(node['function_name']))) return true;
	if (node['class'] === 'SUBQUERY' || node['class'] === 'WINDOW') return false;
	return Object.values(node).some((value) =>
		(Array.isArray(value) ? treesOf(value) : [treeOf(value)]).some((inner) => inner !== null && hasAggregate(inner))
	);
}
