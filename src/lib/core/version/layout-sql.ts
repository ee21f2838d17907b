// The SQL of a table that is written anew: its rows in an order, and its columns with other types.
import { quoteName } from '../sql/quote.ts';
import type { OrderColumn } from './layout.ts';
import type { Column } from './version.ts';

/** Column of a row's number in the subquery below; a dataset's column may have the name of any other. */
const ROW = '"@row"';

/** All rows of `table` with the columns and types of `schema`; those of equal rank stay in the order they are in. */
export function orderedRowsSql(table: string, schema: readonly Column[], order: readonly OrderColumn[]): string {
	const columns = schema.map(({ name, type }) => `CAST(t.${quoteName(name)} AS ${type}) AS ${quoteName(name)}`);
	if (order.length === 0) return `SELECT ${columns.join(', ')} FROM ${table} AS t`;
	const ranks = order.map(
		({ column, descending }) => `t.${quoteName(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`
	);
	return `SELECT ${columns.join(', ')} FROM (SELECT row_number() OVER () AS ${ROW}, * FROM ${table}) AS t
		ORDER BY ${ranks.join(', ')}, t.${ROW}`;
}

/** One row: about how many distinct values each column has, as `d0`, `d1`, …. */
export function distinctCountsSql(table: string, columns: readonly Column[]): string {
	const counts = columns.map(
		({ name }, index) => `CAST(approx_count_distinct(${quoteName(name)}) AS DOUBLE) AS d${index}`
	);
	return `SELECT ${counts.join(', ')} FROM ${table}`;
}
