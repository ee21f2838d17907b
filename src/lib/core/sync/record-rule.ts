// What a kind of record says of itself: how two contents of one record are merged, and what must hold over all records together.
import type { Encodable } from '../encoding.ts';
import type { ObjectId } from '../ids.ts';

/** One record of a side. */
export type RecordEntry = {
	/** Of its value; empty where it was removed. */
	readonly print: string;
	/** Left out where it was not removed; else the fingerprint of what was. */
	readonly removed?: string;
	/** It is of a kind, or has a shape, that this page does not know: it stays as it is on the edge, and is not kept here. */
	readonly isForeign?: boolean;
	/** Of its canonical bytes. */
	readonly sizeBytes: number;
	/** Left out where nobody needed it. */
	readonly value?: Encodable;
};

export type Records = ReadonlyMap<string, RecordEntry>;

export type RecordSides<T> = { readonly base: T; readonly ours: T; readonly theirs: T };

/** The merged records while their kinds settle what must hold over all of them. */
export type Settling = {
	/** Of one kind, those that are there, by key. */
	of(kind: string): readonly (readonly [string, Encodable])[];
	get(key: string): Encodable | undefined;
	set(key: string, value: Encodable): void;
	/** Without a trace: whoever has it still settles alike. */
	drop(key: string): void;
};

export type HomeDevice = { readonly id: string; readonly name: string };

export type RuleEffects = {
	/** A keyed hash under the workspace's id key. */
	readonly name: (content: Encodable) => Promise<string>;
	readonly device: HomeDevice;
	readonly devices: ReadonlySet<string>;
	/** What this device was called before it left and came back. */
	readonly formerly: ReadonlySet<string>;
};

export type RecordRule = {
	/** The first piece of its keys. */
	readonly kind: string;
	/**
	 * Where it is false, a record that is gone from one device is removed from all. Else it was only forgotten there, records are
	 * united, and the kind itself says in `settle` what is too much.
	 */
	readonly isLasting: boolean;
	/** Whether a value that came from elsewhere can be kept here. */
	readonly fits: (value: unknown) => boolean;
	/** What people call it, and what of it is counted once; null where it stands behind another one. */
	readonly word: (value: Encodable) => string | null;
	/** Of what names itself by its content: that content, whose keyed hash is the last piece of the key. */
	readonly content?: (value: Encodable) => Encodable;
	/** The lasting kind whose records of the same thing must be here where one of this kind comes. */
	readonly with?: string;
	/** Bytes that are kept beside it. */
	readonly files?: (value: Encodable) => readonly ObjectId[];
	/** Ours where it cannot stand as it is called beside theirs. */
	readonly makeWay?: (sides: RecordSides<Records>) => ReadonlyMap<string, Encodable | null>;
	/** Of two contents that differ, and both from what was in common; left out, field by field. */
	readonly merge?: (
		sides: { readonly base: Encodable | undefined; readonly ours: Encodable; readonly theirs: Encodable },
		settling: Settling,
		effects: RuleEffects
	) => Promise<Encodable> | Encodable;
	/** A function of the merged records alone, so that all devices settle alike, and twice is as once. */
	readonly settle?: (settling: Settling, effects: RuleEffects) => Promise<void> | void;
};
