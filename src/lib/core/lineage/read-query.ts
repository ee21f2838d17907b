// Reads the lineage of columns out of a query's parse tree: tables, joins, filters, groups, set operations and order.
import { distinct, deciding, through, type ColumnLineage, type Dependence, type ReadTable } from './column-lineage.ts';
import { hasAggregate, readExpression, readStar, type Reader } from './read-expression.ts';
import {
	allOf,
	byName,
	columnAt,
	inputsByName,
	named,
	renamed,
	seenOf,
	united,
	type Columns,
	type Given
} from './given.ts';
import { fileInPlaceOf, filesOf } from './read-files.ts';
import { readPivot } from './read-pivot.ts';
import { Scope, type Seen, type SeenColumn } from './scope.ts';
import { textOf, textsOf, treeOf, treesOf, type Tree } from './tree.ts';

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
	const given = reading.query(query, new Map(), null);
	const { columns, whole, others } = given;
	const isWhole = others === null && (outputs === null || outputs.length === columns.length);
	if (!isWhole && (outputs === null || others === null)) reading.tell('columns that a star stands for');
	const names = outputs ?? columns.map(({ name }) => name);
	const inputsOf = isWhole ? (_name: string, at: number) => columns[at]?.inputs ?? [] : inputsByName(given);
	const fields = names.map((column, index) => ({ column, inputs: distinct(inputsOf(column, index)) }));
	const files = reading.files.size === 0 ? {} : { files: [...reading.files] };
	return { fields, dataset: distinct(whole), ...files, unknown: [...reading.unknown] };
}

/** A query whose tree is not to be had: all that it reads may decide all that it gives. */
export function unreadLineage(tables: readonly ReadTable[], outputs: readonly string[] | null): ColumnLineage {
	const dataset = tables.flatMap((table) =>
		table.columns.map(
			({ name }) =>
				({ dataset: table.dataset, column: name, type: 'INDIRECT', subtype: 'CONDITIONAL' }) satisfies Dependence
		)
	);
	return {
		fields: (outputs ?? []).map((column) => ({ column, inputs: [] })),
		dataset: distinct(dataset),
		unknown: ['the query, of which the engine gives no tree: all that it reads is told']
	};
}

class Reading implements Reader {
	readonly unknown = new Set<string>();
	readonly files = new Set<string>();
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
				return { columns: [], whole: [], others: [] };
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
		let others: readonly Dependence[] | null = null;
		const items = treesOf(node['select_list']);
		const shown = items.map((item) => {
			const star = readStar(item, scope, this);
			if (star) {
				columns.push(...star.columns);
				if (star.others) others = [...(others ?? []), ...star.others];
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
			else whole.push(...deciding(columnAt({ columns, others }, place), 'GROUP_BY'));
		}
		if (node['aggregate_handling'] === 'FORCE_AGGREGATES')
			for (const [index, item] of items.entries())
				if (!hasAggregate(item))
					whole.push(...(shown[index] ?? []).flatMap(({ inputs }) => deciding(inputs, 'GROUP_BY')));
		decide(node['having'], 'FILTER');
		decide(node['qualify'], 'FILTER');
		whole.push(...this.#modifiers(node, { columns, others }, (value, subtype) => decide(value, subtype, true)));
		return { columns, whole, others };
	}

	#modifiers(
		node: Tree,
		given: Columns,
		decide: (value: Tree, subtype: 'FILTER' | 'GROUP_BY' | 'SORT') => void
	): readonly Dependence[] {
		const whole: Dependence[] = [];
		const all = (subtype: 'GROUP_BY' | 'SORT'): void => void whole.push(...deciding(allOf(given), subtype));
		for (const modifier of treesOf(node['modifiers'])) {
			if (modifier['type'] === 'ORDER_MODIFIER')
				for (const order of treesOf(modifier['orders'])) {
					const expression = treeOf(order['expression']) ?? {};
					const place = placeOf(expression);
					if (place !== null) whole.push(...deciding(columnAt(given, place), 'SORT'));
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
		const [left = { columns: [], whole: [], others: [] }, ...others] = sides.map((side) =>
			this.query(side, ctes, outer)
		);
		const kind = textOf(node['setop_type']);
		let given = left;
		for (const right of others) {
			if (kind === 'UNION_BY_NAME') given = byName(given, right);
			else if (kind === 'UNION') given = united(given, right, 'IDENTITY');
			else {
				given = { ...given, whole: [...given.whole, ...right.whole, ...deciding(allOf(right), 'FILTER')] };
			}
		}
		const isDistinct = node['setop_all'] !== true;
		const rows = isDistinct ? deciding(allOf(given), 'GROUP_BY') : [];
		const scope = new Scope([{ name: '', columns: given.columns, others: given.others }], outer);
		scope.ctes = ctes;
		const more: Dependence[] = [];
		const modified = this.#modifiers(node, given, (value, subtype) => {
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
					const file = fileInPlaceOf(name);
					if (file !== null) return alone(this.#file([file], name));
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
				const files = filesOf(call);
				if (files) return alone(this.#file(files, name));
				const scope = outer ?? new Scope([], null);
				const inputs = through(
					treesOf(call['children']).flatMap((child) => readExpression(child, scope, this)),
					'TRANSFORMATION'
				);
				if (!pureTables.has(name)) this.tell(`the table function ${name}`);
				return alone({ name, columns: [], others: inputs });
			}
			case 'PIVOT': {
				const source = this.#from(treeOf(node['source']) ?? {}, ctes, outer);
				const scope = new Scope(source.tables, outer, source.merged);
				scope.ctes = ctes;
				const pivoted = readPivot(node, scope, this);
				return alone(pivoted.seen, [...source.whole, ...pivoted.whole]);
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

	/** That they are read is told; which of their columns go where is not known. */
	#file(files: readonly string[], name: string): Seen {
		for (const file of files) this.files.add(file);
		this.tell(`columns of ${files.join(', ')}`);
		return { name, columns: [], others: [] };
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
