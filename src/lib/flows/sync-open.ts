// Puts together what one sync of this device works with.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects, SyncStore } from './sync-effects.ts';
import { mergeLines } from './sync-merge.ts';
import { cappedNet, patientNet } from './sync-net.ts';

export async function openSync(
	account: SyncAccount,
	effects: Effects,
	signal: AbortSignal,
	moved: SyncEffects['moved'],
	isReseeding = false
): Promise<Result<SyncEffects, SyncFailure>> {
	const idKey = await effects.store.idKey(effects.makeIdKey);
	if (!idKey.ok) return idKey;
	const choice = await effects.sync.rows.choice();
	if (!choice.ok) return choice;
	const { bytesPerSecond } = choice.value;
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
		net: cappedNet(patientNet(sync.edge({ workspace, token }), effects, signal), bytesPerSecond, effects, signal),
		store: { ...sync.rows, ...store, addParts },
		keys: sync.crypto.keys({ workspace, rootKey, idKey: idKey.value, signing }),
		choice: choice.value,
		isReseeding,
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

export async function accountOf({ sync }: Pick<Effects, 'sync'>): Promise<Result<SyncAccount, SyncFailure>> {
	const account = await sync.rows.account();
	if (!account.ok) return account;
	return account.value ? ok(account.value) : err({ kind: 'sync-off' });
}
