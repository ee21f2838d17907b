// What another program pushed into a dataset's inbox, as it is sealed to the workspace: HPKE (RFC 9180) in its base mode, of the suite
// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
//
// | bytes | what |
// | --- | --- |
// | 3 | `WI1` |
// | 1 | 1 |
// | 32 | the encapsulated key |
// | … | the sealed plaintext, padded, with its 16-byte tag |
//
// Authenticated besides: the first four bytes. HPKE's `info` names workspace, dataset and the item's key, so that a server that shows
// an item again under another key shows nothing that opens.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { err, ok, type Result } from '../result.ts';
import { bytesShape, readShape } from './read-canonical.ts';
import { TAG_BYTES, broken, paddedLength, type BrokenObject } from './sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ItemPlace = { readonly workspace: string; readonly space: string; readonly key: string };

/** What was pushed: bytes, and what they are said to be. */
export type ItemContent = {
	/** A media type. */
	readonly type: string;
	/** Of a file; null where rows were pushed. */
	readonly name: string | null;
	readonly bytes: Bytes;
};

export type ItemFrame = { readonly epoch: number; readonly head: Bytes; readonly enc: Bytes; readonly sealed: Bytes };

export const INBOX_EPOCH = 1;
const HEAD_BYTES = 4;
const ENC_BYTES = 32;

export function itemInfo({ workspace, space, key }: ItemPlace): Bytes {
	return encodeCanonical(['weir/inbox/v1', workspace, space, key]);
}

export function itemHead(epoch: number): Bytes {
	return new Uint8Array([0x57, 0x49, 0x31, epoch]);
}

export function joinItem(head: Bytes, enc: Bytes, sealed: Bytes): Bytes {
	const joined = new Uint8Array(HEAD_BYTES + ENC_BYTES + sealed.length);
	joined.set(head);
	joined.set(enc, HEAD_BYTES);
	joined.set(sealed, HEAD_BYTES + ENC_BYTES);
	return joined;
}

export function parseItem(bytes: Bytes): Result<ItemFrame, BrokenObject> {
	if (bytes.length < HEAD_BYTES + ENC_BYTES + TAG_BYTES) return broken('length');
	const [one, two, three, epoch = 0] = bytes;
	if (one !== 0x57 || two !== 0x49 || three !== 0x31) return broken('magic');
	if (epoch !== INBOX_EPOCH) return broken('epoch');
	return ok({
		epoch,
		head: bytes.slice(0, HEAD_BYTES),
		enc: bytes.slice(HEAD_BYTES, HEAD_BYTES + ENC_BYTES),
		sealed: bytes.slice(HEAD_BYTES + ENC_BYTES)
	});
}

const contentShape = v.strictTuple([
	v.literal('weir/inbox-item/v1'),
	v.strictObject({ type: v.string(), name: v.nullable(v.string()), bytes: bytesShape })
]);

/** The plaintext: its length, its canonical bytes, and zeros, as in sealed objects. */
export function encodeContent({ type, name, bytes }: ItemContent): Bytes {
	const plain = encodeCanonical(['weir/inbox-item/v1', { type, name, bytes }]);
	const padded = new Uint8Array(paddedLength(plain.length));
	new DataView(padded.buffer).setUint32(0, plain.length);
	padded.set(plain, 4);
	return padded;
}

export function parseContent(padded: Bytes): Result<ItemContent, BrokenObject> {
	if (padded.length < 4) return broken('padding');
	const sizeBytes = new DataView(padded.buffer, padded.byteOffset, padded.byteLength).getUint32(0);
	if (4 + sizeBytes > padded.length || paddedLength(sizeBytes) !== padded.length) return broken('padding');
	if (padded.subarray(4 + sizeBytes).some((byte) => byte !== 0)) return broken('padding');
	const content = readShape(padded.slice(4, 4 + sizeBytes), contentShape)?.[1];
	return content ? ok(content) : broken('content');
}

/** What a program needs to push into one inbox, in one text: where, to which key it seals, and by which token. */
export type InboxAddress = {
	readonly workspace: string;
	readonly space: string;
	readonly publicKey: string;
	readonly token: { readonly id: string; readonly secret: string };
};

const ADDRESS = /^weir-inbox1-([\w-]{22})\.([\w-]{22})\.([\w-]{43})\.([\w-]{22})\.([\w-]{43})$/;

export function writeInboxAddress({ workspace, space, publicKey, token }: InboxAddress): string {
	return `weir-inbox1-${workspace}.${space}.${publicKey}.${token.id}.${token.secret}`;
}

export function parseInboxAddress(text: string): Result<InboxAddress, { readonly kind: 'invalid-inbox-address' }> {
	const [, workspace, space, publicKey, id, secret] = ADDRESS.exec(text.replaceAll(/\s/g, '')) ?? [];
	return workspace && space && publicKey && id && secret
		? ok({ workspace, space, publicKey, token: { id, secret } })
		: err({ kind: 'invalid-inbox-address' });
}
