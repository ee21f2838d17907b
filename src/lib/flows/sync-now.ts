// Syncs now, one tab at a time, as a job; and says how this device stands without asking the edge.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure, SyncFailure } from '../core/sync/failure.ts';
import { membersAt, onceMember } from '../core/sync/member-log.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { isSameState, rootsOf, stateOf } from '../core/sync/space-state.ts';
import type { Refusal, SyncAccount, SyncTrouble } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { accountOf, openSync } from './sync-open.ts';
import { recordsState, type RecordsState } from './sync-records-state.ts';
import type { RecordsSynced } from './sync-records.ts';
import { settleEpoch } from './sync-settle.ts';
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
			/** Whether this device has the keys; without them nothing is sent, and devices have no names. */
			readonly keys: 'open' | 'locked' | 'outdated' | 'removed';
			readonly devices: readonly { readonly id: string; readonly name: string; readonly isThis: boolean }[];
			readonly code: string;
			readonly refusals: readonly Refusal[];
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
	const lock = whenLocked(effects);
	try {
		const signal = AbortSignal.any([job.signal, lock.signal]);
		const opened = await openSync(account, effects, signal, (direction, sizeBytes) => {
			bytes[direction] += sizeBytes;
			job.progress({ readBytes: bytes.up + bytes.down });
		});
		if (!opened.ok) return opened;
		const synced = await syncWorkspace(opened.value, (isDone, all) => job.progress({ fraction: isDone / all }));
		if (!synced.ok) return synced;
		const settled = await settleEpoch(opened.value, effects);
		return settled.ok ? ok({ ...synced.value, sentBytes: bytes.up, receivedBytes: bytes.down }) : settled;
	} finally {
		lock.stop();
	}
}

/** Aborts as soon as any tab locks the workspace: keys that are in use are forgotten, too. */
function whenLocked({ sync }: Effects): { readonly signal: AbortSignal; readonly stop: () => void } {
	const locked = new AbortController();
	const look = async (): Promise<void> => {
		const account = await sync.rows.account();
		if (account.ok && !account.value?.keys) locked.abort();
	};
	return { signal: locked.signal, stop: sync.rows.watch(() => void look()) };
}

/** Keeps what went wrong, until a sync goes well. */
async function tell(report: Result<SyncReport, SyncFailure>, effects: Effects): Promise<Result<void, SyncFailure>> {
	const troubles: readonly SyncTrouble[] = report.ok
		? [
				...report.value.datasets.flatMap(({ name, outcome }) =>
					outcome.ok ? [] : [{ dataset: name, failure: outcome.error }]
				),
				...(report.value.records.ok ? [] : [{ dataset: null, failure: report.value.records.error }])
			]
		: [{ dataset: null, failure: report.error }];
	const refusals = report.ok ? await refusalsOf(report.value, effects) : [];
	const now = effects.now();
	// Whoever paused, locked or left meanwhile is not undone.
	return effects.sync.rows.changeAccount((account) => ({
		...account,
		troubles: account.keys ? troubles : [],
		refusals: [...account.refusals, ...refusals],
		syncedAtMs: troubles.length === 0 ? now : account.syncedAtMs
	}));
}

/** What a removed device tried, once for each dataset. */
async function refusalsOf({ datasets, records }: SyncReport, effects: Effects): Promise<readonly Refusal[]> {
	const all = [...datasets, { name: null, outcome: records }];
	const told = all.flatMap(({ name, outcome }) =>
		outcome.ok
			? [...new Set(outcome.value.refused.map(({ device }) => device))].map((id) => ({ dataset: name, id }))
			: []
	);
	if (told.length === 0) return [];
	const [account, members] = [await accountOf(effects), await effects.sync.rows.members()];
	const opened = account.ok && (await openSync(account.value, effects, new AbortController().signal, () => undefined));
	const refusals: Refusal[] = [];
	for (const { dataset, id } of told) {
		const device =
			members.ok &&
			onceMember(
				members.value.map(({ entry }) => entry),
				id
			);
		const name = device && opened && opened.ok ? await opened.value.keys.openName(id, device.name) : null;
		refusals.push({ dataset, device: name?.ok ? name.value : id });
	}
	return refusals;
}

export async function syncState(effects: Effects): Promise<Result<SyncState, SyncFailure>> {
	const { rows } = effects.sync;
	const account = await rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok({ kind: 'off' });
	const { isPaused, syncedAtMs, device, code, troubles, refusals } = account.value;
	const [spaces, datasets] = [await rows.spaces(), await effects.store.datasets()];
	if (!spaces.ok) return spaces;
	if (!datasets.ok) return datasets;
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
	const devices = await devicesOf(account.value, effects);
	if (!devices.ok) return devices;
	const keys = keysState(account.value);
	const told = { troubles, isPaused, syncedAtMs, waiting, records: records.value, keys, refusals };
	return ok({ kind: 'on', ...told, device: device.name, devices: devices.value, code });
}

function keysState({ keys, troubles }: SyncAccount): Extract<SyncState, { kind: 'on' }>['keys'] {
	const has = (kind: string): boolean => troubles.some(({ failure }) => failure.kind === kind);
	if (has('device-removed')) return 'removed';
	if (!keys) return 'locked';
	return has('keys-outdated') ? 'outdated' : 'open';
}

/** None while it is locked: their names are sealed. */
async function devicesOf(
	account: SyncAccount,
	effects: Effects
): Promise<Result<Extract<SyncState, { kind: 'on' }>['devices'], SyncFailure>> {
	if (!account.keys) return ok([]);
	const members = await effects.sync.rows.members();
	if (!members.ok) return members;
	const opened = await openSync(account, effects, new AbortController().signal, () => undefined);
	if (!opened.ok) return opened;
	const log = members.value.map(({ entry }) => entry);
	const devices: { readonly id: string; readonly name: string; readonly isThis: boolean }[] = [];
	for (const { id, name: sealed } of membersAt(log, log.length).values()) {
		const name = await opened.value.keys.openName(id, sealed);
		devices.push({ id, name: name.ok ? name.value : id, isThis: id === account.device.id });
	}
	return ok(devices);
}

export async function pauseSync(isPaused: boolean, effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.changeAccount((now) => ({ ...now, isPaused })) : account;
}

/** This device forgets keys and all that it knew of the edge; datasets stay, here and there. */
export async function leaveSync(effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAccount(null) : account;
}
