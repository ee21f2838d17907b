// The SQL of a comparison that is looked at: a table of the rows that differ, their counts, and windows of them.
import { quoteName } from '../sql/quote.ts';
import { comparedSql, differsSql, type ColumnPair } from './column-pairs.ts';

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

type Tables = { readonly from: string; readonly to: string };

/** Longer texts are cut: what is looked at is the change, and the tables hold the rest. */
const TEXT_MAX = 2000;

/**
 * The rows that differ, in the order of the rows after; a removed one stands near where it was.
 *
 * By key: `kind`, the key as `k0`, …, and of each other column `f0`, … before and `t0`, … after.
 * Of whole rows: `kind`, which is `added` or `removed`, and the columns as `x0`, …; a row as often as it is there more often than
 * on the other side. `from` and `to` are FROM items.
 */
export function changesSql(plan: ChangesPlan, tables: Tables): string {
	return plan.keys.length === 0 ? rowChanges(plan, tables) : keyedChanges(plan, tables);
}

/** One row: rows as `added`, `removed`, `changed`, and of each value column the changed cells as `c0`, …. */
export function changeCountsSql(plan: ChangesPlan): string {
	const kinds = changeKinds.map((kind) => `count(*) FILTER (WHERE kind = '${kind}') AS ${kind}`);
	const cells = plan.values.map(
		(_pair, index) => `count(*) FILTER (WHERE kind = 'changed' AND ${cellDiffers(plan, index)}) AS c${index}`
	);
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

/** Rows `kind`, `k0`, …, and of each value column `f0` before, `t0` after, and `d0`: whether the cell differs. */
export function changeRowsSql(plan: ChangesPlan, { filter, startRow, endRow, form }: ChangeWindow): string {
	const shown = (cell: string): string => (form === 'values' ? cell : `left(CAST(${cell} AS VARCHAR), ${TEXT_MAX})`);
	const selected = [
		'kind',
		...plan.keys.map((_pair, index) => `${shown(`k${index}`)} AS k${index}`),
		...plan.values.flatMap((_pair, index) => [
			`${shown(cellSql(plan, index, 'from'))} AS f${index}`,
			`${shown(cellSql(plan, index, 'to'))} AS t${index}`,
			`${cellDiffers(plan, index)} AS d${index}`
		])
	];
	return `SELECT ${selected.join(', ')} FROM ${plan.table} WHERE ${filterSql(plan, filter)}
		LIMIT ${endRow - startRow} OFFSET ${startRow}`;
}

function keyedChanges({ keys, values }: ChangesPlan, tables: Tables): string {
	const selected = [
		"CASE WHEN f IS NULL THEN 'added' WHEN t IS NULL THEN 'removed' ELSE 'changed' END AS kind",
		...keys.map((pair, index) => `coalesce(${cells(pair, `tk${index}`, `fk${index}`)}) AS k${index}`),
		...values.flatMap((pair, index) => [...(pair.from ? [`f${index}`] : []), ...(pair.to ? [`t${index}`] : [])])
	];
	const joined = keys.map((pair, index) => `${comparedSql(pair, `fk${index}`)} = ${comparedSql(pair, `tk${index}`)}`);
	const differs = values.map((pair, index) => differsSql(pair, `f${index}`, `t${index}`));
	return `SELECT ${selected.join(', ')}
		FROM ${numbered(tables.from, 'f', keys, values)} FULL JOIN ${numbered(tables.to, 't', keys, values)}
		ON ${joined.join(' AND ')} WHERE ${['f IS NULL', 't IS NULL', ...differs].join(' OR ')} ORDER BY coalesce(t, f), f`;
}

function cells(pair: ColumnPair, ...of: readonly string[]): string {
	return of.map((cell) => comparedSql(pair, cell)).join(', ');
}

/** One side with its row number as `f` or `t`, and its columns by their places. */
function numbered(
	table: string,
	letter: 'f' | 't',
	keys: readonly ColumnPair[],
	values: readonly ColumnPair[]
): string {
	const own = ({ from, to }: ColumnPair): string | null => (letter === 'f' ? from : to)?.name ?? null;
	const select = (pair: ColumnPair, as: string): readonly string[] => {
		const name = own(pair);
		return name === null ? [] : [`${quoteName(name)} AS ${as}`];
	};
	const columns = [
		`row_number() OVER () AS ${letter}`,
		...keys.flatMap((pair, index) => select(pair, `${letter}k${index}`)),
		...values.flatMap((pair, index) => select(pair, `${letter}${index}`))
	];
	return `(SELECT ${columns.join(', ')} FROM ${table})`;
}

function rowChanges({ values }: ChangesPlan, { from, to }: Tables): string {
	const names = values.map((_pair, index) => `x${index}`).join(', ');
	const side = (which: 'from' | 'to', table: string, sign: 1 | -1): string => {
		const columns = values.map((pair, index) => {
			const type = pair.to?.type ?? pair.from?.type ?? 'VARCHAR';
			const column = pair[which];
			return `${comparedSql(pair, column ? quoteName(column.name) : `CAST(NULL AS ${type})`)} AS x${index}`;
		});
		return `SELECT ${columns.join(', ')}, ${sign} AS n, row_number() OVER () AS r FROM ${table}`;
	};
	return `SELECT CASE WHEN n > 0 THEN 'added' ELSE 'removed' END AS kind, ${names} FROM (
		SELECT *, unnest(range(CAST(abs(n) AS BIGINT))) AS copy FROM (
			SELECT ${names}, sum(n) AS n, min(r) AS r FROM (${side('to', to, 1)} UNION ALL ${side('from', from, -1)})
			GROUP BY ${names}) WHERE n <> 0) ORDER BY r, n`;
}

function cellSql(plan: ChangesPlan, index: number, side: 'from' | 'to'): string {
	const pair = plan.values[index];
	if (!pair?.[side]) return 'NULL';
	if (plan.keys.length > 0) return `${side === 'from' ? 'f' : 't'}${index}`;
	return `CASE WHEN kind = '${side === 'from' ? 'removed' : 'added'}' THEN x${index} END`;
}

function cellDiffers(plan: ChangesPlan, index: number): string {
	const pair = plan.values[index];
	if (!pair || plan.keys.length === 0) return 'true';
	return differsSql(pair, cellSql(plan, index, 'from'), cellSql(plan, index, 'to'));
}

function filterSql(plan: ChangesPlan, { kind, column }: ChangeFilter): string {
	const index = plan.values.findIndex(({ name }) => name === column);
	return [
		...(kind === null ? [] : [`kind = '${kind}'`]),
		...(column === null ? [] : index < 0 ? ['false'] : [`kind = 'changed' AND (${cellDiffers(plan, index)})`])
	]
		.concat('true')
		.join(' AND ');
}
