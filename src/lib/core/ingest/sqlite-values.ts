// What the values of a SQLite column are, whatever its declaration says: each row may have a value of another class.
// Source: "Datatypes In SQLite", sections 2 to 3.1; "Database File Format", section 1.3.
import { quoteName } from './cast-sql.ts';

/** How many values of a column are of which class; `dates` and `moments` are among the texts. */
export type ValueCounts = {
	readonly integers: number;
	/** Integers that a DOUBLE does not hold to the last digit. */
	readonly wideIntegers: number;
	/** Integers that are neither 0 nor 1. */
	readonly otherThanBits: number;
	readonly reals: number;
	readonly texts: number;
	readonly dates: number;
	readonly moments: number;
	readonly blobs: number;
};

const countNames = [
	'integers',
	'wideIntegers',
	'otherThanBits',
	'reals',
	'texts',
	'dates',
	'moments',
	'blobs'
] as const satisfies readonly (keyof ValueCounts)[];

/** Counts for a column, in the order of `countNames`. */
function countSql(name: string): string {
	const value = quoteName(name);
	const is = (kind: string): string => `typeof(${value}) = '${kind}'`;
	const second = `replace(substr(${value}, 1, 19), 'T', ' ')`;
	const conditions = [
		is('integer'),
		`${is('integer')} AND ${value} NOT BETWEEN -9007199254740992 AND 9007199254740992`,
		`${is('integer')} AND ${value} NOT IN (0, 1)`,
		is('real'),
		is('text'),
		`${is('text')} AND length(${value}) = 10 AND date(${value}) = ${value}`,
		`${is('text')} AND length(${value}) BETWEEN 19 AND 26 AND datetime(${second}) = ${second}
			AND (length(${value}) = 19 OR (substr(${value}, 20, 1) = '.' AND substr(${value}, 21) NOT GLOB '*[^0-9]*'))`,
		is('blob')
	];
	return conditions.map((condition) => `count(*) FILTER (WHERE ${condition})`).join(', ');
}

/** One row: how many rows there are, and then the counts of each column. */
export function valueCountsSql(table: string, columns: readonly string[], limit: number | null): string {
	const from = limit === null ? quoteName(table) : `(SELECT * FROM ${quoteName(table)} LIMIT ${limit})`;
	return `SELECT ${['count(*)', ...columns.map(countSql)].join(', ')} FROM ${from}`;
}

/** What stands behind the number of rows. */
export function valueCounts(cells: readonly number[]): readonly ValueCounts[] {
	return Array.from({ length: cells.length / countNames.length }, (_, column) => {
		const at = (name: keyof ValueCounts): number => cells[column * countNames.length + countNames.indexOf(name)] ?? 0;
		return {
			integers: at('integers'),
			wideIntegers: at('wideIntegers'),
			otherThanBits: at('otherThanBits'),
			reals: at('reals'),
			texts: at('texts'),
			dates: at('dates'),
			moments: at('moments'),
			blobs: at('blobs')
		};
	});
}

/** The DuckDB type that holds all values as they are; VARCHAR where they are of several classes. */
export function typeOfValues(declared: string, counts: ValueCounts): string {
	const { integers, wideIntegers, otherThanBits, reals, texts, dates, moments, blobs } = counts;
	const all = integers + reals + texts + blobs;
	if (all === 0) return typeOfDeclaration(declared);
	if (blobs === all) return 'BLOB';
	if (integers === all) return /^bool/i.test(declared) && otherThanBits === 0 ? 'BOOLEAN' : 'BIGINT';
	if (integers + reals === all && wideIntegers === 0) return 'DOUBLE';
	if (dates === all) return 'DATE';
	if (moments + dates === all) return 'TIMESTAMP';
	return 'VARCHAR';
}

/** By the rules of affinity, and the words people use for what SQLite has no class for. */
function typeOfDeclaration(declared: string): string {
	if (/bool/i.test(declared)) return 'BOOLEAN';
	if (/int/i.test(declared)) return 'BIGINT';
	if (/char|clob|text/i.test(declared)) return 'VARCHAR';
	if (/blob/i.test(declared)) return 'BLOB';
	if (/real|floa|doub|numeric|decimal/i.test(declared)) return 'DOUBLE';
	if (/datetime|timestamp/i.test(declared)) return 'TIMESTAMP';
	return /^date$/i.test(declared) ? 'DATE' : 'VARCHAR';
}

export type SqliteValue = null | bigint | number | string | Uint8Array;

/** A value as the text that stands for it in a column of `type`, which `sqliteCellSql` reads. */
export function sqliteCellText(value: SqliteValue, type: string): string | null {
	if (value === null) return null;
	if (typeof value === 'string') return value;
	if (typeof value === 'bigint') return value.toString();
	if (typeof value === 'number') return realText(value);
	const hex = Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return type === 'BLOB' ? hex : `X'${hex.toUpperCase()}'`;
}

/** As SQLite writes it: a real number stays one among texts. */
function realText(value: number): string {
	if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
	return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

export function sqliteCellSql(cell: string, type: string): string {
	if (type === 'BLOB') return `unhex(${cell})`;
	return type === 'VARCHAR' ? cell : `${cell}::${type}`;
}

export type SqliteHeader = {
	/** Its newest rows may be in a file of their own. */
	readonly hasLog: boolean;
	readonly isUtf16: boolean;
	/** That it should have at least; null where it does not say. */
	readonly sizeBytes: number | null;
};

const MAGIC = 'SQLite format 3\0';
export const SQLITE_HEADER_BYTES = 100;

/** Null of bytes that are no SQLite's. */
export function parseSqliteHeader(bytes: Uint8Array): SqliteHeader | null {
	if (bytes.length < SQLITE_HEADER_BYTES) return null;
	for (let at = 0; at < MAGIC.length; at++) if (bytes[at] !== MAGIC.charCodeAt(at)) return null;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const written = view.getUint16(16);
	const pageBytes = written === 1 ? 65_536 : written;
	// The count of pages holds only where whoever wrote last knew of it.
	const isCounted = view.getUint32(24) === view.getUint32(92) && view.getUint32(28) > 0;
	return {
		isUtf16: view.getUint32(56) > 1,
		hasLog: bytes[18] === 2 || bytes[19] === 2,
		sizeBytes: isCounted ? view.getUint32(28) * pageBytes : null
	};
}
