// Maps: countries coloured by a number, or dots where longitude and latitude say.
import { centroid, dot, geo, plot, type Markish } from '@observablehq/plot';
import { categoryName, extentOf, numberAt, type ChartTable } from '#core/report/chart-table.ts';
import { numbersAxis } from './axis.ts';
import { constants } from './channels.ts';
import { heatOf } from './draw-cells.ts';
import { radiusOf } from './draw-dots.ts';
import type { Drawing, Place } from './frame.ts';
import { closeTo, type Land, type LandShape, type Projection } from './land.ts';
import { seriesColour } from './look.ts';
import type { Scene, SceneInput } from './scene.ts';

type Size = { readonly width: number; readonly height: number };
type DrawnMap = { readonly drawing: Drawing; readonly scene: Scene };

export function drawMap(input: SceneInput, land: Land, size: Size): DrawnMap {
	const { block, table } = input;
	const { shapes } = land;
	const drawn = block.type === 'regions' ? regionsOf(table, land) : pointsOf(input);
	const ground = geo(
		shapes.flatMap(({ shape }, at) => (drawn.covered.has(at) ? [] : [shape])),
		{ fill: 'var(--land)', stroke: 'var(--bg)', strokeWidth: 0.5 }
	);
	const svg = plot({
		className: 'weir-plot',
		...size,
		margin: 4,
		projection: drawn.projection,
		marks: [ground, ...drawn.marks]
	}) as SVGSVGElement;
	for (const style of svg.querySelectorAll('style')) style.remove();
	svg.setAttribute('aria-hidden', 'true');
	const places = placesIn(svg, drawn.rows, table);
	const none = numbersAxis(
		null,
		{ format: String, isFormatGiven: false, label: '', count: 2 },
		{ scale: 'linear', isFromZero: false }
	);
	return {
		drawing: {
			svg,
			...size,
			places,
			panels: [{ left: 0, top: 0, right: size.width, bottom: size.height }],
			across: (x) => x,
			up: (y) => y,
			xAt: (place) => place,
			yAt: (place) => place,
			isNamed: false
		},
		scene: {
			x: none,
			y: none,
			marks: [],
			stops: places,
			along: 'xy',
			legend: drawn.legend,
			ends: [],
			notes: drawn.notes
		}
	};
}

type DrawnMarks = {
	readonly projection: Projection;
	readonly marks: readonly Markish[];
	/** Of each mark, its row. */
	readonly rows: readonly number[];
	/** Shapes that a mark lies on. */
	readonly covered: ReadonlySet<number>;
	readonly legend: Scene['legend'];
	readonly notes: readonly string[];
};

function regionsOf(table: ChartTable, { shapes: world, find, projection, notes }: Land): DrawnMarks {
	const unknown: string[] = [];
	const found: { readonly row: number; readonly at: number; readonly country: LandShape; readonly value: number }[] =
		[];
	table.x?.values.forEach((value, row) => {
		const amount = numberAt(table.y, row);
		if (table.x === null || value === null || amount === null) return;
		const name = categoryName(value, table.x);
		const at = find(name) ?? -1;
		const country = world[at];
		if (country) found.push({ row, at, country, value: amount });
		else unknown.push(name);
	});
	// What is not on the map has no place on its scale either.
	const seen = { name: 'y', type: 'number', values: found.map(({ value }) => value) } as const;
	const heat = heatOf({ ...table, y: seen }, false, 'y');
	const names = world.flatMap(({ name }) => name ?? []);
	const named = found.length === 0 && names.length > 0 ? [`Shapes are called ${fewOf(names)}.`] : [];
	const shapes = found.map(({ country }) => country.shape);
	return {
		projection: projection ?? 'equal-earth',
		marks: [
			geo(shapes, {
				fill: constants(found.map(({ value }) => heat.colour(value))),
				stroke: 'var(--bg)',
				strokeWidth: 0.5,
				className: 'regions'
			}),
			dot(shapes, centroid({ r: 0, fill: 'none', sort: null, className: 'stops' }))
		],
		rows: found.map(({ row }) => row),
		covered: new Set(found.map(({ at }) => at)),
		legend: heat.legend,
		notes: [...(unknown.length === 0 ? [] : [`Not on the map: ${fewOf(unknown)}.`, ...named]), ...notes]
	};
}

function fewOf(names: readonly string[]): string {
	return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}

/** Degrees, on the globe. */
type Point = { readonly row: number; readonly longitude: number; readonly latitude: number };

function pointsOf(input: SceneInput): DrawnMarks {
	const { table } = input;
	const middle = (from: number | null, to: number | null): number =>
		from === null ? NaN : to === null ? from : (from + to) / 2;
	const all = Array.from({ length: table.rowCount }, (_, row) => ({
		row,
		longitude: middle(numberAt(table.x, row), numberAt(table.x2, row)),
		latitude: middle(numberAt(table.y, row), numberAt(table.y2, row))
	}));
	const points = all.filter(({ longitude, latitude }) => Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90);
	const radius = radiusOf(input);
	const lost = all.length - points.length;
	return {
		projection: projectionOf(points),
		marks: [
			dot(points, {
				x: points.map(({ longitude }) => longitude),
				y: points.map(({ latitude }) => latitude),
				r: { value: points.map(({ row }) => radius(row)), scale: null },
				fill: constants(points.map(({ row }) => seriesColour(table.series.ofRow[row] ?? 0, table.series.names))),
				fillOpacity: 0.6,
				stroke: 'var(--bg)',
				strokeWidth: 0.5,
				sort: null,
				className: 'stops'
			})
		],
		rows: points.map(({ row }) => row),
		covered: new Set(),
		legend: table.series.names.length > 1 ? { kind: 'series', shape: 'dot' } : { kind: 'none' },
		notes:
			lost === 0 ? [] : [`${lost.toLocaleString('en')} ${lost === 1 ? 'row has' : 'rows have'} no place on the globe.`]
	};
}

/** Where all points lie near one another, that part of the world. */
function projectionOf(points: readonly Point[]): Projection {
	const extent = (values: readonly number[]) => extentOf([{ name: '', type: 'number', values }]);
	const across = extent(points.map(({ longitude }) => longitude));
	const up = extent(points.map(({ latitude }) => latitude));
	return (across && up && closeTo(across, up)) ?? 'equal-earth';
}

/** A projection is Plot's own: what it drew tells where each mark came to stand. */
function placesIn(svg: SVGSVGElement, rows: readonly number[], table: ChartTable): readonly Place[] {
	return [...svg.querySelectorAll('.stops circle')].flatMap((circle) => {
		const index: unknown = '__data__' in circle ? circle.__data__ : null;
		const row = typeof index === 'number' ? rows[index] : undefined;
		if (row === undefined) return [];
		const [x, y] = [Number(circle.getAttribute('cx')), Number(circle.getAttribute('cy'))];
		return [{ row, x, y, lane: table.series.ofRow[row] ?? 0, panel: 0 }];
	});
}
