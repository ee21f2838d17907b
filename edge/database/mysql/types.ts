// Which type of DuckDB keeps what a column of MySQL or MariaDB has, and how its values are written on the way. `docs/databases.md` has the table of it.
import { FREE_NUMERIC } from '#core/source/sql/postgres-types.ts';

export const mysqlTypeNames = [
	'tinyint',
	'smallint',
	'mediumint',
	'int',
	'bigint',
	'year',
	'bit',
	'float',
	'double',
	'decimal',
	'date',
	'time',
	'datetime',
	'timestamp',
	'json',
	'uuid',
	'text',
	'blob',
	'vector',
	'geometry'
] as const;

export type MysqlType = {
	readonly name: (typeof mysqlTypeNames)[number];
	readonly isUnsigned: boolean;
	/** Digits of a decimal, bits of a `bit`; 0 of others. */
	readonly precision: number;
	readonly scale: number;
};

const duckDbTypes = {
	tinyint: ['TINYINT', 'SMALLINT'],
	smallint: ['SMALLINT', 'INTEGER'],
	mediumint: ['INTEGER', 'INTEGER'],
	int: ['INTEGER', 'BIGINT'],
	// Those without a sign are wider than what has one.
	bigint: ['BIGINT', 'DECIMAL(20, 0)'],
	year: ['SMALLINT', 'SMALLINT']
} as const;

const others = {
	float: 'FLOAT',
	double: 'DOUBLE',
	date: 'DATE',
	time: 'TIME',
	datetime: 'TIMESTAMP',
	timestamp: 'TIMESTAMP WITH TIME ZONE',
	json: 'JSON',
	uuid: 'UUID',
	text: 'VARCHAR',
	blob: 'BLOB',
	vector: 'FLOAT[]',
	geometry: 'VARCHAR'
} as const;

export function duckDbTypeOf({ name, isUnsigned, precision, scale }: MysqlType): string {
	switch (name) {
		case 'tinyint':
		case 'smallint':
		case 'mediumint':
		case 'int':
		case 'bigint':
		case 'year':
			return duckDbTypes[name][isUnsigned ? 1 : 0];
		case 'bit':
			return precision === 1 ? 'BOOLEAN' : precision === 64 ? 'DECIMAL(20, 0)' : 'BIGINT';
		case 'decimal':
			return precision > 38
				? `DECIMAL(${FREE_NUMERIC.precision}, ${FREE_NUMERIC.scale})`
				: `DECIMAL(${precision}, ${scale})`;
		default:
			return others[name];
	}
}

/** Places on the globe as everybody else writes them; MySQL itself has them the other way round. MariaDB and MySQL 5.7 know no such places. */
export const LONGITUDE_FIRST = " /*!80000 , 'axis-order=long-lat' */";

/** SQL by which a value is asked for so that its text says all of it. */
export function exactSql(column: string, { name }: MysqlType): string {
	// A float is written with six digits only, as a double with all.
	if (name === 'float') return `(${column} + 0e0)`;
	return name === 'geometry' ? `ST_AsText(${column}${LONGITUDE_FIRST})` : column;
}

const utf8 = new TextDecoder();

/** How a value that came as bytes stands in a line of JSON, from which DuckDB reads its type again. */
export function jsonValue({ name, precision, scale }: MysqlType): (bytes: Uint8Array) => string {
	const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);
	switch (name) {
		case 'tinyint':
		case 'smallint':
		case 'mediumint':
		case 'int':
		case 'year':
			// It may be filled with zeros.
			return (bytes) => String(Number(textOf(bytes)));
		case 'bit':
			return (bytes) => (precision === 1 ? String(bitsOf(bytes) === 1n) : `"${bitsOf(bytes)}"`);
		case 'decimal':
			return (bytes) => `"${decimalText(textOf(bytes), { precision, scale })}"`;
		case 'timestamp':
			return (bytes) => `"${textOf(bytes)}+00:00"`;
		case 'json':
			return (bytes) => oneLineJson(textOf(bytes));
		case 'blob':
			return (bytes) => JSON.stringify(blobText(bytes));
		case 'vector':
			return vectorText;
		default:
			return (bytes) => JSON.stringify(textOf(bytes));
	}
}

/** How a value that came as bytes stands in CSV, in which nothing stands bare; null for what CSV has no form for. */
export function csvValue(type: MysqlType): ((bytes: Uint8Array) => string) | null {
	switch (type.name) {
		case 'blob':
		case 'vector':
			return null;
		case 'bit':
			return (bytes) => (type.precision === 1 ? String(bitsOf(bytes) === 1n) : String(bitsOf(bytes)));
		case 'decimal':
			return (bytes) => decimalText(utf8.decode(bytes), type);
		case 'timestamp':
			return (bytes) => `${utf8.decode(bytes)}+00:00`;
		default:
			return (bytes) => csvText(utf8.decode(bytes));
	}
}

function csvText(text: string): string {
	return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function bitsOf(bytes: Uint8Array): bigint {
	return bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

/** What the type has no room for is told, and never rounded. */
function decimalText(text: string, { precision, scale }: Pick<MysqlType, 'precision' | 'scale'>): string {
	if (precision <= 38) return text;
	const [, whole = '', part = ''] = /^-?0*(\d*)\.?(\d*?)0*$/.exec(text) ?? [];
	const fits = part.length <= FREE_NUMERIC.scale && whole.length <= FREE_NUMERIC.precision - FREE_NUMERIC.scale;
	if (!fits) return `${text} does not fit`;
	return scale > FREE_NUMERIC.scale ? text.slice(0, text.length - (scale - FREE_NUMERIC.scale)) : text;
}

/** `\x41` for each byte, which is how DuckDB writes it. */
function blobText(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Source: MySQL 9 Reference Manual, "The VECTOR Type": floats, the low byte first. */
function vectorText(bytes: Uint8Array): string {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return JSON.stringify(Array.from({ length: bytes.byteLength / 4 }, (_one, at) => view.getFloat32(at * 4, true)));
}

/** MariaDB keeps JSON as it was written, in lines too; what is none is a text. */
function oneLineJson(text: string): string {
	try {
		JSON.parse(text);
	} catch {
		return JSON.stringify(text);
	}
	return text.replaceAll(/[\r\n]+/g, ' ');
}
