// Makes what is chosen in an input of a report answerable without the engine, as index-report.ts does for what is marked in a chart.
import { findColumn } from '../core/report/column-sql.ts';
import {
	inputCellCount,
	inputCells,
	inputCuts,
	NAMES_MAX,
	tickGrid,
	type InputGrid,
	type ValueGrid
} from '../core/report/input-grid.ts';
import type { InputBlock, InputValue } from '../core/report/report.ts';
import { inputFilter } from '../core/report/row-filter.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { answerCells, indexBy, type Index, type Indexed, type IndexInput } from './index-report.ts';
import { isFilteringAlone } from './input-grid.ts';
import { listDatasets } from './list-datasets.ts';
import { pinned, type RenderedBlock, type RenderedEdition } from './render-report.ts';
import { ReportRows, wholeSql, type BlockFailure } from './report-rows.ts';

export type InputIndex = Index<InputBlock, InputCells>;

type InputCells = { readonly input: InputGrid; readonly cellCount: number };
/** Null besides where a query asks for what is chosen: other rows come of it then. */
export async function indexInput(
	input: IndexInput & { readonly active: InputBlock },
	effects: Effects
): Indexed<InputIndex> {
	const { active, report } = input;
	const { from, column, type } = active;
	if (from === null || column === null || !isFilteringAlone(active, report)) return ok(null);
	if (type === 'range' || type === 'date') {
		const made = await indexBy(input, from, effects, ({ rows, cells }) => {
			const grid = tickGrid(active, { ...rows, from }, cells);
			return grid && { grid: { input: grid, cellCount: inputCellCount(grid) }, cuts: inputCuts(grid) };
		});
		return made.ok ? ok(made.value && { active, ...made.value }) : made;
	}
	const names = await namesIn(input, from, column, effects);
	if (!names.ok) return names;
	const grid = names.value;
	if (!grid) return ok(null);
	const cellCount = inputCellCount(grid);
	const cut = { grid: { input: grid, cellCount }, cuts: inputCuts(grid) };
	const made = await indexBy(input, from, effects, () => cut, { least: cellCount, most: cellCount });
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
