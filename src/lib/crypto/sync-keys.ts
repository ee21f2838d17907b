// All that sync does with keys, once a workspace is unlocked: what comes from the root key, and what each space's own key opens.
import { toBase64Url } from '#core/base64url.ts';
import { ok, type Result } from '#core/result.ts';
import type { BrokenObject, ObjectType } from '#core/sync/sealed-object.ts';
import type { Inline } from '#core/sync/ref-record.ts';
import { NO_SALT, deriveFrom, hkdf, hmacKey, keyBytes, randomBytes, sha256Text } from './derive.ts';
import { isSignedBy, signBytes } from './device-keys.ts';
import { keyedHash } from './hash.ts';
import { openObject, sealKeys, sealObject, type Sealed } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Objects of one space. */
export type SpaceSeal = {
	readonly epoch: number;
	/** The space's key as refs carry it. */
	readonly wrap: Inline;
	/** By which the server knows the space's ref. */
	readonly token: string;
	seal(type: ObjectType, plain: Bytes): Promise<Sealed>;
	open(type: ObjectType, id: string, bytes: Bytes): Promise<Result<Bytes, BrokenObject>>;
};

export type SyncKeys = {
	/** A space with a new key. */
	newSpace(space: string): Promise<SpaceSeal>;
	openSpace(space: string, epoch: number, wrap: Inline): Promise<Result<SpaceSeal, BrokenObject>>;
	sealName(device: string, name: string): Promise<Inline>;
	openName(device: string, name: Inline): Promise<Result<string, BrokenObject>>;
	sha256(bytes: Bytes): Promise<string>;
	/** A keyed hash under the workspace's id key, as versions and parts are named by. */
	name(bytes: Bytes): Promise<string>;
	/** By this device. */
	sign(content: Bytes): Promise<Bytes>;
	isSigned(signs: Bytes, content: Bytes, signature: Bytes): Promise<boolean>;
	prove(entry: Bytes): Promise<Bytes>;
	isProven(entry: Bytes, proof: Bytes): Promise<boolean>;
};

export type UnlockedKeys = {
	readonly workspace: string;
	/** From `deriveFrom`. */
	readonly rootKey: CryptoKey;
	readonly idKey: CryptoKey;
	readonly signing: CryptoKey;
};

const FIRST_EPOCH = 1;

export function createSyncKeys({ workspace, rootKey, idKey, signing }: UnlockedKeys): SyncKeys {
	const ofWorkspace = (scope: string, epoch = FIRST_EPOCH) => ({ workspace, scope, epoch });
	const wrapKeys = (space: string, epoch: number) => sealKeys(rootKey, ofWorkspace(`wrap/${space}`, epoch));
	const member = keyBytes(rootKey, 'member', ofWorkspace('')).then(hmacKey);
	const nameKeys = (device: string) => sealKeys(rootKey, ofWorkspace(`device/${device}`));
	const spaceSeal = async (space: string, epoch: number, key: Bytes, wrap: Inline): Promise<SpaceSeal> => {
		const secret = await deriveFrom(key);
		const scope = { workspace, scope: `space/${space}`, epoch };
		const keys = await sealKeys(secret, scope);
		const tokens = await hmacKey(await keyBytes(secret, 'token', scope));
		return {
			epoch,
			wrap,
			token: await keyedHash(tokens, new TextEncoder().encode('head')),
			seal: (type, plain) => sealObject(keys, type, plain),
			open: (type, id, bytes) => openObject(keys, type, id, bytes)
		};
	};
	return {
		newSpace: async (space) => {
			const key = randomBytes(32);
			const wrap = await sealObject(await wrapKeys(space, FIRST_EPOCH), 'keys', key);
			return spaceSeal(space, FIRST_EPOCH, key, wrap);
		},
		openSpace: async (space, epoch, wrap) => {
			const key = await openObject(await wrapKeys(space, epoch), 'keys', wrap.id, wrap.bytes);
			return key.ok ? ok(await spaceSeal(space, epoch, key.value, wrap)) : key;
		},
		sealName: async (device, name) => sealObject(await nameKeys(device), 'device', new TextEncoder().encode(name)),
		openName: async (device, name) => {
			const opened = await openObject(await nameKeys(device), 'device', name.id, name.bytes);
			return opened.ok ? ok(new TextDecoder().decode(opened.value)) : opened;
		},
		sha256: sha256Text,
		name: (bytes) => keyedHash(idKey, bytes),
		sign: (content) => signBytes(signing, content),
		isSigned: isSignedBy,
		prove: async (entry) => new Uint8Array(await crypto.subtle.sign('HMAC', await member, entry)),
		isProven: async (entry, proof) => crypto.subtle.verify('HMAC', await member, proof, entry)
	};
}

/** The token that every device of the workspace has from the root key: it makes those of single devices. */
export async function ownerToken(
	workspace: string,
	rootKey: CryptoKey
): Promise<{ readonly id: string; readonly secret: string }> {
	const of = { workspace, scope: '', epoch: FIRST_EPOCH };
	const bytes = await keyBytes(rootKey, 'owner', of);
	const id = await hkdf(await deriveFrom(bytes), NO_SALT, new TextEncoder().encode('id'), 16);
	const secret = await hkdf(await deriveFrom(bytes), NO_SALT, new TextEncoder().encode('secret'), 32);
	return { id: toBase64Url(id), secret: toBase64Url(secret) };
}
