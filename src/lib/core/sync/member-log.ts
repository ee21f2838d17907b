// The membership log: which devices may move refs. Entries are signed and chained, and each proves that who wrote it has the root key,
// so a server can add nobody.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { bytesShape as bytes, readCanonical } from './read-canonical.ts';
import { splitSigned, type Inline } from './ref-record.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Public keys as they are (32 bytes each), and the name that its person gave it, sealed. */
export type Device = {
	readonly id: string;
	/** Ed25519. */
	readonly signs: Bytes;
	/** X25519: what is sealed to it, this device alone opens. Devices of before, and browsers without it, have none. */
	readonly takes?: Bytes;
	readonly name: Inline;
};

/** The root key of a new epoch, sealed to a device by HPKE; `key` is the encapsulated one. */
export type Grant = { readonly device: string; readonly key: Bytes; readonly sealed: Bytes };

/** A new epoch, without one device, or with all: whoever has no grant cannot follow. */
export type Rotation = {
	readonly kind: 'rotate';
	readonly removes: string | null;
	/** Where the newest record of a space is the removed device's: what it signs after that counts for nobody. */
	readonly ends: readonly { readonly space: string; readonly seq: number }[];
	/** Comes from the new root key, so that all are given the same. */
	readonly check: Bytes;
	readonly grants: readonly Grant[];
};

export type MemberEntry = {
	readonly workspace: string;
	/** 1, 2, …; `prev` is the hash of the entry before it, '' of the first. */
	readonly seq: number;
	readonly prev: string;
	/** Who signs: a member before this entry, or the device that is added, since it proves that it has the root key. */
	readonly by: string;
	readonly change:
		| { readonly kind: 'add'; readonly device: Device }
		| { readonly kind: 'rename'; readonly device: string; readonly name: Inline }
		| Rotation;
};

export type SignedEntry = {
	readonly entry: MemberEntry;
	/** HMAC of the entry by a key of the root key: of the epoch before it where it begins another one. */
	readonly proof: Bytes;
	/** What is proven: the entry alone. */
	readonly proven: Bytes;
	/** What is signed: the entry and its proof. */
	readonly content: Bytes;
	readonly signature: Bytes;
};

export type WireEntry = { readonly seq: number; readonly hash: string; readonly entry: Bytes };

const key32 = v.pipe(
	bytes,
	v.check((key) => key.length === 32)
);
const inline = v.strictObject({ id: v.string(), bytes });
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1));
const entryShape = v.strictObject({
	workspace: v.string(),
	seq: count,
	prev: v.string(),
	by: v.string(),
	change: v.variant('kind', [
		v.strictObject({
			kind: v.literal('add'),
			device: v.strictObject({ id: v.string(), signs: key32, takes: v.exactOptional(key32), name: inline })
		}),
		v.strictObject({ kind: v.literal('rename'), device: v.string(), name: inline }),
		v.strictObject({
			kind: v.literal('rotate'),
			removes: v.nullable(v.string()),
			ends: v.array(v.strictObject({ space: v.string(), seq: count })),
			check: key32,
			grants: v.array(v.strictObject({ device: v.string(), key: bytes, sealed: bytes }))
		})
	])
});
const shape = v.strictTuple([v.literal('weir/member/v1'), entryShape, bytes]);

export function encodeEntry(entry: MemberEntry): Bytes {
	return encodeCanonical(['weir/member/v1', entry]);
}

/** What a device signs. */
export function encodeProven(entry: MemberEntry, proof: Uint8Array): Bytes {
	return encodeCanonical(['weir/member/v1', entry, proof]);
}

export function parseEntry(signed: Bytes): Result<SignedEntry, BrokenObject> {
	const parts = splitSigned(signed);
	if (!parts) return broken('length');
	const parsed = readCanonical(parts.content, shape);
	if (!parsed) return broken('content');
	const [, entry, proof] = parsed;
	return ok({ entry, proof, proven: encodeEntry(entry), ...parts });
}

export type Members = readonly MemberEntry[];

/** Devices by id after the first entries. */
export function membersAt(log: Members, seq: number): ReadonlyMap<string, Device> {
	const devices = new Map<string, Device>();
	for (const { change } of log.slice(0, seq))
		if (change.kind === 'add') devices.set(change.device.id, change.device);
		else if (change.kind === 'rotate') devices.delete(change.removes ?? '');
		else {
			const device = devices.get(change.device);
			if (device) devices.set(device.id, { ...device, name: change.name });
		}
	return devices;
}

/** The epoch after the first entries: 1, and one more with each rotation. */
export function epochAt(log: Members, seq: number): number {
	return 1 + log.slice(0, seq).filter(({ change }) => change.kind === 'rotate').length;
}

/** A device that was a member once, whether it still is or not. */
export function onceMember(log: Members, id: string): Device | null {
	for (const { change } of log) if (change.kind === 'add' && change.device.id === id) return change.device;
	return null;
}

/** The last record of a space that counts of a device that was removed; 0 where none does after those of others. */
export function endOf(log: Members, device: string, space: string): number {
	const removal = log.find(({ change }) => change.kind === 'rotate' && change.removes === device);
	const ends = removal?.change.kind === 'rotate' ? removal.change.ends : [];
	return ends.find((end) => end.space === space)?.seq ?? 0;
}

/**
 * The key that must have signed the entry; null when nobody may have: a device that was removed does not come back, no id is taken
 * twice, and only a member removes, renames and rotates.
 */
export function signerOf(log: Members, entry: MemberEntry): Bytes | null {
	const now = membersAt(log, log.length);
	const { change, by } = entry;
	const member = now.get(by)?.signs ?? null;
	if (change.kind === 'rotate') {
		const isOfMembers = change.grants.every(({ device }) => now.has(device) && device !== change.removes);
		const removes = change.removes === null || (now.has(change.removes) && change.removes !== by);
		return isOfMembers && removes ? member : null;
	}
	if (change.kind !== 'add') return now.has(change.device) ? member : null;
	if (onceMember(log, change.device.id)) return null;
	return by === change.device.id ? change.device.signs : member;
}
