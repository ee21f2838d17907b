// The key of one dataset, on its own: with it a program opens what that dataset is sealed by, and nothing else of the workspace.
import type { Result } from '#core/result.ts';
import type { BrokenObject, ObjectType } from '#core/sync/sealed-object.ts';
import type { Inline } from '#core/sync/ref-record.ts';
import { deriveFrom, hmacKey, keyBytes } from './derive.ts';
import { keyedHash } from './hash.ts';
import { openObject, sealKeys } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type SpaceKey = {
	readonly workspace: string;
	readonly space: string;
	readonly epoch: number;
	/** 32. */
	readonly key: Bytes;
};

/** Out of what refs carry, by the root key. */
export async function unwrapSpaceKey(
	rootKey: CryptoKey,
	{ workspace, space, epoch }: Omit<SpaceKey, 'key'>,
	wrap: Inline
): Promise<Result<Bytes, BrokenObject>> {
	const keys = await sealKeys(rootKey, { workspace, scope: `wrap/${space}`, epoch });
	return openObject(keys, 'keys', wrap.id, wrap.bytes);
}

export type SpaceOpener = {
	/** By which the server knows the dataset's ref. */
	readonly token: string;
	open(type: ObjectType, id: string, bytes: Bytes): Promise<Result<Bytes, BrokenObject>>;
};

export async function spaceOpener({ workspace, space, epoch, key }: SpaceKey): Promise<SpaceOpener> {
	const secret = await deriveFrom(key);
	const scope = { workspace, scope: `space/${space}`, epoch };
	const keys = await sealKeys(secret, scope);
	const tokens = await hmacKey(await keyBytes(secret, 'token', scope));
	return {
		token: await keyedHash(tokens, new TextEncoder().encode('head')),
		open: (type, id, bytes) => openObject(keys, type, id, bytes)
	};
}
