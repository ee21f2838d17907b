// Puts together what one sync of this device works with.
import { err, ok, type Result } from '../core/result.ts';
import type { NetFailure, SyncFailure } from '../core/sync/failure.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects, SyncStore } from './sync-effects.ts';
import { mergeLines } from './sync-merge.ts';

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
	const { workspace, token, rootKey, signing } = account;
	const { sync, store } = effects;
	const addParts: SyncStore['addParts'] = async (parts) => {
		const cut = parts.map(({ id, bytes }) => ({ id, file: new Blob([bytes]), startByte: 0, sizeBytes: bytes.length }));
		const packed = await effects.cutter.pack(cut, idKey.value);
		return packed.ok ? effects.upgrade.add({ segments: [], ...packed.value, reused: [] }) : packed;
	};
	return ok({
		workspace,
		device: account.device.id,
		deviceName: account.device.name,
		net: patient(sync.edge({ workspace, token }), effects, signal),
		store: { ...sync.rows, ...store, addParts },
		keys: sync.crypto.keys({ workspace, rootKey, idKey: idKey.value, signing }),
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

export async function accountOf({ sync }: Pick<Effects, 'sync'>): Promise<Result<SyncAccount, SyncFailure>> {
	const account = await sync.rows.account();
	if (!account.ok) return account;
	return account.value ? ok(account.value) : err({ kind: 'sync-off' });
}
