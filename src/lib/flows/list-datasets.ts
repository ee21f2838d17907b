// The catalogue: every dataset with its head version and the history behind it.
import { ok, err, type Result } from '../core/result.ts';
import type { CatalogueEntry } from '../core/sql/bind-versions.ts';
import {
	ancestorsOf,
	lineOf,
	numberIn,
	reachedBy,
	refsOf,
	type CollectedVersion,
	type LineVersion
} from '../core/version/history.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { VERSION_FORMAT, type Dataset, type Version } from '../core/version/version.ts';
import { upgradeWorkspace, type UpgradeEffects } from './upgrade-workspace.ts';

export type CatalogueItem = {
	readonly dataset: Dataset;
	/** The head. */
	readonly version: Version;
	/** Those of the open branch that are stored, oldest first; the last is the head. */
	readonly history: readonly Version[];
	/** The open branch with those that were collected: the first is `v1`. */
	readonly line: readonly LineVersion[];
	/** What stays of all that were collected. */
	readonly collected: readonly CollectedVersion[];
	/** Whatever a branch or tag reaches. */
	readonly reached: readonly Version[];
};

/** By name, without regard to case. */
export async function listDatasets(effects: UpgradeEffects): Promise<Result<readonly CatalogueItem[], StoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const stored = await effects.store.catalogue();
	if (!stored.ok) return stored;
	const items: CatalogueItem[] = [];
	for (const { dataset, versions, collected } of stored.value) {
		const newest = Math.max(0, ...versions.map(({ format }) => format));
		if (newest > VERSION_FORMAT) return err({ kind: 'newer-format', stored: newest, known: VERSION_FORMAT });
		const byId = new Map(versions.map((one) => [one.id, one]));
		const line = lineOf(dataset.head, versions, collected);
		const history = line.flatMap(({ id }) => byId.get(id) ?? []);
		const version = byId.get(dataset.head);
		if (!version) return err({ kind: 'storage-unavailable', reason: `the version of ${dataset.name} is missing` });
		const reached = ancestorsOf(reachedBy(dataset), versions, collected);
		items.push({ dataset, version, history, line, collected, reached });
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
	return items.map(({ dataset, version, line, collected, reached }) => ({
		name: dataset.name,
		head: dataset.head,
		history: line,
		collected,
		refs: refsOf(dataset),
		reached: reached.map(({ id, createdAtMs, schema }) => ({ id, createdAtMs, columns: schema })),
		hasRejects: version.rejects !== null
	}));
}

/** 1 is `v1`; null when it is not on the open branch. */
export function numberOf({ id }: Pick<Version, 'id'>, { line }: Pick<CatalogueItem, 'line'>): number | null {
	return numberIn(line, id);
}
