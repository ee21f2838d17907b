// Every dataset with its versions, read at one moment. Manifests never change: a page reads each once.
import type { DatasetId, VersionId } from '#core/ids.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import type { Dataset, Version } from '#core/version/version.ts';
import { withoutKey, type WorkspaceDb } from './schema.ts';

export type StoredDataset = {
	readonly dataset: Dataset;
	/** Undone ones too. */
	readonly versions: readonly Version[];
	/** What stays of those that went. */
	readonly collected: readonly CollectedVersion[];
};

export function createCatalogueReader(db: WorkspaceDb): () => Promise<readonly StoredDataset[]> {
	const versionsOf = createVersionReader(db);
	return () =>
		db.transaction('r', [db.datasets, db.versions, db.collected], async () => {
			const rows = await db.datasets.orderBy('key').toArray();
			return Promise.all(
				rows.map(async (row) => {
					const [versions, collected] = await Promise.all([
						versionsOf(row.id),
						db.collected.where('dataset').equals(row.id).toArray()
					]);
					return { dataset: withoutKey(row), versions, collected };
				})
			);
		});
}

function createVersionReader(db: WorkspaceDb): (dataset: DatasetId) => Promise<readonly Version[]> {
	const known = new Map<DatasetId, ReadonlyMap<VersionId, Version>>();
	return async (dataset) => {
		const all = db.versions.where('dataset').equals(dataset);
		const ids = (await all.primaryKeys()) as VersionId[];
		const before = known.get(dataset) ?? new Map<VersionId, Version>();
		const missing = ids.filter((id) => !before.has(id));
		if (missing.length === 0 && ids.length === before.size) return [...before.values()];
		const read = 2 * missing.length > ids.length ? await all.toArray() : await db.versions.bulkGet(missing);
		const found = new Map(read.flatMap((version) => (version ? [[version.id, version] as const] : [])));
		const versions = ids.flatMap((id) => before.get(id) ?? found.get(id) ?? []);
		known.set(dataset, new Map(versions.map((version) => [version.id, version])));
		return versions;
	};
}
