// Puts together what one sync of this device works with.
import { err, ok, type Result } from '../core/result.ts';
import type { NetFailure, SyncFailure } from '../core/sync/failure.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { SyncEffects, SyncStore } from './sync-effects.ts';
import { takeKnownRoots } from './sync-members.ts';
import { mergeLines } from './sync-merge.ts';
import type { SyncEdge } from './sync-rim.ts';

const TRIES = 6;
const FIRST_WAIT_MS = 500;

export async function openSync(
	account: SyncAccount,
	effects: Effects,
	signal: AbortSignal,
	moved: SyncEffects['moved']
): Promise<Result<SyncEffects, SyncFailure>> {
	const idKey = await effects.store.idKey(effects.makeIdKey);
	if (!idKey.ok) return idKey;
	const { workspace, token } = account;
	const { sync, store } = effects;
	if (!account.keys) return err({ kind: 'keys-locked' });
	const device = account.device.id;
	const keys = sync.crypto.keys({ workspace, device, ...account.keys, idKey: idKey.value });
	const members = await sync.rows.members();
	if (!members.ok) return members;
	await takeKnownRoots(members.value, keys);
	const addParts: SyncStore['addParts'] = async (parts) => {
		const cut = parts.map(({ id, bytes }) => ({ id, file: new Blob([bytes]), startByte: 0, sizeBytes: bytes.length }));
		const packed = await effects.cutter.pack(cut, idKey.value);
		return packed.ok ? effects.upgrade.add({ segments: [], ...packed.value, reused: [] }) : packed;
	};
	return ok({
		workspace,
		device,
		deviceName: account.device.name,
		net: patient(sync.edge({ workspace, token }), effects, signal),
		store: { ...sync.rows, ...store, addParts },
		keys,
		merge: (ask) => mergeLines(ask, effects, signal),
		holding: async (versions, work) => {
			const lease = await effects.leases.hold(versions);
			try {
				return await work();
			} finally {
				await lease.end();
			}
		},
		now: effects.now,
		random: effects.random,
		sleep: effects.sleep,
		signal,
		moved
	});
}

/** Asks again, later and later and never at one time with all others, where an edge says that it cannot now. */
function patient(
	net: SyncEffects['net'],
	{ sleep, random }: Pick<Effects, 'sleep' | 'random'>,
	signal: AbortSignal
): SyncEffects['net'] {
	const again = async <T>(ask: () => Promise<Result<T, NetFailure>>): Promise<Result<T, NetFailure>> => {
		for (let tries = 1; ; tries++) {
			const answer = await ask();
			if (answer.ok || answer.error.kind !== 'edge-busy' || tries === TRIES || signal.aborted) return answer;
			const waitMs = answer.error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** tries;
			await sleep(waitMs * (1 + random()), signal);
		}
	};
	return {
		refs: () => again(() => net.refs()),
		refLog: (space, token, after) => again(() => net.refLog(space, token, after)),
		members: (after) => again(() => net.members(after)),
		appendMember: (prev, entry) => again(() => net.appendMember(prev, entry)),
		have: (space, ids) => again(() => net.have(space, ids)),
		put: (space, id, bytes) => again(() => net.put(space, id, bytes)),
		get: (space, id) => again(() => net.get(space, id)),
		moveRef: (ref) => again(() => net.moveRef(ref))
	};
}

/** The edge with the token that all devices have from the root key: it makes and ends tokens, and writes slots and members. */
export async function ownerEdge(
	{ workspace, keys }: Pick<SyncEffects, 'workspace' | 'keys'>,
	epoch: number,
	{ sync }: Pick<Effects, 'sync'>
): Promise<SyncEdge> {
	return sync.edge({ workspace, token: await keys.token('owner', epoch) });
}

/** What is asked of an open workspace besides syncing it. */
export async function readingKeys<T>(
	effects: Effects,
	work: (open: SyncEffects, account: SyncAccount) => Promise<Result<T, SyncFailure>>
): Promise<Result<T, SyncFailure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const opened = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	return opened.ok ? work(opened.value, account.value) : opened;
}

const BUSY_TRIES = 60;
const BUSY_MS = 250;

/** What is changed of it, as a job, while nothing syncs; a sync that is under way is waited for a little. */
export async function changingKeys<T>(
	label: string,
	effects: Effects,
	work: (open: SyncEffects, account: SyncAccount) => Promise<Result<T, SyncFailure>>
): Promise<Result<T, SyncFailure>> {
	for (let tries = 0; tries < BUSY_TRIES; tries++) {
		const done = await effects.alone('sync', async () => {
			const account = await accountOf(effects);
			if (!account.ok) return account;
			return asJob(effects.jobs, label, undefined, async ({ signal }) => {
				const opened = await openSync(account.value, effects, signal, () => undefined);
				return opened.ok ? work(opened.value, account.value) : opened;
			});
		});
		if (done) return done;
		await effects.sleep(BUSY_MS, new AbortController().signal);
	}
	return err({ kind: 'sync-busy' });
}

export async function accountOf({ sync }: Pick<Effects, 'sync'>): Promise<Result<SyncAccount, SyncFailure>> {
	const account = await sync.rows.account();
	if (!account.ok) return account;
	return account.value ? ok(account.value) : err({ kind: 'sync-off' });
}
