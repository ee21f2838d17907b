// What sync keeps besides datasets and versions, and how it changes those: a dataset, its merged versions and what was agreed with the
// edge land in one strict transaction.
import { inBatches } from '#core/batches.ts';
import type { DatasetId, PartId, SegmentId, VersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { AuditTip } from '#core/sync/audit-chain.ts';
import type { SyncFailure } from '#core/sync/failure.ts';
import type { Inline } from '#core/sync/ref-record.ts';
import { parseSyncChoice, type SyncChoice } from '#core/sync/sync-choice.ts';
import type { KnownEntry, SyncSpace } from '#core/sync/sync-space.ts';
import type { EdgeToken } from '#core/sync/workspace-code.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import type { Segment } from '#core/version/segment.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Dataset, Version } from '#core/version/version.ts';
import { BATCH, type Additions } from './additions.ts';
import { Refused, storeFailure } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';
import { createRecordRows, forgetRecords, type RecordRows } from './sync-records.ts';
import { demandFormat } from './storage.ts';
import { refuseNewerFormat, withTimeout } from './changes.ts';
import { addVersion, dropUndone, swapDataset } from './datasets.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Stored<T> = Promise<Result<T, StoreFailure>>;

export type SyncTrouble = { readonly dataset: string | null; readonly failure: SyncFailure };

/** The keys of an unlocked workspace. None can be exported again. */
export type OpenKeys = {
	/** What other keys are derived from, of each epoch up to when it was unlocked; later ones come with the membership log. */
	readonly roots: readonly CryptoKey[];
	readonly signing: CryptoKey;
	/** What others seal to this device opens by it. */
	readonly taking: CryptoKeyPair | null;
};

/** That a removed device sent something which nobody took; kept until a person has seen it. */
export type Refusal = {
	readonly dataset: string | null;
	readonly device: string;
	/** Which record it was, so that it is told once. */
	readonly key: string;
	readonly isSeen: boolean;
};

/** This device's part in a synced workspace. */
export type SyncAccount = {
	readonly workspace: string;
	readonly token: EdgeToken;
	/** For another device; see `writeWorkspaceCode`. */
	readonly code: string;
	readonly device: { readonly id: string; readonly name: string };
	/** Null while the workspace is locked on this device. */
	readonly keys: OpenKeys | null;
	/** The device's own keys, sealed by a root key, for the time when it is locked; null where they were made before that was done. */
	readonly own: Inline | null;
	/** Signs also while it is locked, where `own` is null. */
	readonly signing: CryptoKey | null;
	/** The last epoch whose beginning was brought to its end by this device. */
	readonly settledEpoch: number;
	readonly refusals: readonly Refusal[];
	readonly isPaused: boolean;
	/** What kept the last sync from its end; of one dataset, or of all. */
	readonly troubles: readonly SyncTrouble[];
	/** When all was as on the edge last. */
	readonly syncedAtMs: number | null;
};

/** What was sealed already: by `version/…`, `segment/…` or `part/…` with the local id, the ids of its objects. */
export type SealedAs = ReadonlyMap<string, readonly string[]>;

/** `isStored` false: it was collected, or the edge alone has it. */
export type KnownCommit = Pick<Version, 'id' | 'parents'> & { readonly isStored: boolean };

export type KeptSlots = { readonly atMs: number; readonly sealed: readonly Bytes[] };

export type MergedVersion = { readonly version: Version; readonly additions: Additions };

export type Adoption = {
	/** As it was read; refused when it is another one now. */
	readonly before: Dataset | null;
	readonly after: Dataset | null;
	readonly merged: readonly MergedVersion[];
	/** Null where the state is not that of the edge yet. */
	readonly agreed: SyncSpace | null;
	readonly atMs: number;
};

export type SyncRows = {
	/** What is synced besides datasets. */
	readonly records: RecordRows;
	account(): Stored<SyncAccount | null>;
	/** What this device wants of the workspace. */
	choice(): Stored<SyncChoice>;
	saveChoice(choice: SyncChoice): Stored<void>;
	/** Key slots as the edge had them last, still sealed: a server that lost them gets them back. */
	slots(): Stored<KeptSlots | null>;
	saveSlots(slots: KeptSlots): Stored<void>;
	/** Null forgets all that sync keeps on this device; datasets stay. */
	saveAccount(account: SyncAccount | null): Stored<void>;
	/** Of the account as it is then, in one transaction: two tabs do not undo each other. Nothing where sync is off. */
	changeAccount(change: (account: SyncAccount) => SyncAccount): Stored<void>;
	/** The last entry of the audit log that this device believed. */
	auditTip(): Stored<AuditTip | null>;
	saveAuditTip(tip: AuditTip | null): Stored<void>;
	members(): Stored<readonly KnownEntry[]>;
	saveMembers(entries: readonly KnownEntry[]): Stored<void>;
	spaces(): Stored<readonly SyncSpace[]>;
	saveSpace(space: SyncSpace): Stored<void>;
	/** All versions of a dataset that are stored, and what stays of those that went or were never here whole. */
	commits(dataset: DatasetId): Stored<readonly KnownCommit[]>;
	storedSegments(ids: readonly SegmentId[]): Stored<ReadonlyMap<SegmentId, Segment>>;
	partBytes(id: PartId): Stored<Bytes | null>;
	/** `key` is the id of the wrapped key that it was sealed by: under another one it is another object. */
	sealedAs(key: string, names: readonly string[]): Stored<SealedAs>;
	saveSealed(key: string, sealed: SealedAs): Stored<void>;
	/** Refused as `moved` when a part of theirs is not stored. */
	addVersions(added: {
		readonly versions: readonly Version[];
		readonly collected: readonly CollectedVersion[];
		readonly segments: readonly Segment[];
	}): Stored<void>;
	adopt(adoption: Adoption): Stored<void>;
	/** Told after any tab, this one too, changed the account or synced. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

const ACCOUNT = 'sync-account';
const MEMBERS = 'sync-members';
const CHOICE = 'sync-choice';
const SLOTS = 'sync-slots';
const AUDIT = 'sync-audit';

export function createSyncRows(db: WorkspaceDb): SyncRows {
	const catalogue = new BroadcastChannel(`${db.name}:catalogue`);
	const channel = new BroadcastChannel(`${db.name}:sync`);
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const telling = async <T>(work: Promise<Result<T, StoreFailure>>): Stored<T> => {
		const done = await work;
		if (done.ok) {
			channel.postMessage('changed');
			tell();
		}
		return done;
	};
	return {
		records: createRecordRows(db),
		account: () => attempt(() => readAccount(db)),
		saveAccount: (account) =>
			telling(
				attempt(() =>
					db.transaction('rw', [db.settings, db.syncSpaces, db.syncSealed, db.syncPages], async () => {
						if (account) {
							await db.settings.put({ key: ACCOUNT, value: account });
							return;
						}
						const left = (await db.settings.get(ACCOUNT))?.value as SyncAccount | undefined;
						if (left) await forgetRecords(db, left.device.id);
						await db.settings.bulkDelete([ACCOUNT, MEMBERS, CHOICE, SLOTS, AUDIT]);
						await db.syncSpaces.clear();
						await db.syncSealed.clear();
					})
				)
			),
		changeAccount: (change) =>
			telling(
				attempt(() =>
					db.transaction('rw', db.settings, async () => {
						const account = await readAccount(db);
						if (account) await db.settings.put({ key: ACCOUNT, value: change(account) });
					})
				)
			),
		choice: () => attempt(async () => parseSyncChoice((await db.settings.get(CHOICE))?.value)),
		saveChoice: (choice) =>
			telling(
				attempt(async () => {
					await db.settings.put({ key: CHOICE, value: choice });
				})
			),
		slots: () => attempt(async () => ((await db.settings.get(SLOTS))?.value as KeptSlots | undefined) ?? null),
		saveSlots: (slots) =>
			attempt(async () => {
				await db.settings.put({ key: SLOTS, value: slots });
			}),
		auditTip: () => attempt(async () => ((await db.settings.get(AUDIT))?.value as AuditTip | undefined) ?? null),
		saveAuditTip: (tip) =>
			attempt(async () => {
				await db.settings.put({ key: AUDIT, value: tip });
			}),
		members: () => attempt(async () => ((await db.settings.get(MEMBERS))?.value as KnownEntry[] | undefined) ?? []),
		saveMembers: (entries) =>
			attempt(async () => {
				await db.settings.put({ key: MEMBERS, value: entries });
			}),
		spaces: () => attempt(() => db.syncSpaces.toArray()),
		saveSpace: (space) =>
			attempt(async () => {
				await db.syncSpaces.put(space);
			}),
		commits: (dataset) =>
			attempt(async () => {
				const stored = await db.versions.where('dataset').equals(dataset).toArray();
				const known = new Map<VersionId, KnownCommit>();
				for (const { id, parents } of await db.collected.where('dataset').equals(dataset).toArray())
					known.set(id, { id, parents, isStored: false });
				for (const { id, parents } of stored) known.set(id, { id, parents, isStored: true });
				return [...known.values()];
			}),
		storedSegments: (ids) =>
			attempt(async () => {
				const found = new Map<SegmentId, Segment>();
				for (const some of inBatches(ids, BATCH))
					for (const segment of await db.segments.bulkGet(some)) if (segment) found.set(segment.id, segment);
				return found;
			}),
		partBytes: (id) =>
			attempt(async () => {
				const slices = await db.transaction('r', [db.places, db.packs], async () => {
					const pieces = (await db.places.get(id))?.pieces ?? [];
					const packs = await db.packs.bulkGet(pieces.map(({ pack }) => pack));
					return pieces.map(({ startByte, sizeBytes }, at) => packs[at]?.blob.slice(startByte, startByte + sizeBytes));
				});
				const found = slices.filter((slice) => slice !== undefined);
				if (found.length === 0 || found.length < slices.length) return null;
				return new Uint8Array(await new Blob(found).arrayBuffer());
			}),
		sealedAs: (key, names) =>
			attempt(async () => {
				const found = new Map<string, readonly string[]>();
				for (const some of inBatches(names, BATCH)) {
					const rows = await db.syncSealed.bulkGet(some.map((name): [string, string] => [key, name]));
					for (const row of rows) if (row) found.set(row.name, row.objects);
				}
				return found;
			}),
		saveSealed: (key, sealed) =>
			attempt(async () => {
				await db.syncSealed.bulkPut([...sealed].map(([name, objects]) => ({ key, name, objects })));
			}),
		addVersions: async ({ versions, collected, segments }) => {
			const added = await attempt(() =>
				db.transaction('rw', [db.segments, db.places, db.versions, db.collected, db.settings], async () => {
					await refuseNewerFormat(db);
					const parts = [...new Set(segments.flatMap(({ chunks }) => chunks.map(({ part }) => part)))];
					let there = 0;
					for (const some of inBatches(parts, BATCH))
						there += (await db.places.bulkGet(some)).filter((place) => place !== undefined).length;
					if (there !== parts.length) throw new Refused({ kind: 'moved', name: 'a version of the edge' });
					await db.segments.bulkPut([...segments]);
					await db.versions.bulkPut([...versions]);
					await db.collected.bulkDelete(versions.map(({ id, dataset }): [string, string] => [dataset, id]));
					await db.collected.bulkPut([...collected]);
					await demandFormat(db, versions);
				})
			);
			if (added.ok) catalogue.postMessage('changed');
			return added;
		},
		adopt: async (adoption) => {
			// An async function itself: from a promise that another one gave, Dexie does not find back into the transaction.
			const work = async (): Promise<void> => {
				await adoptInto(db, adoption);
			};
			const adopted = await attempt(() => withTimeout(db.transaction('rw', tablesOf(db), work)));
			if (adopted.ok) catalogue.postMessage('changed');
			return adopted;
		},
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

type Kept = Omit<SyncAccount, 'keys' | 'own' | 'settledEpoch' | 'refusals'>;
/** As it was before workspaces could be locked. */
type FirstAccount = Kept & { readonly rootKey: CryptoKey; readonly signing: CryptoKey };

/** Only this file writes it. */
async function readAccount(db: WorkspaceDb): Promise<SyncAccount | null> {
	const stored = (await db.settings.get(ACCOUNT))?.value as SyncAccount | FirstAccount | undefined;
	if (!stored) return null;
	if (!('rootKey' in stored)) return stored;
	const { rootKey, ...rest } = stored;
	const keys = { roots: [rootKey], signing: rest.signing, taking: null };
	return { ...rest, keys, own: null, settledEpoch: 1, refusals: [] };
}

function tablesOf(db: WorkspaceDb) {
	const parts = [db.packs, db.places, db.segments, db.versions, db.collected];
	return [...parts, db.datasets, db.operations, db.settings, db.syncSpaces];
}

async function adoptInto(db: WorkspaceDb, { before, after, merged, agreed, atMs }: Adoption): Promise<void> {
	await refuseNewerFormat(db);
	await swapDataset(db, before, after);
	for (const { version, additions } of merged) await addVersion(db, version, additions);
	// What it names must be here whole: another tab may have collected it since it was fetched.
	const named = after ? [after.head, ...Object.values(after.branches), ...Object.values(after.tags)] : [];
	const stored = await db.versions.bulkGet(named);
	if (stored.includes(undefined)) throw new Refused({ kind: 'moved', name: after?.name ?? '' });
	await db.operations.add({ kind: 'sync', before, after, undone: false, atMs });
	await dropUndone(db);
	if (agreed) await db.syncSpaces.put(agreed);
}

async function attempt<T>(work: () => PromiseLike<T>): Stored<T> {
	try {
		return ok(await work());
	} catch (error) {
		return err(error instanceof Refused ? error.failure : storeFailure(error, 0));
	}
}
