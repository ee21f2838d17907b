// What the search for unusual rows asks of the engine: a sample to grow on, and the rows that were found.
import { quoteName, quoteText } from '../../sql/quote.ts';
import { arrowType } from '../../sql/types.ts';
import { freeName } from '../../version/dataset-name.ts';
import type { Column } from '../../version/version.ts';
import { ROW } from '../compile-suite.ts';
import type { AnomalousRow } from './row-ranking.ts';

/** Values that are held at once of a sample or of a batch. */
const CELLS_MAX = 8 * 1024 * 1024;

/** Rows that a forest is grown on: more than its trees take, so that each sees others, and few enough to hold. */
export function sampleSize(columnCount: number): number {
	return Math.max(4096, Math.min(65_536, Math.floor(CELLS_MAX / columnCount)));
}

/** Rows that are scored at once. */
export function batchSize(columnCount: number): number {
	return Math.max(1, Math.min(131_072, Math.floor(CELLS_MAX / columnCount)));
}

/** About as many rows of `table` as a forest is grown on, the same ones for a seed; all where there are no more. */
export function sampleRowsSql(
	table: string,
	columns: readonly Column[],
	{ rowCount, seed }: { readonly rowCount: number; readonly seed: number }
): string {
	const cells = forestCells(columns);
	const size = sampleSize(columns.length);
	if (rowCount <= size) return `SELECT ${cells} FROM ${table}`;
	const row = quoteName(ROW);
	const numbered = `SELECT row_number() OVER () - 1 AS ${row}, * FROM ${table}`;
	return `SELECT ${cells} FROM (${numbered}) WHERE hash(${row}, ${seed}) % ${rowCount} < ${size}`;
}

/** The columns as the forest's reader knows them. */
export function forestCells(columns: readonly Column[]): string {
	return columns
		.map(({ name, type }) => {
			const column = quoteName(name);
			const read = arrowType(type);
			return read === type ? column : `CAST(${column} AS ${read}) AS ${column}`;
		})
		.join(', ');
}

/** The rows that were found, the most unusual first, with all their columns, their score and what tells them apart before them. */
export function anomalousRowsSql(table: string, schema: readonly Column[], rows: readonly AnomalousRow[]): string {
	const taken = schema.map(({ name }) => name);
	const [score, because] = [freeName('score', taken), freeName('told apart by', taken)].map(quoteName);
	const row = quoteName(ROW);
	const values = rows.map(
		(one) => `(${one.row}, ${one.score.toFixed(4)}, ${quoteText(one.causes.map(({ column }) => column).join(', '))})`
	);
	if (values.length === 0) return `SELECT * FROM ${table} WHERE false`;
	return [
		`SELECT found.${score}, found.${because}, rows.* EXCLUDE (${row})`,
		`FROM (VALUES ${values.join(', ')}) AS found(${row}, ${score}, ${because})`,
		`JOIN (SELECT row_number() OVER () - 1 AS ${row}, * FROM ${table}) AS rows USING (${row})`,
		`ORDER BY found.${score} DESC, found.${row}`
	].join('\n');
}

/** Some columns of rows by number, with their number as `@row`. */
export function valuesSql(table: string, columns: readonly string[], rows: readonly number[]): string {
	const row = quoteName(ROW);
	const cells = columns.map(quoteName).join(', ');
	const numbered = `SELECT row_number() OVER () - 1 AS ${row}, ${cells} FROM ${table}`;
	return `SELECT * FROM (${numbered}) WHERE ${row} IN (${rows.join(', ')})`;
}
