// What a Parquet footer says of the values in a column chunk, as far as filters can use it.
// Source: parquet-format, `parquet.thrift` (Statistics, SchemaElement) and LogicalTypes.md.
import { utf8Bytes } from '../../ingest/dialect.ts';
import { BrokenThrift, decodeThrift, type ThriftStruct, type ThriftValue } from '../../parquet/thrift.ts';
import { mayHold, type FilterValue, type RowFilter } from '../row-filter.ts';

/** A top-level column of a file. */
export type FileColumn = {
	readonly name: string;
	/** How the values of its chunk are ordered and stored; null where that is not used. */
	readonly kind: ValueKind | null;
};

type ValueKind = 'int32' | 'int64' | 'float' | 'double' | 'text' | 'days' | 'milliseconds' | 'microseconds';

const FILE_SCHEMA = 2;
const ELEMENT = { type: 1, name: 4, childCount: 5, converted: 6, logical: 10 };
const META_STATISTICS = 12;
const STATISTICS = { max: 5, min: 6 };
const physical = ['boolean', 'int32', 'int64', 'int96', 'float', 'double', 'bytes', 'fixed'] as const;
// Members of ConvertedType and LogicalType.
const CONVERTED = { utf8: 0, date: 6, timestampMillis: 9, timestampMicros: 10, int8: 15, int64: 18 };
const LOGICAL = { text: 1, date: 6, timestamp: 8, integer: 10 };

/** Throws BrokenThrift. */
export function fileColumns(shell: Uint8Array): readonly FileColumn[] {
	const elements = listOf(valueIn(decodeThrift(shell), FILE_SCHEMA));
	const columns: FileColumn[] = [];
	for (let at = 1; at < elements.length;) {
		const first = elements[at] ?? [];
		const name = valueIn(first, ELEMENT.name);
		if (!(name instanceof Uint8Array)) throw new BrokenThrift('a column has no name');
		const start = at;
		for (let left = 1; left > 0; left--) {
			const count = valueIn(elements[at++] ?? [], ELEMENT.childCount);
			left += typeof count === 'number' ? count : 0;
		}
		columns.push({ name: textOf(name), kind: at === start + 1 ? kindOf(first) : null });
	}
	return columns;
}

function kindOf(element: ThriftStruct): ValueKind | null {
	const type = valueIn(element, ELEMENT.type);
	const stored = typeof type === 'number' ? physical[type] : undefined;
	const converted = valueIn(element, ELEMENT.converted);
	const logical = structOf(valueIn(element, ELEMENT.logical))[0];
	if (stored === 'bytes') return logical?.id === LOGICAL.text || converted === CONVERTED.utf8 ? 'text' : null;
	if (stored === 'float' || stored === 'double') return logical || converted !== undefined ? null : stored;
	if (stored !== 'int32' && stored !== 'int64') return null;
	if (logical?.id === LOGICAL.date || converted === CONVERTED.date) return stored === 'int32' ? 'days' : null;
	if (stored === 'int64' && converted === CONVERTED.timestampMillis) return 'milliseconds';
	if (stored === 'int64' && converted === CONVERTED.timestampMicros) return 'microseconds';
	if (logical?.id === LOGICAL.timestamp && stored === 'int64') {
		const unit = structOf(valueIn(structOf(logical.value), 2))[0]?.id;
		return unit === 1 ? 'milliseconds' : unit === 2 ? 'microseconds' : null;
	}
	if (logical?.id === LOGICAL.integer) return valueIn(structOf(logical.value), 2) === true ? stored : null;
	if (logical) return null;
	const isSigned = typeof converted === 'number' && converted >= CONVERTED.int8 && converted <= CONVERTED.int64;
	return converted === undefined || isSigned ? stored : null;
}

/** False only where no row of the chunk can be wanted. `meta` is its ColumnMetaData. */
export function mayHoldRows(filter: RowFilter, kind: ValueKind | null, meta: Uint8Array): boolean {
	if (kind === null) return true;
	const statistics = structOf(valueIn(decodeThrift(meta), META_STATISTICS));
	const [min, max] = [valueIn(statistics, STATISTICS.min), valueIn(statistics, STATISTICS.max)];
	if (!(min instanceof Uint8Array) || !(max instanceof Uint8Array)) return true;
	if (kind === 'text') {
		const values = filter.values.map((value) => Uint8Array.from(utf8Bytes(String(value))));
		return mayHold(filter.op, values, { min, max, compare: compareBytes });
	}
	const bounds = [numberIn(min, kind), numberIn(max, kind)] as const;
	const values = filter.values.map((value) => numberOf(value, kind));
	const known = values.filter((value) => value !== null);
	if (bounds[0] === null || bounds[1] === null || known.length < values.length) return true;
	return mayHold(filter.op, known, { min: bounds[0], max: bounds[1], compare: compareNumbers });
}

/** A chunk's value in units that `numberOf` has too; null where doubles are not exact. */
function numberIn(bytes: Uint8Array, kind: Exclude<ValueKind, 'text'>): number | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const isShort = kind === 'int32' || kind === 'days' || kind === 'float';
	if (view.byteLength !== (isShort ? 4 : 8)) return null;
	switch (kind) {
		case 'int32':
		case 'days':
			return view.getInt32(0, true);
		case 'float':
			return ordered(view.getFloat32(0, true));
		case 'double':
			return ordered(view.getFloat64(0, true));
		case 'int64':
		case 'milliseconds':
		case 'microseconds': {
			const value = Number(view.getBigInt64(0, true));
			return Number.isSafeInteger(value) ? value : null;
		}
	}
}

/** Writers may leave a sign at zero, and NaN where nothing is ordered. */
function ordered(value: number): number | null {
	return Number.isNaN(value) ? null : value + 0;
}

const timeShape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.(\d{1,6}))?)?)(Z)?)?$/;

function numberOf(value: FilterValue, kind: Exclude<ValueKind, 'text'>): number | null {
	if (kind === 'int32' || kind === 'int64' || kind === 'float' || kind === 'double') {
		if (typeof value === 'boolean' || (typeof value === 'string' && !/^-?\d{1,15}(\.\d{1,15})?$/.test(value)))
			return null;
		// A float is compared as the nearest double; the value as the nearest float may be another one.
		const number = Number(value);
		if (kind === 'float') return Math.fround(number) === number ? number : null;
		return kind === 'double' || Number.isInteger(number) ? number : null;
	}
	const shape = typeof value === 'string' ? timeShape.exec(value) : null;
	const [, day = '', time, fraction = ''] = shape ?? [];
	if (!shape || (kind === 'days' && time !== undefined)) return null;
	const dayMs = Date.parse(`${day}T00:00:00Z`);
	if (Number.isNaN(dayMs)) return null;
	if (kind === 'days') return dayMs / 86_400_000;
	const [hours = 0, minutes = 0, seconds = 0] = (time ?? '').split('.')[0]?.split(':').map(Number) ?? [];
	const micros = (dayMs + (hours * 3600 + minutes * 60 + seconds) * 1000) * 1000 + Number(fraction.padEnd(6, '0'));
	if (kind === 'microseconds') return micros;
	return micros % 1000 === 0 ? micros / 1000 : null;
}

function compareNumbers(one: number, other: number): number {
	return one - other;
}

/** As unsigned bytes, which is the order of UTF-8 texts. */
function compareBytes(one: Uint8Array, other: Uint8Array): number {
	const length = Math.min(one.length, other.length);
	for (let at = 0; at < length; at++) {
		const difference = (one[at] ?? 0) - (other[at] ?? 0);
		if (difference !== 0) return difference;
	}
	return one.length - other.length;
}

function valueIn(struct: ThriftStruct, id: number): ThriftValue | undefined {
	return struct.find((field) => field.id === id)?.value;
}

function structOf(value: ThriftValue | undefined): ThriftStruct {
	return isStruct(value) ? value : [];
}

function isStruct(value: ThriftValue | undefined): value is ThriftStruct {
	return Array.isArray(value);
}

function listOf(value: ThriftValue | undefined): readonly ThriftStruct[] {
	if (typeof value !== 'object' || !('members' in value)) throw new BrokenThrift('a list is missing');
	return value.members.map(structOf);
}

function textOf(bytes: Uint8Array): string {
	let encoded = '';
	for (const byte of bytes) encoded += `%${byte.toString(16).padStart(2, '0')}`;
	try {
		return decodeURIComponent(encoded);
	} catch {
		throw new BrokenThrift('a column has a name that is no text');
	}
}
