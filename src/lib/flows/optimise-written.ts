// Narrows the columns of a table before its first commit, where nothing is lost by it.
import { ok, type Result } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import { chosenLayout, type Layout, type LayoutChoices, type WriterSettings } from '../core/version/layout.ts';
import type { Column } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import { findNarrowings } from './find-narrowings.ts';
import type { JobHandle } from './jobs.ts';
import { columnSizes } from './layout-sample.ts';
import { layOut, withFiles } from './lay-out.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type OptimiseInput = {
	readonly id: ResultId;
	readonly table: WrittenTable;
	/** How it is written, and is to be. */
	readonly from: WriterSettings;
	readonly layout: Layout;
};

export type Optimised = {
	readonly table: WrittenTable;
	readonly layout: Layout;
	/** What was done, for the lineage; null when nothing was to be saved. */
	readonly choices: LayoutChoices | null;
	readonly savedBytes: number;
};

export const AS_IT_IS: Pick<Optimised, 'choices' | 'savedBytes'> = { choices: null, savedBytes: 0 };

export async function optimiseWritten(
	{ id, table, from, layout }: OptimiseInput,
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<Optimised, RunSqlFailure>> {
	const asItIs: Optimised = { table, layout, ...AS_IT_IS };
	if (table.rowCount === 0) return ok(asItIs);
	const found = await withFiles(id, table, effects, (rows) =>
		findNarrowings({ table: rows, schema: table.schema, relations: [] }, 'storage', new SegmentWork(id, job, effects))
	);
	if (!found.ok) return found;
	if (found.value.length === 0) return ok(asItIs);
	const all = found.value.map(({ name, narrow }) => ({ name, type: narrow }));
	// What is smaller in the first file is taken to be smaller in all.
	const first = { ...table, files: table.files.slice(0, 1) };
	const tried = await layOut({ id, table: first, from, layout, schema: withTypes(table.schema, all) }, job, effects);
	if (!tried.ok) return tried;
	const [before, after] = [await columnSizes(first), await columnSizes(tried.value)];
	const narrow = all.filter(({ name }) => {
		const at = table.schema.findIndex((column) => column.name === name);
		return (after[at] ?? 0) < (before[at] ?? 0);
	});
	if (narrow.length === 0) return ok(asItIs);
	const choices = { narrow };
	const chosen = chosenLayout(layout, choices, table.schema);
	const schema = withTypes(table.schema, narrow);
	const laid = await layOut({ id, table, from, layout: chosen, schema }, job, effects);
	if (!laid.ok) return laid;
	const savedBytes = sizeOf(table) - sizeOf(laid.value);
	return ok(savedBytes > 0 ? { table: laid.value, layout: chosen, choices, savedBytes } : asItIs);
}

function withTypes(schema: readonly Column[], types: readonly Column[]): readonly Column[] {
	return schema.map((column) => types.find(({ name }) => name === column.name) ?? column);
}

function sizeOf({ files }: WrittenTable): number {
	return files.reduce((bytes, { blob }) => bytes + blob.size, 0);
}
