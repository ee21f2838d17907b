// The difference of two versions as SQL: by key to the cell, or of whole rows.
import { keyPairs, keySql, pairColumns, type ColumnPair, type Renames } from '../diff/column-pairs.ts';
import { rowPairsSql, signedRowsSql, type RowSources, type SideSource } from '../diff/row-pairs-sql.ts';
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
 * holds the other's numbers exactly. `paired` has the rows that stand beside each other; `from` and `to` are then the others.
 * Fails:  the query ends in an error that names the side when a key is null or not unique in what `from` and `to` have, or a
 * key's column is missing.
 */
export function diffSql(
	from: DiffSide,
	to: DiffSide,
	key: readonly string[],
	{ renames = {}, paired }: { readonly renames?: Renames; readonly paired?: RowSources | undefined } = {}
): string {
	const pairs = pairColumns(from.columns, to.columns, renames);
	const sources = (sideOf: (side: DiffSide, which: 'from' | 'to') => SideSource): RowSources => ({
		groups: paired?.groups ?? [],
		rest:
			paired?.rest === null
				? null
				: { from: { ...paired?.rest.from, ...sideOf(from, 'from') }, to: { ...paired?.rest.to, ...sideOf(to, 'to') } }
	});
	if (key.length === 0) return rowDiff(pairs, sources(sideSource));
	const { keys, missing } = keyPairs(pairs, key);
	if (missing.length > 0) return failing(`The key ${missing.join(', ')} is no column of both versions`);
	return keyedDiff(
		pairs,
		keys,
		sources((side, which) => guarded(side, keys, which))
	);
}

function keyedDiff(pairs: readonly ColumnPair[], keys: readonly ColumnPair[], sources: RowSources): string {
	const selected = pairs.flatMap((pair, place) => {
		if (keys.includes(pair)) return [];
		const name = (side: string): string => quoteName(`${side}_${pair.name}`);
		return [...(pair.from ? [`f${place} AS ${name('from')}`] : []), ...(pair.to ? [`t${place} AS ${name('to')}`] : [])];
	});
	const names = keys.map((pair) => `${keySql(pair, pairs.indexOf(pair))} AS ${quoteName(pair.name)}`);
	return `(SELECT ${['kind AS diff_type', ...names, ...selected].join(', ')} FROM ${rowPairsSql(pairs, keys, sources)})`;
}

function sideSource({ table }: DiffSide): SideSource {
	return { table: quoteName(table), rows: [] };
}

/** A key that names no row, or several, is an error. */
function guarded(side: DiffSide, keys: readonly ColumnPair[], which: 'from' | 'to'): SideSource {
	const own = keys.map((pair) => quoteName(pair[which]?.name ?? ''));
	const isNull = own.map((name) => `${name} IS NULL`).join(' OR ');
	const wrong = (what: string): string =>
		quoteText(`The key ${keys.map(({ name }) => name).join(', ')} ${what} in ${side.name}`);
	const guard = `(SELECT CASE
		WHEN count(*) FILTER (WHERE ${isNull}) > 0 THEN error(${wrong('is null')})
		WHEN count(*) > count(DISTINCT (${own.join(', ')})) THEN error(${wrong('is not unique')})
		ELSE true END FROM ${quoteName(side.table)})`;
	return { ...sideSource(side), guard };
}

function rowDiff(pairs: readonly ColumnPair[], sources: RowSources): string {
	const names = pairs.map((_pair, place) => `x${place}`).join(', ');
	const selected = pairs.map(({ name }, place) => `x${place} AS ${quoteName(name)}`);
	return `(SELECT ${["CASE WHEN n > 0 THEN 'added' ELSE 'removed' END AS diff_type", ...selected].join(', ')} FROM (
		SELECT *, unnest(range(CAST(abs(n) AS BIGINT))) FROM (
			SELECT ${names}, sum(n) AS n FROM ${signedRowsSql(pairs, sources)} GROUP BY ${names}) WHERE n <> 0))`;
}

function failing(message: string): string {
	return `(SELECT error(${quoteText(message)}) AS diff_type)`;
}
