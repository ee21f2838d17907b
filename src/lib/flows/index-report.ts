// Makes what is marked in one chart of a report, or chosen in one input, answerable without the engine: each block over the same rows is asked for once, cut by its cells.
import { findColumn } from '../core/report/column-sql.ts';
import { cellsOf, chartGrid, everyCell, type CellRun, type ChartGrid } from '../core/report/cube-grid.ts';
import { answerCube, cubeSql, entryBytes, readCube, type Cube, type CubeGrid } from '../core/report/cube.ts';
import {
	inputCellCount,
	inputCells,
	NAMES_MAX,
	tickGrid,
	type InputGrid,
	type ValueGrid
} from '../core/report/input-grid.ts';
import { isAskedFor } from '../core/report/relation-sql.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { ChartSpan } from '../core/report/chart-span.ts';
import type { CellValue, Shown } from '../core/report/edition.ts';
import type { BlockPlan } from '../core/report/plan-chart.ts';
import { asksOf, type BlockAsk } from '../core/report/plan-block.ts';
import type { ChartBlock, InputBlock, InputValue } from '../core/report/report.ts';
import { brushFilters, chartId, inputFilter, inputId, type RowFilter } from '../core/report/row-filter.ts';
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
	/** Of all cubes together, and the cells of the chart; those of a page where nothing is said. */
	readonly limits?: { readonly sizeBytes: number; readonly cells: number };
	/** 0..1 */
	readonly onProgress?: (done: number) => void;
};

/** Of a chart. */
export type ReportIndex = Index<ChartBlock, ChartGrid>;
/** Of an input. */
export type InputIndex = Index<InputBlock, InputCubeGrid>;

type InputCubeGrid = Extract<CubeGrid, { readonly input: InputGrid }>;
type Index<Active, Grid> = {
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
const INDEX_BYTES = 32 * 1024 * 1024;
const CELLS_MAX = 65_536;
const LIMITS = { sizeBytes: INDEX_BYTES, cells: CELLS_MAX };
/** With fewer a span would jump from cell to cell. */
const CELLS_MIN = 64;

type Indexed<Made> = Promise<Result<Made | null, StoreFailure | BlockFailure>>;

/** Null where nothing of the chart can be answered so. */
export async function indexReport(
	input: IndexInput & { readonly active: ChartBlock },
	effects: Effects
): Indexed<ReportIndex> {
	const { active, edition } = input;
	const made = await indexBy(input, active.from, effects, ({ rows, cells }) => {
		const at = edition.blocks.findIndex(({ block }) => block === active);
		const names = namesOf(edition.blocks[at]);
		return chartGrid(active, { ...rows, from: active.from, names, cellsMax: cells });
	});
	return made.ok ? ok(made.value && { active, ...made.value }) : made;
}

/** Null besides where a query asks for what is chosen: other rows come of it then. */
export async function indexInput(
	input: IndexInput & { readonly active: InputBlock },
	effects: Effects
): Indexed<InputIndex> {
	const { active, report } = input;
	const { from, column, type } = active;
	if (from === null || column === null || isAskedFor(active, report)) return ok(null);
	if (type === 'range' || type === 'date') {
		const made = await indexBy(input, from, effects, ({ rows, cells }) => {
			const grid = tickGrid(active, { ...rows, from }, cells);
			return grid && { input: grid, cellCount: inputCellCount(grid) };
		});
		return made.ok ? ok(made.value && { active, ...made.value }) : made;
	}
	const names = await namesIn(input, from, column, effects);
	if (!names.ok) return names;
	const grid = names.value;
	if (!grid) return ok(null);
	const cellCount = inputCellCount(grid);
	const limits = { ...(input.limits ?? LIMITS), cells: cellCount };
	const made = await indexBy({ ...input, limits }, from, effects, () => ({ input: grid, cellCount }), cellCount);
	return made.ok ? ok(made.value && { active, ...made.value }) : made;
}

/** What the column's values read; null where they are too many. */
async function namesIn(
	input: IndexInput,
	from: string,
	name: string,
	effects: Effects
): Promise<Result<ValueGrid | null, StoreFailure | BlockFailure>> {
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const source = new ReportRows(input, pinned(listed.value, input.pins), effects);
	const rows = await source.over(from);
	if (!rows.ok) return rows;
	const column = findColumn(name, rows.value.columns, from);
	if (!column.ok) return column;
	const value = `CAST(${quoteName(column.value.name)} AS VARCHAR)`;
	const distinct = `SELECT DISTINCT ${value} AS "name" FROM ${rows.value.relation.name} WHERE ${value} IS NOT NULL LIMIT ${NAMES_MAX + 1}`;
	const answered = await source.ask(wholeSql(rows.value, distinct), (bound) => effects.engine.answer(bound));
	if (!answered.ok) return answered;
	const names = decodeRows(answered.value.value).map((row) => String(row['name']));
	return ok(
		names.length === 0 || names.length > NAMES_MAX
			? null
			: { kind: 'values', column: column.value, names: names.toSorted() }
	);
}

type Ground = { readonly rows: Rows; readonly cells: number };
type Cubes<Grid> = Omit<Index<never, Grid>, 'active'>;

/** `cellsMin`: with fewer cells an index is worth nothing, so blocks that have too many groups for them go without. */
async function indexBy<Grid extends CubeGrid>(
	input: IndexInput,
	from: string,
	effects: Effects,
	gridOf: (ground: Ground) => Grid | null,
	cellsMin = CELLS_MIN
): Indexed<Cubes<Grid>> {
	const { active, report, signal } = input;
	const limits = input.limits ?? LIMITS;
	const own = idOf(active);
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const source = new ReportRows(input, pinned(listed.value, input.pins), effects);
	const rows = await source.over(from);
	if (!rows.ok) return rows;
	const passive = report.blocks.flatMap((block, at) => {
		const asks = block === active ? [] : asksOf(block);
		const isOver = asks.some((ask) => ask.from.toLowerCase() === from.toLowerCase());
		return isOver ? (passiveBlock(at, asks, { ...rows.value, from }, input.edition) ?? []) : [];
	});
	const { chosen, cells } = chooseBlocks(passive, rows.value.domains.rowCount, limits, cellsMin);
	const grid = chosen.length === 0 ? null : gridOf({ rows: rows.value, cells });
	if (!grid) return ok(null);
	const cubes = new Map<number, readonly AskCube[]>();
	const left = passive.filter((one) => !chosen.includes(one)).map((one) => one.at);
	let sizeBytes = 0;
	for (const [number, { at: block, plans }] of chosen.entries()) {
		const made: AskCube[] = [];
		for (const { plan, by } of plans) {
			if (signal?.aborted) return err({ kind: 'cancelled' });
			const others = source.filtered(from, rows.value, [by, own]);
			const sql = wholeSql(rows.value, cubeSql(plan.groups, grid, others));
			const answered = await source.ask(sql, (bound) => effects.engine.answer(bound));
			if (!answered.ok && answered.error.kind !== 'result-too-large') return answered;
			if (!answered.ok) break;
			const cube = readCube(answered.value.value, plan, grid);
			const sqlOf = (more: readonly RowFilter[]): string =>
				wholeSql(rows.value, plan.sql(source.filtered(from, rows.value, [by, own], more)));
			sizeBytes += cube.sizeBytes;
			made.push({ cube, sqlOf });
		}
		if (made.length === plans.length && sizeBytes <= limits.sizeBytes) cubes.set(block, made);
		else left.push(block);
		input.onProgress?.((number + 1) / chosen.length);
	}
	return ok({ grid, cubes, left, sizeBytes });
}

function idOf(block: ChartBlock | InputBlock): string {
	return block.kind === 'chart' ? chartId(block) : inputId(block);
}

type Grouped = BlockPlan & { readonly groups: Groups };
type PassiveBlock = {
	readonly at: number;
	/** None where the block cannot be added up. */
	readonly plans: readonly { readonly plan: Grouped; readonly by: string | null }[];
	/** Of entries: groups that there are about, and bytes of each. */
	readonly sizes: readonly { readonly groups: number; readonly bytes: number }[];
};

/** Null where no filter changes what the block shows. */
function passiveBlock(
	at: number,
	asks: readonly BlockAsk[],
	rows: Rows & { readonly from: string },
	edition: RenderedEdition
): PassiveBlock | null {
	const none = { at, plans: [], sizes: [] };
	const shown = shownOf(edition.blocks[at]);
	const plans: PassiveBlock['plans'][number][] = [];
	const sizes: PassiveBlock['sizes'][number][] = [];
	for (const [number, { from, by, plan }] of asks.entries()) {
		const own = shown[number];
		const planned = plan(rows);
		if (planned.ok && !('sql' in planned.value)) return null;
		const isSame = from.toLowerCase() === rows.from.toLowerCase();
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

function namesOf(block: RenderedBlock | undefined): readonly CellValue[] {
	const [shown] = shownOf(block);
	return shown?.ok ? [...new Set(shown.table.columns.find(({ name }) => name === 'x')?.values)] : [];
}

/** As many cells as fit; where they would be too few, without the block that has most groups. */
function chooseBlocks(
	passive: readonly PassiveBlock[],
	rowCount: number,
	limits: NonNullable<IndexInput['limits']>,
	cellsMin: number
): { readonly chosen: readonly PassiveBlock[]; readonly cells: number } {
	let chosen = passive.filter(({ plans }) => plans.length > 0);
	const weigh = ({ sizes }: PassiveBlock, cells: number): number =>
		sizes.reduce((all, { groups, bytes }) => all + bytes * Math.min(groups * cells, rowCount), 0);
	for (;;) {
		let cells = limits.cells;
		const bytes = (): number => chosen.reduce((all, one) => all + weigh(one, cells), 0);
		while (cells > cellsMin && bytes() > limits.sizeBytes) cells = Math.max(cellsMin, Math.floor(cells * 0.8));
		if (bytes() <= limits.sizeBytes || chosen.length === 0) return { chosen, cells };
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

/** The blocks as the choice leaves them, the input's own with it; null where the engine has to be asked. */
export function answerInput(
	{ active, grid, cubes }: InputIndex,
	edition: RenderedEdition,
	value: InputValue
): ReadonlyMap<number, RenderedBlock> | null {
	const cells = inputCells(active, value, grid.input);
	if (!cells) return null;
	const filter = inputFilter(active, new Map([[active.name.toLowerCase(), value]]));
	const answered = new Map(answerCells(cubes, edition, cells, filter ? [filter] : []));
	for (const [at, one] of edition.blocks.entries())
		if ('value' in one && one.block === active) answered.set(at, { ...one, value });
	return answered;
}

function answerCells(
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
