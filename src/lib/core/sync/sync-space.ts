// What a device keeps of a dataset that is synced: how far it believes the edge, and what both had in common.
import type { DatasetId } from '../ids.ts';
import type { MemberEntry } from './member-log.ts';
import type { Inline } from './ref-record.ts';
import type { Kept, SpaceState } from './space-state.ts';
import type { Trust } from './trust.ts';

/** `lineage` is the id of the wrap of the first key; absent where that is this one. */
export type SpaceKey = { readonly epoch: number; readonly wrap: Inline; readonly lineage?: string };

export type SyncSpace = {
	readonly space: DatasetId;
	/** The newest record that was verified. */
	readonly trust: Trust | null;
	/** How many entries of the membership log that record knew. */
	readonly members: number;
	/** The space's key, wrapped: from before its first object is sealed, so that a sync that is cut off goes on where it was. */
	readonly key: SpaceKey | null;
	/** What both had in common last, as of that record; null when they never had anything. */
	readonly base: { readonly seq: number; readonly state: Kept } | null;
	/** How many resets that record's chain has seen; left out for none. */
	readonly era?: number;
	/** How many of the newest versions were to be here when it was agreed on; left out for all. */
	readonly newest?: number;
	/** What the edge has of a dataset that was chosen not to be here, as of that record. */
	readonly away?: SpaceState;
};

/** An entry of the membership log that was verified. */
export type KnownEntry = {
	readonly entry: MemberEntry;
	readonly hash: string;
	/** As it was signed, so that a server that lost it gets it back; left out where an earlier Weir kept none. */
	readonly wire?: Uint8Array<ArrayBuffer>;
};
