// Syncs now, one tab at a time, as a job; and says how this device stands without asking the edge.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure, SyncFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { isSameState, rootsOf, stateOf } from '../core/sync/space-state.ts';
import type { SyncAccount, SyncTrouble } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { accountOf, openSync } from './sync-open.ts';
import { recordsState, type RecordsState } from './sync-records-state.ts';
import type { RecordsSynced } from './sync-records.ts';
import { syncWorkspace, type SyncedDataset } from './sync-workspace.ts';

export type SyncReport = {
	readonly datasets: readonly SyncedDataset[];
	/** Of documents, verdicts, runs and models. */
	readonly records: Result<RecordsSynced, SpaceFailure>;
	readonly sentBytes: number;
	readonly receivedBytes: number;
};

export type SyncState =
	| { readonly kind: 'off' }
	| {
			readonly kind: 'on';
			readonly troubles: readonly SyncTrouble[];
			readonly isPaused: boolean;
			readonly syncedAtMs: number | null;
			/** Datasets that are not as the edge had them last, with how many versions are to be sent. */
			readonly waiting: readonly { readonly dataset: string; readonly versions: number }[];
			readonly records: RecordsState;
			readonly device: string;
			readonly devices: readonly { readonly name: string; readonly isThis: boolean }[];
			readonly code: string;
	  };

/** A quiet one stands in no list of jobs. */
export type SyncInput = { readonly signal?: AbortSignal | undefined; readonly isQuiet?: boolean };

type Handle = Pick<JobHandle, 'signal' | 'progress'>;

const quiet = (): Handle => ({ signal: new AbortController().signal, progress: () => undefined });

export async function syncNow(
	{ signal, isQuiet = false }: SyncInput,
	effects: Effects
): Promise<Result<SyncReport, SyncFailure>> {
	const done = await effects.alone('sync', async () => {
		const account = await accountOf(effects);
		if (!account.ok) return account;
		const report = isQuiet
			? await run(account.value, quiet(), effects)
			: await asJob(effects.jobs, 'Sync', signal, (job) => run(account.value, job, effects));
		const told = await tell(report, effects);
		return told.ok ? report : told;
	});
	return done ?? err({ kind: 'sync-busy' });
}

async function run(account: SyncAccount, job: Handle, effects: Effects): Promise<Result<SyncReport, SyncFailure>> {
	const bytes = { up: 0, down: 0 };
	const opened = await openSync(account, effects, job.signal, (direction, sizeBytes) => {
		bytes[direction] += sizeBytes;
		job.progress({ readBytes: bytes.up + bytes.down });
	});
	if (!opened.ok) return opened;
	const synced = await syncWorkspace(opened.value, (isDone, all) => job.progress({ fraction: isDone / all }));
	return synced.ok ? ok({ ...synced.value, sentBytes: bytes.up, receivedBytes: bytes.down }) : synced;
}

/** Keeps what went wrong, until a sync goes well. */
async function tell(report: Result<SyncReport, SyncFailure>, effects: Effects): Promise<Result<void, SyncFailure>> {
	// Whoever paused or left meanwhile is not undone.
	const account = await effects.sync.rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok(undefined);
	const troubles: readonly SyncTrouble[] = report.ok
		? [
				...report.value.datasets.flatMap(({ name, outcome }) =>
					outcome.ok ? [] : [{ dataset: name, failure: outcome.error }]
				),
				...(report.value.records.ok ? [] : [{ dataset: null, failure: report.value.records.error }])
			]
		: [{ dataset: null, failure: report.error }];
	const syncedAtMs = troubles.length === 0 ? effects.now() : account.value.syncedAtMs;
	return effects.sync.rows.saveAccount({ ...account.value, troubles, syncedAtMs });
}

export async function syncState(effects: Effects): Promise<Result<SyncState, SyncFailure>> {
	const { rows } = effects.sync;
	const account = await rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok({ kind: 'off' });
	const { isPaused, syncedAtMs, device, code, troubles } = account.value;
	const [spaces, datasets, members] = [await rows.spaces(), await effects.store.datasets(), await rows.members()];
	if (!spaces.ok) return spaces;
	if (!datasets.ok) return datasets;
	if (!members.ok) return members;
	const bases = new Map(spaces.value.map(({ space, base }) => [space, base?.state ?? null]));
	const waiting: { readonly dataset: string; readonly versions: number }[] = [];
	for (const dataset of datasets.value) {
		const [ours, base] = [stateOf(dataset), bases.get(dataset.id) ?? null];
		if (isSameState(ours, base)) continue;
		const commits = await rows.commits(dataset.id);
		if (!commits.ok) return commits;
		const versions = commitsToSend(rootsOf(ours), rootsOf(base), commits.value).length;
		waiting.push({ dataset: dataset.name, versions });
	}
	const here = new Set(datasets.value.map(({ id }) => id));
	// Removed here, and not there yet.
	for (const [space, base] of bases) if (base && !here.has(space)) waiting.push({ dataset: base.name, versions: 0 });
	const records = await recordsState(effects.sync.rows);
	if (!records.ok) return records;
	const keys = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	if (!keys.ok) return keys;
	const log = members.value.map(({ entry }) => entry);
	const devices: { readonly name: string; readonly isThis: boolean }[] = [];
	for (const one of membersAt(log, log.length).values()) {
		const name = await keys.value.keys.openName(one.id, one.name);
		devices.push({ name: name.ok ? name.value : one.id, isThis: one.id === device.id });
	}
	const told = { troubles, isPaused, syncedAtMs, waiting, records: records.value };
	return ok({ kind: 'on', ...told, device: device.name, devices, code });
}

export async function pauseSync(isPaused: boolean, effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAccount({ ...account.value, isPaused }) : account;
}

/** This device forgets keys and all that it knew of the edge; datasets stay, here and there. */
export async function leaveSync(effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAccount(null) : account;
}
