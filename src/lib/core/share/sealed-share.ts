// The frame of a sealed bundle. No key is seen here.
//
// | bytes | what |
// | --- | --- |
// | 4 | `WSH1` |
// | 12 | nonce |
// | … | AES-256-GCM of the padded bundle, with its 16-byte tag |
//
// The padded bundle is its length (4 bytes, big-endian), its bytes, and zeros up to a length that Padmé allows, as in sealed objects.
// Authenticated besides: the first 16 bytes, and the share's id.
import { err, ok, type Result } from '../result.ts';
import { PLAIN_MAX_BYTES, TAG_BYTES, padInto, paddedLength, unpad } from '../sync/sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Nothing of it was used: it is not what was sealed, or not by this key. */
export type BrokenShare = { readonly kind: 'broken-share' };

export const NONCE_BYTES = 12;
const MAGIC = [0x57, 0x53, 0x48, 0x31];
const HEAD_BYTES = MAGIC.length + NONCE_BYTES;
/** Of a bundle, which is sealed as one object. */
export const BUNDLE_BYTES = PLAIN_MAX_BYTES;
export const SEALED_SHARE_BYTES = HEAD_BYTES + PLAIN_MAX_BYTES + 4 + TAG_BYTES;

export type ShareFrame = { readonly head: Bytes; readonly nonce: Bytes; readonly sealed: Bytes };

export function shareHead(nonce: Bytes): Bytes {
	return new Uint8Array([...MAGIC, ...nonce]);
}

export function parseShareFrame(bytes: Bytes): Result<ShareFrame, BrokenShare> {
	const isOne = bytes.length >= HEAD_BYTES + TAG_BYTES && bytes.length <= SEALED_SHARE_BYTES;
	if (!isOne || MAGIC.some((byte, at) => byte !== bytes[at])) return err({ kind: 'broken-share' });
	return ok({
		head: bytes.slice(0, HEAD_BYTES),
		nonce: bytes.slice(MAGIC.length, HEAD_BYTES),
		sealed: bytes.slice(HEAD_BYTES)
	});
}

export function padBundle(bundle: Bytes): Bytes {
	const padded = new Uint8Array(paddedLength(bundle.length));
	padInto(bundle, padded);
	return padded;
}

export function unpadBundle(padded: Bytes): Result<Bytes, BrokenShare> {
	if (padded.length < 4) return err({ kind: 'broken-share' });
	const bundle = unpad(padded);
	return bundle.ok ? ok(bundle.value.slice()) : err({ kind: 'broken-share' });
}
