// The membership log: which devices may move refs. Entries are signed and chained, and each proves that who wrote it has the root key,
// so a server can add nobody.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { bytesShape as bytes, readCanonical } from './read-canonical.ts';
import { splitSigned } from './ref-record.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

/** Public keys as they are (32 bytes each), and the name that its person gave it, sealed. */
export type Device = {
	readonly id: string;
	readonly signs: Uint8Array<ArrayBuffer>;
	readonly name: { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };
};

export type MemberEntry = {
	readonly workspace: string;
	/** 1, 2, …; `prev` is the hash of the entry before it, '' of the first. */
	readonly seq: number;
	readonly prev: string;
	/** Who signs: a member before this entry, or the device that is added, since it proves that it has the root key. */
	readonly by: string;
	readonly change:
		{ readonly kind: 'add'; readonly device: Device } | { readonly kind: 'remove'; readonly device: string };
};

export type SignedEntry = {
	readonly entry: MemberEntry;
	/** HMAC of the entry by a key of the root key. */
	readonly proof: Uint8Array<ArrayBuffer>;
	/** What is proven: the entry alone. */
	readonly proven: Uint8Array<ArrayBuffer>;
	/** What is signed: the entry and its proof. */
	readonly content: Uint8Array<ArrayBuffer>;
	readonly signature: Uint8Array<ArrayBuffer>;
};

export type WireEntry = { readonly seq: number; readonly hash: string; readonly entry: Uint8Array<ArrayBuffer> };

const entryShape = v.strictObject({
	workspace: v.string(),
	seq: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1)),
	prev: v.string(),
	by: v.string(),
	change: v.variant('kind', [
		v.strictObject({
			kind: v.literal('add'),
			device: v.strictObject({
				id: v.string(),
				signs: v.pipe(
					bytes,
					v.check((key) => key.length === 32)
				),
				name: v.strictObject({ id: v.string(), bytes })
			})
		}),
		v.strictObject({ kind: v.literal('remove'), device: v.string() })
	])
});
const shape = v.strictTuple([v.literal('weir/member/v1'), entryShape, bytes]);

export function encodeEntry(entry: MemberEntry): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/member/v1', entry]);
}

/** What a device signs. */
export function encodeProven(entry: MemberEntry, proof: Uint8Array): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/member/v1', entry, proof]);
}

export function parseEntry(signed: Uint8Array<ArrayBuffer>): Result<SignedEntry, BrokenObject> {
	const parts = splitSigned(signed);
	if (!parts) return broken('length');
	const parsed = readCanonical(parts.content, shape);
	if (!parsed) return broken('content');
	const [, entry, proof] = parsed;
	return ok({ entry, proof, proven: encodeEntry(entry), ...parts });
}

/** Devices by id, as of each entry: `at(n)` after the first n. */
export type Members = readonly MemberEntry[];

export function membersAt(log: Members, seq: number): ReadonlyMap<string, Device> {
	const devices = new Map<string, Device>();
	for (const { change } of log.slice(0, seq))
		if (change.kind === 'add') devices.set(change.device.id, change.device);
		else devices.delete(change.device);
	return devices;
}

/**
 * The key that must have signed the entry; null when nobody may have: a device that was removed does not come back, no id is taken
 * twice, and only a member removes.
 */
export function signerOf(log: Members, entry: MemberEntry): Uint8Array<ArrayBuffer> | null {
	const now = membersAt(log, log.length);
	const { change, by } = entry;
	if (change.kind === 'remove') return now.has(change.device) ? (now.get(by)?.signs ?? null) : null;
	const wasThere = log.some((one) => one.change.kind === 'add' && one.change.device.id === change.device.id);
	if (wasThere) return null;
	return by === change.device.id ? change.device.signs : (now.get(by)?.signs ?? null);
}
