// Bars from zero: one for each name, stretch of time or bin, side by side or on top of one another, standing or lying.
import { rect, ruleX, ruleY, type Markish } from '@observablehq/plot';
import { axisKind, extentOf, numberAt, type ChartTable } from '#core/report/chart-table.ts';
import type { Extent } from '#core/report/number-axis.ts';
import type { CellValue } from '#core/report/edition.ts';
import { stack } from '#core/report/stack.ts';
import { namesAxis, namesOf, numbersAxis, timeAxis, type Axis } from './axis.ts';
import { bandsOf, constants, panels, rowsOf, type Band } from './channels.ts';
import { yOptions } from './draw-lines.ts';
import { seriesColour } from './look.ts';
import type { Facets, Scene, SceneInput } from './scene.ts';

type Bar = {
	readonly row: number;
	readonly series: number;
	readonly band: Band;
	readonly from: number;
	readonly to: number;
};

/** Bars that are drawn: what is thinner than a pixel or two tells nothing. */
const BARS_MAX = 1000;

export function drawBars(input: SceneInput, facets: Facets): Scene {
	const { block, table, before } = input;
	const isLying = block.isHorizontal && block.type === 'bar';
	const tables = before ? [before, table] : [table];
	const names = orderedNames(input, tables);
	const bandAxis = alongBands(input, tables, names);
	const bars = barsOf(table, input, bandAxis, facets);
	const faint = before ? barsOf(before, input, bandAxis, facets) : [];
	const valueAxis = numbersAxis(
		extentOfBars([...bars, ...faint]),
		isLying ? { ...yOptions(input), count: input.width / 80 } : yOptions(input),
		{
			scale: block.yScale,
			isFromZero: block.yScale !== 'log'
		}
	);
	const floor = valueAxis.scale === 'log' ? valueAxis.low : 0;
	const [x, y] = isLying ? [valueAxis, bandAxis] : [bandAxis, valueAxis];
	const left = bandAxis.kind === 'category' ? names.length - bandAxis.names.length : 0;
	return {
		x,
		y,
		marks: [
			rects(faint, facets, { isLying, floor, colour: () => 'var(--chart-before)' }),
			rects(bars, facets, { isLying, floor, colour: (series) => seriesColour(series, table.series.names) }),
			isLying ? ruleX([floor], { stroke: 'var(--text-3)' }) : ruleY([floor], { stroke: 'var(--text-3)' })
		],
		stops: bars.map(({ row, series, band, to }) => {
			const middle = (band.from + band.to) / 2;
			return { row, lane: series, ...(isLying ? { x: to, y: middle } : { x: middle, y: to }) };
		}),
		along: isLying ? 'y' : 'x',
		legend: table.series.names.length > 1 ? { kind: 'series', shape: 'square' } : { kind: 'none' },
		ends: [],
		notes:
			left > 0
				? [`The first ${bandAxis.names.length.toLocaleString('en')} of ${names.length.toLocaleString('en')} are drawn.`]
				: []
	};
}

function alongBands(
	{ block, xFormat, xLabel, width }: SceneInput,
	tables: readonly ChartTable[],
	names: readonly CellValue[]
): Axis {
	const column = tables[0]?.x ?? null;
	const options = { format: xFormat, isFormatGiven: block.xFormat !== null, label: xLabel, count: width / 90 };
	const kind = isAlongNames(tables[0], block.isHorizontal) ? 'category' : axisKind(column);
	if (kind === 'category') return namesAxis(column, names.slice(0, BARS_MAX), options);
	const rough =
		kind === 'time' ? timeAxis(null, options) : numbersAxis(null, options, { scale: 'linear', isFromZero: false });
	const ends = tables.flatMap((table) => bandsOf(table.x, table.x2, rough).flatMap(({ from, to }) => [from, to]));
	const extent = extentOf([{ name: '', type: 'number', values: ends }]);
	return kind === 'time'
		? { ...timeAxis(extent, options), isDown: block.isHorizontal }
		: numbersAxis(extent, options, { scale: 'linear', isFromZero: false, isSnug: true });
}

/** Bars of numbers stand at the numbers only where they are bins. */
function isAlongNames(table: ChartTable | undefined, isLying: boolean): boolean {
	const kind = axisKind(table?.x ?? null);
	return kind === 'category' || (kind === 'number' && (isLying || table?.x2 === null));
}

function orderedNames({ block }: SceneInput, tables: readonly ChartTable[]): readonly CellValue[] {
	const names = namesOf(tables, 'x');
	if (block.order === 'x') {
		const numbers = names.filter((name) => typeof name === 'number');
		const others = names.filter((name) => typeof name !== 'number');
		return [...numbers.sort((one, other) => one - other), ...others];
	}
	const totals = new Map<CellValue, number>();
	const table = tables[0];
	if (!table) return names;
	for (const row of rowsOf(table)) {
		const name = table.x?.values[row] ?? null;
		totals.set(name, (totals.get(name) ?? 0) + (numberAt(table.y, row) ?? 0));
	}
	const sign = block.order === 'y' ? 1 : -1;
	return names.toSorted((one, other) => sign * ((totals.get(one) ?? 0) - (totals.get(other) ?? 0)));
}

function barsOf(table: ChartTable, { block }: SceneInput, axis: Axis, facets: Facets): readonly Bar[] {
	const bands = bandsOf(table.x, table.x2, axis);
	const count = table.series.names.length;
	const isStacked = count > 1 && (block.isStacked || block.type === 'histogram' || axis.kind !== 'category');
	const rows = rowsOf(table)
		.filter((row) => Number.isFinite(bands[row]?.from) && numberAt(table.y, row) !== null)
		.sort((one, other) => (table.series.ofRow[one] ?? 0) - (table.series.ofRow[other] ?? 0));
	const values = rows.map((row) => numberAt(table.y, row) ?? 0);
	const groups = new Map<string, number>();
	const spans = isStacked
		? stack(
				values,
				rows.map((row) => {
					const name = `${facets.fx(row)} ${facets.fy(row)} ${bands[row]?.from}`;
					const number = groups.get(name) ?? groups.size;
					groups.set(name, number);
					return number;
				})
			)
		: values.map((to) => ({ from: 0, to }));
	return rows.map((row, at) => {
		const series = table.series.ofRow[row] ?? 0;
		const band = bands[row] ?? { from: 0, to: 1 };
		const isSplit = count > 1 && !isStacked;
		return {
			row,
			series,
			band: axis.kind === 'category' ? slotOf(band, isSplit ? series : 0, isSplit ? count : 1) : band,
			from: spans[at]?.from ?? 0,
			to: spans[at]?.to ?? 0
		};
	});
}

/** A part of a name's band, with room to its neighbours. */
function slotOf({ from, to }: Band, at: number, of: number): Band {
	const room = (to - from) * 0.12;
	const width = (to - from - 2 * room) / of;
	return { from: from + room + at * width, to: from + room + (at + 1) * width };
}

function extentOfBars(bars: readonly Bar[]): Extent | null {
	return extentOf([
		{ name: '', type: 'number', values: bars.flatMap(({ from, to }) => (from === 0 ? [to] : [from, to])) }
	]);
}

type RectLook = { readonly isLying: boolean; readonly floor: number; readonly colour: (series: number) => string };

function rects(bars: readonly Bar[], facets: Facets, { isLying, floor, colour }: RectLook): Markish {
	if (bars.length === 0) return null;
	const rows = bars.map(({ row }) => row);
	const starts = bars.map(({ band }) => band.from);
	const ends = bars.map(({ band }) => band.to);
	const from = bars.map((bar) => (bar.from === 0 ? floor : bar.from));
	const to = bars.map((bar) => bar.to);
	const inset = bars.length > 400 ? 0 : 0.5;
	return rect(rows, {
		...(isLying
			? { x1: from, x2: to, y1: starts, y2: ends, insetTop: inset, insetBottom: inset }
			: { x1: starts, x2: ends, y1: from, y2: to, insetLeft: inset, insetRight: inset }),
		...panels(rows, facets),
		fill: constants(bars.map(({ series }) => colour(series))),
		className: 'bars'
	});
}
