// What PIVOT and UNPIVOT make of the columns of their table. Which columns a PIVOT gives is told by values: all of them come from
// the same.
import { deciding, through, type Dependence } from './column-lineage.ts';
import { readExpression, type Reader } from './read-expression.ts';
import type { Scope, Seen, SeenColumn } from './scope.ts';
import { textsOf, treeOf, treesOf, type Tree } from './tree.ts';

type Pivoted = { readonly seen: Seen; readonly whole: readonly Dependence[] };

/** `scope` is that of the table that is pivoted. */
export function readPivot(node: Tree, scope: Scope, reader: Reader): Pivoted {
	return textsOf(node['unpivot_names']).length > 0 ? unpivoted(node, scope, reader) : pivoted(node, scope, reader);
}

function pivoted(node: Tree, scope: Scope, reader: Reader): Pivoted {
	const read = (value: Tree): readonly Dependence[] => readExpression(value, scope, reader);
	const aggregates = treesOf(node['aggregates']);
	const pivots = treesOf(node['pivots']);
	const decides = pivots.flatMap((pivot) => {
		const inner = treeOf(treeOf(pivot['subquery'])?.['node'] ?? pivot['subquery']);
		const asked = inner ? reader.subquery(inner, scope) : null;
		return [
			...treesOf(pivot['pivot_expressions']).flatMap(read),
			...treesOf(pivot['entries']).flatMap((entry) => entryOf(entry, read)),
			...(asked ? [...asked.columns.flatMap(({ inputs }) => inputs), ...(asked.others ?? []), ...asked.whole] : [])
		];
	});
	const values = [...through(aggregates.flatMap(read), 'AGGREGATION'), ...deciding(decides, 'CONDITIONAL')];
	const named = textsOf(node['groups']);
	const used = new Set([...aggregates, ...pivots].flatMap(namesIn));
	const all = scope.tables.flatMap((table) => table.columns);
	const groups: readonly SeenColumn[] =
		named.length > 0
			? named.map((name) => ({ name, inputs: scope.find([name]) ?? [] }))
			: all.filter(({ name }) => !used.has(name.toLowerCase()));
	// Without names, whatever else the table has is a group.
	const unseen = named.length > 0 ? [] : scope.tables.flatMap((table) => table.others ?? []);
	const inputs = [...groups.flatMap((group) => group.inputs), ...unseen];
	return {
		seen: { name: '', columns: groups, others: [...values, ...unseen] },
		whole: deciding(inputs, 'GROUP_BY')
	};
}

/** The columns that stay, then the name of the one a row comes from, then its value. */
function unpivoted(node: Tree, scope: Scope, reader: Reader): Pivoted {
	const read = (value: Tree): readonly Dependence[] => readExpression(value, scope, reader);
	const all = scope.tables.flatMap((table) => table.columns);
	const unseen = scope.tables.flatMap((table) => table.others ?? []);
	const pivots = treesOf(node['pivots']);
	const entries = pivots.flatMap((pivot) => treesOf(pivot['entries']));
	const used = new Set(entries.flatMap((entry) => [...namesIn(entry), ...valuesOf(entry)]));
	const taken = [
		...entries.flatMap((entry) => entryOf(entry, read)),
		...all.filter(({ name }) => used.has(name.toLowerCase())).flatMap(({ inputs }) => inputs)
	];
	// A star, a pattern, or a name that is none of the known columns: it may be any.
	const isKnown = [...used].every((name) => all.some((column) => column.name.toLowerCase() === name));
	const isWhole = unseen.length === 0 && isKnown && used.size > 0;
	const values = isWhole ? taken : [...all.flatMap(({ inputs }) => inputs), ...unseen];
	const columns: readonly SeenColumn[] = [
		...all.filter(({ name }) => !isWhole || !used.has(name.toLowerCase())),
		...pivots.flatMap((pivot) => textsOf(pivot['unpivot_names'])).map((name) => ({ name, inputs: [] })),
		...textsOf(node['unpivot_names']).map((name) => ({ name, inputs: values }))
	];
	return {
		seen: { name: '', columns, others: isWhole ? null : values },
		whole: node['include_nulls'] === true ? [] : deciding(values, 'FILTER')
	};
}

function entryOf(entry: Tree, read: (value: Tree) => readonly Dependence[]): readonly Dependence[] {
	const expression = treeOf(entry['expr']) ?? treeOf(entry['star_expr']);
	return expression ? read(expression) : [];
}

/** Constants of an entry as texts: of an UNPIVOT, names of columns. */
function valuesOf(entry: Tree): readonly string[] {
	return treesOf(entry['values']).flatMap(({ value }) => (typeof value === 'string' ? [value.toLowerCase()] : []));
}

/** Names of columns anywhere in a tree, in lower case. */
function namesIn(node: Tree): readonly string[] {
	if (node['class'] === 'COLUMN_REF')
		return textsOf(node['column_names'])
			.slice(-1)
			.map((name) => name.toLowerCase());
	return Object.values(node).flatMap((value) =>
		(Array.isArray(value) ? treesOf(value) : [treeOf(value)]).flatMap((inner) => (inner ? namesIn(inner) : []))
	);
}
