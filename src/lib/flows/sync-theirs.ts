// Reads what the edge has of a dataset, as far as it can be believed; and what a person said to go on from where it cannot.
import { ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { Reset, WireRef } from '../core/sync/ref-record.ts';
import { broken } from '../core/sync/sealed-object.ts';
import { choiceOf } from '../core/sync/sync-choice.ts';
import type { Kept, SpaceRecords } from '../core/sync/space-state.ts';
import type { KnownEntry, SpaceKey, SyncSpace } from '../core/sync/sync-space.ts';
import type { Trust } from '../core/sync/trust.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { distrustKinds, judgeTip, readTip, type Tip } from './sync-chain.ts';
import type { SyncEffects } from './sync-effects.ts';
import { epochOf } from './sync-members.ts';
import { readHead } from './sync-head.ts';

/** Where a ref is gone on from. */
export type Beginning = {
	/** Null where the edge has nothing that counts. */
	readonly tip: Tip | null;
	/** Of the next record; `prev` is the hash of what the server shows last. */
	readonly next: { readonly seq: number; readonly prev: string };
	/** Where a person said that what the server shows less, or otherwise, is to be gone on from. */
	readonly reset: Reset | null;
	/** Of now: what is sent is of it. */
	readonly epoch: number;
};

export type Theirs = Beginning & {
	readonly state: Kept;
	readonly seal: SpaceSeal;
	/** It may name versions that are not here. */
	readonly records: SpaceRecords | null;
};

type Read<T> = Promise<Result<T, SpaceFailure>>;

/** Fails where the server cannot be believed, unless a person said to put that right. */
export async function readBeginning(
	space: SyncSpace,
	wire: WireRef | null,
	members: readonly KnownEntry[],
	effects: SyncEffects
): Read<Beginning> {
	const epoch = epochOf(members);
	const read = await readTip(space, wire, members, effects);
	if (read.ok) return ok({ tip: read.value, next: after(read.value?.trust ?? null), reset: null, epoch });
	if (!effects.isReseeding || !distrustKinds.has(read.error.kind) || !space.trust) return read;
	// What the server shows is gone on from if it holds by itself; else what is here stands alone.
	const unseen = { space: space.space, trust: null, members: 0, key: space.key, base: null };
	const shown = await judgeTip(unseen, wire, members, effects);
	if (!shown.ok && !distrustKinds.has(shown.error.kind)) return shown;
	const tip = shown.ok ? shown.value : null;
	const reset = resetAfter(space, space.trust, tip?.era ?? 0);
	return ok({ tip, next: after(tip?.trust ?? wire), reset, epoch });
}

/** As if the edge had nothing: what it has cannot be read any more. What others agreed on with it is no base for them either. */
export function withoutTheirs(space: SyncSpace, { tip, next, reset, epoch }: Beginning): Beginning {
	const seen = tip?.trust ?? space.trust ?? { seq: 0, hash: '' };
	return { tip: null, next, reset: reset ?? resetAfter(space, seen, tip?.era ?? 0), epoch };
}

export async function readTheirs(
	space: SyncSpace,
	wire: WireRef | null,
	members: readonly KnownEntry[],
	effects: SyncEffects
): Read<Theirs> {
	const begun = await readBeginning(space, wire, members, effects);
	if (!begun.ok) return begun;
	const { tip, reset } = begun.value;
	const read = await readFrom(tip?.isReset || reset ? { ...space, base: null } : space, begun.value, effects);
	return read.ok || !effects.isReseeding || !isLoss(read.error) ? read : readNothing(space, begun.value, effects);
}

export async function readNothing(space: SyncSpace, begun: Beginning, effects: SyncEffects): Read<Theirs> {
	const { tip } = begun;
	const key = tip ? { epoch: tip.ref.epoch, wrap: tip.ref.wrap } : space.key;
	const own = await ownSeal({ ...space, key }, begun.epoch, effects);
	return own.ok ? ok({ ...withoutTheirs(space, begun), state: null, seal: own.value, records: null }) : own;
}

async function readFrom(space: SyncSpace, begun: Beginning, effects: SyncEffects): Read<Theirs> {
	const { tip } = begun;
	if (!tip) {
		const own = await ownSeal(space, begun.epoch, effects);
		return own.ok ? ok({ ...begun, state: null, seal: own.value, records: null }) : own;
	}
	const seal = await effects.keys.openSpace(space.space, tip.ref.epoch, tip.ref.wrap);
	if (!seal.ok) return seal;
	if (seal.value.token !== tip.ref.token) return broken('content');
	if (tip.isVoid) return ok({ ...begun, seal: seal.value, state: null, records: null });
	if (isAsAgreed(space, tip.trust, begun.epoch, effects) && space.base)
		return ok({ ...begun, seal: seal.value, state: space.base.state, records: null });
	const records = await readHead(space.space, tip, seal.value, effects);
	return records.ok ? ok({ ...begun, seal: seal.value, state: records.value.state, records: records.value }) : records;
}

function after(last: Trust | null): Beginning['next'] {
	return { seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? '' };
}

/** Of a space that the edge does not have: its key is kept before anything is sealed by it. */
export async function ownSeal(
	space: SyncSpace,
	epoch: number,
	{ keys, store }: Pick<SyncEffects, 'keys' | 'store'>
): Read<SpaceSeal> {
	if (space.key) return keys.openSpace(space.space, space.key.epoch, space.key.wrap);
	const seal = await keys.newSpace(space.space, epoch);
	const saved = await store.saveSpace({ ...space, key: keyOf(seal) });
	return saved.ok ? ok(seal) : saved;
}

/** The record that was agreed on is the newest still, by its hash, under keys of now, and as much of its history is to be here as then. */
export function isAsAgreed(
	{ space, trust, base, newest, key }: SyncSpace,
	shown: Trust | null,
	epoch: number,
	{ choice, isReseeding }: Pick<SyncEffects, 'choice' | 'isReseeding'>
): boolean {
	const isNewest = trust?.seq === shown?.seq && trust?.hash === shown?.hash && base?.seq === trust?.seq;
	if (key && key.epoch !== epoch) return false;
	return isNewest && (newest ?? null) === choiceOf(choice, space).newest && !isReseeding;
}

/** What a tip says of a dataset, for its row. */
export function seenOf(
	space: SyncSpace['space'],
	{ trust, members, era }: Tip,
	seal: SpaceSeal
): Omit<SyncSpace, 'base'> {
	return { space, trust, members, key: keyOf(seal), ...withEra(era) };
}

/** As the row of a dataset keeps it. */
export function keyOf({ epoch, wrap, lineage }: SpaceSeal): SpaceKey {
	return { epoch, wrap, ...(lineage === wrap.id ? {} : { lineage }) };
}

export function withEra(era: number): { readonly era?: number } {
	return era > 0 ? { era } : {};
}

/** What the edge says is there, and is not, or is not what it was. */
export function isLoss({ kind }: SpaceFailure): boolean {
	return kind === 'object-lost' || kind === 'broken-object';
}

function resetAfter({ era = 0 }: Pick<SyncSpace, 'era'>, trust: Trust, shownEra: number): Reset {
	return { era: Math.max(era, shownEra) + 1, lost: { era, ...trust } };
}
