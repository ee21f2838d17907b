// What a reader marks in charts and chooses in inputs of a share, and its blocks as that leaves them: sums over the groups that it holds.
import { answerCube, type Cube } from '../report/cube.ts';
import {
	cellsOf,
	edgeOf,
	everyCell,
	snapSpan,
	type AxisGrid,
	type CellRun,
	type ChartGrid
} from '../report/cube-grid.ts';
import type { AxisSpan, ChartSpan } from '../report/chart-span.ts';
import type { EditionBlock, Shown } from '../report/edition.ts';
import type { NotShared } from './bundle.ts';
import type { SharedAxis, SharedCube, SharedFilters, SharedGrid, SharedSource } from './shared-filter.ts';

type Blocks = readonly EditionBlock<NotShared>[];

/** `at` is the number of the block that it is marked or chosen in. */
export type SharedMark = { readonly at: number; readonly span: ChartSpan };

export type OpenSource = Omit<SharedSource, 'grid' | 'coarse'> & {
	readonly fine: ChartGrid;
	readonly coarse: ChartGrid | null;
	/** Numbers of the blocks that it filters. */
	readonly reach: ReadonlySet<number>;
};

/** As they are asked again and again. */
export type OpenFilters = {
	readonly sources: readonly OpenSource[];
	/** What a block asks, cut by these sources alone; empty where there is nothing. */
	readonly cubesOf: (at: number, by: readonly number[]) => readonly OpenCube[];
};

type OpenCube = { readonly ask: number; readonly cube: () => Cube };

export function openFilters({ sources, cubes }: SharedFilters): OpenFilters {
	const byPlace = new Map<string, OpenCube[]>();
	const placeOf = (at: number, by: readonly number[]): string => [at, ...by].join(' ');
	for (const shared of cubes) {
		const place = placeOf(shared.at, shared.by);
		let made: Cube | null = null;
		const open = { ask: shared.ask, cube: () => (made ??= cubeOf(shared)) };
		byPlace.set(place, [...(byPlace.get(place) ?? []), open]);
	}
	return {
		sources: sources.map(({ at, grid, coarse, isWhole, left }, number) => ({
			...{ at, isWhole, left, fine: openGrid(grid), coarse: coarse && openGrid(coarse) },
			reach: new Set(cubes.flatMap((cube) => (cube.by.length === 1 && cube.by[0] === number ? [cube.at] : [])))
		})),
		cubesOf: (at, by) => byPlace.get(placeOf(at, by)) ?? []
	};
}

export type Filtered = {
	/** As they hold: ends are edges of cells. The last one is the one that was marked last. */
	readonly marks: readonly SharedMark[];
	/** Numbers of blocks whose marks were taken away, since the groups of all together are not there. */
	readonly dropped: readonly number[];
	readonly blocks: Blocks;
	/** Numbers of blocks over the same rows that a mark does not filter. */
	readonly left: readonly number[];
};

/**
 * The blocks as what is marked leaves them. Where it cannot be told of all marks together, the oldest is dropped.
 * `isWhole` says whether the blocks are of all rows as they are shared.
 */
export function filterBlocks(
	filters: OpenFilters,
	{ blocks, isWhole }: { readonly blocks: Blocks; readonly isWhole: boolean },
	marks: readonly SharedMark[]
): Filtered {
	const known = marks.flatMap((mark): Placed[] => {
		const number = filters.sources.findIndex(({ at }) => at === mark.at);
		const source = filters.sources[number];
		return source && cellsOf(snapSpan(mark.span, source.fine), source.fine) ? [{ number, source, mark }] : [];
	});
	let kept: readonly Placed[] = known;
	while (kept.length > 1 && !isTogether(filters, kept)) kept = kept.slice(1);
	const joint = jointOf(kept);
	const held = kept.map((one) => {
		const grid = (joint.has(one.number) && one.source.coarse) || one.source.fine;
		return { ...one, span: snapSpan(one.mark.span, grid) };
	});
	const answered = blocks.map((block, at) => {
		const own = held.filter(({ source }) => source.reach.has(at) && source.at !== at).toSorted(byNumber);
		if (own.length === 0) return isWhole ? block : (wholeBlock(filters, block, at) ?? block);
		return answer(
			block,
			filters.cubesOf(
				at,
				own.map(({ number }) => number)
			),
			cellsTogether(own)
		);
	});
	return {
		marks: held.map(({ mark, span }) => ({ at: mark.at, span })),
		dropped: marks.flatMap(({ at }) => (kept.some(({ mark }) => mark.at === at) ? [] : [at])),
		blocks: answered,
		left: [...new Set(held.flatMap(({ source }) => source.left))]
	};
}

/** The blocks when nothing is marked, of the cubes of each: what is shared of all rows is held to that. */
export function wholeBlocks(filters: OpenFilters, blocks: Blocks): Blocks {
	return blocks.map((block, at) => wholeBlock(filters, block, at) ?? block);
}

type Placed = { readonly number: number; readonly source: OpenSource; readonly mark: SharedMark };
type Held = Placed & { readonly span: ChartSpan };

const byNumber = (one: Placed, other: Placed): number => one.number - other.number;

/** Whether every block that they filter can be told. */
function isTogether(filters: OpenFilters, placed: readonly Placed[]): boolean {
	const blocks = new Set(placed.flatMap(({ source }) => [...source.reach]));
	return [...blocks].every((at) => {
		const own = placed.filter(({ source }) => source.reach.has(at) && source.at !== at).toSorted(byNumber);
		const by = own.map(({ number }) => number);
		return own.length === 0 || filters.cubesOf(at, by).length > 0;
	});
}

/** Numbers of those that filter some block together with another one. */
function jointOf(placed: readonly Placed[]): ReadonlySet<number> {
	const joint = new Set<number>();
	for (const at of new Set(placed.flatMap(({ source }) => [...source.reach]))) {
		const own = placed.filter(({ source }) => source.reach.has(at) && source.at !== at);
		if (own.length > 1) for (const { number } of own) joint.add(number);
	}
	return joint;
}

function cellsTogether(own: readonly Held[]): readonly CellRun[] {
	const isJoint = own.length > 1;
	let runs: readonly CellRun[] = [{ start: 0, end: 1 }];
	for (const { source, span } of own) {
		const grid = isJoint ? (source.coarse ?? source.fine) : source.fine;
		const cells = cellsOf(isJoint ? span : within(span, grid), grid) ?? [];
		runs = timesRuns(runs, cells, grid.cellCount);
	}
	return runs;
}

/** Cells of a grid, each cut by `count` cells of the next. */
function timesRuns(runs: readonly CellRun[], next: readonly CellRun[], count: number): readonly CellRun[] {
	const [only] = next;
	if (next.length === 1 && only?.start === 0 && only.end === count)
		return runs.map(({ start, end }) => ({ start: start * count, end: end * count }));
	return runs.flatMap(({ start, end }) =>
		Array.from({ length: end - start }, (_, at) => (start + at) * count).flatMap((first) =>
			next.map((run) => ({ start: first + run.start, end: first + run.end }))
		)
	);
}

/** Coarse cells at the ends of an axis may begin before its own. */
function within({ x, y }: ChartSpan, grid: ChartGrid): ChartSpan {
	const axis = (span: AxisSpan | null, own: AxisGrid | null): AxisSpan | null =>
		span?.kind === 'range' && own?.kind === 'steps'
			? { ...span, from: Math.max(span.from, edgeOf(own, 0)), to: Math.min(span.to, edgeOf(own, own.count)) }
			: span;
	return { x: axis(x, grid.x), y: axis(y, grid.y) };
}

function wholeBlock(filters: OpenFilters, block: EditionBlock<NotShared>, at: number): EditionBlock<NotShared> | null {
	const number = filters.sources.findIndex(({ reach }) => reach.has(at));
	const source = filters.sources[number];
	return source ? answer(block, filters.cubesOf(at, [number]), everyCell(source.fine)) : null;
}

function answer(
	block: EditionBlock<NotShared>,
	cubes: readonly OpenCube[],
	cells: readonly CellRun[]
): EditionBlock<NotShared> {
	const next = (shown: Shown<NotShared>, ask: number): Shown<NotShared> => {
		const open = cubes.find((one) => one.ask === ask);
		return open && shown.ok ? { ...shown, ...answerCube(open.cube(), cells) } : shown;
	};
	if ('values' in block) return { ...block, values: block.values.map(next) };
	return 'shown' in block ? { ...block, shown: next(block.shown, 0) } : block;
}

function openGrid({ x, y }: SharedGrid): ChartGrid {
	const column = { name: '', type: '' };
	const axis = (given: SharedAxis | null): AxisGrid | null => {
		if (!given) return null;
		return given.kind === 'names' ? { ...given, column, count: given.names.length } : { ...given, column };
	};
	const [across, up] = [axis(x), axis(y)];
	return { x: across, y: up, cellCount: (across?.count ?? 1) * (up?.count ?? 1) };
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
