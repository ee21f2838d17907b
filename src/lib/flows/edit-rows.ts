// Edits of single rows as a new version: only the segments they touch are written again.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import { isPatched } from '../core/version/patch.ts';
import {
	editedCell,
	editedRowsSql,
	editsBySegment,
	joinEdits,
	placedEditsSql,
	rowEditsSql,
	type RowEdits,
	type SegmentEdits
} from '../core/version/row-edits.ts';
import { layoutOf } from '../core/version/layout.ts';
import type { Column, Version } from '../core/version/version.ts';
import { retypedTableSql } from '../core/version/widen.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { HitWork } from './hit-work.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';
import { schemaFittingTexts, widenKept } from './widen-columns.ts';

type Exchanged = Extract<TablePiece, { readonly kind: 'exchanged' }>;

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

/** Where rows are added the segment is written again; in others, the columns of edited cells are. */
async function editedPieces(
	{ id, item, edits }: EditRowsInput,
	schema: readonly Column[],
	{ work, job, effects }: { readonly work: SegmentWork; readonly job: JobHandle; readonly effects: Effects }
): Promise<Result<readonly TablePiece[], RunSqlFailure>> {
	const { version } = item;
	const { segments } = version.table;
	const bySegment = editsBySegment(edits, segments);
	const rewriteOf = (edit: SegmentEdits) => ({
		segment: edit.segment,
		sql: (table: string) => editedRowsSql(retypedTableSql(table, version.schema, schema), schema, edit)
	});
	const staying = bySegment.filter(({ added }) => added.length === 0);
	if (staying.length === 0 || schema !== version.schema) return work.rewrite(version, bySegment.map(rewriteOf));
	const growing = bySegment.filter(({ added }) => added.length > 0);
	const edited = await stayingPiece({ id, version, staying }, { work, job, effects });
	if (!edited.ok || growing.length === 0) return edited.ok ? ok([edited.value]) : edited;
	const by: Exchanged['by'][number][] = [];
	for (const edit of growing) {
		const piece = await work.rewriteOne(version, rewriteOf(edit));
		if (!piece.ok) return piece;
		by.push({ numbers: [edit.segment], piece: piece.value });
	}
	return ok([{ kind: 'exchanged', of: edited.value, by }]);
}

/** The table with the edits of segments in which no row is added. */
async function stayingPiece(
	{
		id,
		version,
		staying
	}: { readonly id: ResultId; readonly version: Version; readonly staying: readonly SegmentEdits[] },
	{ work, job, effects }: { readonly work: SegmentWork; readonly job: JobHandle; readonly effects: Effects }
): Promise<Result<TablePiece, RunSqlFailure>> {
	const { schema, table } = version;
	const changes = new HitWork({ id, version }, work, job, effects);
	const { sql, columns } = rowEditsSql(joinEdits(staying, table.segments), schema);
	const hits = heldTableSql(`edits-${id}`);
	// Rows of an edit are counted without those that patches removed, hits with them.
	const made = isPatched(table)
		? await work.run(`CREATE OR REPLACE TABLE ${hits} AS ${placedEditsSql(sql, quoteName(changes.numbered.name))}`, [
				changes.numbered
			])
		: await work.run(`CREATE OR REPLACE TABLE ${hits} AS ${sql}`, []);
	if (!made.ok) return made;
	try {
		const touched = staying.map(({ segment, changed, removed }) => ({
			segment,
			changed: changed.length,
			removed: removed.length
		}));
		const cell = (index: number): string => editedCell(index, columns, schema);
		const gone = staying.every(({ removed }) => removed.length === 0) ? 'false' : 'h.gone';
		return await changes.change({ hits, gone, cell, touched, schema, columns });
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
