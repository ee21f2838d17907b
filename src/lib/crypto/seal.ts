// Seals bounded objects: AES-256-GCM under a key of each content's own, and opens them again, or says what is wrong with them.
//
// Note: why the nonce is zero. The id is an HMAC of type and plaintext, and the key of an object comes from its id: two contents never
// share a key, so none meets one nonce twice. Equal contents give equal bytes, so that a retry uploads what is there already, and no
// nonce has to be remembered across a crash or a copied profile. Opening computes the id again, which binds an object to one key: GCM
// alone would open one ciphertext under several.
import { toBase64Url } from '#core/base64url.ts';
import type { Result } from '#core/result.ts';
import { idLabel, objectLabel } from '#core/sync/labels.ts';
import {
	broken,
	encodeHeader,
	objectTypes,
	padInto,
	paddedLength,
	parseFrame,
	unpad,
	type BrokenObject,
	type ObjectType
} from '#core/sync/sealed-object.ts';
import { decryptGcm, encryptGcm } from './aes-gcm.ts';
import { NO_SALT, deriveFrom, hkdf, hmacKey, idBytes, keyBytes, type KeyScope } from './derive.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type SealKeys = {
	readonly epoch: number;
	/** The HMAC key of ids of one type. */
	readonly idKey: (type: ObjectType) => Promise<CryptoKey>;
	/** What the key of each object comes from. */
	readonly seal: CryptoKey;
};

export type Sealed = { readonly id: string; readonly bytes: Bytes };

const NONCE = new Uint8Array(12);

/** Keys that seal what belongs to one scope of one workspace, in one epoch. */
export async function sealKeys(secret: CryptoKey, of: KeyScope): Promise<SealKeys> {
	const ids = await deriveFrom(await keyBytes(secret, 'id', of));
	const known = new Map<ObjectType, Promise<CryptoKey>>();
	const idKey = (type: ObjectType): Promise<CryptoKey> => {
		const key = known.get(type) ?? hkdf(ids, NO_SALT, idLabel(objectTypes[type]), 32).then(hmacKey);
		known.set(type, key);
		return key;
	};
	return { epoch: of.epoch, idKey, seal: await deriveFrom(await keyBytes(secret, 'seal', of)) };
}

export async function sealObject(keys: SealKeys, type: ObjectType, plain: Bytes): Promise<Sealed> {
	return withScratch(paddedLength(plain.length), async (padded) => {
		padInto(plain, padded);
		const id = await objectId(keys, type, padded);
		const header = encodeHeader(type, keys.epoch, padded.length);
		const key = await objectKey(keys, type, id);
		const sealed = await encryptGcm({ key, nonce: NONCE, bound: join(header, id) }, padded);
		const bytes = new Uint8Array(header.length + sealed.length);
		bytes.set(header);
		bytes.set(sealed, header.length);
		giveBack(sealed);
		return { id: toBase64Url(id), bytes };
	});
}

/** Memory that nobody needs any more, before the collector finds it: what is made next takes it while it is warm. */
function giveBack(bytes: Bytes): void {
	bytes.buffer.transfer(0);
}

const SCRATCH_BYTES = 4 * 1024 * 1024;
/** Memory that has been used costs a fraction of memory that is new. */
const scratches: Bytes[] = [];

async function withScratch<T>(sizeBytes: number, work: (scratch: Bytes) => Promise<T>): Promise<T> {
	const scratch = scratches.pop() ?? new Uint8Array(SCRATCH_BYTES);
	try {
		return await work(scratch.subarray(0, sizeBytes));
	} finally {
		scratches.push(scratch);
	}
}

/** The plaintext of the object with this id; anything but those very bytes, of that type and in that scope, is refused. */
export async function openObject(
	keys: SealKeys,
	type: ObjectType,
	id: string,
	bytes: Bytes
): Promise<Result<Bytes, BrokenObject>> {
	const named = idBytes(id);
	if (!named) return broken('id');
	const frame = parseFrame(bytes, type, keys.epoch);
	if (!frame.ok) return frame;
	const { header, sealed } = frame.value;
	const key = await objectKey(keys, type, named);
	const padded = await decryptGcm({ key, nonce: NONCE, bound: join(header, named) }, sealed);
	if (!padded) return broken('sealed');
	const plain = unpad(padded);
	if (!plain.ok) return plain;
	const again = await objectId(keys, type, padded);
	return again.every((byte, at) => byte === named[at]) ? plain : broken('id');
}

/** Of the padded plaintext, which no two contents share. */
async function objectId(keys: SealKeys, type: ObjectType, padded: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.sign('HMAC', await keys.idKey(type), padded));
}

async function objectKey(keys: SealKeys, type: ObjectType, id: Bytes): Promise<CryptoKey> {
	const info = objectLabel(objectTypes[type]);
	const derivation = { name: 'HKDF', hash: 'SHA-256', salt: id, info };
	return crypto.subtle.deriveKey(derivation, keys.seal, { name: 'AES-GCM', length: 256 }, false, [
		'encrypt',
		'decrypt'
	]);
}

function join(one: Bytes, other: Bytes): Bytes {
	const joined = new Uint8Array(one.length + other.length);
	joined.set(one);
	joined.set(other, one.length);
	return joined;
}
