// Sets from when versions of a dataset count as drifted: kept with the dataset, and taken back by undo.
import type { DriftRules } from '../core/check/drift-rules.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';

/** Null goes back to the usual ones. What is as it was already is no change. */
export async function setDriftRules(
	{ dataset: name, rules }: { readonly dataset: string; readonly rules: DriftRules | null },
	effects: Effects
): Promise<Result<Dataset, StoreFailure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	const { driftRules, ...others } = before;
	if (JSON.stringify(driftRules ?? null) === JSON.stringify(rules)) return ok(before);
	const after: Dataset = rules ? { ...others, driftRules: rules } : others;
	const committed = await effects.store.commit({ kind: 'drift', before, after, made: null, atMs: effects.now() });
	return committed.ok ? ok(after) : committed;
}
