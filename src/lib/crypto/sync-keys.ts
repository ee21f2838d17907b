// All that sync does with keys, once a workspace is unlocked: what comes from the root keys of its epochs, and what each space's own keys
// open.
import { toBase64Url } from '#core/base64url.ts';
import { invariant, ok, type Result } from '#core/result.ts';
import { epochOf, type KeySlot } from '#core/sync/key-slot.ts';
import { grantLabel } from '#core/sync/labels.ts';
import type { MemberEntry, Rotation } from '#core/sync/member-log.ts';
import { epochIn, broken, type BrokenObject } from '#core/sync/sealed-object.ts';
import { ROOT_BYTES } from '#core/sync/secrets.ts';
import type { Inline } from '#core/sync/ref-record.ts';
import type { EdgeToken } from '#core/sync/workspace-code.ts';
import { NO_SALT, deriveFrom, hkdf, hmacKey, keyBytes, sha256Text } from './derive.ts';
import { isSignedBy, signBytes } from './device-keys.ts';
import { keyedHash } from './hash.ts';
import type { InboxKeys } from './inbox-item.ts';
import { inboxKeysFrom } from './inbox-keys.ts';
import { isProvenSlot } from './key-slots.ts';
import { openSealed, sealTo } from './hpke.ts';
import { openObject, sealKeys, sealObject } from './seal.ts';
import { newSpaceSeal, openSpaceSeal, type SpaceSeal } from './space-seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Whether this device has the root key that an entry begins an epoch with. */
export type RootTaken = 'known' | 'not-granted' | 'forged';

export type SyncKeys = {
	/** A space with a new key, in the epoch that the workspace is in. */
	newSpace(space: string, epoch: number): Promise<SpaceSeal>;
	openSpace(space: string, epoch: number, wrap: Inline): Promise<Result<SpaceSeal, BrokenObject>>;
	sealName(device: string, name: string, epoch: number): Promise<Inline>;
	openName(device: string, name: Inline): Promise<Result<string, BrokenObject>>;
	sha256(bytes: Bytes): Promise<string>;
	/** A keyed hash under the workspace's id key, as versions and parts are named by. */
	name(bytes: Bytes): Promise<string>;
	/** By this device. */
	sign(content: Bytes): Promise<Bytes>;
	isSigned(signs: Bytes, content: Bytes, signature: Bytes): Promise<boolean>;
	prove(entry: Bytes, epoch: number): Promise<Bytes>;
	isProven(entry: Bytes, proof: Bytes, epoch: number): Promise<boolean>;
	/** Whether whoever made a slot had the root key of its epoch. */
	isProvenSlot(slot: KeySlot, proof: Bytes): Promise<boolean>;
	/** Tokens that every device has from the root key: the owner's makes those of single devices, the finder's is in the workspace's code. */
	token(of: 'owner' | 'finder', epoch: number): Promise<EdgeToken>;
	/** What inboxes are sealed to in `epoch`; it opens what was sealed in those before, too. */
	inbox(epoch: number): Promise<InboxKeys>;
	/** Takes the root key of `epoch` from the entry that begins it, unless it is known. */
	takeRoot(entry: MemberEntry, rotation: Rotation, epoch: number): Promise<RootTaken>;
};

export type UnlockedKeys = {
	readonly workspace: string;
	readonly device: string;
	/** Of all epochs that are known, oldest first; from `deriveFrom`. */
	readonly roots: readonly CryptoKey[];
	readonly idKey: CryptoKey;
	readonly signing: CryptoKey;
	readonly taking: CryptoKeyPair | null;
};

/** They learn the root keys of later epochs as the membership log is read. */
export function createSyncKeys({ workspace, device, roots, idKey, signing, taking }: UnlockedKeys): SyncKeys {
	const known = [...roots];
	const rootOf = (epoch: number): CryptoKey | null => known[epoch - 1] ?? null;
	const spaces = { workspace, rootOf };
	const memberKey = async (root: CryptoKey, epoch: number): Promise<CryptoKey> =>
		hmacKey(await keyBytes(root, 'member', { workspace, scope: '', epoch }));
	const nameKeys = (root: CryptoKey, of: string, epoch: number) =>
		sealKeys(root, { workspace, scope: `device/${of}`, epoch });
	const promised = (epoch: number): CryptoKey => known[epoch - 1] ?? missing(epoch);
	return {
		newSpace: (space, epoch) => newSpaceSeal(space, epoch, spaces),
		openSpace: (space, epoch, wrap) => openSpaceSeal(space, epoch, wrap, spaces),
		sealName: async (of, name, epoch) =>
			sealObject(await nameKeys(promised(epoch), of, epoch), 'device', new TextEncoder().encode(name)),
		openName: async (of, name) => {
			const epoch = epochIn(name.bytes) ?? 0;
			const root = rootOf(epoch);
			if (!root) return broken('epoch');
			const opened = await openObject(await nameKeys(root, of, epoch), 'device', name.id, name.bytes);
			return opened.ok ? ok(new TextDecoder().decode(opened.value)) : opened;
		},
		sha256: sha256Text,
		name: (bytes) => keyedHash(idKey, bytes),
		sign: (content) => signBytes(signing, content),
		isSigned: isSignedBy,
		prove: async (entry, epoch) =>
			new Uint8Array(await crypto.subtle.sign('HMAC', await memberKey(promised(epoch), epoch), entry)),
		isProven: async (entry, proof, epoch) => {
			const root = rootOf(epoch);
			return root !== null && crypto.subtle.verify('HMAC', await memberKey(root, epoch), proof, entry);
		},
		isProvenSlot: async (slot, proof) => {
			const root = rootOf(epochOf(slot));
			return root !== null && isProvenSlot(slot, proof, root);
		},
		token: async (of, epoch) => tokenFrom(await keyBytes(promised(epoch), of, { workspace, scope: '', epoch })),
		inbox: (epoch) => {
			promised(epoch);
			return inboxKeysFrom(
				workspace,
				Array.from({ length: epoch }, (_epoch, at) => rootOf(at + 1))
			);
		},
		takeRoot: async ({ by }, { check, grants }, epoch) => {
			const fits = async (root: CryptoKey): Promise<boolean> => isSame(await rootCheck(workspace, root, epoch), check);
			const there = rootOf(epoch);
			if (there && (await fits(there))) return 'known';
			const grant = grants.find((one) => one.device === device);
			if (!grant || !taking) return 'not-granted';
			const bytes = await openSealed(taking, { info: grantLabel(workspace, epoch, by, device) }, grant);
			if (bytes?.length !== ROOT_BYTES) return 'forged';
			const root = await deriveFrom(bytes);
			if (!(await fits(root))) return 'forged';
			known[epoch - 1] = root;
			return 'known';
		}
	};
}

function missing(epoch: number): never {
	throw new Error(`Broken promise: the root key of epoch ${epoch} is known`);
}

/** What a rotation says of its root key, without saying anything else of it. */
export async function rootCheck(workspace: string, root: CryptoKey, epoch: number): Promise<Bytes> {
	return keyBytes(root, 'check', { workspace, scope: '', epoch });
}

/** A root key for one device alone. */
export async function grantRoot(
	root: Bytes,
	to: {
		readonly workspace: string;
		readonly epoch: number;
		readonly by: string;
		readonly device: string;
		readonly takes: Bytes;
	}
): Promise<{ readonly device: string; readonly key: Bytes; readonly sealed: Bytes }> {
	const info = grantLabel(to.workspace, to.epoch, to.by, to.device);
	const sealed = await sealTo(to.takes, { info }, root);
	invariant(sealed, 'a device has a key that can be sealed to');
	return { device: to.device, ...sealed };
}

type OwnOf = { readonly workspace: string; readonly device: string };

/** A device's own keys as they lie on it while the workspace is locked. */
export async function sealOwn(of: OwnOf, root: CryptoKey, epoch: number, kept: Bytes): Promise<Inline> {
	return sealObject(await ownKeys(of, root, epoch), 'own', kept);
}

/** `roots` are those of all epochs, oldest first. */
export async function openOwn(
	of: OwnOf,
	roots: readonly CryptoKey[],
	{ id, bytes }: Inline
): Promise<Result<Bytes, BrokenObject>> {
	const epoch = epochIn(bytes) ?? 0;
	const root = roots[epoch - 1];
	return root ? openObject(await ownKeys(of, root, epoch), 'own', id, bytes) : broken('epoch');
}

function ownKeys({ workspace, device }: OwnOf, root: CryptoKey, epoch: number) {
	return sealKeys(root, { workspace, scope: `own/${device}`, epoch });
}

async function tokenFrom(bytes: Bytes): Promise<EdgeToken> {
	const id = await hkdf(await deriveFrom(bytes), NO_SALT, new TextEncoder().encode('id'), 16);
	const secret = await hkdf(await deriveFrom(bytes), NO_SALT, new TextEncoder().encode('secret'), 32);
	return { id: toBase64Url(id), secret: toBase64Url(secret) };
}

function isSame(one: Bytes, other: Bytes): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
