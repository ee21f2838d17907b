// Collects what the edge keeps and no ref needs: this device says what is alive, since the edge cannot see what refers to what.
//
// Note: why nothing is lost. What any ref reaches when the cycle ends is named, or was asked for or sent within the last day by the device
// that moved the ref there; both keep it. A cycle that meets anything it cannot believe or read is not ended. What is dead goes only
// when another cycle, a day later, leaves it out too.
import { inBatches } from '../core/batches.ts';
import { datasetId, type DatasetId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NetFailure, SpaceFailure } from '../core/sync/failure.ts';
import type { RefRecord, WireRef } from '../core/sync/ref-record.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import { readTip } from './sync-chain.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { readHead } from './sync-head.ts';
import { readMembers } from './sync-members.ts';
import { RecordReader } from './sync-records-read.ts';
import { recordsSpace } from './sync-records.ts';
import { isLoss } from './sync-theirs.ts';

type Net<T> = Promise<Result<T, NetFailure>>;

/** With the token of an owner. */
export type GcNet = {
	beginGc(cycle: string): Net<void>;
	markLive(cycle: string, space: string, ids: readonly string[]): Net<boolean>;
	endGc(cycle: string): Net<{ readonly dead: number; readonly condemned: number } | null>;
};

export type Collected = {
	readonly live: number;
	/** Found unused; they go when another cycle, a day later, finds them so too. */
	readonly dead: number;
	/** On their way out. */
	readonly condemned: number;
};

const MARK_AT_ONCE = 1000;
/** How often refs may have moved meanwhile. */
const ROUNDS = 10;

/** Null when another device began a cycle, or refs did not come to rest: then nothing was collected. */
export async function collectOnEdge(
	effects: SyncEffects,
	gc: GcNet,
	cycle: string,
	onProgress: (done: number, all: number) => void
): Promise<Result<Collected | null, SpaceFailure>> {
	const begun = await gc.beginGc(cycle);
	if (!begun.ok) return begun;
	const marked = new Map<string, string>();
	const live = new Set<string>();
	for (let round = 0; round < ROUNDS; round++) {
		const refs = await effects.net.refs();
		if (!refs.ok) return refs;
		const members = await readMembers(effects);
		if (!members.ok) return members;
		const spaces = await effects.store.spaces();
		if (!spaces.ok) return spaces;
		const lost = spaces.value.find(({ space, trust }) => trust && !refs.value.some((ref) => ref.space === space));
		if (lost?.trust) return err({ kind: 'server-lost-data', seenSeq: lost.trust.seq });
		const moved = refs.value.filter(({ space, hash }) => marked.get(space) !== hash);
		if (moved.length === 0) {
			const ended = await gc.endGc(cycle);
			return ended.ok ? ok(ended.value && { live: live.size, ...ended.value }) : ended;
		}
		for (const [at, ref] of moved.entries()) {
			onProgress(at, moved.length);
			if (effects.signal.aborted) return err({ kind: 'cancelled' });
			const space = spaces.value.find((one) => one.space === ref.space);
			const needed = await neededBy(space, ref, members.value, effects);
			if (!needed.ok) return needed;
			for (const ids of inBatches(needed.value, MARK_AT_ONCE)) {
				const told = await gc.markLive(cycle, ref.space, ids);
				if (!told.ok) return told;
				if (!told.value) return ok(null);
			}
			for (const id of needed.value) live.add(`${ref.space}/${id}`);
			marked.set(ref.space, ref.hash);
		}
	}
	return ok(null);
}

/** All objects that a ref reaches. */
async function neededBy(
	known: SyncSpace | undefined,
	wire: WireRef,
	members: readonly KnownEntry[],
	effects: SyncEffects
): Promise<Result<readonly string[], SpaceFailure>> {
	const id = datasetId(wire.space);
	const space = known ?? { space: id, trust: null, members: 0, key: null, base: null };
	const tip = await readTip(space, wire, members, effects);
	if (!tip.ok) return tip;
	if (!tip.value) return err({ kind: 'server-lost-data', seenSeq: wire.seq });
	const counts = await reachOf(id, tip.value.ref, effects);
	if (!counts.ok) return counts;
	const needed = new Set(counts.value);
	// What a removed device sent behind it: who has not heard of the removal may still go on from there.
	for (const ref of tip.value.refused) {
		const also = await reachOf(id, ref, effects);
		if (also.ok) for (const object of also.value) needed.add(object);
		else if (!isLoss(also.error)) return also;
	}
	return ok([...needed]);
}

async function reachOf(
	id: DatasetId,
	ref: RefRecord,
	effects: SyncEffects
): Promise<Result<readonly string[], SpaceFailure>> {
	const seal = await effects.keys.openSpace(id, ref.epoch, ref.wrap);
	if (!seal.ok) return seal;
	if (id === (await recordsSpace(effects))) return new RecordReader(id, seal.value, new Map(), effects).reach({ ref });
	const head = await readHead(id, { ref }, seal.value, effects);
	if (!head.ok) return head;
	const reached = await new SpaceReader(id, seal.value, effects).reach(head.value.objects, new Map());
	return reached.ok ? ok([head.value.object, ...reached.value]) : reached;
}
