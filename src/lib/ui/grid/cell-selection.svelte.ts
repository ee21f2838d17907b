// Which cells of a grid are selected, and the active one: moved by keys, presses and drags, and kept in sight.
import { followPointer } from './drag-selection.ts';
import type { GridColumns } from './grid-columns.svelte.ts';
import { indexAt } from './grid-geometry.ts';
import type { GridScroll } from './grid-scroll.svelte.ts';
import {
	HEADER_ROW,
	moveTo,
	rectangle,
	selectAll,
	START,
	type Cell,
	type GridSize,
	type Rectangle,
	type Selection
} from './selection.ts';

type Ground = { readonly rowCount: () => number; readonly columns: GridColumns; readonly scroll: GridScroll };

export class CellSelection {
	readonly #ground: Ground;
	#now: Selection = $state.raw(START);

	constructor(ground: Ground) {
		this.#ground = ground;
	}

	get now(): Selection {
		return this.#now;
	}
	get active(): Cell {
		return this.#now.active;
	}
	get area(): Rectangle {
		return rectangle(this.#now);
	}
	get size(): GridSize {
		return { rowCount: this.#ground.rowCount(), columnCount: this.#ground.columns.visible.length };
	}

	/** The active cell is brought into sight. */
	activate(cell: Cell, extend: boolean): void {
		this.#move(cell, extend);
		const { row, column } = this.active;
		this.#ground.scroll.reveal(row === HEADER_ROW ? null : row, column);
	}
	/** Of other rows: the first one, or the place in the header. */
	restart({ row, column }: Cell): void {
		this.#now = moveTo(START, { row: row === HEADER_ROW ? row : 0, column }, false, this.size);
	}
	selectAll(): void {
		if (this.size.rowCount > 0) this.#now = selectAll(this.size, this.active);
	}
	collapse(): void {
		this.#now = { anchor: this.active, active: this.active };
	}

	/** Selects from where a pointer is pressed, on cells or on row numbers, to where it is let go. */
	press(event: PointerEvent, scroller: HTMLElement): void {
		const { columns, scroll } = this.#ground;
		if (event.button !== 0 || !(event.target instanceof Element)) return;
		const isRowNumber = event.target.closest('[role="rowheader"]') !== null;
		if (!isRowNumber && event.target.closest('[role="gridcell"]') === null) return;
		const point = (xPx: number, yPx: number, extend: boolean): void => {
			const at = scroll.cellAt(xPx, yPx);
			if (isRowNumber && !extend) this.#move({ row: at.row, column: 0 }, false);
			const column = isRowNumber ? this.size.columnCount - 1 : indexAt(columns.edges, at.xPx);
			this.#move({ row: at.row, column }, extend || isRowNumber);
		};
		point(event.clientX, event.clientY, event.shiftKey);
		if (event.pointerType === 'touch') return;
		followPointer(scroller, scroll, event, isRowNumber, (xPx, yPx) => {
			point(xPx, yPx, true);
		});
	}

	#move(cell: Cell, extend: boolean): void {
		this.#now = moveTo(this.#now, cell, extend, this.size);
	}
}
