// A dot for each row over two axes.
import { dot } from '@observablehq/plot';
import { axisKind, extentOf, numberAt } from '#core/report/chart-table.ts';
import { namesAxis, namesOf, numbersAxis, timeAxis, type Axis } from './axis.ts';
import { constants, panels, placesOf, rowsOf } from './channels.ts';
import { yOptions } from './draw-lines.ts';
import { seriesColour } from './look.ts';
import type { Facets, Scene, SceneInput } from './scene.ts';

export function drawDots(input: SceneInput, facets: Facets): Scene {
	const { block, table, before } = input;
	const tables = before ? [before, table] : [table];
	const x = dotAxis(input, 'x');
	const y = dotAxis(input, 'y');
	const radius = radiusOf(input);
	const [faint = [], dots = []] = (before ? tables : [null, table]).map((one) => {
		if (!one) return [];
		const [xs, ys] = [placesOf(one.x, x), placesOf(one.y, y)];
		return rowsOf(one)
			.map((row) => ({ row, x: xs[row] ?? NaN, y: ys[row] ?? NaN, series: one.series.ofRow[row] ?? 0 }))
			.filter(
				(point) => Number.isFinite(point.x) && Number.isFinite(point.y) && (block.yScale !== 'log' || point.y > 0)
			);
	});
	const rows = dots.map(({ row }) => row);
	const faintRows = faint.map(({ row }) => row);
	return {
		x,
		y,
		marks: [
			faint.length === 0
				? null
				: dot(faintRows, {
						x: faint.map((point) => point.x),
						y: faint.map((point) => point.y),
						...panels(faintRows, facets),
						fill: 'var(--chart-before)',
						r: 2
					}),
			dots.length === 0
				? null
				: dot(rows, {
						x: dots.map((point) => point.x),
						y: dots.map((point) => point.y),
						...panels(rows, facets),
						fill: constants(dots.map(({ series }) => seriesColour(series, table.series.names))),
						fillOpacity: dots.length > 800 ? 0.45 : 0.7,
						r: { value: rows.map(radius), scale: null },
						className: 'dots'
					})
		],
		stops: dots.map((point) => ({ row: point.row, x: point.x, y: point.y, lane: point.series })),
		along: 'xy',
		legend: table.series.names.length > 1 ? { kind: 'series', shape: 'dot' } : { kind: 'none' },
		ends: [],
		notes: []
	};
}

/** An axis of a plane, with room so that no dot stands on its end. */
export function dotAxis(input: SceneInput, of: 'x' | 'y'): Axis {
	const { block, table, before } = input;
	const tables = before ? [before, table] : [table];
	const column = (before ?? table)[of];
	const options =
		of === 'y'
			? yOptions(input)
			: { format: input.xFormat, isFormatGiven: block.xFormat !== null, label: input.xLabel, count: input.width / 90 };
	const extent = extentOf(tables.flatMap((one) => (of === 'x' ? [one.x, one.x2] : [one.y, one.y2])));
	const kind = axisKind(column);
	if (kind === 'category') return namesAxis(column, namesOf(tables, of), options);
	if (kind === 'time') return timeAxis(extent, options);
	return numbersAxis(extent, options, {
		scale: of === 'y' ? block.yScale : 'linear',
		isFromZero: of === 'y' && block.isFromZero && block.yScale !== 'log'
	});
}

/** Areas are as the values are; what is not above zero is as small as can be seen. */
export function radiusOf({ table }: Pick<SceneInput, 'table'>): (row: number) => number {
	if (table.size === null) return () => (table.rowCount > 800 ? 2.2 : 3.2);
	const most = extentOf([table.size])?.high ?? 1;
	return (row) => {
		const value = numberAt(table.size, row) ?? 0;
		return value > 0 && most > 0 ? Math.max(1.5, 14 * Math.sqrt(value / most)) : 1.5;
	};
}
