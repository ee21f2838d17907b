// Syncs now, one tab at a time; and says how this device stands without asking the edge.
import { ok, type Result } from '../core/result.ts';
import type { DatasetId } from '../core/ids.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { membersAt, onceMember } from '../core/sync/member-log.ts';
import type { SyncChoice } from '../core/sync/sync-choice.ts';
import type { Refusal, SyncAccount, SyncTrouble } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { syncDatasets, type DatasetSync } from './sync-list.ts';
import { accountOf, openSync } from './sync-open.ts';
import { recordsState, type RecordsState } from './sync-records-state.ts';
import { keepSlots, regainAccess, restoreWorkspace } from './sync-restore.ts';
import { runSync, type Moved, type SyncRun } from './sync-run.ts';
import { settleEpoch } from './sync-settle.ts';
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
			/** Whether this device has the keys; without them nothing is sent, and devices have no names. */
			readonly keys: 'open' | 'locked' | 'outdated' | 'removed';
			readonly devices: readonly { readonly id: string; readonly name: string; readonly isThis: boolean }[];
			readonly code: string;
			readonly refusals: readonly Refusal[];
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
	const settled = await settleEpoch(run.effects, effects);
	if (!settled.ok) return settled;
	await keepSlots(run, effects);
	return ok({ ...synced.value, ...run.moved() });
}

/** Keeps what went wrong, until a sync goes well. */
async function told(
	report: Result<SyncReport, SyncFailure>,
	effects: Effects
): Promise<Result<SyncReport, SyncFailure>> {
	const refusals = report.ok ? await refusalsOf(report.value, effects) : [];
	const now = effects.now();
	// Whoever paused, locked or left meanwhile is not undone.
	const saved = await effects.sync.rows.changeAccount((account) => {
		const troubles = report.ok ? troublesOf(report.value) : keptTroubles(account, report.error);
		const isInStep = report.ok && troubles.length === 0;
		return {
			...account,
			troubles: account.keys ? troubles : [],
			refusals: withNew(account.refusals, refusals),
			syncedAtMs: isInStep ? now : account.syncedAtMs
		};
	});
	return saved.ok ? report : saved;
}

function troublesOf({ datasets, records }: SyncReport): readonly SyncTrouble[] {
	return [
		...datasets.flatMap(({ name, outcome }) => (outcome.ok ? [] : [{ dataset: name, failure: outcome.error }])),
		...(records.ok ? [] : [{ dataset: null, failure: records.error }])
	];
}

function keptTroubles({ troubles }: SyncAccount, failure: SyncFailure): readonly SyncTrouble[] {
	return failure.kind === 'cancelled' ? troubles : [{ dataset: null, failure }];
}

/** What a removed device tried, once for each dataset. */
async function refusalsOf({ datasets, records }: SyncReport, effects: Effects): Promise<readonly Refusal[]> {
	const all = [...datasets, { dataset: 'records', name: null, outcome: records }];
	const told = all.flatMap(({ dataset, name, outcome }) =>
		outcome.ok ? outcome.value.refused.map(({ device, seq }) => ({ name, device, key: `${dataset}/${seq}` })) : []
	);
	if (told.length === 0) return [];
	const [account, members] = [await accountOf(effects), await effects.sync.rows.members()];
	const opened = account.ok && (await openSync(account.value, effects, new AbortController().signal, () => undefined));
	const log = members.ok ? members.value.map(({ entry }) => entry) : [];
	const refusals: Refusal[] = [];
	for (const { name: dataset, device: id, key } of told) {
		const device = onceMember(log, id);
		const name = device && opened && opened.ok ? await opened.value.keys.openName(id, device.name) : null;
		refusals.push({ dataset, device: name?.ok ? name.value : id, key, isSeen: false });
	}
	return refusals;
}

function withNew(known: readonly Refusal[], more: readonly Refusal[]): readonly Refusal[] {
	return [...known, ...more.filter(({ key }) => !known.some((one) => one.key === key))];
}

export async function syncState(effects: Effects): Promise<Result<SyncState, SyncFailure>> {
	const { rows } = effects.sync;
	const account = await rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok({ kind: 'off' });
	const { isPaused, syncedAtMs, device, code, troubles, refusals } = account.value;
	const choice = await rows.choice();
	if (!choice.ok) return choice;
	const datasets = await syncDatasets(choice.value, troubles, effects);
	if (!datasets.ok) return datasets;
	const waiting = datasets.value.flatMap(({ name, state, versions }) =>
		state === 'waiting' ? [{ dataset: name, versions }] : []
	);
	const records = await recordsState(effects);
	if (!records.ok) return records;
	const devices = await devicesOf(account.value, effects);
	if (!devices.ok) return devices;
	const keys = keysState(account.value);
	const about = { troubles, isPaused, syncedAtMs, device: device.name, keys, devices: devices.value, code };
	const unseen = refusals.filter(({ isSeen }) => !isSeen);
	return ok({
		kind: 'on',
		...about,
		refusals: unseen,
		waiting,
		records: records.value,
		datasets: datasets.value,
		choice: choice.value
	});
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

/** Also ends what is under way. */
export async function pauseSync(isPaused: boolean, effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const saved = await effects.sync.rows.changeAccount((now) => ({ ...now, isPaused }));
	if (isPaused) effects.sync.progress.askToStop();
	return saved;
}

/** This device forgets keys and all that it knew of the edge; datasets stay, here and there. */
export async function leaveSync(effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAccount(null) : account;
}
