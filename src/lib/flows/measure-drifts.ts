// How far versions are from the baseline of their dataset, as alert rules ask for it: each is compared once, and what was found is kept.
import type { DriftPast } from '../core/alert/signals.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import { baselineVersion } from './baseline.ts';
import { drift } from './drift.ts';
import type { Effects } from './effects.ts';
import { listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';

/** By baseline, version, and the dataset's own thresholds. */
export type KeptDrifts = Readonly<Record<string, Pick<DriftPast, 'columns' | 'changedColumns'>>>;

const SETTING = 'alert-drifts';
const KEPT = 1000;

export async function keptDrifts({ store }: Pick<Effects, 'store'>): Promise<Result<KeptDrifts, StoreFailure>> {
	const stored = await store.setting(SETTING);
	return stored.ok ? ok((stored.value as KeptDrifts | undefined) ?? {}) : stored;
}

/** Of the open branch, the oldest version first; none where no baseline is pinned. */
export function driftsOf(item: CatalogueItem, kept: KeptDrifts): readonly DriftPast[] {
	const baseline = baselineVersion(item);
	if (!baseline) return [];
	return item.history.flatMap((version): readonly DriftPast[] => {
		const found = kept[keyOf(baseline, version, item)];
		const number = numberOf(version, item);
		if (!found || number === null) return [];
		const baselineNumber = numberOf(baseline, item);
		return [
			{ version: version.id, number, baseline: baseline.id, baselineNumber, atMs: version.createdAtMs, ...found }
		];
	});
}

/**
 * Compares the newest versions of each dataset that were not compared before. One that cannot be compared says nothing: the
 * console and the page of drift say why.
 */
export async function measureDrifts(
	{ dataset, versions }: { readonly dataset: string | null; readonly versions: number },
	effects: Effects
): Promise<Result<void, StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const kept = await keptDrifts(effects);
	if (!kept.ok) return kept;
	const made: Record<string, KeptDrifts[string]> = {};
	for (const item of items.value) {
		const baseline = baselineVersion(item);
		if (!baseline || (dataset !== null && dataset.toLowerCase() !== item.dataset.name.toLowerCase())) continue;
		for (const version of item.history.slice(-versions)) {
			const key = keyOf(baseline, version, item);
			if (key in kept.value || version.id === baseline.id) continue;
			const found = await drift({ item, before: baseline, after: version }, effects);
			if (!found.ok) continue;
			const { columns, schema } = found.value;
			made[key] = {
				columns: columns.filter(({ hasDrifted }) => hasDrifted).map(({ column }) => column),
				changedColumns: [
					...[...schema.added, ...schema.removed].map(({ name }) => name),
					...schema.retyped.map(({ column }) => column)
				]
			};
		}
	}
	if (Object.keys(made).length === 0) return ok(undefined);
	const newest = await keptDrifts(effects);
	if (!newest.ok) return newest;
	const all = Object.entries({ ...newest.value, ...made }).slice(-KEPT);
	return effects.store.saveSetting(SETTING, Object.fromEntries(all));
}

function keyOf(
	baseline: Pick<Version, 'id'>,
	version: Pick<Version, 'id'>,
	{ dataset: { driftRules } }: Pick<CatalogueItem, 'dataset'>
): string {
	return `${baseline.id} ${version.id}${driftRules ? ` ${JSON.stringify(driftRules)}` : ''}`;
}
