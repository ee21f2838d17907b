// Takes training runs out of sight and brings them back, with their parts; or lets them go for good, and the operations that name them.
import type { ModelRunId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import { isRunOperation, type RunRef } from '#core/model/registry/run-operation.ts';
import { Refused } from './failures.ts';
import { dropUnheld } from './models.ts';
import type { WorkspaceDb } from './schema.ts';

/** Compare and set, inside a transaction: the run must be in sight where `from` has it, and removed otherwise. */
export async function swapRun(
	db: WorkspaceDb,
	{ from, to, atMs }: { readonly from: RunRef | null; readonly to: RunRef | null; readonly atMs: number }
): Promise<void> {
	const ref = from ?? to;
	if (!ref) return;
	const run = await db.modelRuns.get(ref.id);
	if (!run || (run.removedAtMs === undefined) !== (from !== null)) throw new Refused({ kind: 'moved', name: ref.name });
	for (const { removedAtMs: _at, ...one } of await withParts(db, run))
		await db.modelRuns.put(to ? one : { ...one, removedAtMs: atMs });
}

/** Inside a transaction, of a run that is removed; answers whether there is one. Versions keep their bytes. */
export async function dropRun(db: WorkspaceDb, id: ModelRunId): Promise<boolean> {
	const run = await db.modelRuns.get(id);
	if (run?.removedAtMs === undefined) return false;
	for (const { id: gone } of await withParts(db, run)) {
		await db.modelRuns.delete(gone);
		await db.modelMetrics.where('run').equals(gone).delete();
		const named = await db.operations
			.filter((row) => isRunOperation(row) && (row.before ?? row.after)?.id === gone)
			.primaryKeys();
		await db.operations.bulkDelete(named);
	}
	await dropUnheld(db);
	return true;
}

/** Its parts are in sight as it is, or went with it. */
async function withParts(db: WorkspaceDb, run: ModelRun): Promise<readonly ModelRun[]> {
	const parts = await db.modelRuns
		.filter(({ parent, removedAtMs }) => parent === run.id && removedAtMs === run.removedAtMs)
		.toArray();
	return [run, ...parts];
}
