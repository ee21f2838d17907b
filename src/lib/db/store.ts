// The catalogue and its commits in IndexedDB: everything a commit changes lands in one strict transaction or not at all.
import { inBatches } from '#core/batches.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import type { Document, DocumentOperation, DocumentVersion } from '#core/document/document.ts';
import type { DatasetId, DocumentId, ModelRunId, PartId, SegmentId, VersionId } from '#core/ids.ts';
import { isRunOperation, type RunOperation } from '#core/model/registry/run-operation.ts';
import type { StepCheckpoint } from '#core/pipeline/run-record.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { ok, type Result } from '#core/result.ts';
import type { Segment } from '#core/version/segment.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import type { RetentionRules } from '#core/version/retention.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Dataset, DatasetOperation, Operation, Version } from '#core/version/version.ts';
import type { WorkingCopy } from '#core/version/working-copy.ts';
import { BATCH, type Additions } from './additions.ts';
import { createCatalogueReader, type StoredDataset } from './catalogue.ts';
import { createChanges, read } from './changes.ts';
import { addVersion, dropUndone, swapDataset } from './datasets.ts';
import { swapDocument } from './documents.ts';
import { Refused } from './failures.ts';
import { takeInto, type TakenItems } from './inbox.ts';
import { tellModelsChanged } from './models.ts';
import { redoNext, undoNewest } from './operations.ts';
import { dropRun, swapRun } from './run-removal.ts';
import { checkpointInto } from './runs.ts';
import { withoutKey, type WorkspaceDb } from './schema.ts';
import { readSegments } from './tables.ts';
import { dropUnreached, readWorkspace, restoreInto, type Restore, type StoredWorkspace } from './storage.ts';
import { readPacking, repackInto, type Packing, type Repack } from './repack.ts';
import { retainInto, type Retained } from './retain.ts';
import type { Swept } from './sweep.ts';
import { tellAlertsChanged } from './alerts.ts';
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
	/** Items of the inbox whose rows the version holds. Fails: moved, where they were taken in already. */
	readonly taken?: TakenItems | undefined;
};

/** As `Commit`, of a document. */
export type DocumentCommit = Pick<DocumentOperation, 'kind' | 'before' | 'after' | 'atMs'> & {
	readonly made: DocumentVersion | null;
};

/** As `Commit`, of a training run. */
export type RunCommit = Pick<RunOperation, 'kind' | 'before' | 'after' | 'atMs'>;

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
	/** Takes a training run out of sight, or brings it back. */
	commitRun(commit: RunCommit): Promise<Result<Operation, StoreFailure>>;
	/** Lets a removed run go for good, with what only it held; false where there is none. */
	dropRun(id: ModelRunId): Promise<Result<boolean, StoreFailure>>;
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

export function createStore(db: WorkspaceDb, leases: Leases): Store {
	const { change, watch } = createChanges(db);
	const readCatalogue = createCatalogueReader(db);
	const tellOfRuns = (turned: Result<Operation, StoreFailure>): Result<Operation, StoreFailure> => {
		if (turned.ok && isRunOperation(turned.value)) tellModelsChanged(db);
		return turned;
	};
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
				await swapDataset(db, commit.before, commit.after);
				if (commit.made) await addVersion(db, commit.made.version, commit.made.additions);
				if (commit.made && commit.taken) await takeInto(db, commit.taken, commit.made.version.id);
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
		commitRun: async (commit) => {
			const committed = await change(0, async () => {
				await swapRun(db, { from: commit.before, to: commit.after, atMs: commit.atMs });
				const operation = { ...commit, undone: false };
				const seq = await db.operations.add(operation);
				return { operation: { ...operation, seq }, dropped: await dropUndone(db) };
			});
			if (!committed.ok) return committed;
			tellModelsChanged(db);
			if (committed.value.dropped > 0) await collect();
			return ok(committed.value.operation);
		},
		dropRun: async (id) => {
			const dropped = await change(0, () => dropRun(db, id));
			if (dropped.ok) tellModelsChanged(db);
			return dropped;
		},
		undo: async () => tellOfRuns(await change(0, () => undoNewest(db))),
		redo: async () => tellOfRuns(await change(0, () => redoNext(db))),
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
						await swapDataset(db, only, only);
					}
					return retainInto(db, { ...input, pinned: new Set([...pinned, ...needed]) });
				})
			),
		collect,
		packing: () => read(() => readPacking(db)),
		repack: (repack) => change(packBytes(repack), () => repackInto(db, repack)),
		needed: () => read(() => leases.whileNoneBegins((needed) => Promise.resolve(needed))),
		watch
	};
}

function packBytes({ packs }: Pick<Additions, 'packs'>): number {
	return [...packs.values()].reduce((sum, blob) => sum + blob.size, 0);
}
