// What of the column of an input can be told apart by its readers: its names where they are few, or steps between its ends.
import { findColumn } from '../core/report/column-sql.ts';
import { DAY_MS, namesGrid, NAMES_MAX, stepsGrid, type ChartGrid, type GridOver } from '../core/report/cube-grid.ts';
import { planInput } from '../core/report/plan-rows.ts';
import type { InputBlock, Report } from '../core/report/report.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { tokenize } from '../core/sql/tokens.ts';
import type { Effects } from './effects.ts';
import { wholeSql, type BlockFailure, type ReportRows, type Rows } from './report-rows.ts';

/** A year of days is told day by day. */
const DAYS = 400;

/** Whether it filters by its column, and no query means its value besides: then all that it changes is which rows there are. */
export function isFilteringAlone({ name, from, column }: InputBlock, { blocks }: Pick<Report, 'blocks'>): boolean {
	if (from === null || column === null) return false;
	const own = [name, `${name}_from`, `${name}_to`].map((one) => `$${one.toLowerCase()}`);
	return blocks.every((block) => {
		if (block.kind !== 'query') return true;
		const { sql } = block;
		return !tokenize(sql).some(({ start, end }) => own.includes(sql.slice(start, end).toLowerCase()));
	});
}

/** Null where there are too many names, or nobody knows how far the column goes. */
export async function inputGrid(
	block: InputBlock,
	over: Rows & Omit<GridOver, 'names'>,
	source: ReportRows,
	{ engine }: Pick<Effects, 'engine'>
): Promise<Result<ChartGrid | null, BlockFailure>> {
	const found = findColumn(block.column ?? '', over.columns, over.from);
	if (!found.ok) return ok(null);
	const column = found.value;
	if (block.type === 'range' || block.type === 'date') {
		const unit = block.type === 'date' ? DAY_MS : 1;
		const steps = block.type === 'date' ? Math.max(DAYS, over.cellsMax) : over.cellsMax;
		const x = stepsGrid(column, over.domains.of.get(block.column ?? ''), { steps, unit });
		return ok(x && { x, y: null, cellCount: x.count });
	}
	const plan = planInput(block, over);
	if (!plan.ok || !('sql' in plan.value)) return ok(null);
	// All there is to choose, whatever is chosen elsewhere.
	const answered = await source.ask(wholeSql(over, plan.value.sql(over.relation.name)), (bound) =>
		engine.answer(bound)
	);
	if (!answered.ok) return answered;
	const names = decodeRows(answered.value.value).map(({ value }) => (typeof value === 'string' ? value : null));
	const x = namesGrid(column, names, NAMES_MAX);
	return ok(x && { x, y: null, cellCount: x.count });
}
