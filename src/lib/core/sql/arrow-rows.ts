// Rows of an Arrow IPC stream as plain objects, for scripts. Grids read cells instead.
import { tableFromIPC } from '@uwdata/flechette';

/**
 * One object a row, keyed by column name.
 *
 * Units:  64-bit integers are numbers up to 2^53 and bigints beyond; DATE and TIMESTAMP are `Date` (milliseconds);
 *         DECIMAL is a number, so cast it to VARCHAR where more than 15 digits count; TIME counts microseconds.
 * Nulls:  null.
 */
export function decodeRows(arrowBytes: Uint8Array): Record<string, unknown>[] {
	const table = tableFromIPC(arrowBytes, { useDate: true, useBigInt: true });
	return table.toArray().map((row: Record<string, unknown>) => plain(row) as Record<string, unknown>);
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function plain(value: unknown): unknown {
	if (typeof value === 'bigint') return value <= SAFE && value >= -SAFE ? Number(value) : value;
	if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value;
	if (Array.isArray(value)) return value.map(plain);
	if (value instanceof BigInt64Array || value instanceof BigUint64Array) return [...value].map(plain);
	if (ArrayBuffer.isView(value) && Symbol.iterator in value) return [...(value as Iterable<unknown> & ArrayBufferView)];
	if (value instanceof Map) return new Map([...value].map(([key, inner]) => [plain(key), plain(inner)]));
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
