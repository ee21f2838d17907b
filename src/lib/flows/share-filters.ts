// What readers of a share need to filter it: for each chart in which something can be marked and each input in which something can be chosen,
// the groups of the blocks over the same rows; and of two of them together, as far as they are few enough.
import type { Failure } from '../core/failure.ts';
import type { ResultId } from '../core/ids.ts';
import { chartGrid, coarser, cutsOf, type ChartGrid } from '../core/report/cube-grid.ts';
import { readCube } from '../core/report/cube.ts';
import type { Edition } from '../core/report/edition.ts';
import { asksOf } from '../core/report/plan-block.ts';
import type { ChartBlock, InputBlock, InputValue, Report } from '../core/report/report.ts';
import { chartId, inputId } from '../core/report/row-filter.ts';
import { isWholeNumber } from '../core/report/column-sql.ts';
import type { Counted } from '../core/report/staged-cubes.ts';
import { err, ok, type Result } from '../core/result.ts';
import { sharedCube, sharedGrid, type SharedCube, type SharedFilters } from '../core/share/shared-filter.ts';
import { CubeCounting } from './cube-counting.ts';
import type { Effects } from './effects.ts';
import { namesOf, passiveBlock, weighBlock, type PassiveBlock } from './index-report.ts';
import { inputGrid, isFilteringAlone } from './input-grid.ts';
import { listDatasets } from './list-datasets.ts';
import { pinned, type RenderedEdition } from './render-report.ts';
import { ReportRows, type Rows, type SeenRows } from './report-rows.ts';

/** Of all groups of one source at a time, before they are packed. */
const SINGLE_BYTES = 2 * 1024 * 1024;
/** A span goes by so many steps: what is shared is no finer than a drawing. */
const CELLS = 128;
/** Of all groups of two sources together: those of more are not made. */
const PAIR_BYTES = 3 * 1024 * 1024;
/** Of each source, where two are marked. */
const COARSE_CELLS = 32;
/** Each counts every block once more: of millions of rows that takes seconds, so of more rows there are fewer, but these. */
const PAIRS = { least: 6, most: 15 } as const;
const PAIR_ROWS = 40_000_000;

export type FilterInput = {
	/** Of the engine's answers. */
	readonly id: ResultId;
	/** As it was rendered, of the versions that are asked again. */
	readonly edition: RenderedEdition;
	readonly signal?: AbortSignal | undefined;
	/** 0..1 */
	readonly onProgress?: ((done: number) => void) | undefined;
	/** Of all room, 0..1: a link that carries its report has little. */
	readonly room?: number | undefined;
};

type Source = {
	readonly at: number;
	readonly block: ChartBlock | InputBlock;
	/** In small letters. */
	readonly from: string;
	/** What its own filter is `by`. */
	readonly by: string;
	readonly rows: Rows;
	readonly grid: ChartGrid;
	readonly coarse: ChartGrid;
	readonly isWhole: boolean;
	/** Blocks over the same rows that can be added up. */
	readonly passive: readonly PassiveBlock[];
	readonly left: readonly number[];
};

/** Sources whose cubes are made together: one, or two. */
type Cut = {
	readonly by: readonly number[];
	readonly grids: readonly ChartGrid[];
	readonly blocks: readonly PassiveBlock[];
};

/** Numbers of blocks are the edition's. Null where nothing can be filtered. */
export async function shareFilters(
	input: FilterInput,
	effects: Effects
): Promise<Result<SharedFilters | null, Failure>> {
	const { id, edition, signal, onProgress, room = 1 } = input;
	const report = reportOf(edition);
	const chosen = new Map(
		edition.blocks.flatMap((one): [string, InputValue][] =>
			'value' in one ? [[one.block.name.toLowerCase(), one.value]] : []
		)
	);
	const pins = new Map(edition.sources.map(({ name, version }) => [name.toLowerCase(), version]));
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const seen: SeenRows = new Map();
	const source = new ReportRows({ id, report, chosen, seen, signal }, pinned(listed.value, pins), effects);
	const found = await findSources({ report, edition, chosen, source, room, effects });
	if (!found.ok) return found;
	const sources = found.value;
	const cuts = [...singlesOf(sources), ...pairsOf(sources, PAIR_BYTES * room)];
	const asks = cuts.reduce((all, { blocks }) => all + blocks.reduce((sum, { plans }) => sum + plans.length, 0), 0);
	const filtering = sources.map(({ by }) => by);
	const counting = new CubeCounting({ id, signal, source, filtering }, effects);
	const cubes: SharedCube[] = [];
	const broken = new Set<number>();
	let done = 0;
	try {
		for (const { by, grids, blocks } of cuts) {
			const first = sources[by[0] ?? 0];
			if (!first) continue;
			const cut = cutsOf(grids);
			for (const { at, plans } of blocks) {
				const own: (SharedCube | null)[] = [];
				for (const [ask, { plan }] of plans.entries()) {
					if (signal?.aborted) return err({ kind: 'cancelled' });
					const all = (): readonly Counted[] => countedOver(first.from, sources, cuts);
					const answered = await counting.count(first, { groups: plan.groups, cuts: cut }, all);
					if (!answered.ok && answered.error.kind !== 'result-too-large') return answered;
					onProgress?.(++done / asks);
					own.push(answered.ok ? sharedCube(readCube(answered.value, plan, cut), { at, ask, by }) : null);
				}
				if (own.includes(null)) broken.add(at);
				else cubes.push(...own.flatMap((one) => one ?? []));
			}
		}
	} finally {
		await counting.end();
	}
	// What cannot be told of one source is told of none.
	const whole = cubes.filter(({ at }) => !broken.has(at));
	return ok(whole.length === 0 ? null : heldFilters(sources, whole, broken));
}

/** All that is counted of the same rows. */
function countedOver(from: string, sources: readonly Source[], cuts: readonly Cut[]): readonly Counted[] {
	return cuts.flatMap(({ by, grids, blocks }) => {
		if (sources[by[0] ?? 0]?.from !== from) return [];
		const cut = cutsOf(grids);
		return blocks.flatMap(({ plans }) => plans.map(({ plan }) => ({ groups: plan.groups, cuts: cut })));
	});
}

/** Sources that filter nothing go, and what names them by their number follows. */
function heldFilters(
	sources: readonly Source[],
	cubes: readonly SharedCube[],
	broken: ReadonlySet<number>
): SharedFilters {
	const used = new Set(cubes.flatMap(({ by }) => by));
	const joint = new Set(cubes.flatMap(({ by }) => (by.length > 1 ? by : [])));
	const kept = sources.flatMap((_, number) => (used.has(number) ? [number] : []));
	return {
		sources: kept.flatMap((number) => {
			const one = sources[number];
			if (!one) return [];
			const { at, grid, coarse, isWhole, left, passive } = one;
			const others = passive.flatMap((block) => (broken.has(block.at) ? [block.at] : []));
			return {
				...{ at, isWhole, grid: sharedGrid(grid), left: [...left, ...others] },
				coarse: joint.has(number) ? sharedGrid(coarse) : null
			};
		}),
		cubes: cubes.map((one) => ({ ...one, by: one.by.map((number) => kept.indexOf(number)) }))
	};
}

function singlesOf(sources: readonly Source[]): readonly Cut[] {
	return sources.map(({ grid, passive }, number) => ({ by: [number], grids: [grid], blocks: passive }));
}

/** The cheapest first, as many as fit: two of which a block is missing would not be told together. */
function pairsOf(sources: readonly Source[], limitBytes: number): readonly Cut[] {
	const pairs = sources.flatMap((one, number) =>
		sources.flatMap((other, at): (Cut & { readonly sizeBytes: number })[] => {
			if (at <= number || one.from !== other.from || cellsOf(one) > COARSE_CELLS || cellsOf(other) > COARSE_CELLS)
				return [];
			const cells = cellsOf(one) * cellsOf(other);
			const blocks = one.passive.filter((block) => block.at !== other.at);
			const sizeBytes = blocks.reduce((all, block) => all + weighBlock(block, cells, one.rows.domains.rowCount), 0);
			return [{ by: [number, at], grids: [one.coarse, other.coarse], blocks, sizeBytes }];
		})
	);
	const rowCount = Math.max(1, ...sources.map(({ rows }) => rows.domains.rowCount));
	let sizeBytes = 0;
	return pairs
		.toSorted((one, other) => one.sizeBytes - other.sizeBytes)
		.filter((pair) => (sizeBytes += pair.sizeBytes) <= limitBytes)
		.slice(0, Math.min(PAIRS.most, Math.max(PAIRS.least, Math.floor(PAIR_ROWS / rowCount))));
}

function cellsOf({ coarse }: Source): number {
	return coarse.cellCount;
}

type Finding = {
	readonly report: Report;
	readonly edition: RenderedEdition;
	readonly chosen: ReadonlyMap<string, InputValue>;
	readonly source: ReportRows;
	readonly room: number;
	readonly effects: Effects;
};

async function findSources(finding: Finding): Promise<Result<readonly Source[], Failure>> {
	const { report, edition, source, room, effects } = finding;
	const sources: Source[] = [];
	const markable = report.blocks.filter(
		(block) => (block.kind === 'chart' && isMarkable(block)) || (block.kind === 'input' && isChoosable(block, finding))
	).length;
	for (const [at, block] of report.blocks.entries()) {
		const isChart = block.kind === 'chart' && isMarkable(block);
		const isInput = block.kind === 'input' && isChoosable(block, finding);
		if ((!isChart && !isInput) || block.from === null) continue;
		const rows = await source.over(block.from);
		if (!rows.ok) return rows;
		const { from } = block;
		// What there is to choose in an input is not counted for readers.
		const over = report.blocks.flatMap((other, place) => {
			const asks = place === at || other.kind === 'input' ? [] : asksOf(other);
			const isOver = asks.some((ask) => ask.from.toLowerCase() === from.toLowerCase());
			return isOver ? [passiveBlock(place, asks, rows.value, { from, edition })] : [];
		});
		const limitBytes = (SINGLE_BYTES * room) / markable;
		const fits = fitting(over, rows.value.domains.rowCount, limitBytes);
		if (fits.blocks.length === 0) continue;
		const named = { ...rows.value, from, cellsMax: fits.cells };
		const grid = isChart
			? ok(chartGrid(block, { ...named, names: namesOf(edition.blocks[at]) }))
			: await inputGrid(block as InputBlock, named, source, effects);
		if (!grid.ok) return grid;
		if (!grid.value) continue;
		const side = grid.value.x && grid.value.y ? Math.floor(Math.sqrt(COARSE_CELLS)) : COARSE_CELLS;
		const [x, y] = [grid.value.x, grid.value.y].map((axis) => axis && coarser(axis, side));
		const coarse = { x: x ?? null, y: y ?? null, cellCount: (x?.count ?? 1) * (y?.count ?? 1) };
		const column = grid.value.x?.column;
		const isWhole = isInput && column !== undefined && (block.type === 'date' || isWholeNumber(column));
		sources.push({
			...{ at, block, from: from.toLowerCase(), rows: rows.value, grid: grid.value, coarse, isWhole },
			by: isChart ? chartId(block) : inputId(block as InputBlock),
			passive: fits.blocks,
			left: over.filter((one) => !fits.blocks.includes(one)).map((one) => one.at)
		});
	}
	return ok(sources);
}

/** As many cells as fit, and the blocks that do: those with most groups go first. */
function fitting(
	over: readonly PassiveBlock[],
	rowCount: number,
	limitBytes: number
): { readonly blocks: readonly PassiveBlock[]; readonly cells: number } {
	let blocks = over.filter(({ plans }) => plans.length > 0);
	const weigh = (cells: number): number => blocks.reduce((all, one) => all + weighBlock(one, cells, rowCount), 0);
	let cells = CELLS;
	while (blocks.length > 0 && weigh(cells) > limitBytes) {
		if (cells > COARSE_CELLS) cells /= 2;
		else {
			const sizes = blocks.map((one) => weighBlock(one, cells, rowCount));
			const largest = sizes.indexOf(Math.max(...sizes));
			blocks = blocks.filter((_, at) => at !== largest);
		}
	}
	return { blocks, cells };
}

function reportOf({ title, description, layout, blocks }: Edition<{ readonly kind: string }>): Report {
	return { title, description, layout, blocks: blocks.map(({ block }) => block) };
}

function isMarkable(block: ChartBlock): boolean {
	return block.brush !== 'none' && block.type !== 'points' && block.type !== 'regions';
}

/** Where several were chosen in when it was rendered, what is shown could be told of none of them alone: they stay as they are. */
function isChoosable(block: InputBlock, { report, chosen }: Finding): boolean {
	const value = chosen.get(block.name.toLowerCase()) ?? block.value;
	const others = report.blocks.filter(
		(one) => one.kind === 'input' && one !== block && (chosen.get(one.name.toLowerCase()) ?? one.value) !== null
	);
	return isFilteringAlone(block, report) && (value === null || others.length === 0);
}
