// The whole workspace at once: read for meters, checks and backups, written by a restore, and made smaller by a prune.
import { isDocumentOperation } from '#core/document/document.ts';
import type { PackId, VersionId } from '#core/ids.ts';
import { historyOf, reachedBy } from '#core/version/history.ts';
import type { Snapshot } from '#core/version/snapshot.ts';
import type { Dataset, Version } from '#core/version/version.ts';
import { addParts, type Additions } from './additions.ts';
import { dropUnreachedDocuments, putDocument } from './documents.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';
import { sweep, type Swept } from './sweep.ts';

export type StoredWorkspace = Snapshot & {
	/** Nothing of a pack is read before it is sliced. */
	readonly packs: ReadonlyMap<PackId, Blob>;
};

export type Restore = Pick<Snapshot, 'datasets' | 'operations' | 'versions' | 'documents' | 'documentVersions'> & {
	readonly additions: Additions;
	/** Taken over when the workspace is empty, which is then demanded; null restores beside what is there. */
	readonly idKey: CryptoKey | null;
};

export type Pruned = {
	readonly versionCount: number;
	/** Operations that can no longer be undone. */
	readonly forgottenCount: number;
	readonly swept: Swept;
};

export function readWorkspace(db: WorkspaceDb): Promise<StoredWorkspace> {
	const tables = [
		db.datasets,
		db.operations,
		db.versions,
		db.segments,
		db.places,
		db.packs,
		db.documents,
		db.documentVersions
	];
	return db.transaction('r', tables, async () => {
		const datasets = (await db.datasets.orderBy('key').toArray()).map(({ key: _key, ...dataset }) => dataset);
		const operations = await db.operations.orderBy('seq').toArray();
		const versions = await db.versions.toArray();
		const segments = await db.segments.toArray();
		const places = await db.places.toArray();
		const packs = new Map((await db.packs.toArray()).map(({ id, blob }) => [id, blob]));
		const documents = (await db.documents.orderBy('key').toArray()).map(({ key: _key, ...document }) => document);
		const documentVersions = await db.documentVersions.toArray();
		return { datasets, operations, versions, segments, places, packs, documents, documentVersions };
	});
}

/** Inside a transaction over all tables. */
export async function restoreInto(db: WorkspaceDb, restore: Restore): Promise<void> {
	const { datasets, operations, versions, documents, documentVersions, additions, idKey } = restore;
	if (idKey) {
		for (const table of [db.versions, db.datasets, db.operations, db.documents])
			if ((await table.count()) > 0) throw new Refused({ kind: 'moved', name: 'the workspace' });
		await db.settings.put({ key: 'id-key', value: idKey });
	}
	await demandParts(db, additions, 'the workspace');
	await addParts(db, additions);
	await db.versions.bulkPut([...versions]);
	for (const dataset of datasets) {
		const key = dataset.name.toLowerCase();
		if (await db.datasets.where('key').equals(key).first())
			throw new Refused({ kind: 'name-taken', name: dataset.name });
		await db.datasets.add({ ...dataset, key });
	}
	await db.documentVersions.bulkPut([...documentVersions]);
	for (const document of documents) await putDocument(db, document);
	for (const { seq: _seq, ...operation } of operations) await db.operations.add(operation);
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
 * Drops the versions of a dataset that are older than the newest `keep` of every branch and that no tag names. What could be
 * undone only with them is forgotten, and everything before it, since undo goes backwards.
 *
 * Inside a transaction over all tables.
 */
export async function pruneInto(db: WorkspaceDb, before: Dataset, keep: number): Promise<Pruned> {
	const versions = await db.versions.where('dataset').equals(before.id).toArray();
	const kept = keptBy(before, versions, keep);
	const gone = new Set(versions.filter(({ id }) => !kept.has(id)).map(({ id }) => id));
	const operations = await db.operations.orderBy('seq').toArray();
	const needs = (dataset: Dataset | null): boolean =>
		dataset?.id === before.id && reachedBy(dataset).some((id) => gone.has(id));
	const last = operations.findLast((one) => !isDocumentOperation(one) && (needs(one.before) || needs(one.after)));
	const forgotten = operations.filter(({ seq }) => last !== undefined && seq <= last.seq);
	await db.operations.bulkDelete(forgotten.map(({ seq }) => seq));
	await db.versions.bulkDelete([...gone]);
	await db.profiles
		.where('version')
		.anyOf([...gone])
		.delete();
	return { versionCount: gone.size, forgottenCount: forgotten.length, swept: await dropUnreached(db) };
}

function keptBy(dataset: Dataset, versions: readonly Version[], keep: number): ReadonlySet<VersionId> {
	const heads = [dataset.head, ...Object.values(dataset.branches)];
	return new Set([
		...heads.flatMap((head) => historyOf(head, versions).slice(-keep)).map(({ id }) => id),
		...Object.values(dataset.tags)
	]);
}

/**
 * Drops versions that neither a dataset nor an operation reaches, and sweeps what only they held.
 *
 * Note: why no commit of another tab loses parts. A commit adds its parts and the version that names them in one transaction,
 * and checks in it that the parts it reuses are still there. IndexedDB lets only one writer at these tables at a time, so this
 * transaction sees all of that commit or nothing; in the second case the commit finds its parts gone and is refused whole.
 */
export async function dropUnreached(db: WorkspaceDb): Promise<Swept> {
	const kept = new Set<VersionId>();
	const keep = (dataset: Dataset | null): void => {
		for (const id of dataset ? reachedBy(dataset) : []) kept.add(id);
	};
	(await db.datasets.toArray()).forEach(keep);
	await db.operations.each((row) => {
		if (isDocumentOperation(row)) return;
		keep(row.before);
		keep(row.after);
	});
	const versions = await db.versions.toArray();
	const byId = new Map(versions.map((version) => [version.id, version]));
	const queue = [...kept];
	for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
		for (const parent of byId.get(id)?.parents ?? []) {
			if (!kept.has(parent)) {
				kept.add(parent);
				queue.push(parent);
			}
		}
	}
	const dead = versions.filter((version) => !kept.has(version.id));
	await db.versions.bulkDelete(dead.map((version) => version.id));
	for (const version of dead) await db.profiles.where('version').equals(version.id).delete();
	await dropUnreachedDocuments(db);
	return sweep(db);
}
