// Goes on syncing while the page is open: soon after something has changed, and now and then for what other devices did. Once a day the
// edge is told what is alive.
import { backOffMs } from '../core/sync/back-off.ts';
import { drainInboxes } from './drain-inbox.ts';
import type { Effects } from './effects.ts';
import { collectSometimes } from './sync-tidy.ts';
import { syncNow } from './sync-now.ts';
import type { SyncAccount } from '../db/sync.ts';

/** Many changes at once are one sync. */
const SETTLE_MS = 4000;
const IDLE_MS = 60_000;

/** Answers a function that asks for a sync soon. What goes wrong is kept with the account, and told on the page. */
export function keepSyncing(effects: Effects): () => void {
	let isAsked = true;
	let waiting = new AbortController();
	const settled = new AbortController().signal;
	const goOn = async (): Promise<never> => {
		let failures = 0;
		for (;;) {
			if (isAsked) await effects.sleep(SETTLE_MS, settled);
			isAsked = false;
			const account = await effects.sync.rows.account();
			if (account.ok && account.value && mayGoOn(account.value)) {
				const synced = await syncNow({ isQuiet: true }, effects);
				failures = synced.ok || synced.error.kind === 'sync-busy' ? 0 : failures + 1;
				if (synced.ok) await collectSometimes(effects);
				// What it fails of is tried again, and told where inboxes are shown.
				await drainInboxes(effects);
			}
			waiting = new AbortController();
			// Its own changes ask, too: one more sync then finds nothing to do. Where nobody answers it is asked for ever more rarely.
			if (!isAsked) await effects.sleep(IDLE_MS + backOffMs(failures, null, effects.random()), waiting.signal);
		}
	};
	void goOn();
	return () => {
		isAsked = true;
		waiting.abort();
	};
}

/** Not while it is paused or locked, and not for a device that was removed. */
function mayGoOn({ isPaused, keys, troubles }: SyncAccount): boolean {
	return !isPaused && keys !== null && !troubles.some(({ failure }) => failure.kind === 'device-removed');
}
