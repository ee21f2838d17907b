// Arrow batches as what goes into the machine, and what comes out of it as Arrow again.
import {
	Batch,
	bool,
	Column,
	columnFromArray,
	float64,
	Precision,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	timestamp,
	TimeUnit,
	Type,
	utf8,
	type DataType
} from '@uwdata/flechette';
import type { Channel, OutputChannel } from '#core/script/channel.ts';
import { invariant } from '#core/result.ts';
import { BIGINT_TAG, DATE_TAG, type MachineColumn } from './harness.ts';
import type { MachineAnswer } from './machine.ts';

/** The columns of an Arrow IPC stream. */
export function machineColumns(arrow: Uint8Array): {
	readonly rowCount: number;
	readonly columns: readonly MachineColumn[];
} {
	const table = tableFromIPC(arrow, { useBigInt: true, useDate: true });
	const columns = table.schema.fields.map(({ name, type }, index) =>
		machineColumn(name, inputChannel(type), table.getChildAt(index))
	);
	return { rowCount: table.numRows, columns };
}

/** Columns of plain objects, as tests have them; a key that a row lacks is null. */
export function columnsOfRows(rows: readonly Readonly<Record<string, unknown>>[]): readonly MachineColumn[] {
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	return names.map((name) => {
		const values = JSON.stringify(rows.map((row) => tagged(row[name] ?? null)));
		return { name, channel: 'value', values, nulls: null };
	});
}

/** Arrow IPC stream of an answer; columns are called `c0`, `c1`, … */
export function arrowOf(answer: MachineAnswer, outputs: readonly OutputChannel[]): Uint8Array<ArrayBuffer> {
	const columns = answer.columns.map((column, index): [string, Column<unknown>] => [
		`c${index}`,
		arrowColumn(column, outputs[index]?.channel ?? 'text')
	]);
	const bytes = tableToIPC(tableFromColumns(columns), { format: 'stream' });
	invariant(bytes, 'a table of flat columns becomes a stream');
	return bytes as Uint8Array<ArrayBuffer>;
}

/** Rows of an answer as plain objects, as tests compare them. */
export function rowsOf(
	{ columns, rowCount }: MachineAnswer,
	outputs: readonly (OutputChannel & { readonly name: string })[]
): readonly Readonly<Record<string, unknown>>[] {
	const lists = columns.map(({ values, nulls }, index) => {
		const channel = outputs[index]?.channel ?? 'text';
		const list = plainValues(values, nulls, channel);
		return channel === 'value'
			? list.map((text) => (typeof text === 'string' ? (JSON.parse(text) as unknown) : text))
			: list;
	});
	return Array.from({ length: rowCount }, (_row, at) =>
		Object.fromEntries(outputs.map(({ name, channel }, index) => [name, shown(lists[index]?.[at] ?? null, channel)]))
	);
}

function shown(value: unknown, channel: Channel): unknown {
	if (channel === 'bigint' && typeof value === 'string' && Number.isSafeInteger(Number(value))) return Number(value);
	return channel === 'moment' && typeof value === 'number' ? new Date(value).toISOString() : value;
}

function inputChannel(type: DataType): Channel {
	switch (type.typeId) {
		case Type.Int:
			return type.bitWidth === 64 ? 'bigint' : 'number';
		case Type.Float:
		case Type.Decimal:
			return 'number';
		case Type.Bool:
			return 'boolean';
		case Type.Date:
		case Type.Timestamp:
			return 'moment';
		case Type.Utf8:
		case Type.LargeUtf8:
			return 'text';
		default:
			return 'value';
	}
}

function machineColumn(name: string, channel: Channel, column: Column<unknown>): MachineColumn {
	const { length, nullCount } = column;
	if (channel === 'text') return { name, channel, values: JSON.stringify(listOf(column)), nulls: null };
	if (channel === 'value') return { name, channel, values: JSON.stringify(listOf(column).map(tagged)), nulls: null };
	const nulls = nullCount > 0 ? new Uint8Array(length) : null;
	if (channel === 'boolean') {
		const values = new Uint8Array(length);
		fill(column, nulls, (at, value) => (values[at] = value === true ? 1 : 0));
		return { name, channel, values: values.buffer, nulls: nulls?.buffer ?? null };
	}
	const values = new Float64Array(length);
	let isSafe = true;
	const isCopied = isPlainType(column.type) && copyNumbers(column, values, nulls);
	if (!isCopied)
		fill(column, nulls, (at, value) => {
			const number = Number(value instanceof Date ? value.getTime() : value);
			isSafe &&= channel !== 'bigint' || Number.isSafeInteger(number);
			values[at] = number;
		});
	if (!isSafe) return { name, channel, values: JSON.stringify(listOf(column).map(tagged)), nulls: null };
	return { name, channel, values: values.buffer, nulls: nulls?.buffer ?? null };
}

/** Whole arrays at a time. False, with nothing that counts in `values`, for what is no plain number in its batches. */
function copyNumbers(column: Column<unknown>, values: Float64Array, nulls: Uint8Array | null): boolean {
	let start = 0;
	for (const { length, nullCount, values: given, validity } of column.data) {
		if (nulls && nullCount > 0 && validity)
			for (let at = 0; at < length; at++) if (((validity[at >> 3] ?? 0) & (1 << (at & 7))) === 0) nulls[start + at] = 1;
		if (given instanceof BigInt64Array || given instanceof BigUint64Array) {
			for (let at = 0; at < length; at++) {
				const number = Number(given[at]);
				if (!Number.isSafeInteger(number) && nulls?.[start + at] !== 1) return false;
				values[start + at] = number;
			}
		} else if (isPlain(given)) values.set(given.subarray(0, length), start);
		else return false;
		start += length;
	}
	return true;
}

/** Numbers that stand in their batches as they are: no decimals, no half floats, nothing that means something else. */
function isPlainType(type: DataType): boolean {
	return type.typeId === Type.Int || (type.typeId === Type.Float && type.precision !== Precision.HALF);
}

type PlainNumbers =
	Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

function isPlain(values: unknown): values is PlainNumbers {
	return [Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array].some(
		(kind) => values instanceof kind
	);
}

function fill(column: Column<unknown>, nulls: Uint8Array | null, put: (at: number, value: unknown) => void): void {
	let at = 0;
	for (const value of column) {
		if (value === null || value === undefined) {
			if (nulls) nulls[at] = 1;
		} else put(at, value);
		at++;
	}
}

function listOf(column: Column<unknown>): readonly unknown[] {
	return Array.from(column);
}

/** What JSON lacks is spelled out; see the harness's reviver. */
function tagged(value: unknown): unknown {
	if (typeof value === 'bigint') {
		const number = Number(value);
		return Number.isSafeInteger(number) ? number : { [BIGINT_TAG]: String(value) };
	}
	if (value === null || typeof value !== 'object') return value;
	if (value instanceof Date) return { [DATE_TAG]: value.getTime() };
	if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), tagged(inner)]));
	if (Array.isArray(value)) return value.map(tagged);
	if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
		return [...(value as ArrayBufferView & Iterable<unknown>)].map(tagged);
	}
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tagged(inner)]));
}

function arrowColumn({ values, nulls }: Pick<MachineColumn, 'values' | 'nulls'>, channel: Channel): Column<unknown> {
	if (channel === 'number' && typeof values !== 'string') return numberColumn(new Float64Array(values), nulls);
	const list = plainValues(values, nulls, channel);
	switch (channel) {
		case 'boolean':
			return columnFromArray([...list], bool());
		case 'moment':
			return columnFromArray([...list], timestamp(TimeUnit.MILLISECOND, null));
		default:
			return columnFromArray([...list], utf8());
	}
}

/** The array as it is: a column made with a type would take its values one by one. */
function numberColumn(values: Float64Array, nulls: ArrayBuffer | null): Column<unknown> {
	if (!nulls) return columnFromArray(values);
	const mask = new Uint8Array(nulls);
	const validity = new Uint8Array((values.length + 7) >> 3);
	let nullCount = 0;
	for (let at = 0; at < values.length; at++)
		if (mask[at]) nullCount++;
		else validity[at >> 3] = (validity[at >> 3] ?? 0) | (1 << (at & 7));
	const { length } = values;
	return new Column([new Batch({ length, nullCount, type: float64(), validity, values })]);
}

function plainValues(values: ArrayBuffer | string, nulls: ArrayBuffer | null, channel: Channel): readonly unknown[] {
	if (typeof values === 'string') return JSON.parse(values) as readonly unknown[];
	const mask = nulls && new Uint8Array(nulls);
	const typed = channel === 'boolean' ? new Uint8Array(values) : new Float64Array(values);
	return Array.from(typed, (one, at) => (mask?.[at] ? null : channel === 'boolean' ? one === 1 : one));
}
