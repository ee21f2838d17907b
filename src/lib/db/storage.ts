// The whole workspace at once: read for meters, checks and backups, written by a restore, and swept of what nothing reaches.
import type { ModelsWithFiles } from '#core/backup/backup-models.ts';
import type { PackId, VersionId } from '#core/ids.ts';
import { ancestorIds, reachedBy } from '#core/version/history.ts';
import type { Snapshot } from '#core/version/snapshot.ts';
import { isDatasetOperation, type Dataset, type Version } from '#core/version/version.ts';
import { addParts, type Additions } from './additions.ts';
import { allAlerts, restoreAlerts } from './alerts.ts';
import { dropUnreachedDocuments, putDocument } from './documents.ts';
import { Refused } from './failures.ts';
import { restoreModels } from './models.ts';
import type { WorkspaceDb } from './schema.ts';
import { sweep, type Swept } from './sweep.ts';
import { allVerdicts, dropVerdicts, restoreVerdicts } from './verdicts.ts';

export type StoredWorkspace = Snapshot & {
	/** Nothing of a pack is read before it is sliced. */
	readonly packs: ReadonlyMap<PackId, Blob>;
};

export type Restore = Pick<
	Snapshot,
	'datasets' | 'operations' | 'versions' | 'collected' | 'documents' | 'documentVersions' | 'verdicts' | 'alerts'
> & {
	readonly additions: Additions;
	readonly models: ModelsWithFiles | null;
	/** Taken over when the workspace is empty, which is then demanded; null restores beside what is there. */
	readonly idKey: CryptoKey | null;
};

export function readWorkspace(db: WorkspaceDb): Promise<StoredWorkspace> {
	const tables = [
		db.datasets,
		db.operations,
		db.versions,
		db.collected,
		db.segments,
		db.places,
		db.packs,
		db.documents,
		db.documentVersions,
		db.verdicts,
		db.incidents,
		db.deliveries,
		db.settings
	];
	return db.transaction('r', tables, async () => {
		const datasets = (await db.datasets.orderBy('key').toArray()).map(({ key: _key, ...dataset }) => dataset);
		const operations = await db.operations.orderBy('seq').toArray();
		const versions = await db.versions.toArray();
		const collected = await db.collected.toArray();
		const segments = await db.segments.toArray();
		const places = await db.places.toArray();
		const packs = new Map((await db.packs.toArray()).map(({ id, blob }) => [id, blob]));
		const documents = (await db.documents.orderBy('key').toArray()).map(({ key: _key, ...document }) => document);
		const documentVersions = await db.documentVersions.toArray();
		const verdicts = await allVerdicts(db);
		const texts = { documents, documentVersions, verdicts, alerts: await allAlerts(db) };
		return { datasets, operations, versions, collected, segments, places, packs, ...texts };
	});
}

/** Inside a transaction over all tables. */
export async function restoreInto(db: WorkspaceDb, restore: Restore): Promise<void> {
	const { datasets, operations, versions, collected, documents, documentVersions, verdicts, additions, idKey } =
		restore;
	if (idKey) {
		for (const table of [db.versions, db.datasets, db.operations, db.documents])
			if ((await table.count()) > 0) throw new Refused({ kind: 'moved', name: 'the workspace' });
		await db.settings.put({ key: 'id-key', value: idKey });
	}
	await demandParts(db, additions, 'the workspace');
	await addParts(db, additions);
	await db.versions.bulkPut([...versions]);
	await db.collected.bulkPut([...collected]);
	await demandFormat(db, versions);
	for (const dataset of datasets) {
		const key = dataset.name.toLowerCase();
		if (await db.datasets.where('key').equals(key).first())
			throw new Refused({ kind: 'name-taken', name: dataset.name });
		await db.datasets.add({ ...dataset, key });
	}
	if (restore.models) await restoreModels(db, restore.models);
	await restoreVerdicts(db, verdicts);
	await restoreAlerts(db, restore.alerts);
	await db.documentVersions.bulkPut([...documentVersions]);
	for (const document of documents) await putDocument(db, document);
	for (const { seq: _seq, ...operation } of operations) await db.operations.add(operation);
}

/** From now on, pages that do not know the format of these versions write nothing. */
export async function demandFormat(db: WorkspaceDb, versions: readonly Version[]): Promise<void> {
	const stored = (await db.settings.get('format'))?.value;
	const needed = Math.max(0, ...versions.map(({ format }) => format));
	if (typeof stored === 'number' && stored < needed) await db.settings.put({ key: 'format', value: needed });
}

/** The parts that a commit counts on must still be there: another tab may have swept them since it looked. */
export async function demandParts(db: WorkspaceDb, { reused }: Additions, name: string): Promise<void> {
	const there = await db.places
		.where('id')
		.anyOf([...reused])
		.count();
	if (there !== reused.length) throw new Refused({ kind: 'moved', name });
}

/**
 * Drops versions that neither a dataset nor an operation reaches and nobody has pinned, and sweeps what only they held.
 *
 * Note: why no commit of another tab loses parts. A commit adds its parts and the version that names them in one transaction,
 * and checks in it that the parts it reuses are still there. IndexedDB lets only one writer at these tables at a time, so this
 * transaction sees all of that commit or nothing; in the second case the commit finds its parts gone and is refused whole.
 */
export async function dropUnreached(db: WorkspaceDb, pinned: ReadonlySet<VersionId>): Promise<Swept> {
	const named = new Set<VersionId>(pinned);
	const name = (dataset: Dataset | null): void => {
		for (const id of dataset ? reachedBy(dataset) : []) named.add(id);
	};
	(await db.datasets.toArray()).forEach(name);
	await db.operations.each((row) => {
		if (!isDatasetOperation(row)) return;
		name(row.before);
		name(row.after);
	});
	const [versions, collected] = [await db.versions.toArray(), await db.collected.toArray()];
	const reached = ancestorIds([...named], [...collected, ...versions]);
	const dead = versions.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
	await db.versions.bulkDelete(dead);
	for (const id of dead) await db.profiles.where('version').equals(id).delete();
	await dropVerdicts(db, dead);
	const forgotten = collected.filter(({ id }) => !reached.has(id));
	await db.collected.bulkDelete(forgotten.map(({ dataset, id }) => [dataset, id]));
	await dropUnreachedDocuments(db);
	return sweep(db);
}
