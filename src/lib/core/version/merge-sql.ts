// The SQL of a three-way merge by key: what theirs changed since the base, set against what ours made of the same rows.
import { keySql, type ColumnPair } from '../diff/column-pairs.ts';
import { rowPairsSql, type RowSources } from '../diff/row-pairs-sql.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { MergedColumn } from './merge-schema.ts';
import type { Column } from './version.ts';

export type MergeSide = 'base' | 'ours' | 'theirs';

/** What to take where both lines changed the same: a cell, or with `column: null` all such cells of the row, or the row. */
export type MergeChoice = {
	/** Texts of the key's values, in the order of the key. */
	readonly key: readonly string[];
	readonly column: string | null;
	readonly take: MergeSide;
};

/** What differs between the base and a side. */
export type MergeSource =
	/** FROM items of both, each without the segments that the other has too. */
	| { readonly kind: 'tables'; readonly base: string; readonly side: string }
	/** What is read of both where their columns have the same types; `pairs` gives places their meaning. */
	| { readonly kind: 'paired'; readonly pairs: readonly ColumnPair[]; readonly sources: RowSources };

/** `ours` is null where nothing of it counts: its rows are as those of the base. */
export type MergeSources = { readonly ours: MergeSource | null; readonly theirs: MergeSource };

export type MergePlan = {
	readonly columns: readonly MergedColumn[];
	/** Names of merged columns that tell rows apart. */
	readonly key: readonly string[];
	/** The table of rows that theirs changed, as `mergeRowsSql` makes it. */
	readonly rows: string;
	/** Each of them stands where the row of ours stands. */
	readonly isInPlace: boolean;
	readonly choices: readonly MergeChoice[];
	/** For what no choice names; null leaves it a conflict. */
	readonly settle: MergeSide | null;
};

const sides = { base: 'o', ours: 'a', theirs: 'b' } as const;

/**
 * The rows that theirs changed, added or removed since the base: key as `k0`, …; whether each side has the row as `has_o`,
 * `has_a`, `has_b`; its cells there as `o0`, `a0`, `b0`, …; `touched`: whether ours changed it too; `nth`: their order.
 */
export function mergeRowsSql(sources: MergeSources, { columns, key }: Pick<MergePlan, 'columns' | 'key'>): string {
	const changes = (which: 'ours' | 'theirs', source: MergeSource): string =>
		source.kind === 'paired'
			? pairedChangesSql(source, columns, key)
			: changesSql(source.base, source.side, which, columns, key);
	const theirs = changes('theirs', sources.theirs);
	const keys = key.map((_name, index) => `t.k${index}`);
	if (!sources.ours) {
		const same = columns.map((_column, index) => `t.o${index}, t.o${index} AS a${index}, t.x${index} AS b${index}`);
		return `SELECT ${keys.join(', ')}, t.nth, t.has_o, t.has_o AS has_a, t.has_x AS has_b, false AS touched, ${same.join(', ')}
			FROM (${theirs}) AS t`;
	}
	const cells = columns.flatMap((_column, index) => [
		`t.o${index}`,
		`CASE WHEN u.k0 IS NULL THEN t.o${index} ELSE u.x${index} END AS a${index}`,
		`t.x${index} AS b${index}`
	]);
	const joined = key.map((_name, index) => `t.k${index} = u.k${index}`).join(' AND ');
	return `SELECT ${keys.join(', ')}, t.nth, t.has_o, coalesce(u.has_x, t.has_o) AS has_a, t.has_x AS has_b,
		u.k0 IS NOT NULL AS touched, ${cells.join(', ')}
		FROM (${theirs}) AS t LEFT JOIN (${changes('ours', sources.ours)}) AS u ON ${joined}`;
}

/** The columns of a merge as pairs of base and a side, without those that neither has; null where a type differs. */
export function mergePairs(columns: readonly MergedColumn[], which: 'ours' | 'theirs'): readonly ColumnPair[] | null {
	const pairs = columns.map((column): ColumnPair => ({ name: column.name, from: column.base, to: column[which] }));
	if (pairs.some(({ from, to }) => from && to && from.type !== to.type)) return null;
	return pairs.filter(({ from, to }) => from !== null || to !== null);
}

function pairedChangesSql(
	{ pairs, sources }: Extract<MergeSource, { kind: 'paired' }>,
	columns: readonly MergedColumn[],
	key: readonly string[]
): string {
	const placeOf = (name: string): number => pairs.findIndex((pair) => pair.name === name);
	const keys = key.flatMap((name) => pairs[placeOf(name)] ?? []);
	const cell = (letter: 'f' | 't', { name, type }: MergedColumn): string => {
		const pair = pairs[placeOf(name)];
		const own = letter === 'f' ? pair?.from : pair?.to;
		return `CAST(${own ? `${letter}${placeOf(name)}` : 'NULL'} AS ${type})`;
	};
	const selected = [
		...keys.map((pair, at) => {
			const type = columns[indexOf(columns, pair.name)]?.type ?? 'VARCHAR';
			return `CAST(${keySql(pair, pairs.indexOf(pair))} AS ${type}) AS k${at}`;
		}),
		't AS nth',
		'f IS NOT NULL AS has_o',
		't IS NOT NULL AS has_x',
		...columns.flatMap((column, index) => [`${cell('f', column)} AS o${index}`, `${cell('t', column)} AS x${index}`])
	];
	return `SELECT ${selected.join(', ')} FROM ${rowPairsSql(pairs, keys, sources)}`;
}

/** Rows of a side that differ from the base. */
function changesSql(
	base: string,
	side: string,
	which: 'ours' | 'theirs',
	columns: readonly MergedColumn[],
	key: readonly string[]
): string {
	const keys = key.map((name) => indexOf(columns, name));
	const from = (table: string, of: MergeSide, letter: string): string => {
		const cells = columns.map((column, index) => {
			const own = column[of];
			return `${own ? `CAST(${quoteName(own.name)} AS ${column.type})` : `CAST(NULL AS ${column.type})`} AS ${letter}${index}`;
		});
		return `(SELECT true AS ${letter}, row_number() OVER () AS ${letter}r, ${cells.join(', ')} FROM ${table})`;
	};
	const selected = [
		...keys.map((index, at) => `coalesce(x${index}, o${index}) AS k${at}`),
		'xr AS nth',
		'o IS NOT NULL AS has_o',
		'x IS NOT NULL AS has_x',
		...columns.flatMap((_column, index) => [`o${index}`, `x${index}`])
	];
	const differs = columns.map((_column, index) => `o${index} IS DISTINCT FROM x${index}`);
	return `SELECT ${selected.join(', ')} FROM ${from(base, 'base', 'o')} FULL JOIN ${from(side, which, 'x')}
		ON ${keys.map((index) => `o${index} = x${index}`).join(' AND ')}
		WHERE o IS NULL OR x IS NULL OR ${differs.join(' OR ')}`;
}

/**
 * Those rows as merged: `k0`, …; `nth`; `has_a`; `keep`: whether the row is in the merge; its cells as `r0`, …; `c0`, …:
 * whether a cell is a conflict; `gone`: whether one side removed what the other changed; `open`: whether a conflict is left.
 */
export function mergedRowsSql({ columns, key, rows, choices, settle }: MergePlan): string {
	const chosen = choiceTable(choices, columns, key);
	const fallback = settle === null ? 'NULL' : quoteText(settle);
	const take = (index: number | null): string =>
		chosen === null ? fallback : `coalesce(${index === null ? '' : `h.h${index}, `}h.h, ${fallback})`;
	const gone = '(m.has_o AND m.has_a <> m.has_b AND (m.touched OR NOT m.has_a))';
	const pick = (index: number, side: string): string =>
		`CASE ${side} WHEN 'base' THEN m.o${index} WHEN 'theirs' THEN m.b${index} ELSE m.a${index} END`;
	const same = (one: string, other: string): string => `${one} IS NOT DISTINCT FROM ${other}`;
	const cells = columns.map((_column, index) => {
		const [o, a, b] = [`m.o${index}`, `m.a${index}`, `m.b${index}`];
		return {
			value: `CASE WHEN ${gone} THEN ${pick(index, take(null))} WHEN NOT m.has_b THEN ${a} WHEN NOT m.has_a THEN ${b}
				WHEN ${same(a, b)} OR ${same(b, o)} THEN ${a} WHEN ${same(a, o)} THEN ${b} ELSE ${pick(index, take(index))} END`,
			conflict: `(m.has_a AND m.has_b AND ${a} IS DISTINCT FROM ${b} AND ${a} IS DISTINCT FROM ${o} AND ${b} IS DISTINCT FROM ${o})`
		};
	});
	const keep = `CASE WHEN ${gone} THEN CASE ${take(null)} WHEN 'base' THEN m.has_o WHEN 'theirs' THEN m.has_b ELSE m.has_a END
		WHEN m.has_a AND m.has_b THEN true WHEN m.has_o THEN false ELSE true END`;
	const open = [
		`(${gone} AND ${take(null)} IS NULL)`,
		...cells.map(({ conflict }, index) => `(${conflict} AND ${take(index)} IS NULL)`)
	];
	const keys = key.map((_name, index) => `m.k${index}`);
	const joined = key.map((_name, index) => `CAST(m.k${index} AS VARCHAR) = h.k${index}`).join(' AND ');
	return `SELECT ${keys.join(', ')}, m.nth, m.has_a, ${keep} AS keep, ${gone} AS gone, ${open.join(' OR ')} AS open,
		${cells.map(({ value, conflict }, index) => `${value} AS r${index}, ${conflict} AS c${index}`).join(', ')},
		${columns.map((_column, index) => `m.o${index}, m.a${index}, m.b${index}`).join(', ')}, m.has_o, m.has_b
		FROM ${rows} AS m ${chosen === null ? '' : `LEFT JOIN ${chosen} ON ${joined}`}`;
}

/** Choices by row: `k0`, …, `h` for the row and `h0`, … for its cells; null when there are none. */
function choiceTable(
	choices: readonly MergeChoice[],
	columns: readonly MergedColumn[],
	key: readonly string[]
): string | null {
	if (choices.length === 0) return null;
	const byKey = new Map<string, { readonly key: readonly string[]; readonly takes: Map<number, MergeSide> }>();
	for (const choice of choices) {
		const name = JSON.stringify(choice.key);
		const found = byKey.get(name) ?? { key: choice.key, takes: new Map() };
		byKey.set(name, found);
		found.takes.set(choice.column === null ? -1 : indexOf(columns, choice.column), choice.take);
	}
	const rows = [...byKey.values()].map(({ key: texts, takes }) => {
		const cell = (index: number): string => (takes.has(index) ? quoteText(takes.get(index) ?? '') : 'NULL::VARCHAR');
		return [...texts.map(quoteText), cell(-1), ...columns.map((_column, index) => cell(index))].join(', ');
	});
	const names = [...key.map((_name, index) => `k${index}`), 'h', ...columns.map((_column, index) => `h${index}`)];
	return `(VALUES (${rows.join('), (')})) AS h(${names.join(', ')})`;
}

/** One row: how many rows theirs `changed`, `added` and `removed` in ours, and how many are `conflicts` and still `open`. */
export function mergeCountsSql(plan: MergePlan): string {
	const { columns } = plan;
	const conflict = ['gone', ...columns.map((_column, index) => `c${index}`)].join(' OR ');
	const differs = columns.map((_column, index) => `r${index} IS DISTINCT FROM a${index}`).join(' OR ');
	const count = (condition: string, name: string): string =>
		`(count(*) FILTER (WHERE ${condition}))::DOUBLE AS ${name}`;
	return `SELECT ${count(`has_a AND keep AND (${differs})`, 'changed')}, ${count('NOT has_a AND keep', 'added')},
		${count('has_a AND NOT keep', 'removed')}, ${count(conflict, 'conflicts')}, ${count('open', 'open')}
		FROM (${mergedRowsSql(plan)})`;
}

/**
 * Conflicts, at most `limit`, in theirs' order: the key as texts `k0`, …; `gone`; which sides have the row; for every column
 * `c0` (is it a conflict) and its texts `o0`, `a0`, `b0`.
 */
export function conflictsSql(plan: MergePlan, limit: number): string {
	const { columns, key } = plan;
	const conflict = ['gone', ...columns.map((_column, index) => `c${index}`)].join(' OR ');
	const keys = key.map((_name, index) => `CAST(k${index} AS VARCHAR) AS k${index}`);
	const cells = columns.flatMap((_column, index) => [
		`c${index}`,
		...Object.values(sides).map((letter) => `CAST(${letter}${index} AS VARCHAR) AS ${letter}${index}`)
	]);
	return `SELECT ${[...keys, 'gone', 'open', 'has_a', 'has_b', ...cells].join(', ')} FROM (${mergedRowsSql(plan)})
		WHERE ${conflict} ORDER BY nth NULLS LAST, ${key.map((_name, index) => `k${index}`).join(', ')} LIMIT ${limit}`;
}

/** How many rows of the base have another value of a dropped column in `side`; one row with `n`. */
export function changedInDroppedSql(base: string, side: string, column: Column, key: readonly string[]): string {
	const name = quoteName(column.name);
	const joined = key.map((part) => `o.${quoteName(part)} = x.${quoteName(part)}`).join(' AND ');
	return `SELECT (count(*) FILTER (WHERE o.${name} IS DISTINCT FROM x.${name}))::DOUBLE AS n
		FROM ${base} AS o JOIN ${side} AS x ON ${joined}`;
}

/**
 * The rows of ours that the merge changes or removes: place as `"@row"`, `gone`, cells of the plan's columns as `v0`, … and whether
 * they change as `d0`, …, by their numbers in `schema`. `table` has ours with their places.
 */
export function mergeHitsSql(table: string, schema: readonly Column[], plan: MergePlan): string {
	const placeOf = ({ ours, name }: MergedColumn): number => indexOf(schema, ours?.name ?? name);
	const values = plan.columns.map((column, index) => `m.r${index} AS v${placeOf(column)}`);
	const differs = plan.columns.map((_column, index) => `m.r${index} IS DISTINCT FROM m.a${index}`);
	const flags = plan.columns.map((column, index) => `m.keep AND ${differs[index]} AS d${placeOf(column)}`);
	const cells = schema.map((_column, index) => `c${index}`);
	const rows = `(${mergedRowsSql(plan)}) AS m`;
	return `SELECT ${plan.isInPlace ? 'm.nth' : 's.r'} AS "@row", NOT m.keep AS gone, ${[...values, ...flags].join(', ')}
		FROM ${plan.isInPlace ? rows : `${table} AS s(r, ${cells.join(', ')}) JOIN ${rows} ON ${matches(plan, schema)}`}
		WHERE m.has_a AND (NOT m.keep OR ${differs.join(' OR ')})`;
}

/** The rows of `table`, a part of ours with the columns `schema`, as merged and in order. */
export function mergedSegmentSql(table: string, schema: readonly Column[], plan: MergePlan): string {
	const values = plan.columns.map((column, index) => {
		const own = column.ours
			? `CAST(s.c${indexOf(schema, column.ours.name)} AS ${column.type})`
			: `CAST(NULL AS ${column.type})`;
		return `CASE WHEN m.keep THEN m.r${index} ELSE ${own} END AS ${quoteName(column.name)}`;
	});
	return `SELECT ${values.join(', ')} FROM ${numbered(table, schema)}
		LEFT JOIN (SELECT * FROM (${mergedRowsSql(plan)}) WHERE has_a) AS m ON ${matches(plan, schema)}
		WHERE m.keep IS DISTINCT FROM false ORDER BY s.r`;
}

/** Rows that ours has not, in theirs' order. */
export function mergeAddedSql(plan: MergePlan): string {
	const values = plan.columns.map(({ name, type }, index) => `CAST(r${index} AS ${type}) AS ${quoteName(name)}`);
	return `SELECT ${values.join(', ')} FROM (${mergedRowsSql(plan)}) WHERE keep AND NOT has_a ORDER BY nth`;
}

function numbered(table: string, schema: readonly Column[]): string {
	return `(SELECT row_number() OVER () - 1, * FROM ${table}) AS s(r, ${schema.map((_column, index) => `c${index}`).join(', ')})`;
}

function matches({ columns, key }: MergePlan, schema: readonly Column[]): string {
	return key
		.map((name, index) => {
			const column = columns[indexOf(columns, name)];
			return `CAST(s.c${indexOf(schema, column?.ours?.name ?? name)} AS ${column?.type ?? 'VARCHAR'}) = m.k${index}`;
		})
		.join(' AND ');
}

function indexOf(columns: readonly { readonly name: string }[], name: string): number {
	return columns.findIndex((column) => column.name === name);
}
