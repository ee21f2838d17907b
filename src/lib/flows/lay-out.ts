// Writes a table that is not committed yet once more, as a layout says.
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { isSameWriter, writerOf, type Layout, type WriterSettings } from '../core/version/layout.ts';
import { orderedRowsSql } from '../core/version/layout-sql.ts';
import { parquetFilesSql } from '../core/version/upsert-sql.ts';
import type { Column } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type LayOutInput = {
	readonly id: ResultId;
	readonly table: WrittenTable;
	/** How the table is written. */
	readonly from: WriterSettings;
	readonly layout: Layout;
	/** With other types than the table's; left out, with those. */
	readonly schema?: readonly Column[];
};

/** The table itself where it is as the layout says. */
export async function layOut(
	{ id, table, from, layout, schema = table.schema }: LayOutInput,
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<WrittenTable, RunSqlFailure>> {
	if (isSameWriter(from, layout) && layout.order.length === 0 && schema === table.schema) return ok(table);
	return withFiles(id, table, effects, (rows) =>
		new SegmentWork(id, job, effects, writerOf(layout)).write(orderedRowsSql(rows, schema, layout.order), [])
	);
}

/** Gives `work` a FROM item with the rows of a written table. */
export async function withFiles<T>(
	id: ResultId,
	table: WrittenTable,
	effects: Pick<Effects, 'engine'>,
	work: (rows: string) => Promise<T>
): Promise<T> {
	const names = table.files.map((_file, index) => `${id}-rows-${index}.parquet`);
	for (const [index, { blob }] of table.files.entries()) await effects.engine.register(names[index] ?? '', blob);
	try {
		return await work(parquetFilesSql(names));
	} finally {
		for (const name of names) await effects.engine.unregister(name);
	}
}
