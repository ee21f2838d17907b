// Cuts a table that was written anew where the version it follows was cut, or where its key says, so that they share parts.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import { candidatesSql, segmentBounds, segmentRows } from '../core/version/cut-points.ts';
import { layoutOf, writerOf, type WriterSettings } from '../core/version/layout.ts';
import { parquetFilesSql } from '../core/version/upsert-sql.ts';
import type { Column, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

const EARLIER_VIEW = '@earlier';

export type CutAfterInput = {
	readonly id: ResultId;
	readonly table: WrittenTable;
	/** Columns of the table that tell rows apart; without any, rows are known by their number, if there are as many as before. */
	readonly key: readonly string[];
	/** The version it follows; null for the first, and where it is to be cut as if it were. */
	readonly earlier: Version | null;
	/** How it is written; left out, as the version it follows. */
	readonly writer?: WriterSettings;
};

export async function cutAfter(
	{ id, table, key, earlier, writer = layoutOf(earlier) }: CutAfterInput,
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<WrittenTable, RunSqlFailure>> {
	if (key.length === 0) return cutAlike({ id, table, earlier, writer }, job, effects);
	const meanRows = writer.segmentRows;
	if (table.rowCount < 2 * segmentBounds(meanRows).minRows) return ok(table);
	const names = table.files.map((_file, index) => `${id}-cut-${index}.parquet`);
	for (const [index, { blob }] of table.files.entries()) await effects.engine.register(names[index] ?? '', blob);
	try {
		// Keys of another type are other keys.
		const comparable = earlier !== null && typesOf(key, earlier.schema) === typesOf(key, table.schema) ? earlier : null;
		const relations: readonly Relation[] = comparable
			? [{ name: EARLIER_VIEW, version: comparable.id, rows: 'data' }]
			: [];
		const sql = candidatesSql({
			table: parquetFilesSql(names),
			key,
			meanRows,
			earlier: comparable ? { table: quoteName(EARLIER_VIEW), starts: startsOf(comparable) } : null
		});
		const found = await new SegmentWork(id, job, effects).rows(sql, relations);
		if (!found.ok) return found;
		const candidates = found.value.map((row) => ({ row: Number(row['row']), isOld: row['old'] === true }));
		const rowCounts = segmentRows(table.rowCount, candidates, comparable === null, meanRows);
		return await cutAt({ id, table, rowCounts, writer }, job, effects);
	} finally {
		for (const name of names) await effects.engine.unregister(name);
	}
}

/** The key of the version before, unless a column of it went. */
export function keptKey(earlier: Version | null, schema: readonly Column[]): readonly string[] {
	const key = earlier?.primaryKey ?? [];
	return key.every((name) => schema.some((column) => column.name === name)) ? key : [];
}

async function cutAlike(
	{ id, table, earlier, writer }: Omit<CutAfterInput, 'key' | 'writer'> & { readonly writer: WriterSettings },
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<WrittenTable, RunSqlFailure>> {
	if (earlier?.table.rowCount !== table.rowCount) return ok(table);
	const rowCounts = earlier.table.segments.map(({ rowCount }) => rowCount);
	return cutAt({ id, table, rowCounts, writer }, job, effects);
}

export type CutAtInput = {
	readonly id: ResultId;
	readonly table: WrittenTable;
	/** Of all its rows. */
	readonly rowCounts: readonly number[];
	/** How the table is written already. */
	readonly writer: WriterSettings;
};

/** The rows of a table in row groups that have as many rows as told. */
export async function cutAt(
	{ id, table, rowCounts, writer }: CutAtInput,
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<WrittenTable, RunSqlFailure>> {
	const { segmentRows: most } = writer;
	const last = rowCounts.length - 1;
	const isAsWritten =
		rowCounts.every((count, index) => count === most || (index === last && count < most)) &&
		table.files.slice(0, -1).every(({ rowCount }) => rowCount % most === 0);
	if (isAsWritten) return ok(table);
	const files = await whileCancellable(id, job.signal, effects, () =>
		effects.engine.recut(id, table, rowCounts, writerOf(writer))
	);
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	return files.ok ? ok({ ...table, files: files.value }) : files;
}

function startsOf({ table }: Version): readonly number[] {
	let start = 0;
	return table.segments.map(({ rowCount }) => {
		start += rowCount;
		return start - rowCount;
	});
}

/** Equal texts are equal types of all key columns; a missing one has none. */
function typesOf(key: readonly string[], schema: readonly Column[]): string {
	return JSON.stringify(key.map((name) => schema.find((column) => column.name === name)?.type ?? null));
}
