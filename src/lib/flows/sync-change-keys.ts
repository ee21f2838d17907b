// What is changed of keys and devices: as a job, while nothing syncs; a sync that is under way is waited for a little.
import { err, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { runSync } from './sync-run.ts';

const BUSY_TRIES = 60;
const BUSY_MS = 250;

export async function changingKeys<T>(
	label: string,
	effects: Effects,
	work: (open: SyncEffects, account: SyncAccount) => Promise<Result<T, SyncFailure>>
): Promise<Result<T, SyncFailure>> {
	for (let tries = 0; tries < BUSY_TRIES; tries++) {
		const done = await runSync({ label }, effects, (run) => work(run.effects, run.account));
		if (done.ok || done.error.kind !== 'sync-busy') return done;
		await effects.sleep(BUSY_MS, new AbortController().signal);
	}
	return err({ kind: 'sync-busy' });
}
