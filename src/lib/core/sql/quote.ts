// The one place that writes names and values into SQL text.
import { err, ok, type Result } from '../result.ts';
import type { SqlFailure } from './failure.ts';
import type { SqlParam } from './relation.ts';
import { reservedWords } from './reserved-words.ts';
import { rewrite, type Edit, type Rewritten } from './rewrite.ts';
import { tokenize } from './tokens.ts';

export function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** As a person would write it: quoted where it must be. */
export function writeName(name: string): string {
	return /^[A-Za-z_]\w*$/.test(name) && !reservedWords.has(name.toLowerCase()) ? name : quoteName(name);
}

/** A dataset or `name@version` as SQL reads it. */
export function writeReference(reference: string): string {
	const at = reference.indexOf('@');
	return at < 0 ? writeName(reference) : `${writeName(reference.slice(0, at))}${reference.slice(at)}`;
}

/** As a person would write it: a number without its type, which the engine then chooses. */
export function writeValue(value: SqlParam): string {
	return typeof value === 'number' && /^-?\d+(\.\d+)?$/.test(String(value)) ? String(value) : quoteValue(value);
}

/** A text literal of any content: DuckDB ends a text at NUL, so NUL is written as a call. */
export function quoteText(text: string): string {
	const quoted = text.split('\0').map((piece) => `'${piece.replaceAll("'", "''")}'`);
	return quoted.length === 1 ? quoted.join('') : `(${quoted.join(' || chr(0) || ')})`;
}

/** A literal of the value's own type; a Date is a TIMESTAMP in UTC, a whole number an integer. */
export function quoteValue(value: SqlParam): string {
	if (value === null) return 'NULL';
	if (typeof value === 'string') return quoteText(value);
	if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
	if (typeof value === 'bigint') return `CAST('${value}' AS ${bigintType(value)})`;
	if (value instanceof Date) return `CAST(${quoteText(value.toISOString().replace('Z', ''))} AS TIMESTAMP)`;
	if (Number.isSafeInteger(value) && !Object.is(value, -0)) return `CAST('${value}' AS ${integerType(value)})`;
	return `CAST('${value}' AS DOUBLE)`;
}

/** A literal of a named type, which a text that is a date or a time cannot tell by itself. */
export function quoteTyped(value: string | number | boolean | null, type: string): string {
	if (typeof value !== 'string') return quoteValue(value);
	if (type === 'date') return `CAST(${quoteText(value)} AS DATE)`;
	return type === 'timestamp' ? `CAST(${quoteText(value.replace(/Z$/, ''))} AS TIMESTAMP)` : quoteText(value);
}

/**
 * Puts parameters in the place of `?`, `$1` and `?1`; the texts of strings and comments stay.
 *
 * Fails: unbindable-parameter, for one too many, one too few, or a value that has no literal.
 */
export function bindParams(sql: string, params: readonly SqlParam[]): Result<Rewritten, SqlFailure> {
	const edits: Edit[] = [];
	const used = new Set<number>();
	for (const token of tokenize(sql)) {
		if (token.kind !== 'parameter') continue;
		const name = sql.slice(token.start + 1, token.end);
		const index = name === '' ? used.size : Number(name) - 1;
		if (!Number.isInteger(index)) return err({ kind: 'unbindable-parameter', index: used.size, reason: 'named' });
		const value = params[index];
		if (value === undefined) return err({ kind: 'unbindable-parameter', index, reason: 'missing' });
		const refusal = refusalOf(value);
		if (refusal !== null) return err({ kind: 'unbindable-parameter', index, reason: refusal });
		used.add(index);
		edits.push({ ...token, text: quoteValue(value) });
	}
	const unused = params.findIndex((_value, index) => !used.has(index));
	if (unused >= 0) return err({ kind: 'unbindable-parameter', index: unused, reason: 'unused' });
	return ok(rewrite(sql, edits));
}

function refusalOf(value: unknown): string | null {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : null;
	if (typeof value === 'bigint') return bigintType(value) === '' ? 'out of range' : null;
	return value === null || ['string', 'number', 'boolean'].includes(typeof value) ? null : typeof value;
}

function integerType(value: number): string {
	return Math.abs(value) < 2 ** 31 ? 'INTEGER' : 'BIGINT';
}

function bigintType(value: bigint): string {
	if (value >= -(2n ** 63n) && value < 2n ** 63n) return 'BIGINT';
	if (value >= -(2n ** 127n) && value < 2n ** 127n) return 'HUGEINT';
	return value >= 0n && value < 2n ** 128n ? 'UHUGEINT' : '';
}
