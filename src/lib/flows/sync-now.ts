// Syncs now, one tab at a time; and says how this device stands without asking the edge.
import { ok, type Result } from '../core/result.ts';
import type { DatasetId } from '../core/ids.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import type { SyncChoice } from '../core/sync/sync-choice.ts';
import type { SyncTrouble } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { syncDatasets, type DatasetSync } from './sync-list.ts';
import { accountOf, openSync } from './sync-open.ts';
import { recordsState, type RecordsState } from './sync-records-state.ts';
import { keepSlots, regainAccess, restoreWorkspace } from './sync-restore.ts';
import { runSync, type Moved, type SyncRun } from './sync-run.ts';
import { syncWorkspace, type SyncedWorkspace } from './sync-workspace.ts';

export type SyncReport = Moved & SyncedWorkspace;

export type SyncState =
	| { readonly kind: 'off' }
	| {
			readonly kind: 'on';
			readonly troubles: readonly SyncTrouble[];
			readonly isPaused: boolean;
			readonly syncedAtMs: number | null;
			/** Datasets that are not as the edge had them last, with how many versions are to be sent. */
			readonly waiting: readonly { readonly dataset: string; readonly versions: number }[];
			/** All that this device knows of, those that are on the server alone too. */
			readonly datasets: readonly DatasetSync[];
			readonly choice: SyncChoice;
			readonly records: RecordsState;
			readonly device: string;
			readonly devices: readonly { readonly name: string; readonly isThis: boolean }[];
			readonly code: string;
	  };

/** A quiet one stands in no list of jobs. */
export type SyncInput = { readonly signal?: AbortSignal | undefined; readonly isQuiet?: boolean };

export function syncNow({ signal, isQuiet }: SyncInput, effects: Effects): Promise<Result<SyncReport, SyncFailure>> {
	return runSync({ label: 'Sync', signal, isQuiet }, effects, async (run) => {
		const report = await syncAll(run, effects);
		// A server that was filled anew knows the workspace, and not this device's own token.
		const isAgain = !report.ok && report.error.kind === 'edge-access-refused' && (await regainAccess(run, effects));
		return told(isAgain ? await syncAll(run, effects) : report, effects);
	});
}

/**
 * Puts the server right from here: what it lost is sent again, and where it shows less or another past than before, this device goes
 * on from there. What the server's line has that is not here comes beside. Other devices follow, by this one's signature.
 */
export function reseedSync(
	{
		signal,
		invitation = null,
		only = null
	}: SyncInput & { readonly invitation?: string | null; readonly only?: DatasetId | null },
	effects: Effects
): Promise<Result<SyncReport, SyncFailure>> {
	return runSync({ label: 'Fill the server from here', signal, isReseeding: true }, effects, async (run) => {
		const restored = await restoreWorkspace(run, invitation, effects);
		if (!restored.ok) return restored;
		return told(await syncAll(run, effects, only), effects);
	});
}

async function syncAll(
	run: SyncRun,
	effects: Effects,
	only: DatasetId | null = null
): Promise<Result<SyncReport, SyncFailure>> {
	const synced = await syncWorkspace(run.effects, run.onProgress, only);
	if (!synced.ok) return synced;
	await keepSlots(run, effects);
	return ok({ ...synced.value, ...run.moved() });
}

/** Keeps what went wrong, until a sync goes well. */
async function told(
	report: Result<SyncReport, SyncFailure>,
	effects: Effects
): Promise<Result<SyncReport, SyncFailure>> {
	// Whoever paused or left meanwhile is not undone.
	const account = await effects.sync.rows.account();
	if (!account.ok) return account;
	if (!account.value) return report;
	const troubles: readonly SyncTrouble[] = report.ok
		? [
				...report.value.datasets.flatMap(({ name, outcome }) =>
					outcome.ok ? [] : [{ dataset: name, failure: outcome.error }]
				),
				...(report.value.records.ok ? [] : [{ dataset: null, failure: report.value.records.error }])
			]
		: report.error.kind === 'cancelled'
			? account.value.troubles
			: [{ dataset: null, failure: report.error }];
	const isInStep = report.ok && troubles.length === 0;
	const syncedAtMs = isInStep ? effects.now() : account.value.syncedAtMs;
	const saved = await effects.sync.rows.saveAccount({ ...account.value, troubles, syncedAtMs });
	return saved.ok ? report : saved;
}

export async function syncState(effects: Effects): Promise<Result<SyncState, SyncFailure>> {
	const { rows } = effects.sync;
	const account = await rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok({ kind: 'off' });
	const { isPaused, syncedAtMs, device, code, troubles } = account.value;
	const choice = await rows.choice();
	if (!choice.ok) return choice;
	const datasets = await syncDatasets(choice.value, troubles, effects);
	if (!datasets.ok) return datasets;
	const members = await rows.members();
	if (!members.ok) return members;
	const waiting = datasets.value.flatMap(({ name, state, versions }) =>
		state === 'waiting' ? [{ dataset: name, versions }] : []
	);
	const records = await recordsState(effects);
	if (!records.ok) return records;
	const keys = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	if (!keys.ok) return keys;
	const log = members.value.map(({ entry }) => entry);
	const devices: { readonly name: string; readonly isThis: boolean }[] = [];
	for (const one of membersAt(log, log.length).values()) {
		const name = await keys.value.keys.openName(one.id, one.name);
		devices.push({ name: name.ok ? name.value : one.id, isThis: one.id === device.id });
	}
	const about = { troubles, isPaused, syncedAtMs, device: device.name, devices, code };
	return ok({ kind: 'on', ...about, waiting, records: records.value, datasets: datasets.value, choice: choice.value });
}

/** Also ends what is under way. */
export async function pauseSync(isPaused: boolean, effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const saved = await effects.sync.rows.saveAccount({ ...account.value, isPaused });
	if (isPaused) effects.sync.progress.askToStop();
	return saved;
}

/** This device forgets keys and all that it knew of the edge; datasets stay, here and there. */
export async function leaveSync(effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAccount(null) : account;
}
