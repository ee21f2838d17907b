// Brings one dataset here and on the edge together: reads where the edge has it, takes what is new there, merges what both went on
// with, and moves the ref, until both have the same.
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { mergeStates, type Diverged } from '../core/sync/merge-state.ts';
import type { WireRef } from '../core/sync/ref-record.ts';
import {
	datasetOf,
	encodeRecords,
	freeRef,
	isSameState,
	rootsOf,
	stateOf,
	type Kept
} from '../core/sync/space-state.ts';
import { freeName } from '../core/version/dataset-name.ts';
import { mergeBase } from '../core/version/merge-base.ts';
import { choiceOf, versionsWithin } from '../core/sync/sync-choice.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { KnownCommit, MergedVersion } from '../db/sync.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { moveHead, sealOfNow } from './sync-head.ts';
import { refusedIn, type RefusedRef } from './sync-chain.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { SpaceWriter } from './sync-send.ts';
import { versionsToSend, type Seen } from './sync-to-send.ts';
import { keyOf, isAsAgreed, isLoss, readNothing, readTheirs, seenOf, withEra, type Theirs } from './sync-theirs.ts';

/** A branch that could not be merged without a person: the line of this device stands beside it. */
export type KeptBeside = { readonly branch: string; readonly as: string; readonly why: string };

export type SpaceSynced = {
	/** Changes of the edge came, and changes of this device went. */
	readonly took: boolean;
	readonly sent: boolean;
	readonly merged: readonly string[];
	readonly keptBeside: readonly KeptBeside[];
	/** What a removed device still sent, which counts for nobody. */
	readonly refused: readonly RefusedRef[];
};

/** What the edge has, once its versions are here. */
type Taken = Theirs & Seen;
type Synced<T> = Promise<Result<T, SpaceFailure>>;

/** How often a ref may have moved under a device before it gives up for now. */
const ROUNDS = 20;
/** As many may be named in one move; others are kept by having been asked for just now. */
const NEEDS_MAX = 10_000;

export async function syncSpace(
	id: Dataset['id'],
	tip: WireRef | null,
	members: readonly KnownEntry[],
	effects: SyncEffects
): Synced<SpaceSynced> {
	let synced: SpaceSynced = { took: false, sent: false, merged: [], keptBeside: [], refused: [] };
	let wire = tip;
	let known = members;
	for (let round = 0; round < ROUNDS; round++) {
		if (effects.signal.aborted) return err({ kind: 'cancelled' });
		const done = await new SpaceRound(id, known, effects).run(wire);
		if (!done.ok && done.error.kind !== 'moved') return done;
		if (done.ok) {
			const { isDone, ...told } = done.value;
			synced = {
				took: synced.took || told.took,
				sent: synced.sent || told.sent,
				merged: [...synced.merged, ...told.merged],
				keptBeside: [...synced.keptBeside, ...told.keptBeside],
				refused: [...synced.refused, ...told.refused]
			};
			if (isDone) return ok(synced);
		}
		await effects.sleep(effects.random() * 100 * 2 ** Math.min(round, 6), effects.signal);
		const refs = await effects.net.refs();
		if (!refs.ok) return refs;
		wire = refs.value.find(({ space }) => space === id) ?? null;
		const read = await readMembers(effects);
		if (!read.ok) return read;
		known = read.value;
	}
	return err({ kind: 'edge-busy', retryAfterMs: null });
}

class SpaceRound {
	readonly #id: Dataset['id'];
	readonly #members: readonly KnownEntry[];
	readonly #effects: SyncEffects;
	/** What is sent now is of it. */
	readonly #epoch: number;

	constructor(id: Dataset['id'], members: readonly KnownEntry[], effects: SyncEffects) {
		this.#id = id;
		this.#members = members;
		this.#effects = effects;
		this.#epoch = epochOf(members);
	}

	async run(wire: WireRef | null): Synced<SpaceSynced & { readonly isDone: boolean }> {
		const same = { took: false, sent: false, merged: [], keptBeside: [], refused: [], isDone: true };
		const { store } = this.#effects;
		const spaces = await store.spaces();
		if (!spaces.ok) return spaces;
		const known = spaces.value.find(({ space }) => space === this.#id);
		const space: SyncSpace = known ?? { space: this.#id, trust: null, members: 0, key: null, base: null };
		const datasets = await store.datasets();
		if (!datasets.ok) return datasets;
		const dataset = datasets.value.find(({ id }) => id === this.#id) ?? null;
		const ours = dataset && stateOf(dataset);
		const { choice, isReseeding } = this.#effects;
		const { isTaken, newest } = choiceOf(choice, this.#id);
		if (isAsAgreed(space, wire, this.#epoch, this.#effects) && isSameState(space.base?.state ?? null, ours))
			return ok(same);
		// What was never agreed on and is here alone stays here alone, where that was chosen.
		if (!isTaken && !wire && !space.trust) return ok(same);
		if (!isTaken && !dataset && !space.base) return this.#look(space, wire);
		const begun = await readTheirs(space, wire, this.#members, this.#effects);
		if (!begun.ok) return begun;
		const take = async (theirs: Theirs): Synced<Taken> => {
			const { records, seal } = theirs;
			const unseen = new Set<VersionId>();
			if (!records) return ok({ ...theirs, seen: unseen });
			const within = (commits: readonly Pick<Version, 'id' | 'parents'>[]): ReadonlySet<VersionId> =>
				records.state ? versionsWithin(records.state, newest, commits) : new Set();
			const fetched = await new SpaceReader(this.#id, seal, this.#effects).take(records.objects, within);
			if (fetched.ok) return ok({ ...theirs, seen: fetched.value });
			if (!isReseeding || !isLoss(fetched.error)) return fetched;
			const nothing = await readNothing(space, theirs, this.#effects);
			return nothing.ok ? ok({ ...nothing.value, seen: unseen }) : nothing;
		};
		const roots = [...rootsOf(ours), ...rootsOf(begun.value.state)];
		return this.#effects.holding(roots, async () => {
			const theirs = await take(begun.value);
			if (!theirs.ok) return theirs;
			const isAnew = theirs.value.reset !== null || theirs.value.tip?.isReset;
			const base = isAnew ? null : (space.base?.state ?? null);
			const others = datasets.value.filter(({ id }) => id !== this.#id);
			const done = await this.#together({ dataset, ours, base, others }, theirs.value);
			return done.ok ? ok({ ...done.value, refused: refusedIn(theirs.value.tip) }) : done;
		});
	}

	/** Of a dataset that is not to be here: what the edge has of it is believed and remembered, and nothing else. */
	async #look(space: SyncSpace, wire: WireRef | null): Synced<SpaceSynced & { readonly isDone: boolean }> {
		const same = { took: false, sent: false, merged: [], keptBeside: [], refused: [], isDone: true };
		if (space.away && wire && space.trust?.hash === wire.hash) return ok(same);
		const theirs = await readTheirs(space, wire, this.#members, this.#effects);
		if (!theirs.ok) return theirs;
		const { tip, state, seal } = theirs.value;
		if (!tip) return ok(same);
		const saved = await this.#effects.store.saveSpace({
			...seenOf(this.#id, tip, seal),
			base: null,
			...(state ? { away: state } : {})
		});
		return saved.ok ? ok(same) : saved;
	}

	async #together(local: Local, theirs: Taken): Synced<SpaceSynced & { readonly isDone: boolean }> {
		const { dataset, ours } = local;
		const merged = await this.#merge(local, theirs);
		if (!merged.ok) return merged;
		const { versions, keptBeside, names } = merged.value;
		const named = await this.#withFreeName(merged.value.state, local);
		if (!named.ok) return named;
		const state = named.value;
		const { tip, seal, reset } = theirs;
		// Keys of before are no matter of states: the ref moves once for each epoch.
		const isOfNow = reset === null && seal.epoch === this.#epoch && !this.#effects.isReseeding;
		const isAgreed = tip !== null && isOfNow && isSameState(state, theirs.state);
		const agreed: SyncSpace | null = isAgreed
			? { ...seenOf(this.#id, tip, seal), ...this.#depth, base: { seq: tip.trust.seq, state } }
			: null;
		const took = !isSameState(state, ours);
		if (took) {
			const after = state && datasetOf(this.#id, state);
			const adoption = { before: dataset, after, merged: versions, agreed, atMs: this.#effects.now() };
			const adopted = await this.#effects.store.adopt(adoption);
			if (!adopted.ok) return adopted;
		} else if (agreed) {
			const saved = await this.#effects.store.saveSpace(agreed);
			if (!saved.ok) return saved;
		}
		const told = { took, merged: names, keptBeside, refused: [] };
		// Without a ref on the edge, a dataset that is not here either is nowhere.
		if (isAgreed || (state === null && !tip && !reset)) return ok({ ...told, sent: false, isDone: true });
		const sent = await this.#send(state, theirs);
		return sent.ok ? ok({ ...told, sent: sent.value, isDone: sent.value }) : sent;
	}

	async #merge(
		{ dataset, ours, base }: Local,
		theirs: Theirs
	): Synced<{
		readonly state: Kept;
		readonly versions: readonly MergedVersion[];
		readonly names: readonly string[];
		readonly keptBeside: readonly KeptBeside[];
	}> {
		const commits = await this.#effects.store.commits(this.#id);
		if (!commits.ok) return commits;
		const { state, diverged } = mergeStates(base, ours, theirs.state, commits.value);
		const versions: MergedVersion[] = [];
		const keptBeside: KeptBeside[] = [];
		const names: string[] = [];
		let result = state;
		for (const { branch, ...sides } of diverged) {
			if (!result || !dataset) break;
			const loaded = await this.#loadBase(sides, commits.value, theirs.seal);
			if (!loaded.ok) return loaded;
			const merged = await this.#effects.merge({ dataset, branch, ...sides });
			const heads = { ...result.heads };
			if (merged.ok) {
				versions.push(merged.value);
				names.push(branch);
				heads[branch] = merged.value.version.id;
			} else {
				const as = freeRef(branch, result);
				keptBeside.push({ branch, as, why: merged.error.kind });
				heads[branch] = sides.theirs;
				heads[as] = sides.ours;
			}
			result = { ...result, heads };
		}
		return ok({ state: result, versions, names, keptBeside });
	}

	/** Where two lines parted is needed for their merge, and may be on the edge alone. */
	async #loadBase(
		{ ours, theirs }: Pick<Diverged, 'ours' | 'theirs'>,
		commits: readonly KnownCommit[],
		seal: SpaceSeal
	): Synced<void> {
		const base = mergeBase(ours, theirs, commits);
		if (base === null || commits.some(({ id, isStored }) => id === base && isStored)) return ok(undefined);
		const loaded = await new SpaceReader(this.#id, seal, this.#effects).load([base]);
		return loaded.ok ? ok(undefined) : loaded;
	}

	/** Of two datasets of one name, the one that is not on the edge yet gets another one; of two that are, the one with the greater id. */
	async #withFreeName(state: Kept, { dataset, others }: Local): Synced<Kept> {
		const other = state && others.find(({ name }) => name.toLowerCase() === state.name.toLowerCase());
		if (!other) return ok(state);
		const spaces = await this.#effects.store.spaces();
		if (!spaces.ok) return spaces;
		const isOnEdge = (id: Dataset['id']): boolean =>
			spaces.value.some(({ space, trust }) => space === id && trust !== null);
		const [here, there] = [isOnEdge(this.#id), isOnEdge(other.id)];
		const yields = here === there ? this.#id > other.id : !here;
		const taken = [state.name, ...others.map(({ name }) => name)];
		if (yields) return ok({ ...state, name: freeName(state.name, taken) });
		// This one has its name of before until the other has made room.
		const name = freeName(other.name, dataset ? [...taken, dataset.name] : taken);
		const renamed = { before: other, after: { ...other, name }, merged: [], agreed: null, atMs: this.#effects.now() };
		const adopted = await this.#effects.store.adopt(renamed);
		return adopted.ok ? ok(state) : adopted;
	}

	/** Whether the ref moved; it did not when it had moved already, or an object is needed that the edge does not have any more. */
	async #send(state: Kept, theirs: Taken): Synced<boolean> {
		const { store } = this.#effects;
		const { seal: before, tip, next, reset } = theirs;
		const seal = await sealOfNow(before, this.#epoch);
		const commits = await store.commits(this.#id);
		if (!commits.ok) return commits;
		const roots: readonly VersionId[] = rootsOf(state);
		const toSend = await versionsToSend(this.#id, roots, theirs, commits.value, this.#effects);
		if (!toSend.ok) return toSend;
		const writer = new SpaceWriter(
			this.#id,
			seal,
			commits.value.map(({ id }) => id),
			this.#effects
		);
		const objects = await writer.send(toSend.value, roots);
		if (!objects.ok) return objects;
		const head = await writer.sendObject('records', encodeRecords({ state, objects: objects.value }));
		if (!head.ok) return head;
		if (writer.needs.length > NEEDS_MAX) {
			const renewed = await writer.renew();
			if (!renewed.ok || !renewed.value) return renewed;
		}
		const moved = await moveHead(
			{
				space: this.#id,
				seal,
				next,
				object: head.value,
				members: this.#members.length,
				reset,
				needs: writer.needs.slice(0, NEEDS_MAX)
			},
			this.#effects
		);
		if (!moved.ok) return moved;
		if (!moved.value) return ok(false);
		const kept = await writer.keep();
		if (!kept.ok) return kept;
		const saved = await store.saveSpace({
			space: this.#id,
			trust: moved.value,
			members: this.#members.length,
			key: keyOf(seal),
			base: { seq: moved.value.seq, state },
			...withEra(reset?.era ?? tip?.era ?? 0),
			...this.#depth
		});
		return saved.ok ? ok(true) : saved;
	}

	get #depth(): { readonly newest?: number } {
		const { newest } = choiceOf(this.#effects.choice, this.#id);
		return newest === null ? {} : { newest };
	}
}

type Local = {
	readonly dataset: Dataset | null;
	readonly ours: Kept;
	readonly base: Kept;
	readonly others: readonly Dataset[];
};
