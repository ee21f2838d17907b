// Pins the trusted version of a dataset: its tag `baseline`, which undo takes back, retention keeps, and `name@baseline` reads.
import { baselineOf, BASELINE_TAG } from '../core/check/baseline.ts';
import { err, ok, type Result } from '../core/result.ts';
import { refsOf } from '../core/version/history.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import { versionAt } from './change-refs.ts';
import type { Effects } from './effects.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';

/** Null when none is pinned. */
export function baselineVersion({ dataset, reached }: Pick<CatalogueItem, 'dataset' | 'reached'>): Version | null {
	const pinned = baselineOf(dataset);
	return (pinned && reached.find(({ id }) => id === pinned.version)) ?? null;
}

/**
 * In the place of the one that was pinned before. `at` names a version as `name@…` in SQL does; null is the newest.
 *
 * Fails: unknown-dataset · unknown-ref · version-collected · ref-taken, by a branch of the name · moved
 */
export async function pinBaseline(
	{ dataset: name, at }: { readonly dataset: string; readonly at: string | null },
	effects: Effects
): Promise<Result<{ readonly dataset: Dataset; readonly version: Version }, StoreFailure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const version = versionAt(found.value, at);
	if (!version.ok) return version;
	const before = found.value.dataset;
	const pinned = baselineOf(before);
	if (pinned?.version === version.value.id) return ok({ dataset: before, version: version.value });
	if (!pinned) {
		const taken = Object.keys(refsOf(before)).find((ref) => ref.toLowerCase() === BASELINE_TAG);
		if (taken !== undefined) return err({ kind: 'ref-taken', name: taken });
	}
	const after = { ...before, tags: { ...before.tags, [pinned?.tag ?? BASELINE_TAG]: version.value.id } };
	const committed = await effects.store.commit({ kind: 'tag', before, after, made: null, atMs: effects.now() });
	return committed.ok ? ok({ dataset: after, version: version.value }) : committed;
}

/** Takes it away; the version stays as long as something else names it. */
export async function unpinBaseline(
	{ dataset: name }: { readonly dataset: string },
	effects: Effects
): Promise<Result<Dataset, StoreFailure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	const pinned = baselineOf(before);
	if (!pinned) return ok(before);
	const { [pinned.tag]: _gone, ...tags } = before.tags;
	const after = { ...before, tags };
	const committed = await effects.store.commit({ kind: 'tag', before, after, made: null, atMs: effects.now() });
	return committed.ok ? ok(after) : committed;
}
