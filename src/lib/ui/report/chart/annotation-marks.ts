// What a person wrote onto a chart: spans and lines along an axis, with their words.
import { rect, ruleX, ruleY, text, type Markish } from '@observablehq/plot';
import type { Annotation } from '#core/report/report.ts';
import type { Axis } from './axis.ts';
import { fitLabel } from './label-text.ts';
import type { Scene } from './scene.ts';

const valueOf = (value: number | string, axis: Axis): number =>
	axis.kind === 'time' ? Date.parse(String(value)) : Number(value);

/** Spans behind the marks. */
export function annotationBands(annotations: readonly Annotation[], { x, y }: Scene): readonly Markish[] {
	return annotations.flatMap(({ axis, from, to }) => {
		if (to === null) return [];
		const own = axis === 'x' ? x : y;
		const ends = [valueOf(from, own), valueOf(to, own)].map((end) => Math.min(own.high, Math.max(own.low, end)));
		const [first = NaN, last = NaN] = ends;
		if (own.kind === 'category' || !Number.isFinite(first) || first === last) return [];
		const span = axis === 'x' ? { x1: [first], x2: [last] } : { y1: [first], y2: [last] };
		return [rect([0], { ...span, fill: 'var(--measure-soft)', fillOpacity: 0.7 })];
	});
}

/** Lines, and the words of spans, before the marks. */
export function annotationLines(
	annotations: readonly Annotation[],
	{ x, y }: Scene,
	width: number
): readonly Markish[] {
	return annotations.flatMap(({ axis, from, to, text: words }) => {
		const own = axis === 'x' ? x : y;
		const at = valueOf(from, own);
		const end = to === null ? at : valueOf(to, own);
		if (own.kind === 'category' || !(at <= own.high && end >= own.low)) return [];
		const place = Math.max(own.low, at);
		const line = { stroke: 'var(--measure)', strokeDasharray: '4 3' };
		const label = {
			text: [fitLabel(words, Math.max(60, width * 0.5))],
			fill: 'var(--measure)',
			stroke: 'var(--bg)',
			strokeWidth: 3,
			fontWeight: 550
		};
		const isLate = (place - own.low) / (own.high - own.low) > 0.6;
		return [
			to === null ? (axis === 'x' ? ruleX([at], line) : ruleY([at], line)) : null,
			axis === 'x'
				? text([0], {
						...label,
						x: [place],
						frameAnchor: 'top',
						dy: 6,
						dx: isLate ? -5 : 5,
						textAnchor: isLate ? 'end' : 'start'
					})
				: text([0], {
						...label,
						y: [to === null ? at : Math.min(own.high, end)],
						frameAnchor: 'right',
						dx: -4,
						dy: to === null ? -8 : 9,
						textAnchor: 'end'
					})
		];
	});
}
