// Writes patched segments whole: the same rows in a new version, which reads as if it had never been patched.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { layoutOf } from '../core/version/layout.ts';
import { isPatched, splitRuns } from '../core/version/patch.ts';
import { numberedRowsSql } from '../core/version/patch-sql.ts';
import type { Column, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

export type CompactInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly signal?: AbortSignal | undefined;
};

const PATCHED_VIEW = '@patched';

/** Null when no segment has a patch. */
export async function compactDataset(
	{ id, item, signal }: CompactInput,
	effects: Effects
): Promise<Result<Committed | null, RunSqlFailure>> {
	const { dataset, version } = item;
	if (!isPatched(version.table)) return ok(null);
	return asJob(effects.jobs, `Compact ${dataset.name}`, signal, async (job) => {
		const piece = await compactedPiece({ id, version }, job, effects);
		if (!piece.ok) return piece;
		const opened = await effects.engine.open();
		if (!opened.ok) return opened;
		const key = await effects.store.idKey(effects.makeIdKey);
		if (!key.ok) return key;
		const composed = { id, base: version, schema: version.schema, pieces: [piece.value] };
		const table = await composeTable(composed, key.value, effects);
		if (!table.ok) return table;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		return commitComposed(
			{
				name: dataset.name,
				onto: dataset,
				message: 'Compact: the same rows, without what was removed',
				schema: version.schema,
				table: table.value,
				rejects: null,
				lineage: {
					operation: 'compact',
					source: null,
					options: null,
					sql: null,
					inputs: [version.id],
					engine: opened.value.version
				}
			},
			effects
		);
	});
}

/** The table of a version, its patched segments written whole. */
export async function compactedPiece(
	{ id, version }: { readonly id: ResultId; readonly version: Version },
	job: JobHandle,
	effects: Pick<Effects, 'engine' | 'store'>
): Promise<Result<TablePiece, RunSqlFailure>> {
	const { schema, table } = version;
	const { segments } = table;
	const numbers = segments.flatMap(({ patch }, number) => (patch ? [number] : []));
	if (numbers.length === 0) return ok({ kind: 'kept', segments });
	const bases = await effects.store.segments(numbers.flatMap((number) => segments[number]?.id ?? []));
	if (!bases.ok) return bases;
	if (bases.value === null) return err({ kind: 'damaged-version', version: version.id });
	const counts = bases.value.map(({ rowCount }) => rowCount);
	const files: WrittenTable['files'][number][] = [];
	for (const { from, to } of splitRuns(counts)) {
		const some = numbers.slice(from, to);
		const sql = numberedRowsSql(quoteName(PATCHED_VIEW), counts.slice(from, to), schema, freeColumn(schema));
		const relations = [
			{ name: PATCHED_VIEW, version: version.id, rows: 'data', segments: some, form: 'placed' } as const
		];
		const written = await whileCancellable(id, job.signal, effects, () =>
			effects.engine.split({ id, sql, params: [], relations, writer: layoutOf(version) })
		);
		if (!written.ok) return written;
		files.push(...written.value.map((blob, at) => ({ blob, rowCount: segments[some[at] ?? -1]?.rowCount ?? 0 })));
		job.progress({ fraction: to / (numbers.length + 1) });
	}
	return ok({
		kind: 'exchanged',
		of: { kind: 'kept', segments },
		by: [{ numbers, piece: { kind: 'written', table: { files } } }]
	});
}

/** A name that no column has. */
function freeColumn(schema: readonly Column[]): string {
	const taken = new Set(schema.map(({ name }) => name.toLowerCase()));
	let name = 'segment';
	while (taken.has(name)) name += '_';
	return name;
}
