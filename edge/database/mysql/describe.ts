// Which columns a table or a query has, as the server tells them of an answer without rows.
import type { FieldPacket } from 'mysql2';
import { fromSql, type MysqlColumn } from './plan-page.ts';
import type { MysqlType } from './types.ts';
import type { SqlSource } from '#core/source/sql/sql-read.ts';
import { run, type Database } from './open.ts';

/** Source: MySQL internals, "Column Definition", types of the protocol. Others are texts or bytes, by their charset. */
const names: Readonly<Record<number, MysqlType['name']>> = {
	0: 'decimal',
	1: 'tinyint',
	2: 'smallint',
	3: 'int',
	4: 'float',
	5: 'double',
	7: 'timestamp',
	8: 'bigint',
	9: 'mediumint',
	10: 'date',
	11: 'time',
	12: 'datetime',
	13: 'year',
	14: 'date',
	16: 'bit',
	242: 'vector',
	245: 'json',
	246: 'decimal',
	255: 'geometry'
};
const NOT_NULL = 1;
const UNSIGNED = 32;
const BINARY = 63;

/** What the library reads of a column and its types leave out. */
type Field = FieldPacket & {
	readonly columnType: number;
	readonly characterSet: number;
	readonly columnLength: number;
	readonly extendedTypeName?: string;
	readonly extendedFormat?: string;
};

/** A query that is two statements is refused here, before anything of it is run. */
export async function describe(database: Database, source: SqlSource): Promise<readonly MysqlColumn[]> {
	const { fields } = await run(database, `SELECT * FROM ${fromSql(source)} LIMIT 0`);
	return (fields as readonly Field[]).map((field) => {
		const flags = Number(field.flags);
		return { name: field.name, type: typeOf(field, flags), isNullable: (flags & NOT_NULL) === 0 };
	});
}

function typeOf({ columnType, characterSet, columnLength, decimals, ...extended }: Field, flags: number): MysqlType {
	const isUnsigned = (flags & UNSIGNED) !== 0;
	const bytes = characterSet === BINARY ? 'blob' : 'text';
	const { extendedFormat, extendedTypeName } = extended;
	const told =
		extendedFormat === 'json'
			? 'json'
			: extendedTypeName === 'uuid' || extendedTypeName === 'vector'
				? extendedTypeName
				: names[columnType];
	const name = told ?? bytes;
	// The length counts the sign and the point too.
	const digits = columnLength - (isUnsigned ? 0 : 1) - (decimals > 0 ? 1 : 0);
	const precision = name === 'decimal' ? digits : name === 'bit' ? columnLength : 0;
	return { name, isUnsigned, precision, scale: name === 'decimal' ? decimals : 0 };
}
