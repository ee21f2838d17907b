// Makes what is chosen in an input of a report answerable without the engine, as index-report.ts does for what is marked in a chart.
import { findColumn } from '../core/report/column-sql.ts';
import {
	hasPlaces,
	inputCellCount,
	inputCells,
	inputCuts,
	NAMES_MAX,
	placesInOrder,
	placeSql,
	tickGrid,
	type InputGrid,
	type PlaceGrid,
	type ValueGrid
} from '../core/report/input-grid.ts';
import type { InputBlock, InputValue } from '../core/report/report.ts';
import { inputFilter } from '../core/report/row-filter.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import {
	answerCells,
	CELLS_MAX,
	CELLS_MIN,
	indexBy,
	type Cut,
	type Index,
	type Indexed,
	type IndexInput
} from './index-report.ts';
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
	const told = await valuesIn(input, from, column, effects);
	if (!told.ok) return told;
	const values = told.value;
	const count = values ? inputCellCount(values) : CELLS_MAX;
	if (type !== 'range' && type !== 'date') {
		if (!values) return ok(null);
		const cut = cutOf(values);
		const made = await indexBy(input, from, effects, () => cut, { least: count, most: count });
		return made.ok ? ok(made.value && { active, ...made.value }) : made;
	}
	const limits = { least: Math.min(CELLS_MIN, count), most: count };
	const made = await indexBy(
		input,
		from,
		effects,
		({ rows, cells }) => {
			// Steps, where each value for itself would leave blocks out.
			const grid = values && cells >= count ? values : tickGrid(active, { ...rows, from }, cells);
			return grid && cutOf(grid);
		},
		limits
	);
	return made.ok ? ok(made.value && { active, ...made.value }) : made;
}

function cutOf(input: InputGrid): Cut<InputCells> {
	return { grid: { input, cellCount: inputCellCount(input) }, cuts: inputCuts(input) };
}

/** A cell for each value that the column has; null where they are too many, or a double does not tell them apart. */
async function valuesIn(
	input: IndexInput & { readonly active: InputBlock },
	from: string,
	name: string,
	effects: Effects
): Promise<Result<ValueGrid | PlaceGrid | null, StoreFailure | BlockFailure>> {
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const source = new ReportRows(input, pinned(listed.value, input.pins), effects);
	const rows = await source.over(from);
	if (!rows.ok) return rows;
	const found = findColumn(name, rows.value.columns, from);
	if (!found.ok) return found;
	const column = found.value;
	const { type } = input.active;
	const isSpan = type === 'range' || type === 'date';
	if (isSpan && !hasPlaces(column, type, rows.value.domains)) return ok(null);
	const value = isSpan ? placeSql(column) : `CAST(${quoteName(column.name)} AS VARCHAR)`;
	const distinct = `SELECT DISTINCT ${value} AS "value" FROM ${rows.value.relation.name} WHERE ${value} IS NOT NULL LIMIT ${NAMES_MAX + 1}`;
	const answered = await source.ask(wholeSql(rows.value, distinct), (bound) => effects.engine.answer(bound));
	if (!answered.ok) return answered;
	const values = decodeRows(answered.value.value).map((row) => row['value']);
	if (values.length === 0 || values.length > NAMES_MAX) return ok(null);
	return ok(
		isSpan
			? { kind: 'places', column, places: placesInOrder(values.map(Number)) }
			: { kind: 'values', column, names: values.map(String).toSorted() }
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
