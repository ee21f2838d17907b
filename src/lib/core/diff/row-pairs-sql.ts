// Rows that differ, each before and after, from what a pairing of segments leaves to read. Columns that nobody asks for are not read.
import { quoteName } from '../sql/quote.ts';
import { comparedSql, differsSql, type ColumnPair } from './column-pairs.ts';
import { movedRowSql, type RowRange } from './row-positions.ts';

/** Segments of both sides as one table: column `c0`, … of both, or `f0`, … before and `t0`, … after, by the place of the pair. */
export type GroupSource = {
	/** Quoted. */
	readonly table: string;
	/** Places of the pairs that are there twice. */
	readonly differing: readonly number[];
	/** Those of them by which rows are told to differ; all when left out. */
	readonly telling?: readonly number[];
	readonly from: readonly RowRange[];
	readonly to: readonly RowRange[];
};

/** Rows of one side under their own names. */
export type SideSource = {
	/** A FROM item. */
	readonly table: string;
	readonly rows: readonly RowRange[];
	/** A condition that all its rows fulfil, or the query fails. */
	readonly guard?: string;
	/** The table is known to have no rows. */
	readonly isEmpty?: boolean;
	/** More rows, which have their number in that table as `"@row"`. */
	readonly gone?: { readonly table: string; readonly rows: readonly RowRange[] };
};

export type RowSources = {
	readonly groups: readonly GroupSource[];
	/** Rows that have none beside them. */
	readonly rest: { readonly from: SideSource; readonly to: SideSource } | null;
};

/**
 * A FROM item with a row for every key whose row differs.
 *
 * `kind` (`added`, `removed`, `changed`); `f` and `t`, the row's number before and after; by the place of a column's pair,
 * `f0`, … its cell before and `t0`, … after; and for the pairs that are no key `d0`, …: whether the cell of a changed row differs.
 */
export function rowPairsSql(
	pairs: readonly ColumnPair[],
	keys: readonly ColumnPair[],
	{ groups, rest }: RowSources
): string {
	const of = { pairs, keys };
	const parts = [...groups.map((group) => groupSql(of, group)), ...(rest ? [joinSql(of, rest)] : [])];
	return `(${parts.join('\nUNION ALL ')})`;
}

/**
 * A FROM item with the rows that may differ as whole rows: cells as they are compared by the place of their pair, `x0`, …;
 * `n`, which is 1 after and -1 before; and their number there as `r`.
 */
export function signedRowsSql(pairs: readonly ColumnPair[], { groups, rest }: RowSources): string {
	const select = (
		side: 'from' | 'to',
		cells: readonly (string | null)[],
		rows: readonly RowRange[],
		source: string
	): string => {
		const compared = pairs.map((pair, place) => {
			const type = pair.to?.type ?? pair.from?.type ?? 'VARCHAR';
			return `${comparedSql(pair, cells[place] ?? `CAST(NULL AS ${type})`)} AS x${place}`;
		});
		return `SELECT ${compared.join(', ')}, ${side === 'to' ? 1 : -1} AS n, ${movedRowSql('r', rows)} AS r FROM ${source}`;
	};
	// A side without rows is left out, unless there is nothing else: a query has columns without rows too.
	const isNothing = groups.length === 0 && rest !== null && !hasRows(rest.from) && !hasRows(rest.to);
	const parts = (['to', 'from'] as const).flatMap((side) => [
		...groups.map((group, number) =>
			select(
				side,
				groupCells(pairs, group).map((cell) => cell[side]),
				group[side],
				`g${number}`
			)
		),
		...(rest && (isNothing || hasRows(rest[side]))
			? [
					select(
						side,
						pairs.map((pair, place) => (pair[side] ? `c${place}` : null)),
						[],
						sideSql(pairs, side, { side: rest[side], letter: 'c', row: 'r' })
					)
				]
			: [])
	]);
	// Either side reads the rows of a group that differ: they are looked for once.
	const found = groups.map((group, number) => {
		const cells = groupCells(pairs, group);
		const differs = group.differing.flatMap((place) => cells[place]?.differs ?? []);
		return `g${number} AS MATERIALIZED (SELECT * FROM ${numberedSql(group.table, ['*'])} WHERE ${differs.join(' OR ')})`;
	});
	return `(${found.length > 0 ? `WITH ${found.join(', ')} ` : ''}${parts.join('\nUNION ALL ')})`;
}

type Compared = { readonly pairs: readonly ColumnPair[]; readonly keys: readonly ColumnPair[] };

function groupSql({ pairs, keys }: Compared, group: GroupSource): string {
	const cells = groupCells(pairs, group);
	const differing = (group.telling ?? group.differing).filter((place) => !isKey(pairs[place], keys));
	const compared = differing.map((place) => `${cells[place]?.differs ?? 'false'} AS d${place}`);
	const selected = [
		"'changed' AS kind",
		`${movedRowSql('r', group.from)} AS f`,
		`${movedRowSql('r', group.to)} AS t`,
		...cells.flatMap(({ from, to }, place) => [
			...(from ? [`${from} AS f${place}`] : []),
			...(to ? [`${to} AS t${place}`] : [])
		]),
		...pairs.flatMap((pair, place) =>
			isKey(pair, keys) ? [] : [differing.includes(place) ? `d${place}` : `false AS d${place}`]
		)
	];
	return `SELECT ${selected.join(', ')} FROM (SELECT *, ${compared.join(', ')} FROM ${numberedSql(group.table, ['*'])})
		WHERE ${differing.map((place) => `d${place}`).join(' OR ')}`;
}

type Cells = { readonly from: string | null; readonly to: string | null; readonly differs: string };

function groupCells(pairs: readonly ColumnPair[], { differing }: GroupSource): readonly Cells[] {
	const twice = new Set(differing);
	return pairs.map((pair, place) => {
		if (!twice.has(place)) return { from: `c${place}`, to: `c${place}`, differs: 'false' };
		const [from, to] = [`f${place}`, `t${place}`];
		return { from: pair.from && from, to: pair.to && to, differs: `(${differsSql(pair, from, to)})` };
	});
}

function joinSql({ pairs, keys }: Compared, rest: NonNullable<RowSources['rest']>): string {
	const places = pairs.flatMap((pair, place) => (isKey(pair, keys) ? [] : [place]));
	const joined = keys.map((pair) => {
		const place = pairs.indexOf(pair);
		return `${comparedSql(pair, `f${place}`)} = ${comparedSql(pair, `t${place}`)}`;
	});
	const differs = places.map((place) => {
		const pair = pairs[place];
		return `f IS NOT NULL AND t IS NOT NULL AND (${pair ? differsSql(pair, `f${place}`, `t${place}`) : 'false'}) AS d${place}`;
	});
	const selected = [
		"CASE WHEN f IS NULL THEN 'added' WHEN t IS NULL THEN 'removed' ELSE 'changed' END AS kind",
		'f',
		't',
		...pairs.flatMap((pair, place) => [...(pair.from ? [`f${place}`] : []), ...(pair.to ? [`t${place}`] : [])]),
		...places.map((place) => `d${place}`)
	];
	const [from, to] = [sidePart(pairs, 'from', rest.from), sidePart(pairs, 'to', rest.to)];
	if (hasRows(rest.from) !== hasRows(rest.to)) return lonelySql(pairs, places, hasRows(rest.from) ? { from } : { to });
	return `SELECT ${selected.join(', ')} FROM (SELECT *${differs.map((differ) => `, ${differ}`).join('')}
		FROM ${from} FULL JOIN ${to} ON ${joined.join(' AND ')})
		WHERE ${['f IS NULL', 't IS NULL', ...places.map((place) => `d${place}`)].join(' OR ')}`;
}

/** Rows of one side, where the other has none: no cell needs reading to tell that they differ. */
function lonelySql(
	pairs: readonly ColumnPair[],
	places: readonly number[],
	{ from, to }: { readonly from?: string; readonly to?: string }
): string {
	const cells = pairs.flatMap((pair, place) => [
		...(pair.from ? [from ? `f${place}` : `CAST(NULL AS ${pair.from.type}) AS f${place}`] : []),
		...(pair.to ? [to ? `t${place}` : `CAST(NULL AS ${pair.to.type}) AS t${place}`] : [])
	]);
	const rows = from
		? ["'removed' AS kind", 'f', 'CAST(NULL AS BIGINT) AS t']
		: ["'added' AS kind", 'CAST(NULL AS BIGINT) AS f', 't'];
	return `SELECT ${[...rows, ...cells, ...places.map((place) => `false AS d${place}`)].join(', ')} FROM ${from ?? to ?? ''}`;
}

function hasRows({ isEmpty = false, gone }: SideSource): boolean {
	return !isEmpty || gone !== undefined;
}

function sidePart(pairs: readonly ColumnPair[], which: 'from' | 'to', side: SideSource): string {
	const letter = which === 'from' ? 'f' : 't';
	return sideSql(pairs, which, { side, letter, row: letter });
}

/** The rows of one side, their numbers in the version as `row`. */
function sideSql(
	pairs: readonly ColumnPair[],
	which: 'from' | 'to',
	{ side, letter, row }: { readonly side: SideSource; readonly letter: string; readonly row: string }
): string {
	const { table, rows, guard, isEmpty = false, gone } = side;
	const cells = namedCells(pairs, which, letter);
	const source = guard === undefined ? table : `${table} WHERE ${guard}`;
	const parts = [
		...(isEmpty && gone
			? []
			: [`SELECT ${movedRowSql('r', rows)} AS ${row}, * EXCLUDE (r) FROM ${numberedSql(source, cells)}`]),
		...(gone ? [`SELECT ${movedRowSql('"@row"', gone.rows)} AS ${row}, ${cells.join(', ')} FROM ${gone.table}`] : [])
	];
	return `(${parts.join('\nUNION ALL ')})`;
}

function numberedSql(source: string, columns: readonly string[]): string {
	return `(SELECT ${['row_number() OVER () - 1 AS r', ...columns].join(', ')} FROM ${source})`;
}

/** Columns of one side by the places of their pairs. */
function namedCells(pairs: readonly ColumnPair[], side: 'from' | 'to', letter: string): readonly string[] {
	return pairs.flatMap((pair, place) => (pair[side] ? [`${quoteName(pair[side].name)} AS ${letter}${place}`] : []));
}

function isKey(pair: ColumnPair | undefined, keys: readonly ColumnPair[]): boolean {
	return pair !== undefined && keys.includes(pair);
}
