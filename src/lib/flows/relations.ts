// Which columns of the workspace's datasets may point to rows of another: of their newest versions, told from sketches.
import type { RelationCandidate } from '../core/check/meaning/relations.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { sketchVersion, type SketchVersionFailure } from './sketch-version.ts';

/** The best first; of one dataset, those from and to it, or of all. What has no sketch yet is read, one job for each. */
export async function relations(
	{ item, signal }: { readonly item: CatalogueItem | null; readonly signal?: AbortSignal | undefined },
	effects: Effects
): Promise<Result<readonly RelationCandidate[], SketchVersionFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const datasets = [];
	for (const { dataset, version } of items.value) {
		const sketch = await sketchVersion({ dataset, version, signal }, effects);
		if (!sketch.ok) return sketch;
		datasets.push({ name: dataset.name, sketch: sketch.value });
	}
	const found = await effects.check.relations(datasets, item?.dataset.name ?? null);
	if (found.ok) return ok(found.value);
	invariant(found.error.kind === 'check-crashed', 'a sketch that was made or looked at is whole');
	return err(found.error);
}
