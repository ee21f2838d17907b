// The keys of one dataset, on their own: with them a program opens what that dataset is sealed by, and nothing else of the workspace.
import type { Result } from '#core/result.ts';
import { broken, epochIn, type BrokenObject, type ObjectType } from '#core/sync/sealed-object.ts';
import type { SpaceRing } from '#core/sync/space-ring.ts';
import { deriveFrom, hmacKey, keyBytes } from './derive.ts';
import { keyedHash } from './hash.ts';
import { openObject, sealKeys } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

type SpaceKeys = { readonly workspace: string; readonly space: string; readonly ring: SpaceRing };

export type SpaceOpener = {
	/** Of the newest key. */
	readonly epoch: number;
	/** By which the server knows the dataset's ref, in all epochs. */
	readonly token: string;
	/** A head must be of the newest key; what it leads to may be older. */
	open(type: ObjectType, id: string, bytes: Bytes): Promise<Result<Bytes, BrokenObject>>;
};

export async function spaceOpener({ workspace, space, ring }: SpaceKeys): Promise<SpaceOpener> {
	const [oldest] = ring;
	const { epoch } = ring.at(-1) ?? oldest;
	const scope = { workspace, scope: `space/${space}` };
	const tokens = await hmacKey(
		await keyBytes(await deriveFrom(oldest.key), 'token', { ...scope, epoch: oldest.epoch })
	);
	const keys = new Map(
		await Promise.all(
			ring.map(
				async (one) => [one.epoch, await sealKeys(await deriveFrom(one.key), { ...scope, epoch: one.epoch })] as const
			)
		)
	);
	return {
		epoch,
		token: await keyedHash(tokens, new TextEncoder().encode('head')),
		open: async (type, id, bytes) => {
			const told = epochIn(bytes);
			const own = keys.get(type === 'head' ? epoch : (told ?? 0));
			return own ? openObject(own, type, id, bytes) : broken(told === null ? 'length' : 'epoch');
		}
	};
}
