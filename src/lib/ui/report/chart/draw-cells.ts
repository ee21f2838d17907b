// Cells over two axes whose colour is a number: heat maps, and the density of more rows than dots can show.
import { rect } from '@observablehq/plot';
import { axisKind, extentOf, numberAt, type ChartTable } from '#core/report/chart-table.ts';
import { namesAxis, namesOf, numbersAxis, timeAxis, type Axis } from './axis.ts';
import { bandsOf, constants, panels, rowsOf } from './channels.ts';
import { yOptions } from './draw-lines.ts';
import { balanceColour, heatColour } from './look.ts';
import type { Facets, Legend, Scene, SceneInput } from './scene.ts';

export function drawCells(input: SceneInput, facets: Facets): Scene {
	const { block, table, before } = input;
	const x = cellAxis(input, 'x');
	const y = cellAxis(input, 'y');
	const isDensity = block.type === 'scatter';
	const heat = heatOf(before ?? table, { isDensity, floor: isDensity ? 0.12 : 0 });
	const cells = cellsOf(table, x, y);
	const faint = before ? cellsOf(before, x, y) : [];
	const tiny = cells.length > 1500;
	const place = (of: readonly Cell[]): Parameters<typeof rect>[1] => ({
		x1: of.map(({ across }) => across.from),
		x2: of.map(({ across }) => across.to),
		y1: of.map(({ up }) => up.from),
		y2: of.map(({ up }) => up.to),
		...panels(
			of.map(({ row }) => row),
			facets
		),
		inset: tiny ? 0 : 0.5
	});
	return {
		x,
		y,
		marks: [
			faint.length === 0 ? null : rect(faint, { ...place(faint), fill: 'var(--line-soft)' }),
			cells.length === 0
				? null
				: rect(cells, {
						...place(cells),
						fill: constants(cells.map(({ value }) => heat.colour(value))),
						shapeRendering: tiny ? 'crispEdges' : 'auto',
						className: 'cells'
					})
		],
		stops: cells.map(({ row, across, up }) => ({
			row,
			x: (across.from + across.to) / 2,
			y: (up.from + up.to) / 2,
			lane: up.from
		})),
		along: 'xy',
		legend: heat.legend,
		ends: [],
		notes: []
	};
}

type Cell = {
	readonly row: number;
	readonly value: number;
	readonly across: { readonly from: number; readonly to: number };
	readonly up: { readonly from: number; readonly to: number };
};

function cellsOf(table: ChartTable, x: Axis, y: Axis): readonly Cell[] {
	const columns = bandsOf(table.x, table.x2, x);
	const lines = bandsOf(table.y, table.y2, y);
	return rowsOf(table).flatMap((row) => {
		const value = numberAt(table.size, row);
		const [across, up] = [columns[row], lines[row]];
		if (value === null || !across || !up || !Number.isFinite(across.from) || !Number.isFinite(up.from)) return [];
		return [{ row, value, across, up }];
	});
}

function cellAxis(input: SceneInput, of: 'x' | 'y'): Axis {
	const { block, table, before, width } = input;
	const tables = before ? [before, table] : [table];
	const own = before ?? table;
	const [column, ends] = of === 'x' ? [own.x, own.x2] : [own.y, own.y2];
	const options =
		of === 'y'
			? yOptions(input)
			: { format: input.xFormat, isFormatGiven: block.xFormat !== null, label: input.xLabel, count: width / 90 };
	const kind = axisKind(column);
	if (kind === 'category') return namesAxis(column, namesOf(tables, of), options);
	const rough = timeAxis(null, options);
	const edges = bandsOf(column, ends, rough).flatMap(({ from, to }) => [from, to]);
	const extent = extentOf([{ name: '', type: 'number', values: edges }]);
	return kind === 'time'
		? timeAxis(extent, options)
		: numbersAxis(extent, options, { scale: 'linear', isFromZero: false, isSnug: true });
}

type HeatLook = {
	readonly isDensity?: boolean;
	readonly of?: 'size' | 'y';
	/** How strong the least is drawn, 0..1. */
	readonly floor?: number;
};
type Heat = { readonly colour: (value: number) => string; readonly legend: Legend };

/** Where some values are below zero and some above, zero is the pale middle. Counts of rows go by their root: most cells hold few. */
export function heatOf(table: ChartTable, { isDensity = false, of = 'size', floor = 0 }: HeatLook = {}): Heat {
	const { low, high } = extentOf([table[of]]) ?? { low: 0, high: 1 };
	const isBalance = low < 0 && high > 0;
	const most = Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE);
	const start = isDensity ? 0 : low;
	const width = high - start;
	const share = (value: number): number => (width > 0 ? (value - start) / width : 1);
	const colour = (value: number): string => {
		if (isBalance) return balanceColour(value / most);
		return heatColour(floor + (1 - floor) * (isDensity ? Math.sqrt(share(value)) : share(value)));
	};
	const [first, last] = isBalance ? [-most, most] : [start, high];
	const colours = Array.from({ length: 24 }, (_, at) => colour(first + ((last - first) * (at + 0.5)) / 24));
	return { colour, legend: { kind: 'ramp', low: first, high: last, colours } };
}
