// The ways into a workspace: a new passphrase, new words or a passkey, each written and read back before the old one goes.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { epochOf as slotEpoch, parseSlot, PASSPHRASE_MIN, type KeySlot, type SlotKind } from '../core/sync/key-slot.ts';
import { membersAt, onceMember } from '../core/sync/member-log.ts';
import { parseWords } from '../core/sync/recovery-words.ts';
import type { Secrets } from '../core/sync/secrets.ts';
import type { Known } from '../crypto/key-slots.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { changingKeys } from './sync-change-keys.ts';
import { ownerEdge, readingKeys } from './sync-open.ts';
import type { EdgeSlot, SyncEdge } from './sync-rim.ts';
import { NO_SLOTS, SLOTS_MIN } from './sync-settle.ts';
import { knownOf, openNewest, type Opener } from './sync-unlock.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `device` is the name of the one that made it; null where the slot does not say, or nobody of the workspace made it. */
export type SlotTold = {
	readonly id: string;
	readonly kind: SlotKind;
	readonly device: string | null;
	readonly atMs: number;
	/** What of the workspace is not what it should be: it is of keys of before, or no device of the workspace made it. */
	readonly wrong: 'outdated' | 'foreign' | null;
};

export type NewOpener = Opener & {
	/** What opens the workspace from now on. */
	readonly to:
		| { readonly kind: 'passphrase'; readonly passphrase: string }
		| { readonly kind: 'words'; readonly words: string }
		| { readonly kind: 'passkey' };
};

/** As the edge has them now. */
export async function listSlots(effects: Effects): Promise<Result<readonly SlotTold[], SyncFailure>> {
	return readingKeys(effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const edge = await ownerEdge(open, epochOf(members.value), effects);
		const slots = await edge.slots();
		if (!slots.ok) return slots;
		const log = members.value.map(({ entry }) => entry);
		const told: SlotTold[] = [];
		for (const { id, sealed, writtenAtMs } of slots.value) {
			const read = parseSlot(sealed, open.workspace);
			if (!read.ok) continue;
			const { slot, proof } = read.value;
			const device = slot.made && onceMember(log, slot.made.device);
			const named = device && (membersAt(log, log.length).get(device.id) ?? device);
			const name = named ? await open.keys.openName(named.id, named.name) : null;
			const isOurs = proof === null || (await open.keys.isProvenSlot(slot, proof));
			told.push({
				id,
				kind: slot.slot,
				device: isOurs && name?.ok ? name.value : null,
				atMs: slot.made?.atMs ?? writtenAtMs,
				wrong: !isOurs ? 'foreign' : slotEpoch(slot) < epochOf(members.value) ? 'outdated' : null
			});
		}
		return ok(told.sort((one, other) => one.atMs - other.atMs));
	});
}

/** A new passphrase or new words, in the place of those of before; or a passkey besides. What opens the workspace now is asked for. */
export async function changeSlot(input: NewOpener, effects: Effects): Promise<Result<void, SyncFailure>> {
	const [opens, to] = [knownOf(input), parseNew(input.to)];
	if (!opens.ok) return opens;
	if (!to.ok) return to;
	return changingKeys('Change what opens the workspace', effects, async (open, { device }) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const epoch = epochOf(members.value);
		const edge = await ownerEdge(open, epoch, effects);
		const slots = await edge.slots();
		if (!slots.ok) return slots;
		const secrets = await openOf(slots.value, opens.value, epoch, open, effects);
		if (!secrets.ok) return secrets;
		const of = { workspace: open.workspace, secrets: secrets.value, device };
		const written = await writeSlots([to.value], of, edge, effects);
		if (!written.ok) return written;
		const forgotten = await effects.sync.rows.saveSlots(NO_SLOTS);
		if (!forgotten.ok) return forgotten;
		// A passkey stands beside others; the rest is in the place of what was there.
		if (to.value.kind === 'passkey') return ok(undefined);
		for (const { id, sealed } of slots.value) {
			const read = parseSlot(sealed, open.workspace);
			if (!read.ok || read.value.slot.slot !== to.value.kind) continue;
			const deleted = await edge.deleteSlot(id);
			if (!deleted.ok) return deleted;
		}
		return ok(undefined);
	});
}

/** Of passkeys, and of slots that nobody of the workspace made. */
export async function removeSlot(id: string, effects: Effects): Promise<Result<void, SyncFailure>> {
	return changingKeys('Remove a key', effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const epoch = epochOf(members.value);
		const edge = await ownerEdge(open, epoch, effects);
		const slots = await edge.slots();
		if (!slots.ok) return slots;
		if (!slots.value.some((slot) => slot.id === id)) return err({ kind: 'unknown-slot', slot: id });
		const left: KeySlot[] = [];
		for (const slot of slots.value) {
			const read = parseSlot(slot.sealed, open.workspace);
			if (slot.id === id || !read.ok || slotEpoch(read.value.slot) !== epoch) continue;
			const { proof } = read.value;
			if (proof === null || (await open.keys.isProvenSlot(read.value.slot, proof))) left.push(read.value.slot);
		}
		const kinds = new Set(left.map(({ slot }) => slot));
		if (left.length < SLOTS_MIN || !kinds.has('passphrase') || !kinds.has('recovery'))
			return err({ kind: 'slot-needed' });
		return edge.deleteSlot(id);
	});
}

/** The secrets, of this epoch: what a slot of before opens is not enough. */
export async function openOf(
	slots: readonly EdgeSlot[],
	known: Known,
	epoch: number,
	{ workspace }: Pick<SyncEffects, 'workspace'>,
	{ sync }: Effects
): Promise<Result<Secrets, SyncFailure>> {
	const sealed = slots.map((slot) => slot.sealed);
	const opened = await openNewest(sealed, workspace, known, sync);
	if (!opened.ok) return opened;
	const { roots } = opened.value.secrets;
	if (roots.length < epoch) return err({ kind: 'keys-outdated' });
	// A rotation that came to nothing left one that knows too much.
	return ok({ ...opened.value.secrets, roots: roots.slice(0, epoch) });
}

export type SlotsOf = {
	readonly workspace: string;
	readonly secrets: Secrets;
	readonly device: { readonly id: string; readonly name: string };
};

/** Their ids on the edge, once each was read from there and opened; or none of them is there. */
export async function writeSlots(
	known: readonly Known[],
	{ workspace, secrets, device }: SlotsOf,
	edge: SyncEdge,
	effects: Effects
): Promise<Result<readonly string[], SyncFailure>> {
	const { sync } = effects;
	const written = new Map<string, Known>();
	const failed = async (failure: SyncFailure): Promise<Result<never, SyncFailure>> => {
		for (const id of written.keys()) await edge.deleteSlot(id);
		return err(failure);
	};
	for (const one of known) {
		const made = { epoch: secrets.roots.length, device: device.id, atMs: effects.now() };
		const slot = await sync.crypto.makeSlot(one, { workspace, secrets, made, name: `Weir: ${device.name}` }, sync);
		if (!slot.ok) return failed(slot.error);
		const id = effects.randomId();
		written.set(id, one);
		const put = await edge.putSlot(id, slot.value);
		if (!put.ok) return failed(put.error);
	}
	const there = await edge.slots();
	if (!there.ok) return failed(there.error);
	for (const [id, one] of written) {
		const kept = there.value.find((slot) => slot.id === id);
		// To touch a passkey once more for this would tell nothing: its secret came from it just now.
		const opened =
			kept && one.kind !== 'passkey' ? await isOpenedBy(kept.sealed, workspace, one, secrets, effects) : kept;
		if (!opened) return failed({ kind: 'slot-not-kept' });
	}
	return ok([...written.keys()]);
}

async function isOpenedBy(
	sealed: Bytes,
	workspace: string,
	known: Known,
	{ roots }: Secrets,
	{ sync }: Effects
): Promise<boolean> {
	const opened = await sync.crypto.openSlot(sealed, workspace, known, sync);
	return opened.ok && opened.value.roots.length === roots.length;
}

function parseNew(to: NewOpener['to']): Result<Known, SyncFailure> {
	if (to.kind === 'passkey') return ok({ kind: 'passkey' });
	if (to.kind === 'passphrase') {
		const isLong = [...to.passphrase].length >= PASSPHRASE_MIN;
		return isLong ? ok(to) : err({ kind: 'passphrase-too-short', least: PASSPHRASE_MIN });
	}
	const words = parseWords(to.words);
	return words.ok ? ok({ kind: 'recovery', entropy: words.value }) : words;
}
