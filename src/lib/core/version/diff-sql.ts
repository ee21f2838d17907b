// The difference of two versions as SQL: by key to the cell, or of whole rows.
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column } from './version.ts';

/** One side of a comparison: a table the engine can name, and what people call it. */
export type DiffSide = { readonly table: string; readonly name: string; readonly columns: readonly Column[] };

/**
 * A query whose rows are what differs.
 *
 * By key: `diff_type` (`added`, `removed`, `changed`), the key's columns, then `from_x` and `to_x` of every other column; an
 * unchanged cell of a changed row is given on both sides. Without a key: `diff_type` (`added`, `removed`) and the columns of
 * both sides, a row as often as it is there more often than on the other side. A column that one side lacks is null there.
 * Columns match by name without regard to case; of unlike types their texts are compared.
 * Fails:  the query ends in an error that names the side when a key is null or not unique, or a key's column is missing.
 */
export function diffSql(from: DiffSide, to: DiffSide, key: readonly string[]): string {
	return key.length === 0 ? rowDiff(from, to) : keyedDiff(from, to, key);
}

type Pair = { readonly name: string; readonly from: Column | null; readonly to: Column | null };

/** Columns of either side, those of `to` first, in their order. */
function pairs(from: DiffSide, to: DiffSide): readonly Pair[] {
	const find = (columns: readonly Column[], name: string): Column | null =>
		columns.find((column) => column.name.toLowerCase() === name.toLowerCase()) ?? null;
	return [
		...to.columns.map((column) => ({ name: column.name, from: find(from.columns, column.name), to: column })),
		...from.columns
			.filter((column) => !find(to.columns, column.name))
			.map((column) => ({ name: column.name, from: column, to: null }))
	];
}

function keyedDiff(from: DiffSide, to: DiffSide, key: readonly string[]): string {
	const all = pairs(from, to);
	const keys = key.map((name) => all.find((pair) => pair.name.toLowerCase() === name.toLowerCase()));
	const missing = key.filter((_name, index) => !keys[index]?.from || !keys[index].to);
	if (missing.length > 0) return failing(`The key ${missing.join(', ')} is no column of both versions`);
	const found = keys.filter((pair) => pair !== undefined);
	const values = all.filter((pair) => !found.includes(pair));
	const joined = found.map((_pair, index) => `fk${index} = tk${index}`).join(' AND ');
	const selected = [
		"CASE WHEN f IS NULL THEN 'added' WHEN t IS NULL THEN 'removed' ELSE 'changed' END AS diff_type",
		...found.map((pair, index) => `coalesce(tk${index}, fk${index}) AS ${quoteName(pair.name)}`),
		...values.flatMap((pair, index) => [
			...(pair.from ? [`f${index} AS ${quoteName(`from_${pair.name}`)}`] : []),
			...(pair.to ? [`t${index} AS ${quoteName(`to_${pair.name}`)}`] : [])
		])
	];
	const differs = ['f IS NULL', 't IS NULL', ...values.map(cellDiffers)];
	return `(SELECT ${selected.join(', ')} FROM ${sideSql(from, 'f', found, values)} FULL JOIN ${sideSql(to, 't', found, values)}
		ON ${joined} WHERE ${differs.join(' OR ')})`;
}

/** `f`, the key as `fk0`, …, and the values as `f0`, … of one side; a key that names no row, or several, is an error. */
function sideSql(side: DiffSide, letter: 'f' | 't', keys: readonly Pair[], values: readonly Pair[]): string {
	const columnOf = (pair: Pair): Column | null => (letter === 'f' ? pair.from : pair.to);
	const own = (pair: Pair): string => quoteName(columnOf(pair)?.name ?? '');
	const columns = [
		`true AS ${letter}`,
		...keys.map((pair, index) => `${own(pair)} AS ${letter}k${index}`),
		...values.flatMap((pair, index) => (columnOf(pair) ? [`${own(pair)} AS ${letter}${index}`] : []))
	];
	const names = keys.map(own).join(', ');
	const isNull = keys.map((pair) => `${own(pair)} IS NULL`).join(' OR ');
	const wrong = (what: string): string =>
		quoteText(`The key ${keys.map(({ name }) => name).join(', ')} ${what} in ${side.name}`);
	return `(SELECT ${columns.join(', ')} FROM ${quoteName(side.table)} WHERE (SELECT CASE
		WHEN count(*) FILTER (WHERE ${isNull}) > 0 THEN error(${wrong('is null')})
		WHEN count(*) > count(DISTINCT (${names})) THEN error(${wrong('is not unique')})
		ELSE true END FROM ${quoteName(side.table)}))`;
}

function cellDiffers(pair: Pair, index: number): string {
	if (!pair.from) return `t${index} IS NOT NULL`;
	if (!pair.to) return `f${index} IS NOT NULL`;
	const text = (cell: string): string => (pair.from?.type === pair.to?.type ? cell : `CAST(${cell} AS VARCHAR)`);
	return `${text(`f${index}`)} IS DISTINCT FROM ${text(`t${index}`)}`;
}

function rowDiff(from: DiffSide, to: DiffSide): string {
	const all = pairs(from, to);
	const rows = (side: 'from' | 'to'): string => {
		const { table } = side === 'from' ? from : to;
		const columns = all.map((pair) => {
			const column = pair[side];
			const value = column ? quoteName(column.name) : `NULL::${(pair.to ?? pair.from)?.type ?? 'VARCHAR'}`;
			return `${isRetyped(pair) ? `CAST(${value} AS VARCHAR)` : value} AS ${quoteName(pair.name)}`;
		});
		return `SELECT ${columns.join(', ')} FROM ${quoteName(table)}`;
	};
	return `(SELECT 'removed' AS diff_type, * FROM (${rows('from')} EXCEPT ALL ${rows('to')})
		UNION ALL SELECT 'added' AS diff_type, * FROM (${rows('to')} EXCEPT ALL ${rows('from')}))`;
}

function isRetyped({ from, to }: Pair): boolean {
	return from !== null && to !== null && from.type !== to.type;
}

function failing(message: string): string {
	return `(SELECT error(${quoteText(message)}) AS diff_type)`;
}
