// What the values of a SQLite column are, whatever its declaration says: each row may have a value of another class.
// Source: "Datatypes In SQLite", sections 2 to 3.1; "Database File Format", section 1.3.

/** How many values of a column are of which class; `dates` and `moments` are texts, counted until one is neither. */
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

export type ValueCounting = { -readonly [name in keyof ValueCounts]: number };

export function noValues(): ValueCounting {
	return {
		...{ integers: 0, wideIntegers: 0, otherThanBits: 0, reals: 0 },
		...{ texts: 0, dates: 0, moments: 0, blobs: 0 }
	};
}

const DOUBLE_WHOLE_MAX = 9_007_199_254_740_992;

export function countInteger(counting: ValueCounting, value: number | bigint): void {
	counting.integers++;
	if (value !== 0 && value !== 1) counting.otherThanBits++;
	if (value > DOUBLE_WHOLE_MAX || value < -DOUBLE_WHOLE_MAX) counting.wideIntegers++;
}

/** `bytes` from `start` on are UTF-8. One text that is neither day nor moment says it all: no later one is looked at. */
export function countText(counting: ValueCounting, bytes: Uint8Array, start: number, length: number): void {
	const mayTell = counting.dates + counting.moments === counting.texts;
	counting.texts++;
	if (!mayTell || length < DAY_LENGTH || !isDay(bytes, start)) return;
	if (length === DAY_LENGTH) counting.dates++;
	else if (isTime(bytes, start + DAY_LENGTH, length - DAY_LENGTH)) counting.moments++;
}

const DAY_LENGTH = 10;
const [ZERO, DASH, COLON, SPACE, LETTER_T, POINT] = [0x30, 0x2d, 0x3a, 0x20, 0x54, 0x2e];
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2024-02-29`, and a day that there is. */
function isDay(bytes: Uint8Array, at: number): boolean {
	const century = twoDigits(bytes, at);
	const decade = twoDigits(bytes, at + 2);
	if (century < 0 || decade < 0 || bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return false;
	const month = twoDigits(bytes, at + 5);
	const day = twoDigits(bytes, at + 8);
	const year = century * 100 + decade;
	const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	return day >= 1 && day <= (monthDays[month - 1] ?? 0) + Number(isLeap && month === 2);
}

/** ` 10:00:00` or `T10:00:00`, and up to six digits of a fraction. */
function isTime(bytes: Uint8Array, at: number, length: number): boolean {
	if (length < 9 || length > 16 || length === 10) return false;
	if (bytes[at] !== SPACE && bytes[at] !== LETTER_T) return false;
	if (bytes[at + 3] !== COLON || bytes[at + 6] !== COLON || (length > 9 && bytes[at + 9] !== POINT)) return false;
	const [hour, minute, second] = [twoDigits(bytes, at + 1), twoDigits(bytes, at + 4), twoDigits(bytes, at + 7)];
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
	for (let place = at + 10; place < at + length; place++) if (!isDigit(bytes[place])) return false;
	return true;
}

function twoDigits(bytes: Uint8Array, at: number): number {
	const [tens = 0, ones = 0] = [bytes[at], bytes[at + 1]];
	return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}

function isDigit(byte: number | undefined): boolean {
	return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
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

/** A column that holds numbers, texts or bytes as they are. */
export function sqliteCellSql(cell: string, type: string): string {
	return type === 'BOOLEAN' || type === 'DATE' || type === 'TIMESTAMP' ? `${cell}::${type}` : cell;
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
