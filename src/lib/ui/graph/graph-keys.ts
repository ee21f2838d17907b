// Where the arrow keys lead on a board: along the lines to the right and left, within a column up and down.
import type { Box, GraphLayout } from '#core/pipeline/graph-layout.ts';

/** The box to go to; null when there is none in that direction. */
export function boxTowards(layout: GraphLayout, from: string, key: string): string | null {
	const here = layout.boxes.find(({ id }) => id === from);
	if (!here) return null;
	const near = (boxes: readonly Box[]): string | null =>
		boxes.toSorted((one, other) => far(one, here) - far(other, here))[0]?.id ?? null;
	const linked = (end: 'from' | 'to'): readonly Box[] => {
		const other = end === 'from' ? 'to' : 'from';
		const ids = layout.lines.filter((line) => line[end] === from).map((line) => line[other]);
		return layout.boxes.filter(({ id }) => ids.includes(id));
	};
	switch (key) {
		case 'ArrowRight':
			return near(linked('from'));
		case 'ArrowLeft':
			return near(linked('to'));
		case 'ArrowDown':
			return near(layout.boxes.filter(({ y }) => y > here.y));
		case 'ArrowUp':
			return near(layout.boxes.filter(({ y }) => y < here.y));
		case 'Home':
			return layout.boxes[0]?.id ?? null;
		case 'End':
			return layout.boxes.at(-1)?.id ?? null;
		default:
			return null;
	}
}

/** Sideways counts more: up and down stay in their column where it has another box. */
function far(one: Box, other: Box): number {
	return Math.abs(one.x - other.x) * 3 + Math.abs(one.y - other.y);
}
