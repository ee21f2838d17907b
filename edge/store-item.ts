// Puts an item into an inbox. What came before under its key is not put twice.
import { ok, type Result } from '#core/result.ts';
import { countWaiting, itemPlace, reserveItem, type NewItem } from './d1/inbox-items.ts';
import type { Env } from './env.ts';
import { limitsOf, MAX_ITEMS } from './limits.ts';
import type { WriteObjectFailure } from './r2/objects.ts';
import { storeUpload, type StoreUploadFailure } from './store-upload.ts';

type KeyReused = { readonly kind: 'key-reused' };
export type StoreItemFailure = StoreUploadFailure | KeyReused;
type Stored = { readonly key: string; readonly isRepeated: boolean };

export async function storeItem<F extends WriteObjectFailure>(
	item: NewItem,
	write: (r2Key: string) => Promise<Result<void, F>>,
	env: Env,
	nowMs: number
): Promise<Result<Stored, StoreItemFailure | F>> {
	const { key, workspace, space, digest, sizeBytes } = item;
	const room = { quotaBytes: limitsOf(env).quotaBytes, itemCount: MAX_ITEMS };
	const upload = {
		...{ place: itemPlace(item), digest, sizeBytes, write },
		reserve: () => reserveItem(env.DB, item, room, nowMs),
		differs: { kind: 'key-reused' } as const,
		among: { of: 'items', limit: MAX_ITEMS, count: () => countWaiting(env.DB, workspace, space) } as const
	};
	const stored = await storeUpload<KeyReused, F>(upload, env, nowMs);
	return stored.ok ? ok({ key, ...stored.value }) : stored;
}
