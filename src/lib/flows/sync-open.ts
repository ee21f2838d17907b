// Puts together what one sync of this device works with.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { InboxKeys } from '../crypto/inbox-item.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects, SyncStore } from './sync-effects.ts';
import type { EdgeToken } from '../core/sync/workspace-code.ts';
import { epochOf, takeKnownRoots } from './sync-members.ts';
import { mergeLines } from './sync-merge.ts';
import { cappedNet, patientNet } from './sync-net.ts';
import type { SyncEdge } from './sync-rim.ts';

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
		net: cappedNet(patientNet(sync.edge({ workspace, token }), effects, signal), bytesPerSecond, effects, signal),
		store: { ...sync.rows, ...store, addParts },
		keys,
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

/** The edge with the token that all devices have from the root key: it makes and ends tokens, and writes slots and members. */
export async function ownerEdge(
	{ workspace, keys }: Pick<SyncEffects, 'workspace' | 'keys'>,
	epoch: number,
	{ sync }: Pick<Effects, 'sync'>
): Promise<SyncEdge> {
	return sync.edge({ workspace, token: await keys.token('owner', epoch) });
}

/** The owner's token of now, and what inboxes are sealed to. */
export async function ownerAccess(
	effects: Effects
): Promise<
	Result<{ readonly workspace: string; readonly owner: EdgeToken; readonly inboxKeys: InboxKeys }, SyncFailure>
> {
	return readingKeys(effects, async ({ workspace, keys }) => {
		const members = await effects.sync.rows.members();
		if (!members.ok) return members;
		const epoch = epochOf(members.value);
		return ok({ workspace, owner: await keys.token('owner', epoch), inboxKeys: await keys.inbox(epoch) });
	});
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

export async function accountOf({ sync }: Pick<Effects, 'sync'>): Promise<Result<SyncAccount, SyncFailure>> {
	const account = await sync.rows.account();
	if (!account.ok) return account;
	return account.value ? ok(account.value) : err({ kind: 'sync-off' });
}
