// Edits of single rows as a new version: only the segments they touch are written again.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { editedCell, editedRowsSql, editsBySegment, rowEditsSql, type RowEdits } from '../core/version/row-edits.ts';
import { layoutOf } from '../core/version/layout.ts';
import type { Column } from '../core/version/version.ts';
import { retypedTableSql } from '../core/version/widen.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { PatchWork } from './patch-work.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';
import { schemaFittingTexts, widenKept } from './widen-columns.ts';

export type EditRowsInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly edits: RowEdits;
	/** They are those of the dataset's working copy, which goes when they are committed. */
	readonly endsWorkingCopy?: boolean;
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type EditRowsFailure =
	| RunSqlFailure
	| { readonly kind: 'unknown-column'; readonly column: string }
	| { readonly kind: 'unknown-row'; readonly row: number; readonly rowCount: number }
	| { readonly kind: 'no-edits' };

export async function editRows(input: EditRowsInput, effects: Effects): Promise<Result<Committed, EditRowsFailure>> {
	const { item, edits } = input;
	const checked = checkEdits(edits, item);
	if (!checked.ok) return checked;
	return asJob(effects.jobs, `Edit ${item.dataset.name}`, input.signal, async (job) => {
		const { version } = item;
		const work = new SegmentWork(input.id, job, effects, layoutOf(version));
		const cells = [...edits.changed, ...edits.added].map((edit) => edit.cells);
		const fitting = await schemaFittingTexts(version, cells, work);
		if (!fitting.ok) return fitting;
		const schema = fitting.value;
		const edited = await editedPieces(input, schema, { work, job, effects });
		if (!edited.ok) return edited;
		const pieces = await widenKept({ id: input.id, version, pieces: edited.value, schema }, job, effects);
		if (!pieces.ok) return pieces;
		const opened = await effects.engine.open();
		if (!opened.ok) return opened;
		const key = await effects.store.idKey(effects.makeIdKey);
		if (!key.ok) return key;
		const table = await composeTable({ id: input.id, base: version, schema, pieces: pieces.value }, key.value, effects);
		if (!table.ok) return table;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		return commitComposed(
			{
				name: item.dataset.name,
				onto: item.dataset,
				message: input.message ?? editWords(edits),
				schema,
				table: table.value,
				rejects: null,
				lineage: {
					operation: 'edit',
					source: null,
					options: null,
					sql: null,
					inputs: [version.id],
					parameters: { changed: edits.changed.length, added: edits.added.length, removed: edits.removed.length },
					engine: opened.value.version
				},
				endsWorkingCopy: input.endsWorkingCopy ?? false
			},
			effects
		);
	});
}

/** Rows that stay where they are may be patches; where rows are added, the segment is written again. */
async function editedPieces(
	{ id, item, edits }: EditRowsInput,
	schema: readonly Column[],
	{ work, job, effects }: { readonly work: SegmentWork; readonly job: JobHandle; readonly effects: Effects }
): Promise<Result<readonly TablePiece[], RunSqlFailure>> {
	const { version } = item;
	const bySegment = editsBySegment(edits, version.table.segments);
	const rewrites = bySegment.map((edit) => ({
		segment: edit.segment,
		sql: (table: string) => editedRowsSql(retypedTableSql(table, version.schema, schema), schema, edit)
	}));
	const touched = bySegment
		.filter(({ added }) => added.length === 0)
		.map(({ segment, changed, removed }) => ({ segment, changed: changed.length, removed: removed.length }));
	if (touched.length === 0 || schema !== version.schema) return work.rewrite(version, rewrites);
	const { sql, columns } = rowEditsSql(edits, schema);
	const hits = heldTableSql(`edits-${id}`);
	const made = await work.run(`CREATE OR REPLACE TABLE ${hits} AS ${sql}`, []);
	if (!made.ok) return made;
	try {
		const cell = (index: number): string => editedCell(index, columns, schema);
		const override = { hits, gone: edits.removed.length === 0 ? 'false' : 'h.gone', cell };
		const patches = new PatchWork({ id, version, signal: job.signal }, work, effects);
		return await patches.change({ touched, columns, override, rewrites });
	} finally {
		await work.drop(hits);
	}
}

/** Such as `Change 2 rows, remove 1`. */
export function editWords({ changed, removed, added }: RowEdits): string {
	const counts = [
		['change', changed.length],
		['add', added.length],
		['remove', removed.length]
	] as const;
	const said = counts.filter(([, count]) => count > 0);
	const words = said
		.map(([verb, count], index) => `${verb} ${count}${index === 0 ? (count === 1 ? ' row' : ' rows') : ''}`)
		.join(', ');
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function checkEdits({ changed, removed, added }: RowEdits, { version }: CatalogueItem): Result<void, EditRowsFailure> {
	if (changed.length + removed.length + added.length === 0) return err({ kind: 'no-edits' });
	const { rowCount } = version.table;
	const isRow = (row: number, end: number): boolean => Number.isInteger(row) && row >= 0 && row < end;
	const wrong =
		[...changed.map(({ row }) => row), ...removed].find((row) => !isRow(row, rowCount)) ??
		added.map(({ before }) => before).find((row) => !isRow(row, rowCount + 1));
	if (wrong !== undefined) return err({ kind: 'unknown-row', row: wrong, rowCount });
	const names = new Set(version.schema.map(({ name }) => name));
	for (const { cells } of [...changed, ...added])
		for (const column of Object.keys(cells)) if (!names.has(column)) return err({ kind: 'unknown-column', column });
	return ok(undefined);
}
