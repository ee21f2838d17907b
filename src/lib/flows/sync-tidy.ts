// Keeps the server tidy: collects what nothing needs, and shortens histories where a person asks for it.
import { ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { Effects } from './effects.ts';
import { findSynced } from './sync-choose.ts';
import { collectOnEdge, type Collected } from './sync-collect.ts';
import { ownEdge } from './sync-restore.ts';
import { patiently } from './sync-net.ts';
import { runSync, type SyncRun } from './sync-run.ts';
import { shortenOnEdge } from './sync-shorten.ts';

const DAY_MS = 86_400_000;
const COLLECTED_AT = 'sync-collected';

/** Null when another device is at it, or changes came so fast that nothing was collected. */
export type Tidied = Collected | null;

export function collectServer(
	{ signal, isQuiet }: { readonly signal?: AbortSignal | undefined; readonly isQuiet?: boolean },
	effects: Effects
): Promise<Result<Tidied, SyncFailure>> {
	return runSync({ label: 'Collect what the server keeps for nothing', signal, isQuiet }, effects, (run) =>
		collect(run, effects)
	);
}

async function collect(run: SyncRun, effects: Effects): Promise<Result<Tidied, SyncFailure>> {
	const edge = await ownEdge(run.effects, effects);
	const { signal } = run.effects;
	const gc = {
		beginGc: (cycle: string) => patiently(() => edge.beginGc(cycle), effects, signal),
		markLive: (cycle: string, space: string, ids: readonly string[]) =>
			patiently(() => edge.markLive(cycle, space, ids), effects, signal),
		endGc: (cycle: string) => patiently(() => edge.endGc(cycle), effects, signal)
	};
	const collected = await collectOnEdge(run.effects, gc, effects.randomId(), run.onProgress);
	if (!collected.ok) return collected;
	const saved = await effects.store.saveSetting(COLLECTED_AT, effects.now());
	return saved.ok ? collected : saved;
}

/** Once a day at most. What goes wrong with it goes wrong with the next sync, too, and is told there. */
export async function collectSometimes(effects: Effects): Promise<void> {
	const last = await effects.store.setting(COLLECTED_AT);
	if (!last.ok || (typeof last.value === 'number' && Math.abs(effects.now() - last.value) < DAY_MS)) return;
	// A device that has just joined has nothing to collect; the first time is a day later.
	if (last.value === undefined) await effects.store.saveSetting(COLLECTED_AT, effects.now());
	else await collectServer({ isQuiet: true }, effects);
}

/** How many versions the server lets go, or would; their bytes go with the next two collections. Devices keep what they have. */
export function shortenServer(
	{
		dataset,
		newest,
		isPreview = false,
		signal
	}: {
		readonly dataset: string;
		readonly newest: number;
		readonly isPreview?: boolean;
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<number, SyncFailure>> {
	return runSync({ label: `Shorten the history of ${dataset} on the server`, signal }, effects, async (run) => {
		const found = await findSynced(dataset, run.effects.choice, effects);
		if (!found.ok) return found;
		const gone = await shortenOnEdge(found.value.id, newest, isPreview, run.effects);
		return gone.ok ? ok(gone.value.length) : gone;
	});
}

/** What the workspace stores on the server, and how much it may. */
export async function serverUsage(
	effects: Effects
): Promise<
	Result<{ readonly usedBytes: number; readonly quotaBytes: number; readonly objectCount: number }, SyncFailure>
> {
	return runSync({ label: 'Ask the server', isQuiet: true, isBeside: true }, effects, async ({ account }) =>
		effects.sync.edge(account).usage()
	);
}
