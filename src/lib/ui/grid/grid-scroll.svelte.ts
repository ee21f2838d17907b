// Where a grid is scrolled to. The browser scrolls a capped track; the offset into the content is kept here.
import {
	clampOffset,
	offsetShowing,
	scrolledOffset,
	scrollLeftShowing,
	scrollScale,
	verticalLayout,
	visibleColumns,
	visibleRows,
	ROW_HEIGHT_PX,
	type Range,
	type Vertical
} from './grid-geometry.ts';

type Size = {
	readonly rowCount: number;
	readonly headerPx: number;
	readonly rowNumberPx: number;
	readonly edges: readonly number[];
};

export class GridScroll {
	readonly #size: () => Size;
	#scroller: HTMLElement | null = null;
	#offsetPx = $state(0);
	#leftPx = $state(0);
	/** The scroll position the offset was last brought in line with. */
	#topPx = 0;

	/** Inner sizes of the scroller, scrollbars excluded. */
	heightPx = $state(0);
	widthPx = $state(0);

	readonly vertical: Vertical = $derived.by(() => {
		const { rowCount, headerPx } = this.#size();
		return verticalLayout(rowCount, Math.max(0, this.heightPx - headerPx));
	});
	readonly offsetPx: number = $derived(clampOffset(this.vertical, this.#offsetPx));
	readonly #startRow: number = $derived.by(
		() => visibleRows(this.vertical, this.#size().rowCount, this.offsetPx).start
	);
	readonly #endRow: number = $derived.by(() => visibleRows(this.vertical, this.#size().rowCount, this.offsetPx).end);
	readonly rows: Range = $derived({ start: this.#startRow, end: this.#endRow });
	readonly #bodyWidthPx: number = $derived.by(() => Math.max(0, this.widthPx - this.#size().rowNumberPx));
	readonly #columns: Range = $derived.by(() => visibleColumns(this.#size().edges, this.#leftPx, this.#bodyWidthPx));
	readonly #startColumn: number = $derived(this.#columns.start);
	readonly #endColumn: number = $derived(this.#columns.end);
	readonly columns: Range = $derived({ start: this.#startColumn, end: this.#endColumn });

	constructor(size: () => Size) {
		this.#size = size;
	}

	get leftPx(): number {
		return this.#leftPx;
	}

	/** Rows that fit between header and edge, one kept in sight across a page. */
	get pageRows(): number {
		return Math.max(1, Math.floor(this.vertical.bodyPx / ROW_HEIGHT_PX) - 1);
	}

	attach(scroller: HTMLElement): () => void {
		this.#scroller = scroller;
		const measure = (): void => {
			this.heightPx = scroller.clientHeight;
			this.widthPx = scroller.clientWidth;
		};
		measure();
		const sizes = new ResizeObserver(measure);
		sizes.observe(scroller);
		return () => {
			sizes.disconnect();
			this.#scroller = null;
		};
	}

	seek(offsetPx: number): void {
		this.#offsetPx = clampOffset(this.vertical, offsetPx);
		this.#align();
	}

	/** Scrolls as little as shows the cell; a row or column of null stays where it is. */
	reveal(row: number | null, column: number | null): void {
		if (row !== null) this.seek(offsetShowing(this.vertical, this.offsetPx, row));
		if (column === null || this.#scroller === null) return;
		this.#leftPx = scrollLeftShowing(this.#size().edges, this.#leftPx, this.#bodyWidthPx, column);
		this.#scroller.scrollLeft = this.#leftPx;
	}

	home(): void {
		this.seek(0);
		this.#leftPx = 0;
		if (this.#scroller !== null) this.#scroller.scrollLeft = 0;
	}

	onscroll(): void {
		if (this.#scroller === null) return;
		const { scrollTop, scrollLeft } = this.#scroller;
		this.#leftPx = scrollLeft;
		if (Math.abs(scrollTop - this.#topPx) < 1) return;
		this.#offsetPx = scrolledOffset(this.vertical, this.offsetPx, this.#topPx, scrollTop);
		this.#topPx = scrollTop;
	}

	/** Exact steps leave the thumb behind or ahead of the offset: it is put right when scrolling rests. */
	onscrollend(): void {
		if (scrollScale(this.vertical) > 1) this.#align();
	}

	onwheel(event: WheelEvent): void {
		const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
		if (scrollScale(this.vertical) === 1 || event.ctrlKey || isSideways) return;
		event.preventDefault();
		const unitPx = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? ROW_HEIGHT_PX : this.vertical.bodyPx;
		this.seek(this.offsetPx + event.deltaY * unitPx);
	}

	/** The cell under a point of the window, the nearest one outside; rows and columns may lie beyond the grid's own. */
	cellAt(xPx: number, yPx: number): { readonly row: number; readonly xPx: number } {
		const { headerPx, rowNumberPx } = this.#size();
		const box = this.#scroller?.getBoundingClientRect() ?? new DOMRect();
		const row = Math.floor((yPx - box.top - headerPx + this.offsetPx) / ROW_HEIGHT_PX);
		return { row: Math.max(0, row), xPx: xPx - box.left - rowNumberPx + this.#leftPx };
	}

	/** How far a point lies outside the rows' area, per axis; 0 inside. */
	overshoot(xPx: number, yPx: number): { readonly xPx: number; readonly yPx: number } {
		const { headerPx, rowNumberPx } = this.#size();
		const box = this.#scroller?.getBoundingClientRect() ?? new DOMRect();
		const beyond = (at: number, from: number, to: number): number => Math.min(0, at - from) + Math.max(0, at - to);
		return {
			xPx: beyond(xPx, box.left + rowNumberPx, box.left + this.widthPx),
			yPx: beyond(yPx, box.top + headerPx, box.top + this.heightPx)
		};
	}

	pan(xPx: number, yPx: number): void {
		if (yPx !== 0) this.seek(this.offsetPx + yPx);
		if (xPx !== 0 && this.#scroller !== null) this.#scroller.scrollLeft += xPx;
	}

	#align(): void {
		if (this.#scroller === null) return;
		this.#scroller.scrollTop = this.#offsetPx / scrollScale(this.vertical);
		this.#topPx = this.#scroller.scrollTop;
	}
}
