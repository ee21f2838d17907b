// The keys of one space: it seals under the newest of them, and opens what any of them sealed.
import { invariant, ok, type Result } from '#core/result.ts';
import type { Inline } from '#core/sync/ref-record.ts';
import { broken, epochIn, type BrokenObject, type ObjectType } from '#core/sync/sealed-object.ts';
import { encodeRing, parseRing, type RingKey, type SpaceRing } from '#core/sync/space-ring.ts';
import { deriveFrom, hmacKey, keyBytes, randomBytes } from './derive.ts';
import { keyedHash } from './hash.ts';
import { openObject, sealKeys, sealObject, type SealKeys, type Sealed } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Objects of one space. */
export type SpaceSeal = {
	readonly epoch: number;
	/** The space's keys as refs carry them. */
	readonly wrap: Inline;
	/** By which the server knows the space's ref, in all epochs. */
	readonly token: string;
	/** Says which first key all of these follow: under another one, equal contents are other objects. */
	readonly lineage: string;
	/** Its keys, which a program is given that may read the space. */
	readonly ring: SpaceRing;
	seal(type: ObjectType, plain: Bytes): Promise<Sealed>;
	/** As the object that it was, under whichever key that was; null where it was none of these. */
	sealAgain(type: ObjectType, plain: Bytes, id: string): Promise<Sealed | null>;
	/** A head must be of the newest epoch; what it leads to may be older. */
	open(type: ObjectType, id: string, bytes: Bytes): Promise<Result<Bytes, BrokenObject>>;
	/** With a key of a later epoch besides, which all devices derive alike. */
	rekey(epoch: number): Promise<SpaceSeal>;
};

export type SpaceRoots = {
	readonly workspace: string;
	/** Null for an epoch whose root key is not known. */
	readonly rootOf: (epoch: number) => CryptoKey | null;
};

export async function newSpaceSeal(space: string, epoch: number, roots: SpaceRoots): Promise<SpaceSeal> {
	return sealOf(space, [{ epoch, key: randomBytes(32) }], null, roots);
}

export async function openSpaceSeal(
	space: string,
	epoch: number,
	wrap: Inline,
	roots: SpaceRoots
): Promise<Result<SpaceSeal, BrokenObject>> {
	if (!roots.rootOf(epoch)) return broken('epoch');
	const plain = await openObject(await wrapKeys(space, epoch, roots), 'keys', wrap.id, wrap.bytes);
	if (!plain.ok) return plain;
	const ring = parseRing(plain.value, epoch);
	if (!ring.ok) return ring;
	return roots.rootOf(ring.value[0].epoch) ? ok(await sealOf(space, ring.value, wrap, roots)) : broken('epoch');
}

async function sealOf(space: string, ring: SpaceRing, known: Inline | null, roots: SpaceRoots): Promise<SpaceSeal> {
	const { workspace } = roots;
	const [oldest] = ring;
	const newest = ring.at(-1) ?? oldest;
	const wrap = known ?? (await sealObject(await wrapKeys(space, newest.epoch, roots), 'keys', encodeRing(ring)));
	const opening = new Map<number, Promise<SealKeys>>();
	const keysOf = (one: RingKey): Promise<SealKeys> => {
		const keys =
			opening.get(one.epoch) ??
			deriveFrom(one.key).then((secret) => sealKeys(secret, { workspace, scope: `space/${space}`, epoch: one.epoch }));
		opening.set(one.epoch, keys);
		return keys;
	};
	const scope = { workspace, scope: `space/${space}`, epoch: oldest.epoch };
	const tokens = await hmacKey(await keyBytes(await deriveFrom(oldest.key), 'token', scope));
	const first =
		ring.length === 1 ? wrap : await sealObject(await wrapKeys(space, oldest.epoch, roots), 'keys', oldest.key);
	return {
		epoch: newest.epoch,
		wrap,
		token: await keyedHash(tokens, new TextEncoder().encode('head')),
		lineage: first.id,
		ring,
		seal: async (type, plain) => sealObject(await keysOf(newest), type, plain),
		sealAgain: async (type, plain, id) => {
			for (const one of ring) {
				const sealed = await sealObject(await keysOf(one), type, plain);
				if (sealed.id === id) return sealed;
			}
			return null;
		},
		open: async (type, id, bytes) => {
			const epoch = epochIn(bytes);
			const one = type === 'head' ? newest : ring.find((key) => key.epoch === epoch);
			return one ? openObject(await keysOf(one), type, id, bytes) : broken(epoch === null ? 'length' : 'epoch');
		},
		rekey: async (epoch) => {
			const of = { workspace, scope: `space/${space}`, epoch };
			const key = await keyBytes(rootAt(epoch, roots), 'space', of);
			return sealOf(space, [...ring, { epoch, key }], null, roots);
		}
	};
}

function wrapKeys(space: string, epoch: number, roots: SpaceRoots): Promise<SealKeys> {
	return sealKeys(rootAt(epoch, roots), { workspace: roots.workspace, scope: `wrap/${space}`, epoch });
}

function rootAt(epoch: number, { rootOf }: SpaceRoots): CryptoKey {
	const root = rootOf(epoch);
	invariant(root, 'the root key of the epoch is known');
	return root;
}
