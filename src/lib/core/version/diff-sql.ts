// The difference of two versions as SQL: by key to the cell, or of whole rows.
import { differsSql, isComparedAsItIs, pairColumns, type ColumnPair, type Renames } from '../diff/column-pairs.ts';
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
 * Columns match by name without regard to case, or as `renames` tells; of unlike types their texts are compared, unless one
 * holds the other's numbers exactly.
 * Fails:  the query ends in an error that names the side when a key is null or not unique, or a key's column is missing.
 */
export function diffSql(from: DiffSide, to: DiffSide, key: readonly string[], renames: Renames = {}): string {
	const pairs = pairColumns(from.columns, to.columns, renames);
	return key.length === 0 ? rowDiff(from, to, pairs) : keyedDiff(from, to, key, pairs);
}

function keyedDiff(from: DiffSide, to: DiffSide, key: readonly string[], all: readonly ColumnPair[]): string {
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
	const differs = [
		'f IS NULL',
		't IS NULL',
		...values.map((pair, index) => differsSql(pair, `f${index}`, `t${index}`))
	];
	return `(SELECT ${selected.join(', ')} FROM ${sideSql(from, 'f', found, values)} FULL JOIN ${sideSql(to, 't', found, values)}
		ON ${joined} WHERE ${differs.join(' OR ')})`;
}

/** `f`, the key as `fk0`, …, and the values as `f0`, … of one side; a key that names no row, or several, is an error. */
function sideSql(
	side: DiffSide,
	letter: 'f' | 't',
	keys: readonly ColumnPair[],
	values: readonly ColumnPair[]
): string {
	const columnOf = (pair: ColumnPair): Column | null => (letter === 'f' ? pair.from : pair.to);
	const own = (pair: ColumnPair): string => quoteName(columnOf(pair)?.name ?? '');
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

function rowDiff(from: DiffSide, to: DiffSide, all: readonly ColumnPair[]): string {
	const rows = (side: 'from' | 'to'): string => {
		const { table } = side === 'from' ? from : to;
		const columns = all.map((pair) => {
			const column = pair[side];
			const value = column ? quoteName(column.name) : `NULL::${(pair.to ?? pair.from)?.type ?? 'VARCHAR'}`;
			return `${isComparedAsItIs(pair) ? value : `CAST(${value} AS VARCHAR)`} AS ${quoteName(pair.name)}`;
		});
		return `SELECT ${columns.join(', ')} FROM ${quoteName(table)}`;
	};
	return `(SELECT 'removed' AS diff_type, * FROM (${rows('from')} EXCEPT ALL ${rows('to')})
		UNION ALL SELECT 'added' AS diff_type, * FROM (${rows('to')} EXCEPT ALL ${rows('from')}))`;
}

function failing(message: string): string {
	return `(SELECT error(${quoteText(message)}) AS diff_type)`;
}
