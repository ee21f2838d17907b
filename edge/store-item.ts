// Puts an item into an inbox: room first, then bytes, then the word that they are there. What came before under its key is not put twice.
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { addToTrash } from './d1/gc.ts';
import { confirmItem, countWaiting, releaseItem, reserveItem, type NewItem } from './d1/inbox-items.ts';
import { readUsage } from './d1/workspaces.ts';
import type { Env } from './env.ts';
import { limitsOf, MAX_ITEMS } from './limits.ts';
import type { WriteObjectFailure } from './r2/objects.ts';

type Refusal = Extract<ApiFailure, { kind: 'key-reused' | 'quota-full' | 'limit-reached' }>;
type Unavailable = Extract<WriteObjectFailure, { kind: 'unavailable' }>;
export type StoreItemFailure = Refusal | Unavailable;
type Stored = { readonly key: string; readonly isRepeated: boolean };

export async function storeItem<F extends WriteObjectFailure>(
	item: NewItem,
	write: (r2Key: string) => Promise<Result<void, F>>,
	env: Env,
	nowMs: number
): Promise<Result<Stored, Refusal | Unavailable | F>> {
	const { key, workspace, space, sizeBytes } = item;
	const { quotaBytes } = limitsOf(env);
	const reserved = await reserveItem(env.DB, item, { quotaBytes, itemCount: MAX_ITEMS }, nowMs);
	if (reserved.kind === 'stored')
		return reserved.digest === item.digest ? ok({ key, isRepeated: true }) : err({ kind: 'key-reused' });
	if (reserved.kind === 'full') {
		if ((await countWaiting(env.DB, workspace, space)) >= MAX_ITEMS)
			return err({ kind: 'limit-reached', of: 'items', limit: MAX_ITEMS });
		const usage = await readUsage(env.DB, workspace, quotaBytes);
		const known = { quotaBytes: usage?.quotaBytes ?? quotaBytes, usedBytes: usage?.usedBytes ?? 0 };
		return err({ kind: 'quota-full', ...known, sizeBytes });
	}
	const written = await write(reserved.r2Key);
	if (!written.ok) {
		if (written.error.kind === 'digest-mismatch') await releaseItem(env.DB, item, reserved.r2Key);
		return written;
	}
	if (await confirmItem(env.DB, item, reserved.r2Key, nowMs)) return ok({ key, isRepeated: false });
	await addToTrash(env.DB, reserved.r2Key);
	return err({ kind: 'unavailable', stores: ['objects'] });
}
