// Brings the beginning of an epoch to its end on the edge: what belonged to the keys of before opens nothing any more. Any device does it
// that finds it undone, since the one that began the epoch may be gone.
import { ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { epochOf as slotEpoch, parseSlot } from '../core/sync/key-slot.ts';
import { membersAt } from '../core/sync/member-log.ts';
import { parseWorkspaceCode, writeWorkspaceCode } from '../core/sync/workspace-code.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { epochOf } from './sync-members.ts';
import { accountOf, ownerEdge } from './sync-open.ts';
import type { SyncEdge } from './sync-rim.ts';

/** Two ways into a workspace, or none of the old ones is closed. */
export const SLOTS_MIN = 2;
/** Slots that were kept here are of before: they are read again with the next sync. */
export const NO_SLOTS = { atMs: 0, sealed: [] };

export async function settleEpoch(open: SyncEffects, effects: Effects): Promise<Result<void, SyncFailure>> {
	const [account, members] = [await accountOf(effects), await effects.sync.rows.members()];
	if (!account.ok) return account;
	if (!members.ok) return members;
	const epoch = epochOf(members.value);
	if (account.value.settledEpoch >= epoch) return ok(undefined);
	const { workspace, keys } = open;
	const edge = await ownerEdge(open, epoch, effects);
	const closed = await closeSlots(edge, open, epoch);
	if (!closed.ok) return closed;
	const log = members.value.map(({ entry }) => entry);
	const now = membersAt(log, log.length);
	const over = log.flatMap(({ change }) =>
		change.kind === 'add' && !now.has(change.device.id) ? [change.device.id] : []
	);
	const finder = await keys.token('finder', epoch);
	const code = parseWorkspaceCode(account.value.code);
	if (code.ok && code.value.token.id !== finder.id) over.push(code.value.token.id);
	for (let before = 1; before < epoch; before++) {
		over.push((await keys.token('owner', before)).id);
		if (before > 1) over.push((await keys.token('finder', before)).id);
	}
	for (const id of over) {
		const revoked = await edge.revokeToken(id);
		if (!revoked.ok) return revoked;
	}
	const rekeyed = await rekeyInboxes(account.value, open, epoch, effects);
	if (!rekeyed.ok) return rekeyed;
	const forgotten = await effects.sync.rows.saveSlots(NO_SLOTS);
	if (!forgotten.ok) return forgotten;
	return effects.sync.rows.changeAccount((one) => ({
		...one,
		settledEpoch: epoch,
		code: writeWorkspaceCode({ workspace, token: finder })
	}));
}

/** What is pushed from now on is sealed to the key of now; services that post go on at the address that they have. */
async function rekeyInboxes(
	{ workspace, token }: SyncAccount,
	{ keys }: SyncEffects,
	epoch: number,
	{ sync }: Effects
): Promise<Result<void, SyncFailure>> {
	const inboxes = await sync.programs({ workspace, token }).inboxes();
	if (!inboxes.ok) return inboxes;
	if (inboxes.value.length === 0) return ok(undefined);
	const { publicKey } = await keys.inbox(epoch);
	const owner = sync.programs({ workspace, token: await keys.token('owner', epoch) });
	for (const { space, publicKey: before } of inboxes.value) {
		const rekeyed = before === publicKey ? ok(undefined) : await owner.rekeyInbox(space, publicKey);
		if (!rekeyed.ok) return rekeyed;
	}
	return ok(undefined);
}

/** Of slots that say this epoch, only those whose maker had its key: a rotation that came to nothing leaves others. */
async function closeSlots(
	edge: SyncEdge,
	{ workspace, keys }: SyncEffects,
	epoch: number
): Promise<Result<void, SyncFailure>> {
	const slots = await edge.slots();
	if (!slots.ok) return slots;
	const over: string[] = [];
	for (const { id, sealed } of slots.value) {
		const read = parseSlot(sealed, workspace);
		const { slot, proof } = read.ok ? read.value : { slot: null, proof: null };
		const isOfNow = slot !== null && slotEpoch(slot) === epoch && proof !== null;
		if (!isOfNow || !(await keys.isProvenSlot(slot, proof))) over.push(id);
	}
	if (slots.value.length - over.length < SLOTS_MIN) return ok(undefined);
	for (const id of over) {
		const deleted = await edge.deleteSlot(id);
		if (!deleted.ok) return deleted;
	}
	return ok(undefined);
}
