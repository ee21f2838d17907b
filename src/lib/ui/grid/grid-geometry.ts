// Where rows and columns are: pixels from row numbers and back. Pure; the DOM comes in as numbers.

export const ROW_HEIGHT_PX = 28;
const MIN_COLUMN_PX = 56;
export const MAX_COLUMN_PX = 1200;

/**
 * Note: why the track is capped. Chromium lays out no element taller than about 33.5 million px (Firefox 17.9), and 10
 * million rows are 280 million. The scrolled element is at most this tall; its scroll position maps to an offset into
 * the content, and wheel, touch and keys move that offset by exact pixels instead.
 */
const TRACK_MAX_PX = 8_000_000;

/** `bodyPx` is the height rows are seen through: the scroller without its header. */
export type Vertical = { readonly contentPx: number; readonly trackPx: number; readonly bodyPx: number };
export type Range = { readonly start: number; readonly end: number };

export function verticalLayout(rowCount: number, bodyPx: number): Vertical {
	const contentPx = rowCount * ROW_HEIGHT_PX;
	return { contentPx, trackPx: Math.min(contentPx, TRACK_MAX_PX), bodyPx };
}

/** Content pixels for one pixel of scroll position; 1 while the track is not capped. */
export function scrollScale({ contentPx, trackPx, bodyPx }: Vertical): number {
	return trackPx > bodyPx ? (contentPx - bodyPx) / (trackPx - bodyPx) : 1;
}

export function clampOffset({ contentPx, bodyPx }: Vertical, offsetPx: number): number {
	return Math.max(0, Math.min(contentPx - bodyPx, offsetPx));
}

/**
 * The offset after the browser moved its scroll position. Steps smaller than half a pixel of the scrollbar's thumb are
 * touch or a scrollbar's arrow and count exactly; larger ones are the thumb and are mapped.
 */
export function scrolledOffset(vertical: Vertical, offsetPx: number, fromPx: number, toPx: number): number {
	const scale = scrollScale(vertical);
	const thumbPx = vertical.trackPx / Math.max(1, vertical.bodyPx);
	const isStep = scale > 1 && Math.abs(toPx - fromPx) < thumbPx / 2;
	return clampOffset(vertical, isStep ? offsetPx + (toPx - fromPx) : toPx * scale);
}

/** Rows to draw, `end` exclusive, with a few beyond each edge. */
export function visibleRows({ bodyPx }: Vertical, rowCount: number, offsetPx: number): Range {
	const start = Math.max(0, Math.floor(offsetPx / ROW_HEIGHT_PX) - 3);
	return {
		start: Math.min(start, rowCount),
		end: Math.min(rowCount, Math.ceil((offsetPx + bodyPx) / ROW_HEIGHT_PX) + 3)
	};
}

/** The nearest offset that shows a whole row. */
export function offsetShowing(vertical: Vertical, offsetPx: number, row: number): number {
	const top = row * ROW_HEIGHT_PX;
	if (top < offsetPx) return clampOffset(vertical, top);
	const bottom = top + ROW_HEIGHT_PX;
	return bottom > offsetPx + vertical.bodyPx ? clampOffset(vertical, bottom - vertical.bodyPx) : offsetPx;
}

/** Left edges of columns, one more than columns: the last is the total width. */
export function leftEdges(widthsPx: readonly number[]): readonly number[] {
	const edges = [0];
	let left = 0;
	for (const width of widthsPx) edges.push((left += width));
	return edges;
}

/** Columns to draw, `end` exclusive, with one beyond each edge. */
export function visibleColumns(edges: readonly number[], scrollLeftPx: number, widthPx: number): Range {
	const count = edges.length - 1;
	const start = Math.max(0, indexAt(edges, scrollLeftPx) - 1);
	return { start, end: Math.min(count, indexAt(edges, scrollLeftPx + widthPx) + 2) };
}

/** The nearest horizontal scroll position that shows a whole column, its left edge first. */
export function scrollLeftShowing(
	edges: readonly number[],
	scrollLeftPx: number,
	widthPx: number,
	index: number
): number {
	const left = edges[index] ?? 0;
	const right = edges[index + 1] ?? left;
	if (left < scrollLeftPx || right - left > widthPx) return left;
	return right > scrollLeftPx + widthPx ? right - widthPx : scrollLeftPx;
}

/** The column at a horizontal position, the first or last one outside. */
export function indexAt(edges: readonly number[], xPx: number): number {
	let low = 0;
	let high = Math.max(0, edges.length - 2);
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((edges[middle] ?? 0) <= xPx) low = middle;
		else high = middle - 1;
	}
	return low;
}

export function clampWidth(widthPx: number): number {
	return Math.round(Math.max(MIN_COLUMN_PX, Math.min(MAX_COLUMN_PX, widthPx)));
}

/** Wide enough for the widest row number. */
export function rowNumberWidth(rowCount: number): number {
	return Math.max(48, String(rowCount).length * 8 + 22);
}
