// The SQL of keeping what rows were: a row that changes is closed, and stands once more as it is now (type 2 of slowly changing dimensions).
import { quoteName } from '../sql/quote.ts';
import { conformed, differences, matches, numbered, type Upsert } from './upsert-sql.ts';
import type { Column } from './version.ts';

/** From when on a row was so, and until when; the latter is null while it is. */
export const VALID_FROM = 'valid_from';
export const VALID_TO = 'valid_to';
export const historyColumns: readonly string[] = [VALID_FROM, VALID_TO];

export type HistoryTerms = {
	readonly atMs: number;
	/** Keys that do not come are gone. */
	readonly isWhole: boolean;
};
export type History = Upsert & HistoryTerms;

/** Rows that are as they stand. */
export function openRowsSql(table: string): string {
	return `(SELECT * FROM ${table} WHERE ${quoteName(VALID_TO)} IS NULL)`;
}

/** When the new rows are valid from: never before a row that is there, whatever the clock says. */
export function historyTimeSql(table: string, atMs: number): string {
	return `SELECT greatest(epoch_ms(${Math.trunc(atMs)}), max(${quoteName(VALID_FROM)}) + INTERVAL 1 MILLISECOND)::VARCHAR AS at FROM ${table}`;
}

/** Incoming rows as the first of their history. */
export function firstHistorySql(incoming: string, atMs: number): string {
	return `SELECT *, epoch_ms(${Math.trunc(atMs)}) AS ${quoteName(VALID_FROM)}, NULL::TIMESTAMP AS ${quoteName(VALID_TO)} FROM ${incoming}`;
}

/** The rows that end: their place as `"@row"`, and that their `valid_to` changes as `d0`, …, by its number. `table` has the rows with their places. */
export function endedRowsSql({ table, incoming, schema, given, key, isWhole }: History): string {
	const cells = schema.map((_column, index) => `c${index}`);
	const ends = [...differences({ schema, given, key }), ...(isWhole ? ['i."@there" IS NULL'] : [])];
	return `SELECT s.r AS "@row", true AS d${numberOf(schema, VALID_TO)} FROM ${table} AS s(r, ${cells.join(', ')})
		LEFT JOIN (SELECT true AS "@there", * FROM ${incoming}) AS i ON ${matches(schema, key)}
		WHERE s.${cell(schema, VALID_TO)} IS NULL AND (${isWhole ? 'true' : 'i."@there"'}) AND (${ends.length === 0 ? 'false' : ends.join(' OR ')})`;
}

/** Incoming rows that no row is as, in order; valid from `at`, a timestamp as text. */
export function begunRowsSql({ table, incoming, schema, given, key }: History, at: string): string {
	const same = differences({ schema, given, key }).map((differs) => `NOT (${differs})`);
	const now = `s.${cell(schema, VALID_TO)} IS NULL`;
	const from = `SELECT *, TIMESTAMP '${at}' AS ${quoteName(VALID_FROM)} FROM ${incoming}`;
	return `SELECT ${conformed(schema, [...given, VALID_FROM])} FROM (SELECT row_number() OVER () AS "@r", * FROM (${from})) AS i
		ANTI JOIN ${numbered(table, schema)} ON ${[matches(schema, key), now, ...same].join(' AND ')} ORDER BY i."@r"`;
}

function cell(schema: readonly Column[], name: string): string {
	return `c${numberOf(schema, name)}`;
}

export function numberOf(schema: readonly Column[], name: string): number {
	return schema.findIndex((column) => column.name === name);
}
