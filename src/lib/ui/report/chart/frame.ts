// Lays a scene out and has Plot draw it: margins that hold every label, axes, panels, annotations, and where each stop came to stand.
import { plot, text, type Markish } from '@observablehq/plot';
import type { Annotation } from '#core/report/report.ts';
import { annotationBands, annotationLines } from './annotation-marks.ts';
import { gridLines, widestLabel, xAxisMark, yAxisMark } from './axis-marks.ts';
import type { Axis } from './axis.ts';
import { fitLabel, labelWidth } from './label-text.ts';
import { seriesColour } from './look.ts';
import { layOutNames } from './name-layout.ts';
import type { Facets, Scene } from './scene.ts';

export type Place = {
	readonly row: number;
	readonly x: number;
	readonly y: number;
	readonly lane: number;
	readonly panel: number;
};
export type Panel = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** A drawing with what the pointer and the keys need of it, in pixels of it. */
export type Drawing = {
	readonly svg: SVGSVGElement;
	readonly width: number;
	readonly height: number;
	readonly places: readonly Place[];
	readonly panels: readonly Panel[];
	/** Of a value, its place in the first panel. */
	readonly across: (x: number) => number;
	readonly up: (y: number) => number;
	/** Of a place in the first panel, the value. */
	readonly xAt: (across: number) => number;
	readonly yAt: (up: number) => number;
	/** Whether each series has its name beside its line. */
	readonly isNamed: boolean;
};

type Frame = {
	readonly width: number;
	readonly height: number;
	readonly facets: Facets;
	readonly seriesNames: readonly string[];
	readonly annotations: readonly Annotation[];
};

const FACET_TITLE = 20;
const NAMED_MAX = 8;
/** Beside a drawing that is narrower the names take too much of it. */
const NAMED_WIDTH = 560;

export function frameScene(scene: Scene, { width, height, facets, seriesNames, annotations }: Frame): Drawing {
	const { x, y } = scene;
	const rows = Math.max(1, Math.ceil(facets.names.length / facets.columns));
	const hasFacets = facets.names.length > 0;
	const yWidth = y.kind === 'time' ? 64 : widestLabel(y, Math.min(170, width * 0.32));
	const isNamed = scene.ends.length > 1 && scene.ends.length <= NAMED_MAX && width >= NAMED_WIDTH;
	const ends = scene.ends.map((end) => ({
		...end,
		name: fitLabel(seriesNames[end.series] ?? '', 130),
		colour: seriesColour(end.series, seriesNames)
	}));
	const ofLabels = Math.ceil(yWidth) + 12;
	const right = isNamed ? Math.ceil(Math.max(...ends.map(({ name }) => labelWidth(name)))) + 18 : 18;
	const across = width - ofLabels - right;
	const hanging = x.kind === 'category' ? layOutNames(x, across / facets.columns).overhang : 0;
	const left = Math.max(ofLabels, Math.ceil(Math.min(hanging, across / 4)));
	const panelWidth = (width - left - right) / facets.columns;
	const names = x.kind === 'category' ? layOutNames(x, panelWidth) : null;
	const top = y.label === '' ? 10 : 28;
	const bottom = (names?.height ?? (x.kind === 'time' && !x.isFormatGiven ? 36 : 24)) + (x.label === '' ? 0 : 18);
	const scale = (axis: Axis, isUp: boolean) =>
		({
			type: axis.kind === 'time' ? 'utc' : axis.scale,
			domain: isUp && axis.isDown ? [axis.high, axis.low] : [axis.low, axis.high],
			axis: null,
			label: null
		}) as const;
	const svg = plot({
		className: 'weir-plot',
		width,
		height,
		marginTop: top,
		marginRight: right,
		marginBottom: bottom,
		marginLeft: left,
		x: scale(x, false),
		y: { ...scale(y, true), ...(hasFacets ? { insetTop: FACET_TITLE } : {}) },
		...(hasFacets
			? {
					fx: { domain: counted(facets.columns), padding: facets.columns > 1 ? 0.08 : 0, axis: null },
					fy: { domain: counted(rows), padding: rows > 1 ? 0.12 : 0, axis: null }
				}
			: {}),
		marks: [
			...gridLines(scene),
			...annotationBands(annotations, scene),
			...scene.marks,
			xAxisMark(x, names, panelWidth),
			yAxisMark(y, yWidth, (height - top - bottom) / rows),
			...annotationLines(annotations, scene, panelWidth),
			hasFacets ? facetTitles(facets, panelWidth) : null,
			isNamed ? endLabels(scene, ends, height - top - bottom) : null
		]
	}) as SVGSVGElement & ReturnType<typeof plot>;
	addAxisLabels(svg, { x, y, width, height, left, right });
	for (const style of svg.querySelectorAll('style')) style.remove();
	svg.setAttribute('aria-hidden', 'true');
	return { svg, width, height, ...placed(svg, scene, facets), isNamed };
}

function counted(count: number): number[] {
	return Array.from({ length: count }, (_, at) => at);
}

function facetTitles(facets: Facets, width: number): Markish {
	const numbers = counted(facets.names.length);
	return text(numbers, {
		fx: numbers.map((at) => at % facets.columns),
		fy: numbers.map((at) => Math.floor(at / facets.columns)),
		text: facets.names.map((name) => fitLabel(name, width - 8)),
		frameAnchor: 'top-left',
		dy: 3,
		fontWeight: 600,
		fill: 'var(--text)'
	});
}

type NamedEnd = Scene['ends'][number] & { readonly name: string; readonly colour: string };

/** Names at the ends of lines, moved apart where they would cover each other. */
function endLabels(scene: Scene, ends: readonly NamedEnd[], height: number): Markish {
	const { low, high, scale } = scene.y;
	const share = (value: number): number =>
		scale === 'log'
			? Math.log(value / low) / Math.log(high / low)
			: scale === 'sqrt'
				? Math.sqrt(Math.max(0, value - low) / (high - low))
				: (value - low) / (high - low);
	const wanted = ends
		.map((end) => ({ ...end, up: (1 - share(end.y)) * height }))
		.sort((one, other) => one.up - other.up);
	const room = 14;
	let floor = -Infinity;
	const apart = wanted.map((end) => {
		floor = Math.max(end.up, floor + room);
		return { ...end, to: floor };
	});
	const over = Math.max(0, floor - height);
	return apart.map((end) =>
		text([end.name], {
			x: [scene.x.high],
			y: [end.y],
			text: [end.name],
			textAnchor: 'start',
			dx: 8,
			dy: end.to - over - end.up,
			fontWeight: 550,
			fill: end.colour,
			stroke: 'var(--bg)',
			strokeWidth: 3
		})
	);
}

type LabelPlaces = {
	readonly x: Axis;
	readonly y: Axis;
	readonly width: number;
	readonly height: number;
	readonly left: number;
	readonly right: number;
};

/** Plot has places of its own for these, which other labels run into. */
function addAxisLabels(svg: SVGSVGElement, { x, y, width, height, left, right }: LabelPlaces): void {
	const label = (words: string, at: Readonly<Record<string, number | string>>): void => {
		if (words === '') return;
		const element = document.createElementNS('http://www.w3.org/2000/svg', 'text');
		element.textContent = words;
		element.setAttribute('fill', 'var(--text-3)');
		for (const [name, value] of Object.entries(at)) element.setAttribute(name, String(value));
		svg.append(element);
	};
	label(fitLabel(y.label, width - 8), { x: 0, y: 11, 'text-anchor': 'start' });
	label(fitLabel(x.label, width - left - right), { x: width - right, y: height - 4, 'text-anchor': 'end' });
}

function placed(
	svg: SVGSVGElement & ReturnType<typeof plot>,
	scene: Scene,
	facets: Facets
): Pick<Drawing, 'places' | 'panels' | 'across' | 'up' | 'xAt' | 'yAt'> {
	const [xScale, yScale, fx, fy] = [svg.scale('x'), svg.scale('y'), svg.scale('fx'), svg.scale('fy')];
	const number = (value: unknown): number => (value instanceof Date ? value.getTime() : Number(value));
	const across = (value: number): number => number(xScale?.apply(value));
	const up = (value: number): number => number(yScale?.apply(value));
	const [x0, x1] = [across(scene.x.low), across(scene.x.high)];
	const [y0, y1] = [up(scene.y.low), up(scene.y.high)].sort((one, other) => one - other);
	const shift = (panel: number): { x: number; y: number } => {
		if (facets.names.length === 0) return { x: 0, y: 0 };
		const column = panel % facets.columns;
		const line = Math.floor(panel / facets.columns);
		return {
			x: number(fx?.apply(column)) - number(fx?.apply(0)),
			y: number(fy?.apply(line)) - number(fy?.apply(0))
		};
	};
	const count = Math.max(1, facets.names.length);
	const shifts = counted(count).map(shift);
	return {
		across,
		up,
		xAt: (place) => number(xScale?.invert?.(place)),
		yAt: (place) => number(yScale?.invert?.(place)),
		panels: shifts.map(({ x, y }) => ({ left: x0 + x, right: x1 + x, top: (y0 ?? 0) + y, bottom: (y1 ?? 0) + y })),
		places: scene.stops.map(({ row, x, y, lane }) => {
			const panel = facets.fy(row) * facets.columns + facets.fx(row);
			const moved = shifts[panel] ?? { x: 0, y: 0 };
			return { row, lane, panel, x: across(x) + moved.x, y: up(y) + moved.y };
		})
	};
}
