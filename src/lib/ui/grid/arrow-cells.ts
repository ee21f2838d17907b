// Reads single cells of a decoded Arrow table as text. The table must have been decoded with bigint options on.
import type { Table } from '@uwdata/flechette';
import { cellShape } from '#core/sql/arrow-shape.ts';
import { cellText, displayText, prettyCellText, type CellShape } from '#core/sql/cell-text.ts';

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
	const shapes = columns.map((column) => cellShape(column.type));
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
