// How wide a column must be for its header and the rows in sight.
import { displayText } from '#core/sql/cell-text.ts';
import type { GridColumn } from './grid-columns.svelte.ts';
import type { RowWindows } from './row-windows.svelte.ts';
import { shortType } from './type-family.ts';

const CELL_PADDING_PX = 22;
/** Icon, order mark and menu button. */
const HEADER_TOOLS_PX = 66;
const FITTED_ROWS = 80;

/** Text widths in the two fonts of a grid, as the element renders them. */
export function textMeasure(element: Element): (text: string, part: 'cell' | 'header') => number {
	const context = document.createElement('canvas').getContext('2d');
	const style = getComputedStyle(element);
	const mono = style.getPropertyValue('--mono').trim() || 'monospace';
	const sans = style.getPropertyValue('--sans').trim() || 'sans-serif';
	return (text, part) => {
		if (context === null) return text.length * 8;
		context.font = part === 'cell' ? `12px ${mono}` : `600 12.5px ${sans}`;
		return context.measureText(text).width;
	};
}

export function fittedWidth(
	column: GridColumn,
	windows: RowWindows,
	startRow: number,
	limitPx: number,
	measure: ReturnType<typeof textMeasure>
): number {
	let widest = Math.max(
		measure(displayText(column.name, 60), 'header') + HEADER_TOOLS_PX,
		measure(shortType(column.type), 'header') + CELL_PADDING_PX
	);
	for (let row = startRow; row < startRow + FITTED_ROWS; row++) {
		const held = windows.row(row);
		const text = held?.cells.display(held.index, column.index);
		if (text !== null && text !== undefined) widest = Math.max(widest, measure(text, 'cell') + CELL_PADDING_PX);
	}
	return Math.min(limitPx, Math.ceil(widest));
}
