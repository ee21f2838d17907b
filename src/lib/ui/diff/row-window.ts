// Which rows of a long list are in sight. A list too high for a browser is scrolled in larger steps.

export const ROW_PX = 34;
/** Browsers lay out no more than about 33 million pixels; Firefox less. */
const SCROLL_MAX_PX = 8_000_000;

export type RowWindow = {
	/** Inclusive and exclusive. */
	readonly start: number;
	readonly end: number;
	/** Where the first of them stands in what is scrolled. */
	readonly topPx: number;
};

export function scrollHeight(count: number): number {
	return Math.min(count * ROW_PX, SCROLL_MAX_PX);
}

export function rowWindow(count: number, scrollTop: number, heightPx: number): RowWindow {
	const top = scrollTop * scale(count, heightPx);
	const start = Math.max(0, Math.min(count - 1, Math.floor(top / ROW_PX)));
	const end = Math.min(count, start + Math.ceil(heightPx / ROW_PX) + 1);
	return { start, end, topPx: scrollTop - (top - start * ROW_PX) };
}

/** Where to scroll so that a row is in sight; null when it is already. */
export function scrollTo(row: number, count: number, scrollTop: number, heightPx: number): number | null {
	const by = scale(count, heightPx);
	const top = scrollTop * by;
	if (row * ROW_PX < top) return (row * ROW_PX) / by;
	if ((row + 1) * ROW_PX > top + heightPx) return ((row + 1) * ROW_PX - heightPx) / by;
	return null;
}

function scale(count: number, heightPx: number): number {
	const all = count * ROW_PX;
	if (all <= SCROLL_MAX_PX) return 1;
	return (all - heightPx) / (SCROLL_MAX_PX - heightPx);
}
