// A dataset's working copy: edits that gather, are taken back and done again, and become one version when they are committed.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteText } from '../core/sql/quote.ts';
import type { CellTexts } from '../core/version/row-edits.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { misfitSql, type Narrowed } from '../core/version/narrow.ts';
import { narrowedColumns } from '../core/version/widen.ts';
import {
	rowEdits,
	takeStep,
	workingRows,
	type WorkingChange,
	type WorkingCopy,
	type WorkingStep
} from '../core/version/working-copy.ts';
import type { Committed } from './commit-table.ts';
import { editRows, type EditRowsFailure } from './edit-rows.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { ValuesDoNotFit } from './retype-column.ts';
import { runSql, type RunSqlFailure } from './run-sql.ts';

export type WorkingCopyFailure =
	| EditRowsFailure
	/** The branch has a newer version than the one that was edited. */
	| { readonly kind: 'working-copy-outdated'; readonly dataset: string }
	/** No text is taken when one is no value of its column. */
	| ValuesDoNotFit;

export type StageInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly change: WorkingChange;
};

/** Null when there is none. */
export async function readWorkingCopy(
	{ dataset }: Pick<CatalogueItem, 'dataset'>,
	effects: Pick<Effects, 'store'>
): Promise<Result<WorkingCopy | null, StoreFailure>> {
	return effects.store.workingCopy(dataset);
}

/** Adds a change; texts become what their column's type makes of them. What was taken back is forgotten. */
export async function stage(
	{ id, item, change }: StageInput,
	effects: Effects
): Promise<Result<WorkingCopy, WorkingCopyFailure>> {
	const current = await currentCopy(item, effects);
	if (!current.ok) return current;
	const before = current.value;
	const wrong = unknownOf(change, before?.changes.flat() ?? [], item);
	if (wrong) return err(wrong);
	const fitted = await fitTexts(id, item.version, change, effects);
	if (!fitted.ok) return fitted;
	return save(item, before, [...(before?.changes ?? []), fitted.value], [], effects);
}

/** Takes the newest change back. */
export async function takeBack(
	item: CatalogueItem,
	effects: Effects
): Promise<Result<WorkingCopy | null, WorkingCopyFailure>> {
	const current = await currentCopy(item, effects);
	const newest = current.ok ? current.value?.changes.at(-1) : undefined;
	if (!current.ok || !current.value || !newest) return current;
	const { changes, undone } = current.value;
	return save(item, current.value, changes.slice(0, -1), [...undone, newest], effects);
}

/** Does again what was taken back last. */
export async function doAgain(
	item: CatalogueItem,
	effects: Effects
): Promise<Result<WorkingCopy | null, WorkingCopyFailure>> {
	const current = await currentCopy(item, effects);
	const next = current.ok ? current.value?.undone.at(-1) : undefined;
	if (!current.ok || !current.value || !next) return current;
	const { changes, undone } = current.value;
	return save(item, current.value, [...changes, next], undone.slice(0, -1), effects);
}

/** What was there, to bring it back with `restoreWorkingCopy`. */
export async function discardWorkingCopy(
	item: CatalogueItem,
	effects: Effects
): Promise<Result<WorkingCopy | null, StoreFailure>> {
	const stored = await readWorkingCopy(item, effects);
	if (!stored.ok || !stored.value) return stored;
	const gone = await effects.store.saveWorkingCopy(stored.value, { ...stored.value, changes: [], undone: [] });
	return gone.ok ? stored : gone;
}

export async function restoreWorkingCopy(copy: WorkingCopy, effects: Effects): Promise<Result<void, StoreFailure>> {
	return effects.store.saveWorkingCopy(null, copy);
}

export async function commitWorkingCopy(
	{
		id,
		item,
		message,
		signal
	}: {
		readonly id: ResultId;
		readonly item: CatalogueItem;
		readonly message?: string | undefined;
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<Committed, WorkingCopyFailure>> {
	const current = await currentCopy(item, effects);
	if (!current.ok) return current;
	const edits = rowEdits(workingRows(item.version.table.rowCount, current.value?.changes.flat()));
	return editRows({ id, item, edits, message, signal, endsWorkingCopy: true }, effects);
}

async function currentCopy(
	item: CatalogueItem,
	effects: Pick<Effects, 'store'>
): Promise<Result<WorkingCopy | null, WorkingCopyFailure>> {
	const stored = await readWorkingCopy(item, effects);
	if (stored.ok && stored.value && stored.value.base !== item.version.id)
		return err({ kind: 'working-copy-outdated', dataset: item.dataset.name });
	return stored;
}

async function save(
	{ dataset, version }: CatalogueItem,
	before: WorkingCopy | null,
	changes: readonly WorkingChange[],
	undone: readonly WorkingChange[],
	effects: Pick<Effects, 'store'>
): Promise<Result<WorkingCopy, StoreFailure>> {
	const revision = (before?.revision ?? 0) + 1;
	const after = { dataset: dataset.id, branch: dataset.branch, base: version.id, revision, changes, undone };
	const saved = await effects.store.saveWorkingCopy(before, after);
	return saved.ok ? ok(after) : saved;
}

/** A column or row that is not there. */
function unknownOf(
	steps: readonly WorkingStep[],
	before: readonly WorkingStep[],
	{ version }: CatalogueItem
): WorkingCopyFailure | null {
	const names = new Set(version.schema.map(({ name }) => name));
	const { rowCount } = version.table;
	let rows = workingRows(rowCount, before);
	for (const step of steps) {
		const column = cellsOf(step)
			.flatMap((cells) => Object.keys(cells))
			.find((name) => !names.has(name));
		if (column !== undefined) return { kind: 'unknown-column', column };
		const ids = new Set(rows.added.map(({ id }) => id));
		const named = step.kind === 'add' ? [] : step.kind === 'remove' ? step.rows : step.rows.map(({ row }) => row);
		const isRow = (row: number): boolean => (row < 0 ? ids.has(row) : Number.isInteger(row) && row < rowCount);
		const wrong =
			named.find((row) => !isRow(row)) ??
			(step.kind === 'add' && step.before !== rowCount && !isRow(step.before) ? step.before : undefined);
		if (wrong !== undefined) return { kind: 'unknown-row', row: wrong, rowCount };
		rows = takeStep(rows, step);
	}
	return null;
}

/** Steps with the texts that DuckDB makes of their values, such as `1000` of `1e3` in a column of integers. */
async function fitTexts(
	id: ResultId,
	version: CatalogueItem['version'],
	steps: readonly WorkingStep[],
	effects: Effects
): Promise<Result<WorkingChange, RunSqlFailure | WorkingCopyFailure>> {
	const given = new Map<string, Set<string>>();
	for (const cells of steps.flatMap(cellsOf))
		for (const [column, text] of Object.entries(cells))
			if (text !== null) given.set(column, (given.get(column) ?? new Set()).add(text));
	const fitted = new Map<string, Map<string, string>>();
	const narrowed = narrowedColumns(version, [...given.keys()]);
	for (const { name, type } of version.schema) {
		const texts = [...(given.get(name) ?? [])];
		if (texts.length === 0 || type === 'VARCHAR') continue;
		const values = texts.map((text, index) => `(${index}, ${quoteText(text)})`).join(', ');
		const sql = `SELECT n, ${fittedSql(
			'v',
			type,
			narrowed.find((one) => one.name === name)
		)} AS fitted FROM (VALUES ${values}) AS t(n, v) ORDER BY n`;
		const ran = await runSql({ id, sql }, effects);
		if (!ran.ok) return ran;
		const bytes = await effects.engine.arrow(id);
		await effects.engine.release(id);
		if (!bytes.ok) return bytes;
		const answers = decodeRows(bytes.value).map((row) => row['fitted']);
		const misfits = texts.filter((_text, index) => typeof answers[index] !== 'string');
		if (misfits.length > 0)
			return err({
				kind: 'values-do-not-fit',
				column: name,
				type,
				misfits: misfits.length,
				examples: misfits.slice(0, 5)
			});
		fitted.set(name, new Map(texts.map((text, index) => [text, String(answers[index])])));
	}
	const fit = (cells: CellTexts): CellTexts =>
		Object.fromEntries(
			Object.entries(cells).map(([column, text]) => [
				column,
				text === null ? null : (fitted.get(column)?.get(text) ?? text)
			])
		);
	return ok(
		steps.map((step) => {
			if (step.kind === 'remove') return step;
			if (step.kind === 'add') return { ...step, rows: step.rows.map(fit) };
			return { ...step, rows: step.rows.map(({ row, cells }) => ({ row, cells: fit(cells) })) };
		})
	);
}

/** The text of a value; of one that its narrowed column does not hold, as the type that the column then gets back. */
function fittedSql(text: string, type: string, narrowed: Narrowed | undefined): string {
	const fitted = `CAST(TRY_CAST(${text} AS ${type}) AS VARCHAR)`;
	if (!narrowed) return fitted;
	const wide = `TRY_CAST(${text} AS ${narrowed.wide})`;
	return `CASE WHEN ${misfitSql(wide, type, narrowed.wide)} THEN CAST(${wide} AS VARCHAR) ELSE ${fitted} END`;
}

function cellsOf(step: WorkingStep): readonly CellTexts[] {
	if (step.kind === 'remove') return [];
	return step.kind === 'add' ? step.rows : step.rows.map(({ cells }) => cells);
}
