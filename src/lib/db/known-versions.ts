// Manifests that this page has read: they never change, so a long history is read from the disk once.
import type { DatasetId, VersionId } from '#core/ids.ts';
import type { Version } from '#core/version/version.ts';
import type { WorkspaceDb } from './schema.ts';

export function createVersionReader(db: WorkspaceDb): (dataset: DatasetId) => Promise<readonly Version[]> {
	const known = new Map<DatasetId, ReadonlyMap<VersionId, Version>>();
	return async (dataset) => {
		const all = db.versions.where('dataset').equals(dataset);
		const ids = (await all.primaryKeys()) as VersionId[];
		const before = known.get(dataset) ?? new Map<VersionId, Version>();
		const missing = ids.filter((id) => !before.has(id));
		const read = 2 * missing.length > ids.length ? await all.toArray() : await db.versions.bulkGet(missing);
		const found = new Map(read.flatMap((version) => (version ? [[version.id, version] as const] : [])));
		const versions = ids.flatMap((id) => before.get(id) ?? found.get(id) ?? []);
		known.set(dataset, new Map(versions.map((version) => [version.id, version])));
		return versions;
	};
}
