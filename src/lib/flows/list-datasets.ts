// The catalogue: every dataset with its head version and the history behind it.
import { ok, err, type Result } from '../core/result.ts';
import type { CatalogueEntry } from '../core/sql/bind-versions.ts';
import { ancestorsOf, historyOf, reachedBy, refsOf } from '../core/version/history.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import { upgradeWorkspace, type UpgradeEffects } from './upgrade-workspace.ts';

export type CatalogueItem = {
	readonly dataset: Dataset;
	/** The head. */
	readonly version: Version;
	/** Oldest first; the last is the head. */
	readonly history: readonly Version[];
	/** Whatever a branch or tag reaches. */
	readonly reached: readonly Version[];
};

/** By name, without regard to case. */
export async function listDatasets(effects: UpgradeEffects): Promise<Result<readonly CatalogueItem[], StoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const items: CatalogueItem[] = [];
	for (const dataset of datasets.value) {
		const versions = await effects.store.versions(dataset.id);
		if (!versions.ok) return versions;
		const history = historyOf(dataset.head, versions.value);
		const version = history.at(-1);
		if (!version) return err({ kind: 'storage-unavailable', reason: `the version of ${dataset.name} is missing` });
		const reached = ancestorsOf(reachedBy(dataset), versions.value);
		items.push({ dataset, version, history, reached });
	}
	return ok(items);
}

export async function findDataset(name: string, effects: UpgradeEffects): Promise<Result<CatalogueItem, StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const found = items.value.find((item) => item.dataset.name.toLowerCase() === name.toLowerCase());
	return found ? ok(found) : err({ kind: 'unknown-dataset', name });
}

/** What SQL can name. */
export function catalogueEntries(items: readonly CatalogueItem[]): readonly CatalogueEntry[] {
	return items.map(({ dataset, version, history, reached }) => ({
		name: dataset.name,
		head: dataset.head,
		history,
		refs: refsOf(dataset),
		reached: reached.map(({ id, createdAtMs, schema }) => ({ id, createdAtMs, columns: schema })),
		hasRejects: version.rejects !== null
	}));
}
