import { expect, test } from 'vitest';
import {
	clampOffset,
	indexAt,
	leftEdges,
	offsetShowing,
	ROW_HEIGHT_PX,
	scrolledOffset,
	scrollLeftShowing,
	scrollScale,
	verticalLayout,
	visibleColumns,
	visibleRows
} from '#lib/ui/grid/grid-geometry.ts';

const ROWS = 10_000_000;
const big = verticalLayout(ROWS, 600);

test('a short table scrolls pixel by pixel', () => {
	const short = verticalLayout(100, 600);
	expect(scrollScale(short)).toBe(1);
	expect(scrolledOffset(short, 0, 0, 123)).toBe(123);
});

test('the end of the track shows the last of 10 million rows', () => {
	const end = scrolledOffset(big, 0, 0, big.trackPx - big.bodyPx);
	expect(end).toBeCloseTo(big.contentPx - 600, 3);
	expect(visibleRows(big, ROWS, end).end).toBe(ROWS);
});

test('a small step of the scroll position is an exact step of the content', () => {
	expect(scrolledOffset(big, 1_000_000, 40_000, 40_030)).toBe(1_000_030);
});

test('a drag of the thumb is mapped', () => {
	expect(scrolledOffset(big, 0, 0, 4_000_000)).toBeCloseTo(4_000_000 * scrollScale(big), 3);
});

test('the last row is shown whole, and showing a row in sight moves nothing', () => {
	const offset = offsetShowing(big, 0, ROWS - 1);
	expect(offset + 600).toBe(ROWS * ROW_HEIGHT_PX);
	expect(offsetShowing(big, offset, ROWS - 2)).toBe(offset);
	expect(offsetShowing(big, offset, 5)).toBe(5 * ROW_HEIGHT_PX);
});

test('no offset lies outside the content, and none exists when all rows fit', () => {
	expect(clampOffset(big, -5)).toBe(0);
	expect(clampOffset(verticalLayout(3, 600), 50)).toBe(0);
});

test('only columns in sight and one beyond each edge are drawn', () => {
	const edges = leftEdges(Array.from({ length: 1_000 }, () => 100));
	expect(visibleColumns(edges, 0, 500)).toEqual({ start: 0, end: 7 });
	expect(visibleColumns(edges, 50_050, 500)).toEqual({ start: 499, end: 507 });
	expect(visibleColumns(leftEdges([]), 0, 500)).toEqual({ start: 0, end: 0 });
});

test('a column is brought in whole, a wider one from its left edge', () => {
	const edges = leftEdges([100, 100, 900]);
	expect(scrollLeftShowing(edges, 0, 150, 1)).toBe(50);
	expect(scrollLeftShowing(edges, 0, 150, 2)).toBe(200);
	expect(indexAt(edges, 199)).toBe(1);
	expect(indexAt(edges, -40)).toBe(0);
	expect(indexAt(edges, 5_000)).toBe(2);
});
