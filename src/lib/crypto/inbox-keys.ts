// The key pair of a workspace's inboxes, from its root key.
import { keyBytes } from './derive.ts';
import { inboxKeysOf, type InboxKeys } from './inbox-item.ts';
import { INBOX_EPOCH } from '#core/sync/inbox-item.ts';

export async function inboxKeys(workspace: string, rootKey: CryptoKey): Promise<InboxKeys> {
	return inboxKeysOf(await keyBytes(rootKey, 'inbox', { workspace, scope: '', epoch: INBOX_EPOCH }));
}
