// SQL that turns a text column into a typed one, for the careful path where nothing may fail.
import type { CsvOptions } from './options.ts';

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** SQL text ends at a NUL, so one inside a value is written as a call. */
export function quoteText(text: string): string {
	const quoted = `'${text.replaceAll("'", "''")}'`;
	return quoted.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted;
}

/** Null where the text does not fit. `value` is SQL for the text. */
export function tryCast(
	value: string,
	type: string,
	formats: Pick<CsvOptions, 'dateFormat' | 'timestampFormat'>
): string {
	const upper = type.toUpperCase();
	if (upper === 'VARCHAR' || upper === 'TEXT') return value;
	if (upper === 'DATE') return withFormat(value, 'DATE', formats.dateFormat);
	if (upper === 'TIMESTAMP') {
		const direct = withFormat(value, 'TIMESTAMP', formats.timestampFormat);
		return formats.dateFormat === null
			? direct
			: `coalesce(${direct}, try_strptime(${value}, ${quoteText(formats.dateFormat)}))`;
	}
	if (upper === 'BLOB') return `encode(${value})`;
	return `TRY_CAST(${value} AS ${type})`;
}

/** The given format first, then ISO; a DATE takes no text with a time of day. */
function withFormat(value: string, type: string, format: string | null): string {
	const iso =
		type === 'DATE'
			? `CASE WHEN length(${value}) <= 12 THEN TRY_CAST(${value} AS DATE) END`
			: `TRY_CAST(${value} AS ${type})`;
	return format === null ? iso : `coalesce(try_strptime(${value}, ${quoteText(format)})::${type}, ${iso})`;
}
