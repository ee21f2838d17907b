// Reads the lineage of columns out of a query's parse tree: tables, joins, filters, groups, set operations and order.
import { distinct, deciding, through, type ColumnLineage, type Dependence, type ReadTable } from './column-lineage.ts';
import { hasAggregate, readExpression, readStar, type Reader } from './read-expression.ts';
import { Scope, type Seen, type SeenColumn } from './scope.ts';
import { textOf, textsOf, treeOf, treesOf, type Tree } from './tree.ts';

/** What a query gives: its columns, and what decides its rows. */
export type Given = {
	readonly columns: readonly SeenColumn[];
	readonly whole: readonly Dependence[];
	readonly isOpen: boolean;
};

/** The tables of a FROM clause, what joins them, and the columns that were made one. */
type From = {
	readonly tables: readonly Seen[];
	readonly whole: readonly Dependence[];
	readonly merged: ReadonlySet<string>;
};

type Ctes = ReadonlyMap<string, Seen & { readonly whole: readonly Dependence[] }>;

/**
 * `outputs` are the columns that the query gave, where they are known: their names are the engine's own.
 *
 * What is not understood is told, and nothing is guessed for it.
 */
export function readLineage(
	query: Tree,
	tables: readonly ReadTable[],
	outputs: readonly string[] | null = null
): ColumnLineage {
	const reading = new Reading(tables);
	const { columns, whole, isOpen } = reading.query(query, new Map(), null);
	const isWhole = !isOpen && (outputs === null || outputs.length === columns.length);
	if (!isWhole) reading.tell('columns that a star stands for');
	const names = outputs ?? columns.map(({ name }) => name);
	const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
	const fields = names.map((column, index) => ({
		column,
		inputs: distinct((isWhole ? columns[index] : byName.get(column.toLowerCase()))?.inputs ?? [])
	}));
	return { fields, dataset: distinct(whole), unknown: [...reading.unknown] };
}

class Reading implements Reader {
	readonly unknown = new Set<string>();
	readonly #tables: ReadonlyMap<string, ReadTable>;

	constructor(tables: readonly ReadTable[]) {
		this.#tables = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
	}

	tell(what: string): void {
		this.unknown.add(what);
	}

	/** A query inside an expression. */
	subquery(node: Tree, scope: Scope): Given {
		return this.query(node, scope.ctes, scope);
	}

	query(node: Tree, outerCtes: Ctes, outer: Scope | null): Given {
		const ctes = new Map(outerCtes);
		for (const { key, value } of treesOf(treeOf(node['cte_map'])?.['map']).map((one) => ({
			key: textOf(one['key']),
			value: treeOf(one['value'])
		}))) {
			const inner = treeOf(treeOf(value?.['query'])?.['node']);
			if (!inner) continue;
			const given = renamed(this.query(inner, ctes, outer), textsOf(value?.['aliases']));
			ctes.set(key.toLowerCase(), seenOf(key, given));
		}
		switch (node['type']) {
			case 'SELECT_NODE':
				return this.#select(node, ctes, outer);
			case 'SET_OPERATION_NODE':
				return this.#setOperation(node, ctes, outer);
			case 'RECURSIVE_CTE_NODE': {
				const first = this.query(treeOf(node['left']) ?? {}, ctes, outer);
				const name = textOf(node['cte_name']);
				const inside = new Map(ctes).set(name.toLowerCase(), seenOf(name, renamed(first, textsOf(node['aliases']))));
				const again = this.query(treeOf(node['right']) ?? {}, inside, outer);
				return united(first, again, 'TRANSFORMATION');
			}
			default:
				this.tell(`a query of the kind ${textOf(node['type'])}`);
				return { columns: [], whole: [], isOpen: true };
		}
	}

	#select(node: Tree, ctes: Ctes, outer: Scope | null): Given {
		const from = this.#from(treeOf(node['from_table']) ?? {}, ctes, outer);
		const scope = new Scope(from.tables, outer, from.merged);
		scope.ctes = ctes;
		const whole = [...from.whole];
		const decide = (value: unknown, subtype: 'FILTER' | 'GROUP_BY' | 'SORT', aliasFirst = false): void => {
			const expression = treeOf(value);
			if (expression) whole.push(...deciding(readExpression(expression, scope, this, aliasFirst), subtype));
		};
		const columns: SeenColumn[] = [];
		let isOpen = false;
		const items = treesOf(node['select_list']);
		const shown = items.map((item) => {
			const star = readStar(item, scope, this);
			if (star) {
				columns.push(...star.columns);
				isOpen ||= star.isOpen;
				return star.columns;
			}
			const inputs = readExpression(item, scope, this);
			const name = textOf(item['alias']) || textsOf(item['column_names']).at(-1) || textOf(item['function_name']);
			const column = { name, inputs };
			if (textOf(item['alias']) !== '') scope.aliases.set(name.toLowerCase(), inputs);
			columns.push(column);
			return [column];
		});
		decide(node['where_clause'], 'FILTER');
		for (const group of treesOf(node['group_expressions'])) {
			const place = placeOf(group);
			if (place === null) decide(group, 'GROUP_BY');
			else whole.push(...deciding(columns[place - 1]?.inputs ?? [], 'GROUP_BY'));
		}
		if (node['aggregate_handling'] === 'FORCE_AGGREGATES')
			for (const [index, item] of items.entries())
				if (!hasAggregate(item))
					whole.push(...(shown[index] ?? []).flatMap(({ inputs }) => deciding(inputs, 'GROUP_BY')));
		decide(node['having'], 'FILTER');
		decide(node['qualify'], 'FILTER');
		whole.push(...this.#modifiers(node, columns, (value, subtype) => decide(value, subtype, true)));
		return { columns, whole, isOpen };
	}

	#modifiers(
		node: Tree,
		columns: readonly SeenColumn[],
		decide: (value: Tree, subtype: 'FILTER' | 'GROUP_BY' | 'SORT') => void
	): readonly Dependence[] {
		const whole: Dependence[] = [];
		const all = (subtype: 'GROUP_BY' | 'SORT'): void =>
			void whole.push(...columns.flatMap(({ inputs }) => deciding(inputs, subtype)));
		for (const modifier of treesOf(node['modifiers'])) {
			if (modifier['type'] === 'ORDER_MODIFIER')
				for (const order of treesOf(modifier['orders'])) {
					const expression = treeOf(order['expression']) ?? {};
					const place = placeOf(expression);
					if (place !== null) whole.push(...deciding(columns[place - 1]?.inputs ?? [], 'SORT'));
					else if (expression['class'] === 'STAR') all('SORT');
					else decide(expression, 'SORT');
				}
			else if (modifier['type'] === 'DISTINCT_MODIFIER') {
				const targets = treesOf(modifier['distinct_on_targets']);
				for (const target of targets) decide(target, 'GROUP_BY');
				if (targets.length === 0) all('GROUP_BY');
			} else
				for (const limit of [treeOf(modifier['limit']), treeOf(modifier['offset'])]) if (limit) decide(limit, 'FILTER');
		}
		return whole;
	}

	#setOperation(node: Tree, ctes: Ctes, outer: Scope | null): Given {
		const sides = [node['left'], node['right'], ...treesOf(node['children'])]
			.map(treeOf)
			.filter((side) => side !== null);
		const [left = { columns: [], whole: [], isOpen: true }, ...others] = sides.map((side) =>
			this.query(side, ctes, outer)
		);
		const kind = textOf(node['setop_type']);
		let given = left;
		for (const right of others) {
			if (kind === 'UNION_BY_NAME') given = byName(given, right);
			else if (kind === 'UNION') given = united(given, right, 'IDENTITY');
			else {
				const decided = right.columns.flatMap(({ inputs }) => deciding(inputs, 'FILTER'));
				given = { ...given, whole: [...given.whole, ...right.whole, ...decided] };
			}
		}
		const isDistinct = node['setop_all'] !== true;
		const rows = isDistinct ? given.columns.flatMap(({ inputs }) => deciding(inputs, 'GROUP_BY')) : [];
		const scope = new Scope([{ name: '', columns: given.columns, others: null }], outer);
		scope.ctes = ctes;
		const more: Dependence[] = [];
		const modified = this.#modifiers(node, given.columns, (value, subtype) => {
			more.push(...deciding(readExpression(value, scope, this), subtype));
		});
		return { ...given, whole: [...given.whole, ...rows, ...modified, ...more] };
	}

	#from(node: Tree, ctes: Ctes, outer: Scope | null): From {
		const alone = (seen: Seen, whole: readonly Dependence[] = []) => ({
			tables: [named(seen, textOf(node['alias']), textsOf(node['column_name_alias']))],
			whole,
			merged: new Set<string>()
		});
		switch (node['type']) {
			case 'EMPTY':
				return { tables: [], whole: [], merged: new Set() };
			case 'BASE_TABLE': {
				const name = textOf(node['table_name']);
				const cte = ctes.get(name.toLowerCase());
				if (cte) return alone(cte, cte.whole);
				const table = this.#tables.get(name.toLowerCase());
				if (!table) {
					this.tell(`the table ${name}`);
					return alone({ name, columns: [], others: [] });
				}
				const columns = table.columns.map(({ name: column }): SeenColumn => ({
					name: column,
					inputs: [{ dataset: table.dataset, column, type: 'DIRECT', subtype: 'IDENTITY' }]
				}));
				return alone({ name, columns, others: null });
			}
			case 'SUBQUERY': {
				const inner = treeOf(treeOf(node['subquery'])?.['node']) ?? {};
				const given = this.query(inner, ctes, outer);
				return alone(seenOf('', given), given.whole);
			}
			case 'JOIN':
				return this.#join(node, ctes, outer);
			case 'TABLE_FUNCTION': {
				const call = treeOf(node['function']) ?? {};
				const name = textOf(call['function_name']);
				const scope = outer ?? new Scope([], null);
				const inputs = through(
					treesOf(call['children']).flatMap((child) => readExpression(child, scope, this)),
					'TRANSFORMATION'
				);
				if (!pureTables.has(name)) this.tell(`the table function ${name}`);
				return alone({ name, columns: [], others: inputs });
			}
			case 'EXPRESSION_LIST': {
				const rows = Array.isArray(node['values']) ? (node['values'] as readonly unknown[]) : [];
				const scope = outer ?? new Scope([], null);
				const width = Math.max(0, ...rows.map((row) => treesOf(row).length));
				const columns = Array.from({ length: width }, (_column, at): SeenColumn => ({
					name: `col${at}`,
					inputs: rows.flatMap((row) => {
						const cell = treesOf(row)[at];
						return cell ? readExpression(cell, scope, this) : [];
					})
				}));
				return alone({ name: 'valueslist', columns, others: null });
			}
			default: {
				this.tell(`a table of the kind ${textOf(node['type']) || 'unknown'}`);
				return alone({ name: '', columns: [], others: [] });
			}
		}
	}

	#join(node: Tree, ctes: Ctes, outer: Scope | null): From {
		const left = this.#from(treeOf(node['left']) ?? {}, ctes, outer);
		// What stands to the right may see what stands to the left of it.
		const beside = new Scope(left.tables, outer, left.merged);
		beside.ctes = ctes;
		const right = this.#from(treeOf(node['right']) ?? {}, ctes, beside);
		const [kind, reference] = [textOf(node['join_type']), textOf(node['ref_type'])];
		const named = textsOf(node['using_columns']).map((name) => name.toLowerCase());
		const using = reference === 'NATURAL' ? commonColumns(left.tables, right.tables) : named;
		const tables = [...left.tables, ...right.tables];
		const both = new Scope(tables, outer);
		both.ctes = ctes;
		const whole: Dependence[] = [...left.whole, ...right.whole];
		const condition = treeOf(node['condition']);
		if (condition) whole.push(...deciding(readExpression(condition, both, this), 'JOIN'));
		for (const name of using)
			for (const table of tables) {
				const column = table.columns.find((one) => one.name.toLowerCase() === name);
				if (column) whole.push(...deciding(column.inputs, 'JOIN'));
			}
		const merged = new Set([...left.merged, ...right.merged, ...using]);
		if (kind === 'SEMI' || kind === 'ANTI') return { tables: left.tables, whole, merged: left.merged };
		if (kind !== 'RIGHT' && kind !== 'FULL' && kind !== 'OUTER') return { tables, whole, merged };
		// The one column that USING leaves has the value of the side that has one.
		const joined = tables.map((table) => ({
			...table,
			columns: table.columns.map((column) =>
				using.includes(column.name.toLowerCase())
					? {
							...column,
							inputs: tables.flatMap(
								({ columns }) =>
									columns.find((one) => one.name.toLowerCase() === column.name.toLowerCase())?.inputs ?? []
							)
						}
					: column
			)
		}));
		return { tables: joined, whole, merged };
	}
}

/** Their rows come from their arguments alone. */
const pureTables: ReadonlySet<string> = new Set(['range', 'generate_series', 'unnest', 'repeat']);

function seenOf(name: string, { columns, whole, isOpen }: Given): Seen & { readonly whole: readonly Dependence[] } {
	return { name, columns, whole, others: isOpen ? [] : null };
}

function named(seen: Seen, alias: string, columns: readonly string[]): Seen {
	const renamedColumns = columns.map((name, at) => ({ name, inputs: seen.columns[at]?.inputs ?? seen.others ?? [] }));
	return {
		...seen,
		name: alias || seen.name,
		columns: [...renamedColumns, ...seen.columns.slice(columns.length)]
	};
}

function renamed(given: Given, aliases: readonly string[]): Given {
	return { ...given, columns: given.columns.map((one, at) => ({ ...one, name: aliases[at] ?? one.name })) };
}

function united(one: Given, other: Given, subtype: 'IDENTITY' | 'TRANSFORMATION'): Given {
	const columns = one.columns.map((column, at) => ({
		...column,
		inputs: [...column.inputs, ...through(other.columns[at]?.inputs ?? [], subtype)]
	}));
	return { columns, whole: [...one.whole, ...other.whole], isOpen: one.isOpen || other.isOpen };
}

function byName(one: Given, other: Given): Given {
	const names = [...new Set([...one.columns, ...other.columns].map(({ name }) => name))];
	const inputs = (from: Given, name: string): readonly Dependence[] =>
		from.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.inputs ?? [];
	return {
		columns: names.map((name) => ({ name, inputs: [...inputs(one, name), ...inputs(other, name)] })),
		whole: [...one.whole, ...other.whole],
		isOpen: one.isOpen || other.isOpen
	};
}

function commonColumns(left: readonly Seen[], right: readonly Seen[]): readonly string[] {
	const names = (tables: readonly Seen[]): readonly string[] =>
		tables.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase()));
	const others = new Set(names(right));
	return names(left).filter((name) => others.has(name));
}

/** `ORDER BY 2` and `GROUP BY 2` name a column by its place. */
function placeOf(expression: Tree): number | null {
	if (expression['type'] === 'POSITIONAL_REFERENCE') return Number(expression['index']);
	if (expression['class'] !== 'CONSTANT') return null;
	const value = treeOf(expression['value'])?.['value'];
	return typeof value === 'number' ? value : null;
}
