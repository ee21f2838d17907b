// The entry that begins a new epoch, appended in the very moment in which the refs are where it says: what a device that it removes was
// told to have sent until then counts.
import { datasetId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { backOffMs } from '../core/sync/back-off.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { epochAt, type MemberEntry, type Rotation } from '../core/sync/member-log.ts';
import { parseRef, type WireRef } from '../core/sync/ref-record.ts';
import type { KnownEntry } from '../core/sync/sync-space.ts';
import { distrustKinds, readTip } from './sync-chain.ts';
import type { SyncEffects, SyncNet } from './sync-effects.ts';
import { readMembers, signEntry } from './sync-members.ts';

/** Each takes three requests where the removed device is still: between those of one who sends hundreds of datasets meanwhile, many fail. */
const TRIES = 30;

type ReadEffects = Pick<SyncEffects, 'workspace' | 'device' | 'net' | 'store' | 'keys'>;
type AppendEffects = ReadEffects & Pick<SyncEffects, 'random' | 'sleep' | 'signal'>;

/** False where another entry has come behind `members`. Where a ref has moved since it was read, it is read again. */
export async function appendRotation(
	change: Omit<Rotation, 'ends'>,
	members: readonly KnownEntry[],
	edge: Pick<SyncNet, 'appendMember'>,
	effects: AppendEffects
): Promise<Result<boolean, SpaceFailure>> {
	const { workspace, device: by, keys, random, sleep, signal } = effects;
	const log = members.map(({ entry }) => entry);
	const prev = members.at(-1)?.hash ?? '';
	for (let tries = 0; tries < TRIES; tries++) {
		if (tries > 0) await sleep(backOffMs(0, null, random()), signal);
		if (signal.aborted) return err({ kind: 'cancelled' });
		const seen = change.removes === null ? ok(nothingSeen) : await endsOf(change.removes, effects);
		if (!seen.ok) return seen;
		const { ends, refs, last } = seen.value;
		if (last !== null && last !== prev) return ok(false);
		const entry: MemberEntry = { workspace, seq: log.length + 1, prev, by, change: { ...change, ends } };
		const signed = await signEntry(entry, epochAt(log, log.length), keys);
		const appended = await edge.appendMember(prev, signed, refs ?? undefined);
		if (!appended.ok || appended.value || refs === null) return appended;
	}
	return err({ kind: 'edge-busy', retryAfterMs: null });
}

type Seen = {
	readonly ends: Rotation['ends'];
	/** All refs, as they were read; null where they do not matter. */
	readonly refs: readonly WireRef[] | null;
	/** The last entry of the membership log, read after the refs. */
	readonly last: string | null;
};
const nothingSeen: Seen = { ends: [], refs: null, last: null };

/**
 * Spaces whose newest record is the removed device's, as far as it is believed. One that came since the last sync counts, too: what lies
 * before it may have been collected by now.
 */
export async function endsOf(removes: string, effects: ReadEffects): Promise<Result<Seen, SpaceFailure>> {
	// Refs before members: whoever moved one of these was a member by then.
	const refs = await effects.net.refs();
	if (!refs.ok) return refs;
	const members = await readMembers(effects);
	if (!members.ok) return members;
	const spaces = await effects.store.spaces();
	if (!spaces.ok) return spaces;
	const ends: { readonly space: string; readonly seq: number }[] = [];
	for (const wire of refs.value) {
		const parsed = parseRef(wire.record);
		if (!parsed.ok || parsed.value.ref.device !== removes) continue;
		const known = spaces.value.find(({ space }) => space === wire.space);
		const space = known ?? { space: datasetId(wire.space), trust: null, members: 0, key: null, base: null };
		const tip = await readTip(space, wire, members.value, effects);
		if (tip.ok && tip.value) ends.push({ space: wire.space, seq: tip.value.trust.seq });
		else if (!tip.ok && !distrustKinds.has(tip.error.kind)) return tip;
	}
	return ok({ ends, refs: refs.value, last: members.value.at(-1)?.hash ?? null });
}
