// The frame of a sealed object: what is around the ciphertext, and what is around the plaintext inside it. No key is seen here.
//
// | bytes | what |
// | --- | --- |
// | 3 | `WR1` |
// | 1 | type |
// | 4 | epoch of the key, big-endian |
// | 4 | length of the padded plaintext, big-endian |
// | … | AES-256-GCM of the padded plaintext, with its 16-byte tag |
//
// The padded plaintext is its length (4 bytes, big-endian), the plaintext, and zeros up to a length that Padmé allows.
import { err, ok, type Result } from '../result.ts';

export const objectTypes = {
	chunk: 1,
	segment: 2,
	version: 3,
	records: 4,
	keys: 5,
	head: 6,
	slot: 7,
	device: 8,
	own: 9,
	enrol: 10,
	page: 11
} as const;
export type ObjectType = keyof typeof objectTypes;

export const HEADER_BYTES = 12;
export const TAG_BYTES = 16;
/** Of a plaintext: with its length it is exactly 4 MiB, which needs no padding. A longer part is several objects. */
export const PLAIN_MAX_BYTES = 4 * 1024 * 1024 - 4;
/** What is small tells least by its length when it is as long as all that are. */
const PADDED_MIN_BYTES = 256;

/** What is wrong with an object, in the order in which it is looked at. Nothing of it was used. */
export type BrokenObject = {
	readonly kind: 'broken-object';
	readonly why: 'length' | 'magic' | 'type' | 'epoch' | 'sealed' | 'padding' | 'id' | 'content';
};

export function broken(why: BrokenObject['why']): Result<never, BrokenObject> {
	return err({ kind: 'broken-object', why });
}

/**
 * The least length from `sizeBytes` on that Padmé allows: no more than log log bits of a length tell of it, for at most 12 % more.
 *
 * Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019, section 4.
 */
export function padmeLength(sizeBytes: number): number {
	if (sizeBytes < 2) return sizeBytes;
	const exponent = 31 - Math.clz32(sizeBytes);
	const kept = 32 - Math.clz32(exponent);
	const step = 2 ** Math.max(0, exponent - kept);
	return Math.ceil(sizeBytes / step) * step;
}

export function paddedLength(plainBytes: number): number {
	return Math.max(PADDED_MIN_BYTES, padmeLength(plainBytes + 4));
}

/** `padded` is as long as `paddedLength` says. */
export function padInto(plain: Uint8Array, padded: Uint8Array): void {
	new DataView(padded.buffer, padded.byteOffset, padded.byteLength).setUint32(0, plain.length);
	padded.set(plain, 4);
	padded.fill(0, 4 + plain.length);
}

export function unpad(padded: Uint8Array<ArrayBuffer>): Result<Uint8Array<ArrayBuffer>, BrokenObject> {
	const sizeBytes = new DataView(padded.buffer, padded.byteOffset, padded.byteLength).getUint32(0);
	if (sizeBytes > PLAIN_MAX_BYTES || paddedLength(sizeBytes) !== padded.length) return broken('padding');
	for (let at = 4 + sizeBytes; at < padded.length; at++) if (padded[at] !== 0) return broken('padding');
	return ok(padded.subarray(4, 4 + sizeBytes));
}

export function encodeHeader(type: ObjectType, epoch: number, paddedBytes: number): Uint8Array<ArrayBuffer> {
	const header = new Uint8Array(HEADER_BYTES);
	header.set([0x57, 0x52, 0x31, objectTypes[type]]);
	const view = new DataView(header.buffer);
	view.setUint32(4, epoch);
	view.setUint32(8, paddedBytes);
	return header;
}

/** The epoch that a sealed object says it is of; null for what is too short to say. */
export function epochIn(bytes: Uint8Array<ArrayBuffer>): number | null {
	if (bytes.length < HEADER_BYTES) return null;
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4);
}

/** The ciphertext with its tag, if the frame is what was asked for; its length is checked before anything is allocated by it. */
export function parseFrame(
	bytes: Uint8Array<ArrayBuffer>,
	type: ObjectType,
	epoch: number
): Result<{ readonly header: Uint8Array<ArrayBuffer>; readonly sealed: Uint8Array<ArrayBuffer> }, BrokenObject> {
	if (bytes.length < HEADER_BYTES + PADDED_MIN_BYTES + TAG_BYTES) return broken('length');
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes[0] !== 0x57 || bytes[1] !== 0x52 || bytes[2] !== 0x31) return broken('magic');
	if (bytes[3] !== objectTypes[type]) return broken('type');
	if (view.getUint32(4) !== epoch) return broken('epoch');
	if (HEADER_BYTES + view.getUint32(8) + TAG_BYTES !== bytes.length) return broken('length');
	return ok({ header: bytes.subarray(0, HEADER_BYTES), sealed: bytes.subarray(HEADER_BYTES) });
}
