// What a sync may touch: the edge as a store of sealed bytes, the store of the page as far as sync needs it, and keys.
import type { PartId, VersionId } from '../core/ids.ts';
import type { Result } from '../core/result.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import type { SyncChoice } from '../core/sync/sync-choice.ts';
import type { WireEntry } from '../core/sync/member-log.ts';
import type { WireRef } from '../core/sync/ref-record.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SyncKeys } from '../crypto/sync-keys.ts';
import type { Store } from '../db/store.ts';
import type { MergedVersion, SyncRows } from '../db/sync.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;

/** Of one workspace, with a device's token. */
export type SyncNet = {
	/** Of all spaces. */
	refs(): Net<readonly WireRef[]>;
	/** Oldest first. */
	refLog(space: string, token: string, after: number): Net<readonly Omit<WireRef, 'space' | 'token'>[]>;
	members(after: number): Net<readonly WireEntry[]>;
	/** False when another entry is the last, or any ref is not where it was `seen`, in the moment of appending. */
	appendMember(prev: string, entry: Bytes, seen?: readonly WireRef[]): Net<boolean>;
	/** Those of up to a thousand that are missing. Those that are there stay for a day. */
	have(space: string, ids: readonly string[]): Net<readonly string[]>;
	put(space: string, id: string, bytes: Bytes): Net<void>;
	get(space: string, id: string): Net<Bytes>;
	/** `moved`: the ref is not where `prev` says. `missing`: objects that are needed are not there. */
	moveRef(
		ref: WireRef & { readonly prev: string; readonly needs: readonly string[] }
	): Net<'won' | 'moved' | 'missing'>;
};

/** What sync needs of the page's store. */
export type SyncStore = Omit<
	SyncRows,
	| 'account'
	| 'saveAccount'
	| 'changeAccount'
	| 'watch'
	| 'choice'
	| 'saveChoice'
	| 'slots'
	| 'saveSlots'
	| 'auditTip'
	| 'saveAuditTip'
> &
	Pick<Store, 'datasets' | 'version' | 'collectedVersion' | 'storedParts'> & {
		addParts(parts: readonly { readonly id: PartId; readonly bytes: Bytes }[]): Promise<Result<void, StoreFailure>>;
	};

export type MergeAsk = {
	readonly dataset: Dataset;
	readonly branch: string;
	readonly ours: VersionId;
	readonly theirs: VersionId;
};

export type SyncEffects = {
	readonly workspace: string;
	readonly device: string;
	/** As people call it. */
	readonly deviceName: string;
	readonly net: SyncNet;
	readonly store: SyncStore;
	readonly keys: SyncKeys;
	/** One version of both lines that no one has stored yet; or why there can be none without a person. */
	readonly merge: (ask: MergeAsk) => Promise<Result<MergedVersion, { readonly kind: string }>>;
	readonly choice: SyncChoice;
	/** By a person's leave: what the server lost, or cannot be believed about, is put right from here. */
	readonly isReseeding: boolean;
	/** Nothing collects these versions while `work` runs. */
	readonly holding: <T>(versions: readonly VersionId[], work: () => Promise<T>) => Promise<T>;
	readonly now: () => number;
	/** 0 ≤ x < 1. */
	readonly random: () => number;
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly signal: AbortSignal;
	/** Told as bytes go up or down. */
	readonly moved: (direction: 'up' | 'down', sizeBytes: number) => void;
};
