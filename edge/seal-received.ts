// Seals what came in the clear before it is kept: the edge has it in memory for that moment, and nowhere else.
import { err, invariant, type Result } from '#core/result.ts';
import type { ItemContent } from '#core/sync/inbox-item.ts';
import { sealItem } from '#lib/crypto/inbox-item.ts';
import { digestOf, keyedHashOf } from './bytes.ts';
import type { Inbox } from './d1/inboxes.ts';
import type { Env } from './env.ts';
import { writeObject, type WriteObjectFailure } from './r2/objects.ts';
import { storeItem, type StoreItemFailure } from './store-item.ts';

type Unavailable = Extract<WriteObjectFailure, { kind: 'unavailable' }>;

type Received = {
	readonly inbox: Inbox;
	readonly key: string;
	readonly content: ItemContent;
	readonly by: string | null;
	/** What the sender knows and the database does not: equal bytes are known again by it, and nobody else can try out what they were. */
	readonly secret: string;
};

export async function sealReceived(
	{ inbox, key, content, by, secret }: Received,
	env: Env,
	nowMs: number
): Promise<Result<{ readonly key: string; readonly isRepeated: boolean }, StoreItemFailure>> {
	const { workspace, space, publicKey } = inbox;
	const place = { workspace, space, key };
	const sealed = await sealItem(publicKey, place, content);
	invariant(sealed.ok, 'an inbox is opened with a key that can be sealed to');
	const { value: bytes } = sealed;
	const digest = await keyedHashOf(secret, content.bytes);
	const item = { ...place, digest, sizeBytes: bytes.length, sealedBy: 'edge', by } as const;
	const write = async (r2Key: string): Promise<Result<void, Unavailable>> => {
		const sent = { stream: new Blob([bytes]).stream(), sizeBytes: bytes.length };
		const written = await writeObject(env.OBJECTS, r2Key, sent, await digestOf(bytes));
		// Its digest is that of these very bytes: what else arrived was damaged on the way to the store.
		return written.ok ? written : err({ kind: 'unavailable', stores: ['objects'] });
	};
	return storeItem(item, write, env, nowMs);
}
