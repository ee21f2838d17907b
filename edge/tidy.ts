// What the edge does by itself every hour: it removes what was condemned, and chains what nobody read.
import { forgetAddressKeys } from './d1/address-keys.ts';
import { chainAllAudits } from './d1/audit.ts';
import { discardObjects, emptyTrash, readTrash } from './d1/gc.ts';
import { forgetItems } from './d1/inbox-items.ts';
import { discardFiles } from './d1/publications.ts';
import { forgetOldRates } from './d1/rate-limits.ts';
import { forgetLeases, forgetShares } from './d1/share-upkeep.ts';
import type { Env } from './env.ts';

const HOUR_MS = 3_600_000;
/** As many as R2 deletes in one call may be. */
const AT_ONCE = 500;
/** What is left then is for the next hour: an invocation has its limits. */
const ROUNDS = 20;

export async function tidy(env: Env, nowMs: number): Promise<{ readonly discarded: number; readonly deleted: number }> {
	let discarded = 0;
	let deleted = 0;
	for (let round = 0; round < ROUNDS; round++) {
		discarded += await discardObjects(env.DB, AT_ONCE, nowMs);
		discarded += await discardFiles(env.DB, AT_ONCE, nowMs);
		await forgetItems(env.DB, AT_ONCE, nowMs);
		discarded += await forgetShares(env.DB, AT_ONCE, nowMs);
		const keys = await readTrash(env.DB, AT_ONCE);
		if (keys.length === 0) break;
		await env.OBJECTS.delete(keys);
		await emptyTrash(env.DB, keys);
		deleted += keys.length;
	}
	await forgetLeases(env.DB, nowMs);
	await forgetOldRates(env.DB, nowMs - 2 * HOUR_MS);
	await forgetAddressKeys(env.DB, nowMs - 2 * HOUR_MS);
	await chainAllAudits(env.DB);
	return { discarded, deleted };
}
