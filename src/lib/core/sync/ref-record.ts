// A ref record: where a space stands, signed by the device that moved it there. The server keeps it, and reads none of it but how
// it is chained; devices rely on nothing of the server but that.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

export const SIGNATURE_BYTES = 64;

/** A seal as it stands within a record: the id, and the sealed object. */
export type Inline = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };

export type RefRecord = {
	readonly workspace: string;
	readonly space: string;
	readonly token: string;
	/** 1, 2, …; `prev` is the hash of the record before it, '' of the first. */
	readonly seq: number;
	readonly prev: string;
	readonly device: string;
	/** The newest entry of the membership log that the device knew. */
	readonly members: number;
	readonly epoch: number;
	/** The space's key, sealed by the root key. */
	readonly wrap: Inline;
	/** The id of the space's `records` object, sealed by the space's key. */
	readonly head: Inline;
	readonly reset?: Reset;
};

/** Whoever signs it knew more than the server did then, by a person's leave: see `coversTrust`. */
export type Reset = {
	/** 1, 2, …: more than any before it. */
	readonly era: number;
	/** What the device had seen that the server does not show any more. */
	readonly lost: { readonly era: number; readonly seq: number; readonly hash: string };
};

export type SignedRef = {
	readonly ref: RefRecord;
	/** What is signed. */
	readonly content: Uint8Array<ArrayBuffer>;
	readonly signature: Uint8Array<ArrayBuffer>;
};

/** A record as the server has it, with what it says of it. */
export type WireRef = {
	readonly space: string;
	readonly token: string;
	readonly seq: number;
	readonly hash: string;
	readonly record: Uint8Array<ArrayBuffer>;
};

const inline = v.strictObject({ id: v.string(), bytes: bytesShape });
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));
const shape = v.strictTuple([
	v.literal('weir/ref/v1'),
	v.strictObject({
		workspace: v.string(),
		space: v.string(),
		token: v.string(),
		seq: v.pipe(count, v.minValue(1)),
		prev: v.string(),
		device: v.string(),
		members: count,
		epoch: count,
		wrap: inline,
		head: inline,
		reset: v.exactOptional(
			v.strictObject({ era: count, lost: v.strictObject({ era: count, seq: count, hash: v.string() }) })
		)
	})
]);

/** What a device signs. */
export function encodeRef(ref: RefRecord): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/ref/v1', ref]);
}

/** The content, then the signature: what the server keeps, and what `hash` is SHA-256 of. */
export function joinSigned(content: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
	const joined = new Uint8Array(content.length + signature.length);
	joined.set(content);
	joined.set(signature, content.length);
	return joined;
}

export function splitSigned(bytes: Uint8Array<ArrayBuffer>): Pick<SignedRef, 'content' | 'signature'> | null {
	const end = bytes.length - SIGNATURE_BYTES;
	return end < 1 ? null : { content: bytes.subarray(0, end), signature: bytes.subarray(end) };
}

export function parseRef(record: Uint8Array<ArrayBuffer>): Result<SignedRef, BrokenObject> {
	const parts = splitSigned(record);
	if (!parts) return broken('length');
	const parsed = readCanonical(parts.content, shape);
	return parsed ? ok({ ref: parsed[1], ...parts }) : broken('content');
}
