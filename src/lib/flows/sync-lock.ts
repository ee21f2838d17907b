// Locks the workspace on this device: its keys go, from memory and from storage, in all tabs. Datasets stay as they are.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { Effects } from './effects.ts';
import { accountOf } from './sync-open.ts';

/** Goes while another tab syncs: that sync is ended. */
export async function lockKeys(
	{ keepsSlots }: { readonly keepsSlots: boolean },
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const { workspace, token, keys } = account.value;
	if (!keys) return ok(undefined);
	const told = keepsSlots ? await effects.sync.edge({ workspace, token }).slots() : ok([]);
	if (!told.ok) return told;
	if (keepsSlots && told.value.length === 0) return err({ kind: 'edge-access-refused' });
	const kept = { atMs: keepsSlots ? effects.now() : 0, sealed: told.value.map(({ sealed }) => sealed) };
	const saved = await effects.sync.rows.saveSlots(kept);
	if (!saved.ok) return saved;
	return effects.sync.rows.changeAccount((now) => ({
		...now,
		keys: null,
		// Without a sealed copy there would be no key to sign with when it is unlocked.
		signing: now.own ? null : (now.keys?.signing ?? now.signing),
		troubles: []
	}));
}

/** What was told about removed devices has been seen. */
export async function forgetRefusals(effects: Effects): Promise<Result<void, SyncFailure>> {
	return effects.sync.rows.changeAccount((account) => ({
		...account,
		refusals: account.refusals.map((one) => ({ ...one, isSeen: true }))
	}));
}
