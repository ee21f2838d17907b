// Between what is marked in a drawing and the values it stands for, and how keys move it.
import type { AxisSpan, ChartSpan } from '#core/report/chart-span.ts';
import { markedColumns } from '#core/report/cube-grid.ts';
import type { EditionColumn } from '#core/report/edition.ts';
import type { ChartTable } from '#core/report/chart-table.ts';
import type { ChartBlock } from '#core/report/report.ts';
import type { Axis } from './axis.ts';
import type { DrawnChart } from './draw-chart.ts';
import type { Drawing } from './frame.ts';
import type { Scene } from './scene.ts';

/** In pixels of the first panel. */
export type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
export type BrushAxes = 'x' | 'y' | 'xy';

/** Bars that lie have their names on the axis that goes up. */
export function isLying({ isHorizontal, type }: Pick<ChartBlock, 'isHorizontal' | 'type'>): boolean {
	return isHorizontal && type === 'bar';
}

/** Along which axes of the drawing a span can be marked; null where in none. */
export function brushAxes(block: ChartBlock): BrushAxes | null {
	const { x, y } = markedColumns(block);
	if (isLying(block)) return x === null ? null : 'y';
	if (x !== null && y !== null) return 'xy';
	return x !== null ? 'x' : y !== null ? 'y' : null;
}

/** From the axes of the drawing to those of the block, and back. */
export function turned(block: ChartBlock, span: ChartSpan): ChartSpan {
	return isLying(block) ? { x: span.y, y: span.x } : span;
}

/** Whole names, and of times and numbers what the pixels say, to the precision of a pixel. */
export function spanOfBox(box: Box, axes: BrushAxes, { x, y }: Scene, drawing: Drawing): ChartSpan {
	return {
		x: axes === 'y' ? null : axisSpan(x, drawing.xAt(box.left), drawing.xAt(box.right)),
		y: axes === 'x' ? null : axisSpan(y, drawing.yAt(box.bottom), drawing.yAt(box.top))
	};
}

export function axisSpan(axis: Axis, one: number, other: number): AxisSpan {
	const [low, high] = [Math.max(axis.low, Math.min(one, other)), Math.min(axis.high, Math.max(one, other))];
	if (axis.kind !== 'category') return { kind: 'range', from: rounded(low, axis), to: rounded(high, axis) };
	return { kind: 'values', values: axis.names.slice(Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))) };
}

function rounded(value: number, { kind, scale, low, high }: Axis): number {
	if (kind === 'time') return Math.round(value);
	if (scale === 'log') return Number(value.toPrecision(4));
	const digits = Math.min(100, Math.max(0, 4 - Math.floor(Math.log10(high - low))));
	return Number(value.toFixed(digits));
}

export function boxOfSpan(span: ChartSpan, { x, y }: Scene, drawing: Drawing): Box | null {
	const panel = drawing.panels[0];
	if (!panel) return null;
	const across = span.x && endsOf(span.x, x);
	const up = span.y && endsOf(span.y, y);
	if ((span.x && !across) || (span.y && !up)) return null;
	const [left, right] = across ? across.map(drawing.across) : [panel.left, panel.right];
	const [one, other] = up ? up.map(drawing.up) : [panel.top, panel.bottom];
	return {
		left: Math.max(panel.left, left ?? 0),
		right: Math.min(panel.right, right ?? 0),
		top: Math.max(panel.top, Math.min(one ?? 0, other ?? 0)),
		bottom: Math.min(panel.bottom, Math.max(one ?? 0, other ?? 0))
	};
}

/** Null where none of its names is drawn. */
function endsOf(span: AxisSpan, axis: Axis): readonly [number, number] | null {
	if (span.kind === 'range') return [Math.max(axis.low, span.from), Math.min(axis.high, span.to)];
	const numbers = span.values.map((value) => axis.names.indexOf(value)).filter((number) => number >= 0);
	return numbers.length === 0 ? null : [Math.min(...numbers), Math.max(...numbers) + 1];
}

/** What stands along an axis of the drawing, and where it ends. */
export function columnsAlong(
	axis: 'x' | 'y',
	block: ChartBlock,
	table: ChartTable
): readonly [EditionColumn | null, EditionColumn | null] {
	return (axis === 'x') !== isLying(block) ? [table.x, table.x2] : [table.y, table.y2];
}

/** From one mark to another, both with all of their width, along the axes of the drawing. */
export function spanBetween(
	block: ChartBlock,
	[one, other]: readonly [number, number],
	axes: BrushAxes,
	drawn: DrawnChart
): ChartSpan | null {
	const { stops, x, y } = drawn.scene;
	const [a, b] = [stops[one], stops[other]];
	if (!a || !b) return null;
	const along = (axis: Axis, of: 'x' | 'y'): AxisSpan => {
		if (axis.kind === 'category')
			return axisSpan(axis, Math.floor(Math.min(a[of], b[of])), Math.floor(Math.max(a[of], b[of])) + 1);
		const edges = edgesOf(axis, ...columnsAlong(of, block, drawn.table));
		const starts = [a, b].map((stop) => edges.findLast((edge) => edge <= stop[of]) ?? axis.low);
		const ends = [a, b].map((stop) => edges.find((edge) => edge > stop[of]) ?? axis.high);
		return axisSpan(axis, Math.min(...starts), Math.max(...ends));
	};
	return { x: axes === 'y' ? null : along(x, 'x'), y: axes === 'x' ? null : along(y, 'y') };
}

const STEPS = 50;

/** Where an end of a span may go to by keys: beginnings and ends of bins and stretches of time, no more than a few dozen. */
export function edgesOf(
	axis: Pick<Axis, 'low' | 'high'>,
	from: EditionColumn | null,
	to: EditionColumn | null
): readonly number[] {
	const numbers = [from, to].flatMap((column) => column?.values ?? []).filter((value) => typeof value === 'number');
	const sorted = [...new Set([axis.low, ...numbers, axis.high])]
		.filter((edge) => edge >= axis.low && edge <= axis.high)
		.sort((one, other) => one - other);
	const apart = (axis.high - axis.low) / STEPS;
	const edges: number[] = [];
	for (const edge of sorted) if (edges.length === 0 || edge - (edges.at(-1) ?? 0) >= apart * 0.999) edges.push(edge);
	return edges.at(-1) === axis.high ? edges : [...edges, axis.high];
}

export type SpanPart = 'from' | 'to' | 'both';

/** The span with an end, or all of it, moved by so many steps; it keeps at least one step of width and stays on its axis. */
export function moveSpan(
	span: AxisSpan,
	axis: Axis,
	edges: readonly number[],
	{ part, by }: { readonly part: SpanPart; readonly by: number }
): AxisSpan {
	const ends = endsOf(span, axis);
	if (!ends) return span;
	const places = axis.kind === 'category' ? [...axis.names.keys(), axis.names.length] : edges;
	const last = places.length - 1;
	const near = (value: number): number => {
		const distances = places.map((place) => Math.abs(place - value));
		return distances.indexOf(Math.min(...distances));
	};
	const start = near(ends[0]);
	const end = Math.max(start + 1, near(ends[1]));
	const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
	const moved = part === 'both' ? clamp(by, -start, last - end) : by;
	const from = places[part === 'to' ? start : clamp(start + moved, 0, part === 'both' ? last : end - 1)] ?? axis.low;
	const to = places[part === 'from' ? end : clamp(end + moved, part === 'both' ? 0 : start + 1, last)] ?? axis.high;
	return axisSpan(axis, from, to);
}
