// The catalogue and its commits in IndexedDB: everything a commit changes lands in one strict transaction or not at all.
import { inBatches } from '#core/batches.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import {
	isDocumentOperation,
	type Document,
	type DocumentOperation,
	type DocumentVersion
} from '#core/document/document.ts';
import type { DatasetId, DocumentId, PartId, SegmentId, VersionId } from '#core/ids.ts';
import type { StepCheckpoint } from '#core/pipeline/run-record.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Segment } from '#core/version/segment.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import type { RetentionRules } from '#core/version/retention.ts';
import { segmentIdsOf } from '#core/version/snapshot.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Dataset, DatasetOperation, Operation, Version } from '#core/version/version.ts';
import type { WorkingCopy } from '#core/version/working-copy.ts';
import { addParts, BATCH, type Additions } from './additions.ts';
import { createCatalogueReader, type StoredDataset } from './catalogue.ts';
import { swapDocument } from './documents.ts';
import { Refused, storeFailure } from './failures.ts';
import { checkpointInto } from './runs.ts';
import { FIRST_FORMAT, STORED_FORMAT, withoutKey, type WorkspaceDb } from './schema.ts';
import { readSegments } from './tables.ts';
import {
	demandFormat,
	demandParts,
	dropUnreached,
	readWorkspace,
	restoreInto,
	type Restore,
	type StoredWorkspace
} from './storage.ts';
import { readPacking, repackInto, type Packing, type Repack } from './repack.ts';
import { retainInto, type Retained } from './retain.ts';
import type { Swept } from './sweep.ts';
import { tellAlertsChanged } from './alerts.ts';
import { modelTables } from './models.ts';
import { putVerdict, readVerdicts } from './verdicts.ts';
import type { Leases } from './leases.ts';

/** The whole of one local commit. */
export type Commit = {
	readonly kind: DatasetOperation['kind'];
	/** The dataset as the committer read it; null to create. */
	readonly before: Dataset | null;
	readonly after: Dataset | null;
	/** With what it adds to the store; null when no version is made. */
	readonly made: { readonly version: Version; readonly additions: Additions } | null;
	readonly atMs: number;
	/** The working copy of the branch goes with it: what it held is committed. */
	readonly endsWorkingCopy?: boolean;
	/** Of the step of a run that made it. Fails: superseded, and then nothing is stored. */
	readonly checkpoint?: StepCheckpoint;
};

/** As `Commit`, of a document. */
export type DocumentCommit = Pick<DocumentOperation, 'kind' | 'before' | 'after' | 'atMs'> & {
	readonly made: DocumentVersion | null;
};

export type Store = {
	datasets(): Promise<Result<readonly Dataset[], StoreFailure>>;
	version(id: VersionId): Promise<Result<Version | null, StoreFailure>>;
	/** Every dataset with what is stored of it, all at one moment; by name, without regard to case. */
	catalogue(): Promise<Result<readonly StoredDataset[], StoreFailure>>;
	/** Which of these parts are stored. */
	storedParts(ids: readonly PartId[]): Promise<Result<ReadonlySet<PartId>, StoreFailure>>;
	/** In the order asked for; null when one is not stored. */
	segments(ids: readonly SegmentId[]): Promise<Result<readonly Segment[] | null, StoreFailure>>;
	/** Stores version, parts, dataset and operation together; drops what was undone before it. */
	commit(commit: Commit): Promise<Result<Operation, StoreFailure>>;
	/** By kind and name. */
	documents(): Promise<Result<readonly Document[], StoreFailure>>;
	/** Every stored version of a document, undone ones too; `documentHistory` orders them. */
	documentVersions(document: DocumentId): Promise<Result<readonly DocumentVersion[], StoreFailure>>;
	commitDocument(commit: DocumentCommit): Promise<Result<Operation, StoreFailure>>;
	undo(): Promise<Result<Operation, StoreFailure>>;
	redo(): Promise<Result<Operation, StoreFailure>>;
	/** Oldest first. */
	operations(): Promise<Result<readonly Operation[], StoreFailure>>;
	profiles(version: VersionId): Promise<Result<readonly ColumnProfile[], StoreFailure>>;
	saveProfile(version: VersionId, profile: ColumnProfile): Promise<Result<void, StoreFailure>>;
	/** Of all versions of a dataset, newest first. */
	verdicts(dataset: DatasetId): Promise<Result<readonly SuiteVerdict[], StoreFailure>>;
	/** In the place of an earlier one of the same suite and version. Fails: moved, when the version is not stored any more. */
	saveVerdict(verdict: SuiteVerdict): Promise<Result<void, StoreFailure>>;
	setting(key: string): Promise<Result<unknown, StoreFailure>>;
	saveSetting(key: string, value: unknown): Promise<Result<void, StoreFailure>>;
	/** This workspace's key for part and version ids; `make` is stored when there is none. */
	idKey(make: () => Promise<CryptoKey>): Promise<Result<CryptoKey, StoreFailure>>;
	/** Everything at one moment. */
	workspace(): Promise<Result<StoredWorkspace, StoreFailure>>;
	/** Of the branch that is open. */
	workingCopy(dataset: Pick<Dataset, 'id' | 'branch'>): Promise<Result<WorkingCopy | null, StoreFailure>>;
	/** Refused when another tab has changed it since `before`. One without changes goes. */
	saveWorkingCopy(before: WorkingCopy | null, after: WorkingCopy): Promise<Result<void, StoreFailure>>;
	/** All of it or nothing. */
	restore(restore: Restore): Promise<Result<void, StoreFailure>>;
	/** What stays of versions of a dataset that were let go. */
	collectedVersion(id: VersionId): Promise<Result<CollectedVersion | null, StoreFailure>>;
	/**
	 * Lets the versions go that the rules do not keep, nor a lease, nor any of `pinned`. `only` is a dataset as it was read, which
	 * is refused when it changed since; what was undone before goes with it.
	 */
	retain(input: Retention): Promise<Result<Retained, StoreFailure>>;
	/** Drops what no branch, tag, undo or lease reaches. */
	collect(): Promise<Result<Swept, StoreFailure>>;
	/** Where all parts are. */
	packing(): Promise<Result<Packing, StoreFailure>>;
	/** Moves parts to other packs; refused when something has changed there since it was read. */
	repack(repack: Repack): Promise<Result<void, StoreFailure>>;
	/** What running jobs hold of any tab now. */
	needed(): Promise<Result<ReadonlySet<VersionId>, StoreFailure>>;
	/** Told after any tab, this one too, changed the catalogue. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

export type Retention = {
	readonly rules: RetentionRules;
	readonly atMs: number;
	readonly pinned: ReadonlySet<VersionId>;
	readonly only?: Dataset;
};

/** Some engines leave a request of an aborted transaction without any event, so no wait is for ever. */
const TRANSACTION_TIMEOUT_MS = 60_000;

export function createStore(db: WorkspaceDb, leases: Leases): Store {
	const channel = new BroadcastChannel(`${db.name}:catalogue`);
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const changed = <T>(value: T): Result<T, StoreFailure> => {
		channel.postMessage('changed');
		tell();
		return ok(value);
	};
	const change = async <T>(neededBytes: number, work: () => Promise<T>): Promise<Result<T, StoreFailure>> => {
		try {
			const tables = [
				db.packs,
				db.places,
				db.segments,
				db.versions,
				db.collected,
				db.datasets,
				db.operations,
				db.profiles,
				db.settings,
				db.workingCopies,
				db.runs,
				db.attempts,
				db.outputs,
				db.pieces,
				db.documents,
				db.documentVersions,
				db.verdicts,
				db.sketches,
				db.incidents,
				db.deliveries,
				...modelTables(db)
			];
			const transaction = db.transaction('rw', tables, async () => {
				await refuseNewerFormat(db);
				return work();
			});
			return changed(await withTimeout(transaction));
		} catch (error) {
			return err(error instanceof Refused ? error.failure : storeFailure(error, neededBytes));
		}
	};
	const readCatalogue = createCatalogueReader(db);
	const collect = (): Promise<Result<Swept, StoreFailure>> =>
		leases.whileNoneBegins((needed) => change(0, () => dropUnreached(db, needed)));
	return {
		datasets: () =>
			read(async () => {
				const rows = await db.datasets.orderBy('key').toArray();
				return rows.map(withoutKey);
			}),
		version: (id) => read(async () => (await db.versions.get(id)) ?? null),
		catalogue: () => read(readCatalogue),
		storedParts: (ids) =>
			read(async () => {
				const stored = new Set<PartId>();
				for (const some of inBatches(ids, BATCH))
					for (const place of await db.places.bulkGet(some)) if (place) stored.add(place.id);
				return stored;
			}),
		segments: (ids) => read(() => readSegments(db, ids)),
		commit: async (commit) => {
			const committed = await change(commit.made ? packBytes(commit.made.additions) : 0, async () => {
				if (commit.checkpoint) await checkpointInto(db, commit.checkpoint);
				await swap(db, commit.before, commit.after);
				if (commit.made) await addVersion(db, commit.made.version, commit.made.additions);
				if (commit.endsWorkingCopy && commit.before)
					await db.workingCopies.delete([commit.before.id, commit.before.branch]);
				const operation = {
					kind: commit.kind,
					before: commit.before,
					after: commit.after,
					undone: false,
					atMs: commit.atMs
				};
				const seq = await db.operations.add(operation);
				return { ...operation, seq, dropped: await dropUndone(db) };
			});
			if (!committed.ok) return committed;
			const { dropped, ...operation } = committed.value;
			// Afterwards, when it is known what running jobs need. Left undone by a killed tab, the next collection does it.
			if (dropped > 0) await collect();
			return ok(operation);
		},
		documents: () =>
			read(async () => {
				const rows = await db.documents.orderBy('key').toArray();
				return rows.map(({ key: _key, ...document }) => document);
			}),
		documentVersions: (document) => read(() => db.documentVersions.where('document').equals(document).toArray()),
		commitDocument: async ({ made, ...commit }) => {
			const committed = await change(0, async () => {
				await swapDocument(db, commit.before, commit.after);
				if (made) await db.documentVersions.put(made);
				const operation = { ...commit, undone: false };
				const seq = await db.operations.add(operation);
				return { operation: { ...operation, seq }, dropped: await dropUndone(db) };
			});
			if (!committed.ok) return committed;
			if (committed.value.dropped > 0) await collect();
			return ok(committed.value.operation);
		},
		undo: () =>
			change(0, async () => {
				const operation = await db.operations
					.orderBy('seq')
					.filter((row) => !row.undone)
					.last();
				if (!operation) throw new Refused({ kind: 'nothing-to-undo' });
				if (isDocumentOperation(operation)) await swapDocument(db, operation.after, operation.before);
				else await swap(db, operation.after, operation.before);
				const undone = { ...operation, undone: true };
				await db.operations.put(undone);
				return undone;
			}),
		redo: () =>
			change(0, async () => {
				const operation = await db.operations
					.orderBy('seq')
					.filter((row) => row.undone)
					.first();
				if (!operation) throw new Refused({ kind: 'nothing-to-redo' });
				if (isDocumentOperation(operation)) await swapDocument(db, operation.before, operation.after);
				else await swap(db, operation.before, operation.after);
				const redone = { ...operation, undone: false };
				await db.operations.put(redone);
				return redone;
			}),
		operations: () => read(() => db.operations.orderBy('seq').toArray()),
		profiles: (version) =>
			read(async () => {
				const rows = await db.profiles.where('version').equals(version).toArray();
				return rows.map((row) => row.profile);
			}),
		saveProfile: (version, profile) =>
			read(async () => {
				await db.profiles.put({ version, column: profile.column, profile });
			}),
		verdicts: (dataset) => read(() => readVerdicts(db, dataset)),
		saveVerdict: (verdict) => change(0, () => putVerdict(db, verdict)),
		setting: (key) => read(async () => (await db.settings.get(key))?.value),
		saveSetting: (key, value) =>
			read(async () => {
				await db.settings.put({ key, value });
			}),
		idKey: async (make) => {
			const stored = await read(() => db.settings.get('id-key'));
			if (!stored.ok) return stored;
			if (stored.value?.value instanceof CryptoKey) return ok(stored.value.value);
			const made = await make();
			return read(() =>
				db.transaction('rw', db.settings, async () => {
					// Another tab may have been first.
					const other = (await db.settings.get('id-key'))?.value;
					if (other instanceof CryptoKey) return other;
					await db.settings.put({ key: 'id-key', value: made });
					return made;
				})
			);
		},
		workingCopy: ({ id, branch }) => read(async () => (await db.workingCopies.get([id, branch])) ?? null),
		saveWorkingCopy: (before, after) =>
			change(0, async () => {
				const { dataset, branch } = after;
				const stored = await db.workingCopies.get([dataset, branch]);
				if (stored?.revision !== before?.revision) throw new Refused({ kind: 'moved', name: branch });
				if (after.changes.length + after.undone.length > 0) await db.workingCopies.put(after);
				else await db.workingCopies.delete([dataset, branch]);
			}),
		workspace: () => read(() => readWorkspace(db)),
		restore: async (restore) => {
			const restored = await change(packBytes(restore.additions), () => restoreInto(db, restore));
			if (restored.ok) tellAlertsChanged(db);
			return restored;
		},
		collectedVersion: (id) => read(async () => (await db.collected.filter((one) => one.id === id).first()) ?? null),
		retain: ({ only, pinned, ...input }) =>
			leases.whileNoneBegins((needed) =>
				change(0, async () => {
					if (only) {
						await dropUndone(db);
						await swap(db, only, only);
					}
					return retainInto(db, { ...input, pinned: new Set([...pinned, ...needed]) });
				})
			),
		collect,
		packing: () => read(() => readPacking(db)),
		repack: (repack) => change(packBytes(repack), () => repackInto(db, repack)),
		needed: () => read(() => leases.whileNoneBegins((needed) => Promise.resolve(needed))),
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

async function read<T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}

function packBytes({ packs }: Pick<Additions, 'packs'>): number {
	return [...packs.values()].reduce((sum, blob) => sum + blob.size, 0);
}

export function withTimeout<T>(work: PromiseLike<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new Refused({ kind: 'storage-unavailable', reason: 'the transaction did not end' }));
		}, TRANSACTION_TIMEOUT_MS);
		work.then(resolve, reject);
		const stop = (): void => clearTimeout(timer);
		work.then(stop, stop);
	});
}

export async function refuseNewerFormat(db: WorkspaceDb): Promise<void> {
	const stored = (await db.settings.get('format'))?.value;
	if (typeof stored === 'number' && stored > STORED_FORMAT) {
		throw new Refused({ kind: 'newer-format', stored, known: STORED_FORMAT });
	}
	if (stored === undefined) await db.settings.put({ key: 'format', value: FIRST_FORMAT });
	else if (typeof stored !== 'number' || stored < FIRST_FORMAT)
		throw new Refused({ kind: 'storage-unavailable', reason: 'it is being upgraded' });
}

/** Compare and set: the dataset must stand as `from` says, and the new name must be free. */
export async function swap(db: WorkspaceDb, from: Dataset | null, to: Dataset | null): Promise<void> {
	const id = from?.id ?? to?.id;
	if (id === undefined) return;
	const current = await db.datasets.get(id);
	const stands = from === null ? current === undefined : current !== undefined && isSame(withoutKey(current), from);
	if (!stands) throw new Refused({ kind: 'moved', name: from?.name ?? to?.name ?? '' });
	if (to === null) {
		await db.datasets.delete(id);
		return;
	}
	const key = to.name.toLowerCase();
	const holder = await db.datasets.where('key').equals(key).first();
	if (holder && holder.id !== id) throw new Refused({ kind: 'name-taken', name: to.name });
	await db.datasets.put({ ...to, key });
}

export async function addVersion(db: WorkspaceDb, version: Version, additions: Additions): Promise<void> {
	await demandParts(db, additions, version.message);
	await addParts(db, additions);
	// A version with the rows of an older one adds no segments: another tab may have pruned the older one since it was read.
	const named = segmentIdsOf([version]);
	const stored = await db.segments
		.where('id')
		.anyOf([...named])
		.count();
	if (stored !== named.size) throw new Refused({ kind: 'moved', name: version.message });
	await db.versions.put(version);
	await demandFormat(db, [version]);
}

/** A new operation ends what could be redone. Answers how many operations that was. */
export async function dropUndone(db: WorkspaceDb): Promise<number> {
	const undone = await db.operations.filter((row) => row.undone).toArray();
	await db.operations.bulkDelete(undone.map((row) => row.seq));
	return undone.length;
}

function isSame(one: Dataset, other: Dataset): boolean {
	const text = ({ name, head, branch, branches, tags, driftRules }: Dataset): string =>
		JSON.stringify([name, head, branch, Object.entries(branches).sort(), Object.entries(tags).sort(), driftRules]);
	return text(one) === text(other);
}
