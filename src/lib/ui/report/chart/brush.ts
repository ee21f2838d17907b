// Between what is marked in a drawing and the values it stands for.
import type { AxisSpan, ChartSpan } from '#core/report/chart-span.ts';
import type { Axis } from './axis.ts';
import type { Drawing } from './frame.ts';
import type { Scene } from './scene.ts';

/** In pixels of the first panel. */
export type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
export type BrushAxes = 'x' | 'y' | 'xy';

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
