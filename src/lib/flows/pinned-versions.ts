// The versions that open tabs show, of which the workspace keeps a list: they are not collected under a person's eyes.
import type { VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { lineOf } from '../core/version/history.ts';
import type { Snapshot } from '../core/version/snapshot.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

type Known = Pick<Snapshot, 'datasets' | 'versions' | 'collected'>;

export async function pinnedVersions(
	{ datasets, versions, collected }: Known,
	effects: Pick<Effects, 'store'>
): Promise<Result<ReadonlySet<VersionId>, StoreFailure>> {
	const tabs = await effects.store.setting('tabs');
	if (!tabs.ok) return tabs;
	const pinned = new Set<VersionId>();
	for (const { datasetId, versionId, versionNumber } of openTabs(tabs.value)) {
		const dataset = datasets.find(({ id }) => id === datasetId);
		if (!dataset) continue;
		if (versions.some(({ id }) => id === versionId)) pinned.add(versionId as VersionId);
		else if (typeof versionNumber === 'number' && versionNumber > 0) {
			const numbered = lineOf(dataset.head, versions, collected)[versionNumber - 1];
			if (numbered) pinned.add(numbered.id);
		}
	}
	return ok(pinned);
}

type OpenTab = { readonly datasetId?: unknown; readonly versionId?: unknown; readonly versionNumber?: unknown };

function openTabs(value: unknown): readonly OpenTab[] {
	if (typeof value !== 'object' || value === null || !('list' in value) || !Array.isArray(value.list)) return [];
	return value.list.filter((tab): tab is OpenTab => typeof tab === 'object' && tab !== null);
}
