// The key pairs of a workspace's inboxes, one of each epoch, from its root keys: the newest is sealed to, and any opens what was sealed to it.
import { broken } from '#core/sync/sealed-object.ts';
import { keyBytes } from './derive.ts';
import { inboxKeysOf, type InboxKeys } from './inbox-item.ts';

/** `roots` are of the epochs from the first on; null for one that is not known. */
export async function inboxKeysFrom(workspace: string, roots: readonly (CryptoKey | null)[]): Promise<InboxKeys> {
	const pairs: InboxKeys[] = [];
	for (const [at, root] of roots.entries())
		if (root) pairs.unshift(await inboxKeysOf(await keyBytes(root, 'inbox', { workspace, scope: '', epoch: at + 1 })));
	return {
		publicKey: pairs[0]?.publicKey ?? '',
		open: async (place, bytes) => {
			for (const pair of pairs) {
				const opened = await pair.open(place, bytes);
				// Sealed to another pair, or to none.
				if (opened.ok || opened.error.why !== 'sealed') return opened;
			}
			return broken('sealed');
		}
	};
}
