// Makes the storage smaller: old versions of one dataset go, and whatever nothing reaches any more.
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';

export type PruneReport = {
	readonly versionCount: number;
	/** Operations that can no longer be undone, since they need what went. */
	readonly forgottenCount: number;
	readonly freedBytes: number;
};

/** Keeps the newest `keep` versions of every branch, at least one, and those that a tag names. Cannot be undone. */
export async function pruneDataset(
	{ name, keep }: { readonly name: string; readonly keep: number },
	effects: Effects
): Promise<Result<PruneReport, StoreFailure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const pruned = await effects.store.prune(found.value.dataset, keep);
	if (!pruned.ok) return pruned;
	const { versionCount, forgottenCount, swept } = pruned.value;
	return ok({ versionCount, forgottenCount, freedBytes: swept.freedBytes });
}

/** Frees what no branch, tag or undo reaches. */
export async function collectGarbage(
	effects: Pick<Effects, 'store'>
): Promise<Result<{ readonly freedBytes: number }, StoreFailure>> {
	const swept = await effects.store.collect();
	return swept.ok ? ok({ freedBytes: swept.value.freedBytes }) : swept;
}
