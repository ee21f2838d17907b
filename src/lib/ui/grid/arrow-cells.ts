// Reads single cells of a decoded Arrow table as text. The table must have been decoded with bigint options on.
import { Type, type Table } from '@uwdata/flechette';
import { cellText, displayText, prettyCellText, type CellShape } from '#core/sql/cell-text.ts';

type ArrowColumn = ReturnType<Table['getChildAt']>;
type ArrowType = ArrowColumn['type'];

/** Longer texts are cut: no column is wide enough to show more. */
const DISPLAY_LIMIT = 400;
/** Binary previews stop here. */
const BINARY_LIMIT = 48;

export type ArrowCells = {
	readonly rowCount: number;
	/** One safe line; null for a null. */
	display(row: number, column: number): string | null;
	/** The exact text, for copying; null for a null. */
	text(row: number, column: number): string | null;
	/** The exact text, nested values indented; null for a null. */
	pretty(row: number, column: number): string | null;
};

export function arrowCells(table: Table): ArrowCells {
	const columns = Array.from({ length: table.numCols }, (_, index) => table.getChildAt(index));
	const shapes = columns.map((column) => shapeOf(column.type));
	const shapeAt = (column: number): CellShape => shapes[column] ?? { kind: 'other' };
	const valueAt = (row: number, column: number): unknown => columns[column]?.at(row);
	return {
		rowCount: table.numRows,
		display(row, column) {
			const value = valueAt(row, column);
			if (value instanceof Uint8Array && value.length > BINARY_LIMIT) {
				return `${cellText(value.subarray(0, BINARY_LIMIT), shapeAt(column))}… ${value.length} bytes`;
			}
			const text = cellText(value, shapeAt(column));
			return text === null ? null : displayText(text, DISPLAY_LIMIT);
		},
		text: (row, column) => cellText(valueAt(row, column), shapeAt(column)),
		pretty: (row, column) => prettyCellText(valueAt(row, column), shapeAt(column))
	};
}

const UNITS_PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const;

function shapeOf(type: ArrowType): CellShape {
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
			return shapeOf(type.dictionary);
		case Type.List:
		case Type.LargeList:
		case Type.ListView:
		case Type.LargeListView:
		case Type.FixedSizeList:
			return { kind: 'list', item: shapeOf(type.children[0].type) };
		case Type.Struct:
			return { kind: 'struct', fields: type.children.map(({ name, type: of }) => ({ name, shape: shapeOf(of) })) };
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
	return { kind: 'map', key: shapeOf(key.type), value: shapeOf(value.type) };
}
