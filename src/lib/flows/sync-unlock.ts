// Opens the workspace's keys with what a person knows or has.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { epochOf, parseSlot, type SlotKind } from '../core/sync/key-slot.ts';
import { parseWords } from '../core/sync/recovery-words.ts';
import type { Secrets } from '../core/sync/secrets.ts';
import type { Known } from '../crypto/key-slots.ts';
import type { OpenKeys, SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { accountOf } from './sync-open.ts';
import type { SyncRim } from './sync-rim.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** One of the three. */
export type Opener = {
	readonly passphrase?: string | undefined;
	readonly words?: string | undefined;
	readonly passkey?: boolean | undefined;
};

export type OpenedSlot = { readonly secrets: Secrets; readonly bytes: Bytes };

export function knownOf({ passphrase, words, passkey }: Opener): Result<Known, SyncFailure> {
	if (passkey) return ok({ kind: 'passkey' });
	if (words === undefined) return ok({ kind: 'passphrase', passphrase: passphrase ?? '' });
	const parsed = parseWords(words);
	return parsed.ok ? ok({ kind: 'recovery', entropy: parsed.value }) : parsed;
}

/** The newest slot that it opens; of several failures, that of a slot of its kind. */
export async function openNewest(
	slots: readonly Bytes[],
	workspace: string,
	known: Known,
	rim: SyncRim
): Promise<Result<OpenedSlot, SyncFailure>> {
	let failure: SyncFailure | null = null;
	for (const bytes of newestFirst(slots, workspace, known.kind)) {
		const opened = await rim.crypto.openSlot(bytes, workspace, known, rim);
		if (opened.ok) return ok({ secrets: opened.value, bytes });
		failure ??= opened.error;
	}
	if (failure) return err(failure);
	if (known.kind === 'passkey') return err({ kind: 'no-passkey' });
	return err(slots.length === 0 ? { kind: 'edge-access-refused' } : unreadable(slots, workspace));
}

/** None is of this kind: what is wrong with the first that is no slot at all, or that there is none. */
function unreadable(slots: readonly Bytes[], workspace: string): SyncFailure {
	for (const bytes of slots) {
		const read = parseSlot(bytes, workspace);
		if (!read.ok) return read.error;
	}
	return { kind: 'wrong-secret' };
}

function newestFirst(slots: readonly Bytes[], workspace: string, kind: SlotKind): readonly Bytes[] {
	const read = slots.flatMap((bytes) => {
		const slot = parseSlot(bytes, workspace);
		// One that asks for too little is told when it is opened.
		if (!slot.ok) return slot.error.kind === 'weak-slot' ? [{ bytes, epoch: 0 }] : [];
		return slot.value.slot.slot === kind ? [{ bytes, epoch: epochOf(slot.value.slot) }] : [];
	});
	return read.sort((one, other) => other.epoch - one.epoch).map(({ bytes }) => bytes);
}

/** Opens the workspace on this device, in all tabs: from slots that were kept here, or else from those of the edge. */
export async function unlockKeys(opener: Opener, effects: Effects): Promise<Result<void, SyncFailure>> {
	const known = knownOf(opener);
	if (!known.ok) return known;
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const opened = await openOf(account.value, known.value, effects);
	if (!opened.ok) return opened;
	const keys = await openKeys(account.value, opened.value.secrets, effects);
	if (!keys.ok) return keys;
	return effects.sync.rows.changeAccount((now) => ({ ...now, keys: keys.value, troubles: [] }));
}

/** Kept slots are asked first, so that it opens offline; they may be of before a change on another device. */
async function openOf(
	{ workspace, token }: SyncAccount,
	known: Known,
	{ sync }: Effects
): Promise<Result<OpenedSlot, SyncFailure>> {
	const stored = await sync.rows.slots();
	if (!stored.ok) return stored;
	const slots = stored.value?.sealed ?? [];
	const kept = slots.length > 0 ? await openNewest(slots, workspace, known, sync) : null;
	if (kept?.ok) return kept;
	const told = await sync.edge({ workspace, token }).slots();
	if (!told.ok) return kept ?? told;
	return openNewest(
		told.value.map(({ sealed }) => sealed),
		workspace,
		known,
		sync
	);
}

async function openKeys(
	{ workspace, device, own, signing }: SyncAccount,
	{ roots }: Secrets,
	{ sync }: Effects
): Promise<Result<OpenKeys, SyncFailure>> {
	const opened = await Promise.all(roots.map((root) => sync.crypto.deriveFrom(root)));
	if (!own) return signing ? ok({ roots: opened, signing, taking: null }) : err({ kind: 'keys-unsupported' });
	const kept = await sync.crypto.openOwn({ workspace, device: device.id }, opened, own);
	if (!kept.ok) return kept;
	const keys = await sync.crypto.openDeviceKeys(kept.value);
	return keys ? ok({ roots: opened, ...keys }) : err({ kind: 'keys-unsupported' });
}
