// The catalogue as it was for a training: its datasets at the versions that were learnt from, so that its query gives the same rows.
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { err, ok, type Result } from '../core/result.ts';
import { listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';
import type { ResolveModelFailure } from './resolve-model.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';

/** Fails: training-version-gone, where a version that it learnt from was let go, or its dataset was removed */
export async function catalogueOfTraining(
	{ data }: Pick<ModelRun, 'data'>,
	effects: UpgradeEffects
): Promise<Result<readonly CatalogueItem[], ResolveModelFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const heads = new Map<string, CatalogueItem>();
	for (const { dataset, version: id } of data.inputs) {
		const item = items.value.find(({ reached }) => reached.some((one) => one.id === id));
		const version = item?.reached.find((one) => one.id === id);
		if (!item || !version) return err({ kind: 'training-version-gone', dataset });
		// Of several versions of a dataset, the newest was the head; the others are named in the query.
		const known = heads.get(item.dataset.id);
		if (known && (numberOf(known.version, item) ?? 0) > (numberOf(version, item) ?? 0)) continue;
		heads.set(item.dataset.id, { ...item, version, dataset: { ...item.dataset, head: id } });
	}
	return ok(items.value.map((item) => heads.get(item.dataset.id) ?? item));
}
