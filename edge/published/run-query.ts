// Answers a query of a published file within bounds: it reads so many cells and no more, and says where the next page begins.
import { err, ok, type Result } from '#core/result.ts';
import { orderRows, type Cell, type RowOrder, type Test } from '#core/share/cells.ts';
import type { InvalidQuery } from '#core/share/published-query.ts';
import type { ParquetColumn, ParquetFile, RowGroup } from './parquet-file.ts';

/** A Worker has 128 MB, and a cell takes up to 24 bytes beside its text. */
const CELLS = 2_000_000;

type Tests = readonly (readonly Test[])[];

export type PublishedQuery = {
	readonly columns: readonly string[];
	/** Of each, at least one holds. */
	readonly tests: Tests;
	readonly order: readonly RowOrder[];
	readonly limit: number;
	/** Without an order the row to begin at, with one the place in it. */
	readonly start: number;
};
export type QueriedRows = {
	readonly columns: readonly ParquetColumn[];
	/** Of each column, as many as there are rows. */
	readonly cells: readonly (readonly Cell[])[];
	readonly rowCount: number;
	/** Null after the last. */
	readonly next: number | null;
};
type QueryTooLarge = { readonly kind: 'query-too-large'; readonly limitCells: number; readonly cells: number };
type QueryFailure = InvalidQuery | QueryTooLarge;
type Picked = { readonly rows: readonly number[]; readonly next: number | null };

export async function runQuery(file: ParquetFile, query: PublishedQuery): Promise<Result<QueriedRows, QueryFailure>> {
	const kinds = new Map(file.columns.map(({ name, kind }) => [name, kind]));
	if (query.order.some(({ column }) => kinds.get(column) === 'nested'))
		return err({ kind: 'invalid-query', part: 'order', reason: 'not-comparable', at: null });
	if (query.columns.length * query.limit > CELLS) return tooLarge(query.columns.length * query.limit);
	const picked = query.order.length > 0 ? await pickOrdered(file, query) : await pick(file, query);
	if (!picked.ok) return picked;
	const { rows, next } = picked.value;
	const cells = await readRows(file, query.columns, rows);
	if (!cells.ok) return cells;
	const byName = new Map(file.columns.map((column) => [column.name, column]));
	return ok({
		columns: query.columns.flatMap((name) => byName.get(name) ?? []),
		cells: cells.value,
		rowCount: rows.length,
		next
	});
}

/** In the order of the file. A page that would read too much ends early, and the next one goes on. */
async function pick(file: ParquetFile, { limit, start, tests }: PublishedQuery): Promise<Result<Picked, QueryFailure>> {
	if (tests.length === 0) {
		const end = Math.min(start + limit, file.rowCount);
		const rows = Array.from({ length: Math.max(0, end - start) }, (_row, at) => start + at);
		return ok({ rows, next: end < file.rowCount ? end : null });
	}
	const names = [...new Set(tests.flat().map(({ column }) => column))];
	const rows: number[] = [];
	let cellCount = 0;
	for (const group of file.groups) {
		const { startRow, rowCount } = group;
		const endRow = startRow + rowCount;
		if (endRow <= start || !mayMatch(tests, group)) continue;
		const from = Math.max(startRow, start);
		cellCount += (endRow - from) * names.length;
		if (cellCount > CELLS && from > start) return ok({ rows, next: from });
		// One group alone is too much only where somebody made it so.
		if ((endRow - from) * names.length > CELLS) return tooLarge((endRow - from) * names.length);
		const cells = await file.read(names, from, endRow);
		for (let row = from; row < endRow; row++) {
			if (!isMatch(tests, cells, row - from)) continue;
			if (rows.length === limit) return ok({ rows, next: row });
			rows.push(row);
		}
	}
	return ok({ rows, next: null });
}

async function pickOrdered(
	file: ParquetFile,
	{ limit, start, order, tests }: PublishedQuery
): Promise<Result<Picked, QueryFailure>> {
	const names = [...new Set([...tests.flat(), ...order].map(({ column }) => column))];
	const groups = file.groups.filter((group) => mayMatch(tests, group));
	const cellCount = groups.reduce((sum, { rowCount }) => sum + rowCount, 0) * names.length;
	if (cellCount > CELLS) return tooLarge(cellCount);
	const rows: number[] = [];
	const cells = new Map<string, Cell[]>(names.map((name) => [name, []]));
	for (const { startRow, rowCount } of groups) {
		const read = await file.read(names, startRow, startRow + rowCount);
		for (let at = 0; at < rowCount; at++) {
			if (!isMatch(tests, read, at)) continue;
			rows.push(startRow + at);
			for (const [name, column] of cells) column.push(read.get(name)?.[at] ?? null);
		}
	}
	const places = orderRows(
		rows.map((_row, place) => place),
		order,
		cells
	);
	const end = start + limit;
	const page = places.slice(start, end).flatMap((place) => rows[place] ?? []);
	return ok({ rows: page, next: end < places.length ? end : null });
}

/** False where the file says of a group that none of its rows is asked for: nothing of it is read. */
function mayMatch(tests: Tests, group: RowGroup): boolean {
	return tests.every((choices) =>
		choices.some(({ column, mayHold }) => mayHold(group.rangeOf(column), group.rowCount))
	);
}

function isMatch(tests: Tests, cells: ReadonlyMap<string, readonly Cell[]>, at: number): boolean {
	return tests.every((choices) => choices.some(({ column, holds }) => holds(cells.get(column)?.[at] ?? null)));
}

/** Cells of single rows, a row group at a time, from the first to the last that is wanted of it. */
async function readRows(
	file: ParquetFile,
	names: readonly string[],
	rows: readonly number[]
): Promise<Result<readonly (readonly Cell[])[], QueryFailure>> {
	const spans = file.groups.flatMap(({ startRow, rowCount }) => {
		let [from, to] = [Infinity, -1];
		for (const row of rows) {
			if (row < startRow || row >= startRow + rowCount) continue;
			from = Math.min(from, row);
			to = Math.max(to, row + 1);
		}
		return to < 0 ? [] : [{ from, to }];
	});
	const cellCount = spans.reduce((sum, { from, to }) => sum + (to - from) * names.length, 0);
	if (cellCount > CELLS) return tooLarge(cellCount);
	const placeByRow = new Map(rows.map((row, at) => [row, at]));
	const columns = names.map(() => new Array<Cell>(rows.length).fill(null));
	for (const { from, to } of spans) {
		const cells = await file.read(names, from, to);
		for (const [index, name] of names.entries()) {
			const [found, column] = [cells.get(name) ?? [], columns[index] ?? []];
			for (let row = from; row < to; row++) {
				const at = placeByRow.get(row);
				if (at !== undefined) column[at] = found[row - from] ?? null;
			}
		}
	}
	return ok(columns);
}

function tooLarge(cells: number): Result<never, QueryTooLarge> {
	return err({ kind: 'query-too-large', limitCells: CELLS, cells });
}
