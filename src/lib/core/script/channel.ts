// How values of a DuckDB type travel between a table and a user function.

/**
 * What a value is inside a user function.
 *
 * `number`: a number. `bigint`: a number up to 2^53, a bigint beyond. `moment`: a Date, UTC, to the millisecond.
 * `value`: lists, structs and maps as arrays and objects, with the same rules inside.
 */
export type Channel = 'number' | 'bigint' | 'boolean' | 'text' | 'moment' | 'value';

export type OutputChannel = {
	readonly channel: Channel;
	/** Whole numbers only, within these bounds; null for any number. */
	readonly range: readonly [number, number] | null;
};

const ranges: Readonly<Record<string, readonly [number, number]>> = {
	TINYINT: [-128, 127],
	SMALLINT: [-32_768, 32_767],
	INTEGER: [-(2 ** 31), 2 ** 31 - 1],
	UTINYINT: [0, 255],
	USMALLINT: [0, 65_535],
	UINTEGER: [0, 2 ** 32 - 1]
};

const channels: Readonly<Record<string, Channel>> = {
	FLOAT: 'number',
	DOUBLE: 'number',
	BIGINT: 'bigint',
	UBIGINT: 'bigint',
	HUGEINT: 'bigint',
	UHUGEINT: 'bigint',
	BOOLEAN: 'boolean',
	VARCHAR: 'text',
	UUID: 'text',
	TIME: 'text',
	INTERVAL: 'text',
	DATE: 'moment',
	TIMESTAMP: 'moment',
	TIMESTAMP_S: 'moment',
	TIMESTAMP_MS: 'moment',
	TIMESTAMP_NS: 'moment',
	'TIMESTAMP WITH TIME ZONE': 'moment',
	JSON: 'value'
};

/** How a function gives values of a type; null for a type that it cannot give. */
export function outputChannel(type: string): OutputChannel | null {
	const name = type.trim();
	const range = ranges[name];
	if (range) return { channel: 'number', range };
	if (name.startsWith('DECIMAL(')) return { channel: 'number', range: null };
	if (name.endsWith(']') || name.startsWith('STRUCT(') || name.startsWith('MAP('))
		return { channel: 'value', range: null };
	const channel = channels[name];
	return channel ? { channel, range: null } : null;
}

/** The DuckDB type that a channel's values are staged with, before they are cast to the column's own. */
export const stagedTypes: Readonly<Record<Channel, string>> = {
	number: 'DOUBLE',
	bigint: 'VARCHAR',
	boolean: 'BOOLEAN',
	text: 'VARCHAR',
	moment: 'TIMESTAMP',
	value: 'VARCHAR'
};

/** A staged column as a value of its type. `column` is SQL. */
export function fromStagedSql(column: string, type: string): string {
	const { channel } = outputChannel(type) ?? { channel: 'text' };
	const staged = channel === 'value' ? `CAST(${column} AS JSON)` : column;
	return stagedTypes[channel] === type ? column : `CAST(${staged} AS ${type})`;
}
