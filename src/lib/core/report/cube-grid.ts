// The cells that a chart's columns are cut into, so that what is marked in it is some of them, whole: a cell's rows are counted once, and added up for each span.
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import type { AxisSpan, ChartSpan } from './chart-span.ts';
import { findColumn, isWholeNumber, kindOf } from './column-sql.ts';
import type { Domain, Domains } from './domain.ts';
import type { CellValue } from './edition.ts';
import type { ChartBlock } from './report.ts';

/**
 * Steps are powers of two, of ones or of days, and begin at multiples of themselves: of a double its cell is then exact, and the same rows
 * lie between two edges as between two literals of SQL.
 */
export type AxisSteps = {
	readonly kind: 'steps';
	/** What `exponent` is of: 1, or the milliseconds of a day. */
	readonly unit: number;
	readonly exponent: number;
	/** The number of the first cell: it begins at `first * 2 ** exponent * unit`. */
	readonly first: number;
	readonly count: number;
};

export type AxisGrid =
	| (AxisSteps & { readonly column: Column })
	| { readonly kind: 'names'; readonly column: Column; readonly names: readonly string[]; readonly count: number };

/** Of a chart in which both axes can be marked, cells are those of x, each cut by those of y. */
export type ChartGrid = { readonly x: AxisGrid | null; readonly y: AxisGrid | null; readonly cellCount: number };

/** What rows are cut by, as SQL tells it: of each axis an INTEGER, NULL where a row is in none of its cells. */
export type Cuts = {
	readonly axes: readonly {
		readonly sql: string;
		readonly count: number;
		/** Of an axis alone whose `sql` is a text: rows of each text and its cell. Groups are fewer than rows, so they are looked up. */
		readonly names?: string;
	}[];
	readonly cellCount: number;
};

/** Cells of several grids together are those of the first, each cut by those of the next. */
export function cutsOf(grids: readonly ChartGrid[]): Cuts {
	const axes = grids.flatMap(({ x, y }) => [x, y].flatMap((axis) => (axis ? [axis] : [])));
	return {
		axes: axes.map((axis) => ({ sql: cellSql(axis), count: axis.count })),
		cellCount: axes.reduce((all, { count }) => all * count, 1)
	};
}

/** Cells from `start` to `end` (exclusive). */
export type CellRun = { readonly start: number; readonly end: number };

export type GridOver = {
	readonly columns: readonly Column[];
	readonly domains: Domains;
	readonly from: string;
	/** The names on the axis as they are drawn. */
	readonly names: readonly CellValue[];
	readonly cellsMax: number;
};

export const NAMES_MAX = 256;
export const DAY_MS = 86_400_000;
/** Beyond it a cell is thinner than a pixel of most charts. */
const STEPS_MAX = 1024;

/** Which columns a span marked in a chart is of. */
export function markedColumns(block: ChartBlock): { readonly x: string | null; readonly y: string | null } {
	const [measure] = block.y;
	const isPlane = block.type === 'scatter' || block.type === 'heatmap' || block.type === 'points';
	return {
		x: block.brush === 'x' || block.brush === 'xy' ? block.x : null,
		y: isPlane && (block.brush === 'y' || block.brush === 'xy') && measure?.kind === 'column' ? measure.column : null
	};
}

/** Null where what is marked cannot be told by cells: the engine is asked then. */
export function chartGrid(block: ChartBlock, over: GridOver): ChartGrid | null {
	const marked = markedColumns(block);
	const isBoth = marked.x !== null && marked.y !== null;
	const most = Math.floor(isBoth ? Math.sqrt(over.cellsMax) : over.cellsMax);
	const x = marked.x === null ? null : axisGrid(marked.x, over, most);
	const y = marked.y === null ? null : axisGrid(marked.y, { ...over, names: [] }, most);
	if ((marked.x !== null && !x) || (marked.y !== null && !y) || (!x && !y)) return null;
	return { x, y, cellCount: (x?.count ?? 1) * (y?.count ?? 1) };
}

function axisGrid(name: string, { columns, domains, from, names }: GridOver, most: number): AxisGrid | null {
	const found = findColumn(name, columns, from);
	if (!found.ok) return null;
	const column = found.value;
	const kind = kindOf(column);
	if (kind === 'category') {
		return namesGrid(column, names, most);
	}
	return stepsGrid(column, domains.of.get(name), { steps: Math.min(most, STEPS_MAX), unit: 1 });
}

/** Null where there are too many, or none. */
export function namesGrid(column: Column, names: readonly CellValue[], most: number): AxisGrid | null {
	const texts = names.flatMap((one) => (one === null ? [] : [String(one)]));
	if (texts.length === 0 || texts.length > Math.min(most, NAMES_MAX)) return null;
	return { kind: 'names', column, names: texts, count: texts.length };
}

/** Null where nobody knows how far the values go, or a double does not tell them apart. */
export function stepsGrid(
	column: Column,
	domain: Domain | undefined,
	{ steps, unit }: { readonly steps: number; readonly unit: number }
): AxisGrid | null {
	const { low = null, high = null } = domain ?? {};
	if (low === null || high === null || steps < 2 || !isExact(column, low, high)) return null;
	const isWhole = kindOf(column) === 'date' || isWholeNumber(column);
	const [from, to] = [low / unit, high / unit];
	let exponent = Math.floor(Math.log2(Math.max((to - from) / steps, Number.MIN_VALUE)));
	exponent = Math.max(isWhole ? 0 : -1000, exponent);
	let cells = cellsBetween(from, to, exponent);
	while (cells.count > steps) cells = cellsBetween(from, to, ++exponent);
	return Number.isSafeInteger(cells.first) ? { kind: 'steps', column, unit, exponent, ...cells } : null;
}

/** The same axis in at most so many steps, each of which is some of its own, whole; names stay as they are. */
export function coarser<Axis extends AxisSteps | { readonly kind: 'names' }>(axis: Axis, most: number): Axis {
	if (axis.kind === 'names') return axis;
	let steps: AxisSteps = axis;
	while (steps.count > most) {
		const last = steps.first + steps.count - 1;
		const first = Math.floor(steps.first / 2);
		steps = { ...steps, exponent: steps.exponent + 1, first, count: Math.floor(last / 2) - first + 1 };
	}
	return { ...axis, ...steps };
}

/** Whether a double tells all values of the column apart that a literal does. */
function isExact({ type }: Column, low: number, high: number): boolean {
	const digits = /^DECIMAL\((\d+)/.exec(type)?.[1];
	if (digits !== undefined) return Number(digits) <= 15;
	return Number.isSafeInteger(Math.trunc(low)) && Number.isSafeInteger(Math.trunc(high));
}

function cellsBetween(low: number, high: number, exponent: number): { readonly first: number; readonly count: number } {
	const first = Math.floor(low * 2 ** -exponent);
	return { first, count: Math.floor(high * 2 ** -exponent) - first + 1 };
}

/** An INTEGER that says in which cell of the axis a row is; NULL where in none. */
export function cellSql(grid: AxisGrid): string {
	const name = quoteName(grid.column.name);
	if (grid.kind === 'names') {
		const texts = grid.names.map(quoteText).join(', ');
		return `nullif(coalesce(list_position([${texts}], CAST(${name} AS VARCHAR)), 0), 0) - 1`;
	}
	const isDate = typeFamily(grid.column.type) === 'date';
	const value = isDate ? `epoch_us(CAST(${name} AS TIMESTAMP)) / 1000.0` : `CAST(${name} AS DOUBLE)`;
	const inUnits = grid.unit === 1 ? value : `${value} / ${quoteValue(grid.unit)}`;
	const cell = `floor(${inUnits} * ${quoteValue(2 ** -grid.exponent)}) - ${quoteValue(grid.first)}`;
	const [from, to] = [edgeOf(grid, 0), edgeOf(grid, grid.count)].map(quoteValue);
	return `CASE WHEN ${value} >= ${from} AND ${value} < ${to} THEN CAST(${cell} AS INTEGER) END`;
}

/** Where a cell begins, and the one before it ends. */
export function edgeOf({ first, exponent, unit }: AxisSteps, cell: number): number {
	return (first + cell) * 2 ** exponent * unit;
}

/** The span whose ends are the nearest edges of cells, at least one cell wide. Names stay as they are. */
export function snapSpan({ x, y }: ChartSpan, grid: ChartGrid): ChartSpan {
	return { x: x && snapAxis(x, grid.x), y: y && snapAxis(y, grid.y) };
}

function snapAxis(span: AxisSpan, grid: AxisGrid | null): AxisSpan {
	if (span.kind === 'values' || grid?.kind !== 'steps') return span;
	const cellOf = (value: number): number =>
		Math.min(grid.count, Math.max(0, Math.round((value / grid.unit) * 2 ** -grid.exponent) - grid.first));
	const start = Math.min(cellOf(span.from), grid.count - 1);
	const end = Math.max(start + 1, cellOf(span.to));
	const range = { kind: 'range', from: edgeOf(grid, start), to: edgeOf(grid, end), isOpen: true } as const;
	return isWholeNumber(grid.column) ? { ...range, isWhole: true } : range;
}

/** All cells and what lies outside of them. */
export function everyCell({ cellCount }: ChartGrid): readonly CellRun[] {
	return [{ start: 0, end: cellCount + 1 }];
}

/** The cells a span covers whole; null where an end of it is inside of one, or a name is in none. */
export function cellsOf({ x, y }: ChartSpan, grid: ChartGrid): readonly CellRun[] | null {
	const across = runsOf(x, grid.x);
	const up = runsOf(y, grid.y);
	if (!across || !up) return null;
	const height = grid.y?.count ?? 1;
	if (up.length === 1 && up[0]?.start === 0 && up[0].end === height)
		return across.map(({ start, end }) => ({ start: start * height, end: end * height }));
	return across.flatMap(({ start, end }) =>
		Array.from({ length: end - start }, (_, at) => (start + at) * height).flatMap((first) =>
			up.map((run) => ({ start: first + run.start, end: first + run.end }))
		)
	);
}

function runsOf(span: AxisSpan | null, grid: AxisGrid | null): readonly CellRun[] | null {
	if (!grid) return [{ start: 0, end: 1 }];
	if (!span || (span.kind === 'values') !== (grid.kind === 'names')) return null;
	if (span.kind === 'values') {
		const cells = [...new Set(span.values)].map((value) =>
			grid.kind === 'names' && value !== null ? grid.names.indexOf(String(value)) : -1
		);
		return cells.includes(-1) ? null : cells.map((start) => ({ start, end: start + 1 }));
	}
	if (grid.kind !== 'steps' || span.isOpen !== true) return null;
	const [start, end] = [span.from, span.to].map((value) => (value / grid.unit) * 2 ** -grid.exponent - grid.first);
	if (start === undefined || end === undefined || !Number.isInteger(start) || !Number.isInteger(end)) return null;
	return start >= 0 && end <= grid.count && start < end ? [{ start, end }] : null;
}
