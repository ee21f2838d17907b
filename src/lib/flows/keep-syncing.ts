// Goes on syncing while the page is open: soon after something has changed, and now and then for what other devices did.
import type { Effects } from './effects.ts';
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
		for (;;) {
			if (isAsked) await effects.sleep(SETTLE_MS, settled);
			isAsked = false;
			const account = await effects.sync.rows.account();
			if (account.ok && account.value && mayGoOn(account.value)) await syncNow({ isQuiet: true }, effects);
			waiting = new AbortController();
			// Its own changes ask, too: one more sync then finds nothing to do.
			if (!isAsked) await effects.sleep(IDLE_MS, waiting.signal);
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
