// One stretch of work with the edge, of one tab at a time: a job where a person asked for it, told to every tab as it goes, and ended by
// any of them.
import { err, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { SyncEffects } from './sync-effects.ts';
import { accountOf, openSync } from './sync-open.ts';

const TELL_MS = 500;
/** A rate is told over so many of them. */
const WINDOW = 10;

type Bytes = { readonly up: number; readonly down: number };
type Steps = { readonly done: number; readonly all: number };

export type Moved = { readonly sentBytes: number; readonly receivedBytes: number };

export type SyncRun = {
	readonly effects: SyncEffects;
	readonly account: SyncAccount;
	readonly onProgress: (done: number, all: number) => void;
	/** Bytes of objects so far. */
	readonly moved: () => Moved;
};

export type RunInput = {
	readonly label: string;
	readonly signal?: AbortSignal | undefined;
	/** It stands in no list of jobs. */
	readonly isQuiet?: boolean | undefined;
	readonly isReseeding?: boolean | undefined;
	/** It may run beside a sync: it changes nothing on the server. */
	readonly isBeside?: boolean | undefined;
};

/** Fails as `sync-busy` where another tab is at it. */
export async function runSync<T>(
	{ label, signal, isQuiet = false, isReseeding = false, isBeside = false }: RunInput,
	effects: Effects,
	work: (run: SyncRun) => Promise<Result<T, SyncFailure>>
): Promise<Result<T, SyncFailure>> {
	const run = async (): Promise<Result<T, SyncFailure>> => {
		const account = await accountOf(effects);
		if (!account.ok) return account;
		if (isQuiet) return follow(account.value, signal, null);
		return asJob(effects.jobs, label, signal, (job) => follow(account.value, job.signal, (to) => job.progress(to)));
	};
	if (isBeside) return run();
	return (await effects.alone('sync', run)) ?? err({ kind: 'sync-busy' });

	async function follow(
		account: SyncAccount,
		outer: AbortSignal | undefined,
		tellJob: ((progress: { readonly fraction?: number; readonly readBytes?: number }) => void) | null
	): Promise<Result<T, SyncFailure>> {
		const { progress } = effects.sync;
		const controller = new AbortController();
		const stop = (): void => controller.abort();
		if (outer?.aborted) stop();
		outer?.addEventListener('abort', stop, { once: true });
		const unhear = progress.onStop(stop);
		// Keys that are in use are forgotten, too, as soon as any tab locks the workspace.
		const unwatch = effects.sync.rows.watch(() => void stopIfLocked(effects, stop));
		const bytes = { up: 0, down: 0 };
		const steps = { done: 0, all: 0 };
		const tell = isBeside ? () => undefined : teller(effects);
		tell(bytes, steps);
		try {
			const opened = await openSync(
				account,
				effects,
				controller.signal,
				(direction, sizeBytes) => {
					bytes[direction] += sizeBytes;
					tellJob?.({ readBytes: bytes.up + bytes.down });
					tell(bytes, steps);
				},
				isReseeding
			);
			if (!opened.ok) return opened;
			return await work({
				effects: opened.value,
				account,
				onProgress: (isDone, all) => {
					Object.assign(steps, { done: isDone, all });
					tellJob?.({ fraction: all === 0 ? 1 : isDone / all });
					tell(bytes, steps);
				},
				moved: () => ({ sentBytes: bytes.up, receivedBytes: bytes.down })
			});
		} finally {
			unhear();
			unwatch();
			outer?.removeEventListener('abort', stop);
			if (!isBeside) progress.tell(null);
		}
	}
}

async function stopIfLocked({ sync }: Effects, stop: () => void): Promise<void> {
	const account = await sync.rows.account();
	if (account.ok && !account.value?.keys) stop();
}

/** Tells how far it is, as it comes along; and over the last few tellings, how fast. */
function teller({ now, sync }: Effects): (bytes: Bytes, steps: Steps) => void {
	const seen: { readonly atMs: number; readonly bytes: number }[] = [];
	return ({ up, down }, steps) => {
		const [atMs, last] = [now(), seen.at(-1)];
		if (last && atMs - last.atMs < TELL_MS && steps.done < steps.all) return;
		seen.push({ atMs, bytes: up + down });
		if (seen.length > WINDOW) seen.shift();
		const first = seen[0];
		const spanMs = first ? atMs - first.atMs : 0;
		const bytesPerSecond = first && spanMs > 0 ? ((up + down - first.bytes) / spanMs) * 1000 : 0;
		sync.progress.tell({ sentBytes: up, receivedBytes: down, bytesPerSecond, ...steps });
	};
}
