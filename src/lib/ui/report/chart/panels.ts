// Which panel of a drawing a place is in, and what a drag from there marks.
import type { Box, BrushAxes } from './brush.ts';
import type { Panel } from './frame.ts';

export type Spot = { readonly x: number; readonly y: number };

/** Beside a panel still means it. */
const NEAR = 8;
const INSIDE = 4;
/** Pixels of a drag; less is a press. */
const DRAG_LEAST = 3;

/** The first one where the spot is near none. */
export function panelAt(panels: readonly Panel[], spot: Spot): number {
	return Math.max(
		0,
		panels.findIndex((panel) => holds(panel, spot, NEAR))
	);
}

export function isInPanel(panels: readonly Panel[], spot: Spot): boolean {
	const panel = panels[panelAt(panels, spot)];
	return panel !== undefined && holds(panel, spot, INSIDE);
}

function holds({ left, right, top, bottom }: Panel, { x, y }: Spot, room: number): boolean {
	return x >= left - room && x <= right + room && y >= top - room && y <= bottom + room;
}

/** All panels share their axes: a span in any of them is one of the first. Null of a press. */
export function boxBetween(panels: readonly Panel[], from: Spot, to: Spot, axes: BrushAxes): Box | null {
	const [first, own] = [panels[0], panels[panelAt(panels, from)]];
	if (!first || !own) return null;
	const ends = (one: number, other: number, low: number, high: number, start: number): readonly [number, number] => {
		const [a, b] = [one, other].map((value) => Math.min(high, Math.max(low, value)) - low + start);
		return [Math.min(a ?? start, b ?? start), Math.max(a ?? start, b ?? start)];
	};
	const [left, right] = axes === 'y' ? [first.left, first.right] : ends(from.x, to.x, own.left, own.right, first.left);
	const [top, bottom] = axes === 'x' ? [first.top, first.bottom] : ends(from.y, to.y, own.top, own.bottom, first.top);
	const isDrag = (axes !== 'y' && right - left > DRAG_LEAST) || (axes !== 'x' && bottom - top > DRAG_LEAST);
	return isDrag ? { left, right, top, bottom } : null;
}
