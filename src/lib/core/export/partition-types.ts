// Types of partition columns, kept in the footer of each file: folders tell values, not types. Other readers pass it over.
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';

/**
 * Key of the entry in a Parquet footer's key-value metadata. Its value is a JSON object of DuckDB's type names, such as
 * `{"day":"DATE","shelf":"SMALLINT"}`.
 */
export const PARTITION_TYPES_KEY = 'weir.partition-types';

/** Whether a text can stand for every value of the type: equal intervals are spelled differently. */
export function isPartitionType(type: string): boolean {
	return type !== 'INTERVAL' && !['nested', 'other'].includes(typeFamily(type));
}

export function encodePartitionTypes(columns: readonly Column[]): string {
	return JSON.stringify(Object.fromEntries(columns.map(({ name, type }) => [name, type])));
}

/** Types by column, of a text of anyone's making: what is no type is left out. */
export function parsePartitionTypes(text: string): ReadonlyMap<string, string> {
	return new Map(Object.entries(parseObject(text)).filter((entry): entry is [string, string] => isTypeName(entry[1])));
}

function parseObject(text: string): object {
	try {
		const parsed: unknown = JSON.parse(text);
		return typeof parsed === 'object' && parsed !== null ? parsed : {};
	} catch (error) {
		if (error instanceof SyntaxError) return {};
		throw error;
	}
}

function isTypeName(type: unknown): boolean {
	if (typeof type !== 'string' || !isPartitionType(type)) return false;
	return type === 'TIMESTAMP WITH TIME ZONE' || /^[A-Z_]+(\(\d+(,\d+)?\))?$/.test(type);
}
