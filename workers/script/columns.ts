// Arrow batches as what goes into the machine, and what comes out of it as Arrow again.
import {
	bool,
	columnFromArray,
	float64,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	timestamp,
	TimeUnit,
	Type,
	utf8,
	type Column as ArrowColumn,
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
	const columns = answer.columns.map((column, index): [string, ArrowColumn<unknown>] => [
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

function machineColumn(name: string, channel: Channel, column: ArrowColumn<unknown>): MachineColumn {
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
	fill(column, nulls, (at, value) => {
		const number = Number(value instanceof Date ? value.getTime() : value);
		isSafe &&= channel !== 'bigint' || Number.isSafeInteger(number);
		values[at] = number;
	});
	if (!isSafe) return { name, channel, values: JSON.stringify(listOf(column).map(tagged)), nulls: null };
	return { name, channel, values: values.buffer, nulls: nulls?.buffer ?? null };
}

function fill(column: ArrowColumn<unknown>, nulls: Uint8Array | null, put: (at: number, value: unknown) => void): void {
	let at = 0;
	for (const value of column) {
		if (value === null || value === undefined) {
			if (nulls) nulls[at] = 1;
		} else put(at, value);
		at++;
	}
}

function listOf(column: ArrowColumn<unknown>): readonly unknown[] {
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

function arrowColumn(
	{ values, nulls }: Pick<MachineColumn, 'values' | 'nulls'>,
	channel: Channel
): ArrowColumn<unknown> {
	if (channel === 'number' && typeof values !== 'string' && !nulls) {
		return columnFromArray(new Float64Array(values), float64());
	}
	const list = plainValues(values, nulls, channel);
	switch (channel) {
		case 'number':
			return columnFromArray([...list], float64());
		case 'boolean':
			return columnFromArray([...list], bool());
		case 'moment':
			return columnFromArray([...list], timestamp(TimeUnit.MILLISECOND, null));
		default:
			return columnFromArray([...list], utf8());
	}
}

function plainValues(values: ArrayBuffer | string, nulls: ArrayBuffer | null, channel: Channel): readonly unknown[] {
	if (typeof values === 'string') return JSON.parse(values) as readonly unknown[];
	const mask = nulls && new Uint8Array(nulls);
	const typed = channel === 'boolean' ? new Uint8Array(values) : new Float64Array(values);
	return Array.from(typed, (one, at) => (mask?.[at] ? null : channel === 'boolean' ? one === 1 : one));
}
