// What lets readers of a share filter it: for what can be marked in one chart, the groups of the other blocks over the same rows, cell by cell.
// There is no row in it, and nothing of a column but its groups.
import type { CellRun, ChartGrid } from '../report/cube-grid.ts';
import { cellsOf, everyCell, snapSpan } from '../report/cube-grid.ts';
import { answerCube, type Cube } from '../report/cube.ts';
import type { ChartSpan } from '../report/chart-span.ts';
import type { CellType, CellValue, EditionBlock, Shown } from '../report/edition.ts';
import type { Rank } from '../report/groups.ts';
import type { NotShared } from './bundle.ts';

/** `at` and those of its cubes are numbers of the bundle's blocks. */
export type SharedFilter = {
	readonly at: number;
	readonly grid: { readonly x: SharedAxis | null; readonly y: SharedAxis | null };
	readonly cubes: readonly SharedCube[];
	/** Blocks over the same rows that it does not filter. */
	readonly left: readonly number[];
};

/** Cell `c` of steps is from `(first + c) * 2 ** exponent` to the next one's. */
export type SharedAxis =
	| { readonly kind: 'steps'; readonly exponent: number; readonly first: number; readonly count: number }
	| { readonly kind: 'names'; readonly names: readonly string[] };

export type SharedCube = {
	readonly at: number;
	/** Of prose, which of its numbers; 0 otherwise. */
	readonly ask: number;
	readonly keys: readonly { readonly name: string; readonly type: CellType; readonly values: readonly CellValue[] }[];
	readonly values: readonly SharedValue[];
	readonly whole: readonly string[];
	readonly rank: Rank | null;
	/** Null is without one. */
	readonly limit: number | null;
	readonly total: 'groups' | 'rows';
	readonly series: readonly string[] | null;
	readonly xStep: number | null;
	readonly yStep: number | null;
	/** Entries of cell `c` are `starts[c]` to `starts[c + 1]` (exclusive); the last cell is what lies outside. */
	readonly starts: readonly number[];
	readonly groups: readonly number[];
	readonly rows: readonly number[];
};

/** By entry: how many values there are, and their sum or end; null where a value has none. One without counts counts rows. */
export type SharedValue = {
	readonly name: string;
	readonly type: CellType;
	readonly merge: 'count' | 'sum' | 'avg' | 'min' | 'max';
	readonly counts: readonly number[] | null;
	readonly numbers: readonly number[] | null;
};

export function sharedGrid({ x, y }: ChartGrid): SharedFilter['grid'] {
	const axis = (grid: ChartGrid['x']): SharedAxis | null => {
		if (!grid) return null;
		if (grid.kind === 'names') return { kind: 'names', names: grid.names };
		const { kind, exponent, first, count } = grid;
		return { kind, exponent, first, count };
	};
	return { x: axis(x), y: axis(y) };
}

/** Null where a sum is no number, which JSON cannot say. */
export function sharedCube(
	{ plan, groups, keys, starts, groupOf, rows, values }: Cube,
	at: number,
	ask: number
): SharedCube | null {
	if (values.some(({ numbers }) => numbers?.some((one) => !Number.isFinite(one)))) return null;
	const { series, xStep, yStep } = plan;
	const { whole, rank, limit, total } = groups;
	return {
		...{ at, ask, whole, rank, limit: Number.isFinite(limit) ? limit : null, total, series, xStep, yStep },
		keys: groups.keys.map(({ name, type }, key) => ({ name, type, values: keys[key] ?? [] })),
		values: groups.values.map(({ name, type, merge }, value) => {
			const { counts = null, numbers = null } = values[value] ?? {};
			return { name, type, merge, counts: counts && [...counts], numbers: numbers && [...numbers] };
		}),
		starts: [...starts],
		groups: [...groupOf],
		rows: [...rows]
	};
}

/** A filter as it is asked again and again. */
export type OpenFilter = {
	readonly at: number;
	readonly grid: ChartGrid;
	readonly cubes: readonly { readonly at: number; readonly ask: number; readonly cube: Cube }[];
	readonly left: readonly number[];
};

export function openFilter({ at, grid, cubes, left }: SharedFilter): OpenFilter {
	const column = { name: '', type: '' };
	const axis = (given: SharedAxis | null): ChartGrid['x'] => {
		if (!given) return null;
		return given.kind === 'names' ? { ...given, column, count: given.names.length } : { ...given, column };
	};
	const [x, y] = [axis(grid.x), axis(grid.y)];
	return {
		...{ at, left },
		grid: { x, y, cellCount: (x?.count ?? 1) * (y?.count ?? 1) },
		cubes: cubes.map((one) => ({ at: one.at, ask: one.ask, cube: cubeOf(one) }))
	};
}

function cubeOf(shared: SharedCube): Cube {
	const { keys, values, whole, rank, limit, total, series, xStep, yStep } = shared;
	const groups = {
		...{ whole, rank, limit: limit ?? Infinity, total },
		keys: keys.map(({ name, type }) => ({ name, type, sql: '' })),
		// Where a value is not of rows, what it is of is not told.
		values: values.map(({ name, type, merge, counts }) => ({ name, type, merge, sql: counts ? '' : null }))
	};
	return {
		plan: { sql: () => '', columns: [], keys: [], series, xStep, yStep, groups },
		groups,
		keys: keys.map((key) => key.values),
		groupCount: keys[0]?.values.length ?? 1,
		starts: Uint32Array.from(shared.starts),
		groupOf: Int32Array.from(shared.groups),
		rows: Int32Array.from(shared.rows),
		values: values.map(({ counts, numbers }) => ({
			counts: counts && Int32Array.from(counts),
			numbers: numbers && Float64Array.from(numbers)
		})),
		sizeBytes: 0
	};
}

export type Filtered = {
	/** As it holds: its ends are edges of cells. */
	readonly span: ChartSpan;
	readonly blocks: readonly EditionBlock<NotShared>[];
};

/** The blocks as a span leaves them; null where what is marked is in none of the cells. */
export function filterBlocks(
	filter: OpenFilter,
	blocks: readonly EditionBlock<NotShared>[],
	marked: ChartSpan
): Filtered | null {
	const span = snapSpan(marked, filter.grid);
	const cells = cellsOf(span, filter.grid);
	return cells && { span, blocks: answered(filter, blocks, cells) };
}

/** As they are when nothing is marked: what was shared is held to that. */
export function wholeBlocks(
	filter: OpenFilter,
	blocks: readonly EditionBlock<NotShared>[]
): readonly EditionBlock<NotShared>[] {
	return answered(filter, blocks, everyCell(filter.grid));
}

function answered(
	{ cubes }: OpenFilter,
	blocks: readonly EditionBlock<NotShared>[],
	cells: readonly CellRun[]
): readonly EditionBlock<NotShared>[] {
	return blocks.map((block, at) => {
		const own = cubes.filter((one) => one.at === at);
		if (own.length === 0) return block;
		const next = (shown: Shown<NotShared>, ask: number): Shown<NotShared> => {
			const cube = own.find((one) => one.ask === ask)?.cube;
			return cube && shown.ok ? { ...shown, ...answerCube(cube, cells) } : shown;
		};
		if ('values' in block) return { ...block, values: block.values.map(next) };
		return 'shown' in block ? { ...block, shown: next(block.shown, 0) } : block;
	});
}
