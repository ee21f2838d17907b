// Lines and areas: a value of each series along an axis.
import { areaY, dot, lineY, type Markish } from '@observablehq/plot';
import { axisKind, extentOf, numberAt, type ChartTable } from '#core/report/chart-table.ts';
import type { Extent } from '#core/report/number-axis.ts';
import { stack } from '#core/report/stack.ts';
import { namesAxis, namesOf, numbersAxis, timeAxis, type Axis } from './axis.ts';
import { constants, panels, placesOf } from './channels.ts';
import { seriesColour, seriesDash } from './look.ts';
import type { Facets, Scene, SceneInput } from './scene.ts';

type Point = {
	readonly row: number;
	readonly series: number;
	readonly x: number;
	readonly from: number;
	readonly to: number;
};

export function drawLines(input: SceneInput, facets: Facets): Scene {
	const { block, table, before } = input;
	const isArea = block.type === 'area';
	const isStacked = isArea && block.isStacked && table.series.names.length > 1;
	const tables = before ? [before, table] : [table];
	const x = alongAxis(input, tables);
	const placed = tables.map((one) => pointsOf(one, x, isStacked, facets));
	const points = placed.at(-1) ?? [];
	const y = numbersAxis(extentOfPoints(placed.flat()), yOptions(input), {
		scale: block.yScale,
		isFromZero: (block.isFromZero || isArea) && block.yScale !== 'log'
	});
	const colour = (series: number): string => seriesColour(series, table.series.names);
	const floor = y.scale === 'log' ? y.low : 0;
	const faint = placed.length > 1 ? (placed[0] ?? []) : [];
	return {
		x,
		y,
		marks: [
			...linesOf(
				faint,
				facets,
				() => 'var(--chart-before)',
				() => 'none',
				null
			),
			...(isArea ? areasOf(points, facets, { opacity: isStacked ? 0.72 : 0.16, floor, colour }) : []),
			...linesOf(
				points,
				facets,
				colour,
				(series) => (isStacked ? 'none' : seriesDash(series, table.series.names.length)),
				isStacked ? 1 : 2
			),
			...dotsOf(block.hasPoints ? points : lonely(points), facets, colour)
		],
		stops: points
			.filter(({ to }) => Number.isFinite(to))
			.map(({ row, x: at, to, series }) => ({ row, x: at, y: to, lane: series })),
		along: 'x',
		legend: table.series.names.length > 1 ? { kind: 'series', shape: isStacked ? 'square' : 'line' } : { kind: 'none' },
		ends: isStacked || facets.names.length > 0 ? [] : endsOf(points),
		notes: droppedByLog(block.yScale, points)
	};
}

export function alongAxis({ block, xFormat, xLabel, width }: SceneInput, tables: readonly ChartTable[]): Axis {
	const table = tables[0];
	const column = table?.x ?? null;
	const options = { format: xFormat, isFormatGiven: block.xFormat !== null, label: xLabel, count: width / 90 };
	const kind = axisKind(column);
	const extent = extentOf(tables.flatMap((one) => [one.x, one.x2]));
	if (kind === 'number') return numbersAxis(extent, options, { scale: 'linear', isFromZero: false, isSnug: true });
	return kind === 'time' ? timeAxis(extent, options) : namesAxis(column, namesOf(tables, 'x'), options);
}

export function yOptions({ block, yFormat, yLabel, height }: SceneInput): Parameters<typeof numbersAxis>[1] {
	return { format: yFormat, isFormatGiven: block.yFormat !== null, label: yLabel, count: Math.max(2, height / 46) };
}

/** In the order of the axis, series after series. Where areas stand on each other, one that has no value somewhere has none of height there. */
function pointsOf(table: ChartTable, axis: Axis, isStacked: boolean, facets: Facets): readonly Point[] {
	const places = placesOf(table.x, axis);
	const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => Number.isFinite(places[row]));
	const seriesOf = (row: number): number => table.series.ofRow[row] ?? 0;
	const sorted = rows.sort(
		(one, other) => seriesOf(one) - seriesOf(other) || (places[one] ?? 0) - (places[other] ?? 0)
	);
	const values = sorted.map((row) => numberAt(table.y, row));
	if (!isStacked)
		return sorted.map((row, at) => ({
			row,
			series: seriesOf(row),
			x: places[row] ?? 0,
			from: 0,
			to: values[at] ?? Number.NaN
		}));
	const groups = new Map<string, number>();
	const groupOf = (row: number): number => {
		const name = `${facets.fx(row)} ${facets.fy(row)} ${places[row]}`;
		const number = groups.get(name) ?? groups.size;
		groups.set(name, number);
		return number;
	};
	const spans = stack(
		values.map((value) => value ?? 0),
		sorted.map(groupOf)
	);
	return sorted.map((row, at) => ({
		row,
		series: seriesOf(row),
		x: places[row] ?? 0,
		from: spans[at]?.from ?? 0,
		to: spans[at]?.to ?? 0
	}));
}

function extentOfPoints(points: readonly Point[]): Extent | null {
	let low = Infinity;
	let high = -Infinity;
	let isWhole = true;
	for (const { from, to } of points) {
		if (!Number.isFinite(to)) continue;
		low = Math.min(low, to, from === 0 ? to : from);
		high = Math.max(high, to);
		isWhole &&= Number.isInteger(to);
	}
	return low <= high ? { low, high, isWhole } : null;
}

function linesOf(
	points: readonly Point[],
	facets: Facets,
	colour: (series: number) => string,
	dash: (series: number) => string,
	width: number | null
): readonly Markish[] {
	return seriesIn(points).map(({ series, points: own }) => {
		const rows = own.map(({ row }) => row);
		return lineY(rows, {
			x: own.map(({ x }) => x),
			y: own.map(({ to }) => to),
			...panels(rows, facets),
			stroke: colour(series),
			strokeWidth: width ?? 1.5,
			strokeDasharray: dash(series),
			strokeLinejoin: 'round',
			className: 'series'
		});
	});
}

type Colour = (series: number) => string;

function areasOf(
	points: readonly Point[],
	facets: Facets,
	{ opacity, floor, colour }: { readonly opacity: number; readonly floor: number; readonly colour: Colour }
): readonly Markish[] {
	return seriesIn(points).map(({ series, points: own }) => {
		const rows = own.map(({ row }) => row);
		return areaY(rows, {
			x: own.map(({ x }) => x),
			y1: own.map(({ from }) => (from === 0 ? floor : from)),
			y2: own.map(({ to }) => to),
			...panels(rows, facets),
			fill: colour(series),
			fillOpacity: opacity
		});
	});
}

function dotsOf(points: readonly Point[], facets: Facets, colour: Colour): readonly Markish[] {
	const seen = points.filter(({ to }) => Number.isFinite(to));
	if (seen.length === 0) return [];
	const rows = seen.map(({ row }) => row);
	return [
		dot(rows, {
			x: seen.map(({ x }) => x),
			y: seen.map(({ to }) => to),
			...panels(rows, facets),
			fill: constants(seen.map(({ series }) => colour(series))),
			stroke: 'var(--bg)',
			strokeWidth: 1,
			r: 3
		})
	];
}

function seriesIn(points: readonly Point[]): readonly { series: number; points: readonly Point[] }[] {
	const bySeries = Map.groupBy(points, ({ series }) => series);
	return [...bySeries].map(([series, own]) => ({ series, points: own }));
}

/** Points between gaps, which no line goes through. */
function lonely(points: readonly Point[]): readonly Point[] {
	const isJoined = (one: Point | undefined, other: Point): boolean =>
		one !== undefined && one.series === other.series && Number.isFinite(one.to);
	return points.filter((point, at) => !isJoined(points[at - 1], point) && !isJoined(points[at + 1], point));
}

function endsOf(points: readonly Point[]): Scene['ends'] {
	return seriesIn(points).flatMap(({ series, points: own }) => {
		const last = own.findLast(({ to }) => Number.isFinite(to));
		return last ? [{ series, x: last.x, y: last.to }] : [];
	});
}

function droppedByLog(scale: string, points: readonly Point[]): readonly string[] {
	const count = scale === 'log' ? points.filter(({ to }) => to <= 0).length : 0;
	return count === 0
		? []
		: [`${count} ${count === 1 ? 'value' : 'values'} of 0 or less cannot stand on a logarithmic axis.`];
}
