// Makes what is marked in one chart of a report, or chosen in one input, answerable without the engine: each block over the same rows is asked for once, cut by its cells.
import {
	cellsOf,
	chartGrid,
	cutsOf,
	everyCell,
	type CellRun,
	type ChartGrid,
	type Cuts
} from '../core/report/cube-grid.ts';
import { answerCube, cubeSql, entryBytes, readCube, type Cube } from '../core/report/cube.ts';
import type { ChartSpan } from '../core/report/chart-span.ts';
import type { CellValue, Shown } from '../core/report/edition.ts';
import type { BlockPlan } from '../core/report/plan-chart.ts';
import { asksOf, type BlockAsk } from '../core/report/plan-block.ts';
import type { ChartBlock, InputBlock } from '../core/report/report.ts';
import { brushFilters, chartId, inputId, type RowFilter } from '../core/report/row-filter.ts';
import type { Groups } from '../core/report/groups.ts';
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';
import { pinned, type RenderedBlock, type RenderedEdition } from './render-report.ts';
import { ReportRows, wholeSql, type BlockFailure, type Rows, type RowsInput } from './report-rows.ts';

export type IndexInput = RowsInput & {
	/** The chart that spans are marked in, or the input. */
	readonly active: ChartBlock | InputBlock;
	/** What is shown now, under the same filters but for its own. */
	readonly edition: RenderedEdition;
	readonly pins?: ReadonlyMap<string, VersionId>;
	/** 0..1 */
	readonly onProgress?: (done: number) => void;
};

/** Of a chart. */
export type ReportIndex = Index<ChartBlock, ChartGrid>;
export type Index<Active, Grid> = {
	readonly active: Active;
	readonly grid: Grid;
	/** By the numbers of blocks, a cube for each thing they ask. */
	readonly cubes: ReadonlyMap<number, readonly AskCube[]>;
	/** Blocks over the same rows that the engine has to be asked for. */
	readonly left: readonly number[];
	readonly sizeBytes: number;
};

type AskCube = { readonly cube: Cube; readonly sqlOf: (more: readonly RowFilter[]) => string };

/** Of all cubes together, on their way and in the page. */
const INDEX_BYTES = 48 * 1024 * 1024;
export const CELLS_MAX = 65_536;
/** With fewer a span would jump from cell to cell. */
export const CELLS_MIN = 64;

export type Indexed<Made> = Promise<Result<Made | null, StoreFailure | BlockFailure>>;

/** Null where nothing of the chart can be answered so. */
export async function indexReport(
	input: IndexInput & { readonly active: ChartBlock },
	effects: Effects
): Indexed<ReportIndex> {
	const { active, edition } = input;
	const made = await indexBy(input, active.from, effects, ({ rows, cells }) => {
		const at = edition.blocks.findIndex(({ block }) => block === active);
		const names = namesOf(edition.blocks[at]);
		const grid = chartGrid(active, { ...rows, from: active.from, names, cellsMax: cells });
		return grid && { grid, cuts: cutsOf([grid]) };
	});
	return made.ok ? ok(made.value && { active, ...made.value }) : made;
}

type Ground = { readonly rows: Rows; readonly cells: number };
type Cubes<Grid> = Omit<Index<never, Grid>, 'active'>;

export type Cut<Grid> = { readonly grid: Grid; readonly cuts: Cuts };
type CellLimits = { readonly least: number; readonly most: number };

/** With fewer cells than `least` an index is worth nothing: blocks that have too many groups for them go without. */
export async function indexBy<Grid>(
	input: IndexInput,
	from: string,
	effects: Effects,
	cutBy: (ground: Ground) => Cut<Grid> | null,
	limits: CellLimits = { least: CELLS_MIN, most: CELLS_MAX }
): Indexed<Cubes<Grid>> {
	const { active, report, signal } = input;
	const own = idOf(active);
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const source = new ReportRows(input, pinned(listed.value, input.pins), effects);
	const rows = await source.over(from);
	if (!rows.ok) return rows;
	const passive = report.blocks.flatMap((block, at) => {
		const asks = block === active ? [] : asksOf(block);
		const isOver = asks.some((ask) => ask.from.toLowerCase() === from.toLowerCase());
		if (!isOver || asks.some((ask) => isEnds(ask, { ...rows.value, from }))) return [];
		return [passiveBlock(at, asks, rows.value, { from, edition: input.edition })];
	});
	const { chosen, cells } = chooseBlocks(passive, rows.value.domains.rowCount, limits);
	const cut = chosen.length === 0 ? null : cutBy({ rows: rows.value, cells });
	if (!cut) return ok(null);
	const { grid, cuts } = cut;
	const cubes = new Map<number, readonly AskCube[]>();
	const left = passive.filter((one) => !chosen.includes(one)).map((one) => one.at);
	let sizeBytes = 0;
	for (const [number, { at: block, plans }] of chosen.entries()) {
		const made: AskCube[] = [];
		for (const { plan, by } of plans) {
			if (signal?.aborted) return err({ kind: 'cancelled' });
			const others = source.filtered(from, rows.value, [by, own]);
			const sql = wholeSql(rows.value, cubeSql(plan.groups, cuts, others));
			const answered = await source.ask(sql, (bound) => effects.engine.answer(bound));
			if (!answered.ok && answered.error.kind !== 'result-too-large') return answered;
			if (!answered.ok) break;
			const cube = readCube(answered.value.value, plan, cuts);
			const sqlOf = (more: readonly RowFilter[]): string =>
				wholeSql(rows.value, plan.sql(source.filtered(from, rows.value, [by, own], more)));
			sizeBytes += cube.sizeBytes;
			made.push({ cube, sqlOf });
		}
		if (made.length === plans.length && sizeBytes <= INDEX_BYTES) cubes.set(block, made);
		else left.push(block);
		input.onProgress?.((number + 1) / chosen.length);
	}
	return ok({ grid, cubes, left, sizeBytes });
}

function idOf(block: ChartBlock | InputBlock): string {
	return block.kind === 'chart' ? chartId(block) : inputId(block);
}

type Grouped = BlockPlan & { readonly groups: Groups };
export type PassiveBlock = {
	readonly at: number;
	/** None where the block cannot be added up. */
	readonly plans: readonly { readonly plan: Grouped; readonly by: string | null }[];
	/** Of entries: groups that there are about, and bytes of each. */
	readonly sizes: readonly { readonly groups: number; readonly bytes: number }[];
};

/** The ends of a column: no filter changes them. */
function isEnds({ plan }: BlockAsk, over: Rows & { readonly from: string }): boolean {
	const planned = plan(over);
	return planned.ok && !('sql' in planned.value);
}

/** What the block at `at` asks of these rows, where it can be added up. */
export function passiveBlock(
	at: number,
	asks: readonly BlockAsk[],
	rows: Rows,
	over: { readonly from: string; readonly edition: RenderedEdition }
): PassiveBlock {
	const none = { at, plans: [], sizes: [] };
	const shown = shownOf(over.edition.blocks[at]);
	const plans: PassiveBlock['plans'][number][] = [];
	const sizes: PassiveBlock['sizes'][number][] = [];
	for (const [number, { from, by, plan }] of asks.entries()) {
		const own = shown[number];
		const planned = plan({ ...rows, from: over.from });
		const isSame = from.toLowerCase() === over.from.toLowerCase();
		if (!isSame || !own?.ok || !planned.ok || !('sql' in planned.value) || !planned.value.groups) return none;
		const { groups } = planned.value;
		plans.push({ plan: { ...planned.value, groups }, by });
		const known = groups.total === 'groups' ? Math.max(own.table.rowCount, own.totalRows) : own.table.rowCount;
		sizes.push({ groups: Math.max(1, known), bytes: entryBytes(groups) });
	}
	return { at, plans, sizes };
}

function shownOf(block: RenderedBlock | undefined): readonly Shown<BlockFailure>[] {
	if (!block) return [];
	if ('values' in block) return block.values;
	return 'shown' in block ? [block.shown] : [];
}

/** On the axis of a chart, as they are drawn. */
export function namesOf(block: RenderedBlock | undefined): readonly CellValue[] {
	const [shown] = shownOf(block);
	return shown?.ok ? [...new Set(shown.table.columns.find(({ name }) => name === 'x')?.values)] : [];
}

/** Of its cube, about. */
export function weighBlock({ sizes }: PassiveBlock, cells: number, rowCount: number): number {
	return sizes.reduce((all, { groups, bytes }) => all + bytes * Math.min(groups * cells, rowCount), 0);
}

/** As many cells as fit; where they would be too few, without the block that has most groups. */
function chooseBlocks(
	passive: readonly PassiveBlock[],
	rowCount: number,
	{ least, most }: CellLimits
): { readonly chosen: readonly PassiveBlock[]; readonly cells: number } {
	let chosen = passive.filter(({ plans }) => plans.length > 0);
	const weigh = (block: PassiveBlock, cells: number): number => weighBlock(block, cells, rowCount);
	for (;;) {
		let cells = most;
		const bytes = (): number => chosen.reduce((all, one) => all + weigh(one, cells), 0);
		while (cells > least && bytes() > INDEX_BYTES) cells = Math.max(least, Math.floor(cells * 0.8));
		if (bytes() <= INDEX_BYTES || chosen.length === 0) return { chosen, cells };
		const largest = chosen.reduce((one, other) => (weigh(other, cells) > weigh(one, cells) ? other : one));
		chosen = chosen.filter((one) => one !== largest);
	}
}

/** The blocks as the span leaves them, or as they are when nothing is marked; null where an end of it is inside of a cell. */
export function answerIndex(
	{ active, grid, cubes }: Pick<ReportIndex, 'active' | 'grid' | 'cubes'>,
	edition: RenderedEdition,
	span: ChartSpan | null
): ReadonlyMap<number, RenderedBlock> | null {
	const cells = span === null ? everyCell(grid) : cellsOf(span, grid);
	if (!cells) return null;
	return answerCells(cubes, edition, cells, span === null ? [] : brushFilters(active, span));
}

/** The blocks where just those cells are left; `more` are the filters that leave them. */
export function answerCells(
	cubes: ReportIndex['cubes'],
	edition: RenderedEdition,
	cells: readonly CellRun[],
	more: readonly RowFilter[]
): ReadonlyMap<number, RenderedBlock> {
	const answered = new Map<number, RenderedBlock>();
	for (const [at, own] of cubes) {
		const block = edition.blocks[at];
		if (!block) continue;
		const before = shownOf(block);
		const shown = own.map(({ cube, sqlOf }, number): Shown<BlockFailure> => {
			const was = before[number];
			const sources = was?.ok ? was.sources : [];
			return { ok: true, ...answerCube(cube, cells), sources, sql: sqlOf(more), elapsedMs: 0 };
		});
		const [first] = shown;
		if ('values' in block) answered.set(at, { ...block, values: shown });
		else if ('shown' in block && first) answered.set(at, { ...block, shown: first });
	}
	return answered;
}
