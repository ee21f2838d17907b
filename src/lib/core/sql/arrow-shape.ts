// Of what shape the cells of an Arrow type are, as their texts need it.
import { Type, type Table } from '@uwdata/flechette';
import type { CellShape } from './cell-text.ts';

type ArrowType = ReturnType<Table['getChildAt']>['type'];

/** 64-bit integers, decimals and times as bigint: a cell shows what is stored, not the nearest double. */
export const EXACT = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true, useMap: true } as const;

const UNITS_PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;

export function cellShape(type: ArrowType): CellShape {
	switch (type.typeId) {
		case Type.Bool:
			return { kind: 'boolean' };
		case Type.Int:
			return { kind: 'integer' };
		case Type.Float:
			return { kind: type.precision === 2 ? 'double' : 'single' };
		case Type.Decimal:
			return { kind: 'decimal', scale: type.scale };
		case Type.Utf8:
		case Type.LargeUtf8:
		case Type.Utf8View:
			return { kind: 'text' };
		case Type.Binary:
		case Type.LargeBinary:
		case Type.BinaryView:
		case Type.FixedSizeBinary:
			return { kind: 'binary' };
		case Type.Date:
			return { kind: 'date' };
		case Type.Time:
			return { kind: 'time', unitsPerSecond: UNITS_PER_SECOND[type.unit] };
		case Type.Timestamp:
			return {
				kind: 'timestamp',
				unitsPerSecond: UNITS_PER_SECOND[type.unit],
				zoned: type.timezone !== null && type.timezone !== ''
			};
		case Type.Interval:
			return { kind: 'interval' };
		case Type.Dictionary:
			return cellShape(type.dictionary);
		case Type.List:
		case Type.LargeList:
		case Type.ListView:
		case Type.LargeListView:
		case Type.FixedSizeList:
			return { kind: 'list', item: cellShape(type.children[0].type) };
		case Type.Struct:
			return { kind: 'struct', fields: type.children.map(({ name, type: of }) => ({ name, shape: cellShape(of) })) };
		case Type.Map:
			return mapShape(type.children[0].type);
		default:
			return { kind: 'other' };
	}
}

function mapShape(entries: ArrowType): CellShape {
	if (entries.typeId !== Type.Struct) return { kind: 'other' };
	const [key, value] = entries.children;
	if (key === undefined || value === undefined) return { kind: 'other' };
	return { kind: 'map', key: cellShape(key.type), value: cellShape(value.type) };
}
