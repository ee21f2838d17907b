// The SQL of a comparison that is looked at: a table of the rows that differ, their counts, and windows of them.
import { quoteName } from '../sql/quote.ts';
import { keySql, type ColumnPair } from './column-pairs.ts';
import { rowPairsSql, signedRowsSql, type RowSources } from './row-pairs-sql.ts';
import { movedRowSql, type RowRange } from './row-positions.ts';

export type ChangeKind = 'added' | 'removed' | 'changed';
export const changeKinds: readonly ChangeKind[] = ['added', 'removed', 'changed'];

export type ChangesPlan = {
	/** The table of rows that differ, quoted. */
	readonly table: string;
	/** Columns that tell rows apart; none where whole rows are compared. */
	readonly keys: readonly ColumnPair[];
	/** All other columns. */
	readonly values: readonly ColumnPair[];
};

/** Which rows are looked at: of a kind, or those in which a column's cell changed. */
export type ChangeFilter = { readonly kind: ChangeKind | null; readonly column: string | null };

/** How cells are given: as they are, or as texts that people read. */
export type CellForm = 'values' | 'texts';

/** Longer texts are cut: what is looked at is the change, and the tables hold the rest. */
const TEXT_MAX = 2000;

/** All pairs of a plan; the place of a pair in this list names its columns in `RowSources`. */
export function pairsOf({ keys, values }: Pick<ChangesPlan, 'keys' | 'values'>): readonly ColumnPair[] {
	return [...keys, ...values];
}

/**
 * The rows that differ, in the order of the rows after; a removed one stands near where it was. What is in them is not kept, but
 * read where it is looked at: `kind`, and the row's number before and after as `f` and `t`, null where the row is not there.
 *
 * By key, `d0`, … say of each value column whether a changed row has another cell. Of whole rows, the kind is `added` or
 * `removed`, and a row is there as often as it is there more often than on the other side.
 */
export function changesSql(plan: ChangesPlan, sources: RowSources): string {
	if (plan.keys.length === 0) return rowChanges(plan, sources);
	const differs = plan.values.map((_pair, index) => `d${plan.keys.length + index} AS d${index}`);
	const isInOrder = sources.rest === null && sources.groups.length < 2;
	return `SELECT ${['kind', 'f', 't', ...differs].join(', ')} FROM ${rowPairsSql(pairsOf(plan), plan.keys, sources)}
		${isInOrder ? '' : 'ORDER BY coalesce(t, f), f'}`;
}

/** One row: rows as `added`, `removed`, `changed`, and of each value column the changed cells as `c0`, …. */
export function changeCountsSql(plan: ChangesPlan): string {
	const kinds = changeKinds.map((kind) => `count(*) FILTER (WHERE kind = '${kind}') AS ${kind}`);
	const cells = plan.values.map((_pair, index) => `count(*) FILTER (WHERE ${cellDiffers(plan, index)}) AS c${index}`);
	return `SELECT ${[...kinds, ...cells].join(', ')} FROM ${plan.table}`;
}

/** One row: how many rows a filter leaves, as `n`. */
export function filteredCountSql(plan: ChangesPlan, filter: ChangeFilter): string {
	return `SELECT count(*) AS n FROM ${plan.table} WHERE ${filterSql(plan, filter)}`;
}

export type ChangeWindow = {
	readonly filter: ChangeFilter;
	/** Inclusive and exclusive. */
	readonly startRow: number;
	readonly endRow: number;
	readonly form: CellForm;
};

/** Where the cells are: rows of each version, under their own names. */
export type CellSources = Readonly<
	Record<'from' | 'to', { readonly table: string; readonly rows: readonly RowRange[] }>
>;

/** The numbers of a window's rows before and after, as `f` and `t`. */
export function changePlacesSql(plan: ChangesPlan, window: ChangeWindow): string {
	return `SELECT f, t FROM ${windowSql(plan, window)}`;
}

/**
 * Rows `kind`, `k0`, …, and of each value column `f0` before, `t0` after, and `d0`: whether the cell differs.
 *
 * The tables of `sources` are FROM items; its `rows` lead from rows of the version to those of the table.
 */
export function changeRowsSql(plan: ChangesPlan, window: ChangeWindow, sources: CellSources): string {
	const { keys, values } = plan;
	const shown = (cell: string): string =>
		window.form === 'values' ? cell : `left(CAST(${cell} AS VARCHAR), ${TEXT_MAX})`;
	const cells = (side: 'from' | 'to', letter: 'f' | 't'): string => {
		const columns = pairsOf(plan).flatMap((pair, place) =>
			pair[side] ? [`${quoteName(pair[side].name)} AS ${letter}${place}`] : []
		);
		const { table, rows } = sources[side];
		return `(SELECT * FROM (SELECT ${['row_number() OVER () - 1 AS r', ...columns].join(', ')} FROM ${table})
			WHERE r IN (SELECT ${movedRowSql(letter, rows)} FROM c WHERE ${letter} IS NOT NULL)) AS ${letter}s`;
	};
	const cell = (side: 'from' | 'to', index: number): string =>
		values[index]?.[side] ? `${side === 'from' ? 'f' : 't'}${keys.length + index}` : 'NULL';
	const selected = [
		'kind',
		...keys.map((pair, place) => `${shown(keySql(pair, place))} AS k${place}`),
		...values.flatMap((_pair, index) => [
			`${shown(cell('from', index))} AS f${index}`,
			`${shown(cell('to', index))} AS t${index}`,
			`${keys.length === 0 ? 'true' : `c.d${index}`} AS d${index}`
		])
	];
	return `WITH c AS MATERIALIZED (SELECT *, row_number() OVER () AS nth FROM ${windowSql(plan, window)})
		SELECT ${selected.join(', ')} FROM c
		LEFT JOIN ${cells('from', 'f')} ON fs.r = ${movedRowSql('c.f', sources.from.rows)}
		LEFT JOIN ${cells('to', 't')} ON ts.r = ${movedRowSql('c.t', sources.to.rows)} ORDER BY nth`;
}

function windowSql(plan: ChangesPlan, { filter, startRow, endRow }: ChangeWindow): string {
	return `(SELECT * FROM ${plan.table} WHERE ${filterSql(plan, filter)} LIMIT ${endRow - startRow} OFFSET ${startRow})`;
}

function rowChanges(plan: ChangesPlan, sources: RowSources): string {
	const pairs = pairsOf(plan);
	const names = pairs.map((_pair, place) => `x${place}`).join(', ');
	const surplus = 'CASE WHEN sum(n) > 0 THEN min(r) FILTER (WHERE n > 0) ELSE min(r) FILTER (WHERE n < 0) END';
	return `SELECT CASE WHEN m > 0 THEN 'added' ELSE 'removed' END AS kind,
		CASE WHEN m < 0 THEN place END AS f, CASE WHEN m > 0 THEN place END AS t FROM (
			SELECT m, place, unnest(range(CAST(abs(m) AS BIGINT))) AS copy FROM (
				SELECT sum(n) AS m, ${surplus} AS place FROM ${signedRowsSql(pairs, sources)} GROUP BY ${names}) WHERE m <> 0)
		ORDER BY place, m`;
}

function cellDiffers({ keys, values }: ChangesPlan, index: number): string {
	return keys.length > 0 && values[index] ? `d${index}` : 'false';
}

function filterSql(plan: ChangesPlan, { kind, column }: ChangeFilter): string {
	const index = plan.values.findIndex(({ name }) => name === column);
	return [
		...(kind === null ? [] : [`kind = '${kind}'`]),
		...(column === null ? [] : [cellDiffers(plan, index)]),
		'true'
	].join(' AND ');
}
