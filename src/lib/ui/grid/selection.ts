// A rectangle of cells with a corner that stays and a corner that moves. Row -1 is the header: active, never selected.

export const HEADER_ROW = -1;

export type Cell = { readonly row: number; readonly column: number };
export type Selection = { readonly anchor: Cell; readonly active: Cell };
/** Bounds are inclusive. */
export type Rectangle = {
	readonly top: number;
	readonly bottom: number;
	readonly left: number;
	readonly right: number;
};
export type GridSize = { readonly rowCount: number; readonly columnCount: number };

export const START: Selection = { anchor: { row: 0, column: 0 }, active: { row: 0, column: 0 } };

export function rectangle({ anchor, active }: Selection): Rectangle {
	return {
		top: Math.max(0, Math.min(anchor.row, active.row)),
		bottom: Math.max(anchor.row, active.row),
		left: Math.min(anchor.column, active.column),
		right: Math.max(anchor.column, active.column)
	};
}

export function isSelected({ top, bottom, left, right }: Rectangle, row: number, column: number): boolean {
	return row >= top && row <= bottom && column >= left && column <= right;
}

export function cellCount({ top, bottom, left, right }: Rectangle): number {
	return Math.max(0, bottom - top + 1) * Math.max(0, right - left + 1);
}

/** Moves the active cell; `extend` keeps the anchor, and keeps out of the header, which holds no values. */
export function moveTo(selection: Selection, cell: Cell, extend: boolean, size: GridSize): Selection {
	const active = clampCell(cell, extend ? 0 : HEADER_ROW, size);
	return { anchor: extend ? clampCell(selection.anchor, 0, size) : active, active };
}

export function selectAll({ rowCount, columnCount }: GridSize, active: Cell): Selection {
	return moveTo({ anchor: { row: 0, column: 0 }, active }, { row: rowCount - 1, column: columnCount - 1 }, true, {
		rowCount,
		columnCount
	});
}

function clampCell({ row, column }: Cell, firstRow: number, { rowCount, columnCount }: GridSize): Cell {
	return {
		row: Math.max(Math.min(firstRow, rowCount - 1), Math.min(rowCount - 1, row)),
		column: Math.max(0, Math.min(columnCount - 1, column))
	};
}

export type GridKey =
	| { readonly kind: 'move'; readonly cell: Cell; readonly extend: boolean }
	| { readonly kind: 'select-all' | 'copy' | 'open' | 'open-menu' | 'clear' }
	| { readonly kind: 'sort'; readonly add: boolean };

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** What a key asks for, by the ARIA grid pattern; null leaves the key to the browser. */
export function keyCommand(press: KeyPress, active: Cell, size: GridSize, pageRows: number): GridKey | null {
	const { key, shiftKey: extend } = press;
	const control = press.ctrlKey || press.metaKey;
	if (press.altKey) return key === 'ArrowDown' ? { kind: 'open-menu' } : null;
	if (control && key.toLowerCase() === 'a') return { kind: 'select-all' };
	if (control && key.toLowerCase() === 'c') return { kind: 'copy' };
	if (key === 'Enter' && active.row === HEADER_ROW) return { kind: 'sort', add: extend };
	if (key === 'Enter' || key === 'F2') return control ? null : { kind: 'open' };
	if (key === 'Escape') return { kind: 'clear' };
	const cell = target(key, control, active, size, pageRows);
	return cell === null ? null : { kind: 'move', cell, extend };
}

function target(key: string, control: boolean, { row, column }: Cell, size: GridSize, pageRows: number): Cell | null {
	const lastRow = size.rowCount - 1;
	const lastColumn = size.columnCount - 1;
	switch (key) {
		case 'ArrowDown':
			return { row: control ? lastRow : row + 1, column };
		case 'ArrowUp':
			return { row: control ? (row > 0 ? 0 : HEADER_ROW) : row - 1, column };
		case 'ArrowRight':
			return { row, column: control ? lastColumn : column + 1 };
		case 'ArrowLeft':
			return { row, column: control ? 0 : column - 1 };
		case 'PageDown':
			return { row: row + pageRows, column };
		case 'PageUp':
			return { row: Math.max(row === HEADER_ROW ? HEADER_ROW : 0, row - pageRows), column };
		case 'Home':
			return { row: control ? 0 : row, column: 0 };
		case 'End':
			return { row: control ? lastRow : row, column: lastColumn };
		default:
			return null;
	}
}
