// Columns of few different values: their rows are counted by value once, and each value is judged once instead of each of its rows.
import { quoteName } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';

/** Nanoseconds of a row that counting by value takes: measures that cost less together are taken of the rows. */
export const GROUPING_COST = 40;
/** Of fewer rows, asking how many values there are costs more than it saves. */
export const GROUPED_ROWS = 200_000;
const SAMPLED_ROWS = 65_536;
/** Rows of the sample for each different value, at least. */
const ROWS_OF_VALUE = 16;

/**
 * Rows by value, as a query in parentheses: the column, how many rows have it (`@n`), and of numbers how many rows have it or a lesser
 * one (`@upto`), the number of those that have one (`@all`), and their mean (`@mean`).
 */
export function valuesOf(rows: string, name: string, schema: readonly Column[]): string {
	const value = quoteName(name);
	const grouped = `SELECT ${value}, count(*) AS "@n" FROM ${rows} GROUP BY ${value}`;
	const type = schema.find((column) => column.name === name)?.type ?? '';
	if (typeFamily(type) !== 'number') return `(${grouped})`;
	const there = `FILTER (WHERE ${value} IS NOT NULL)`;
	return `(SELECT *, sum("@n") OVER (ORDER BY ${value} NULLS LAST ROWS UNBOUNDED PRECEDING) AS "@upto", sum("@n") ${there} OVER () AS "@all", sum(CAST(${value} AS DOUBLE) * "@n") OVER () / sum("@n") ${there} OVER () AS "@mean" FROM (${grouped}))`;
}

/** About how many different values each column has, as a query over the first rows; read by `fewValuesIn`. */
export function distinctSql(rows: string, columns: readonly string[]): string {
	const names = columns.map(quoteName);
	const counts = names.map((name, at) => `approx_count_distinct(${name}) AS c${at}`);
	return `SELECT count(*) AS n, ${counts.join(', ')} FROM (SELECT ${names.join(', ')} FROM ${rows} LIMIT ${SAMPLED_ROWS})`;
}

/** Of a column whose values come late this may be wrong; then the query takes longer and gives the same. */
export function fewValuesIn(row: Readonly<Record<string, unknown>>, columns: readonly string[]): ReadonlySet<string> {
	const most = Number(row['n'] ?? 0) / ROWS_OF_VALUE;
	return new Set(columns.filter((_name, at) => Number(row[`c${at}`] ?? Infinity) <= most));
}

/** Whose sums are exact in any order. */
export function isWholeType(type: string): boolean {
	return /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(type);
}

export function sumOfValues(value: string): string {
	return `sum(CAST(${value} AS HUGEINT) * "@n")`;
}

export function meanOfValues(value: string): string {
	return `CAST(${sumOfValues(value)} AS DOUBLE) / any_value("@all")`;
}

/** The two in the middle are one where their number is odd. */
export function medianOfValues(value: string): string {
	const first = (above: string): string =>
		`CAST(min(${value}) FILTER (WHERE ${value} IS NOT NULL AND "@upto" > ${above}) AS DOUBLE)`;
	return `(${first('("@all" - 1) // 2')} + ${first('"@all" // 2')}) / 2`;
}

/** Squares of distances from the mean, so that large numbers close to each other keep their digits. */
export function deviationOfValues(value: string): string {
	return `sqrt(sum(pow(CAST(${value} AS DOUBLE) - "@mean", 2) * "@n") / nullif(any_value("@all") - 1, 0))`;
}
