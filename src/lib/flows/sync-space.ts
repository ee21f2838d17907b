// Brings one dataset here and on the edge together: reads where the edge has it, takes what is new there, merges what both went on
// with, and moves the ref, until both have the same.
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { mergeStates } from '../core/sync/merge-state.ts';
import { encodeRef, joinSigned, type WireRef } from '../core/sync/ref-record.ts';
import { broken } from '../core/sync/sealed-object.ts';
import {
	datasetOf,
	encodeRecords,
	freeRef,
	isSameState,
	parseRecords,
	rootsOf,
	stateOf,
	type Kept,
	type SpaceRecords
} from '../core/sync/space-state.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { freeName } from '../core/version/dataset-name.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { readTip, sealBehind, type RefusedRef, type Tip } from './sync-chain.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { MergedVersion } from '../db/sync.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { SpaceWriter } from './sync-send.ts';

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

type Theirs = { readonly state: Kept; readonly seal: SpaceSeal; readonly tip: Tip | null };

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
		const base = space.base?.state ?? null;
		const isOfNow = space.key === null || space.key.epoch === this.#epoch;
		if (isAsAgreed(space, wire) && isOfNow && isSameState(base, ours)) return ok(same);
		const tip = await readTip(space, wire, this.#members, this.#effects);
		if (!tip.ok) return tip;
		// Of what a removed device began alone, nothing counts.
		if (tip.value?.ref === null && !space.base && !ours) return ok({ ...same, refused: tip.value.refused });
		const read = await this.#theirs(space, tip.value);
		if (!read.ok) return read;
		const { records, ...theirs } = read.value;
		const roots = [...rootsOf(ours), ...rootsOf(theirs.state)];
		return this.#effects.holding(roots, async () => {
			if (records) {
				const fetched = await new SpaceReader(this.#id, theirs.seal, this.#effects).take(records.objects);
				if (!fetched.ok) return fetched;
			}
			const others = datasets.value.filter(({ id }) => id !== this.#id);
			return this.#together({ space, dataset, ours, base, others }, theirs);
		});
	}

	/** What the edge has. `records` are there where it may name versions that are not here. */
	async #theirs(space: SyncSpace, tip: Tip | null): Synced<Theirs & { readonly records: SpaceRecords | null }> {
		const { keys } = this.#effects;
		const { base } = space;
		if (!tip?.ref) {
			const own = await sealBehind(space, tip, this.#epoch, this.#effects);
			return own.ok ? ok({ state: (tip && base?.state) ?? null, seal: own.value, tip, records: null }) : own;
		}
		const { ref } = tip;
		const seal = await keys.openSpace(this.#id, ref.epoch, ref.wrap);
		if (!seal.ok) return seal;
		if (seal.value.token !== ref.token) return broken('content');
		const theirs = { seal: seal.value, tip };
		if (base && ref.seq <= base.seq) return ok({ ...theirs, state: base.state, records: null });
		const head = await seal.value.open('head', ref.head.id, ref.head.bytes);
		if (!head.ok) return head;
		const object = Array.from(head.value, (byte) => String.fromCharCode(byte)).join('');
		const plain = await new SpaceReader(this.#id, seal.value, this.#effects).object('records', object);
		if (!plain.ok) return plain;
		const records = parseRecords(plain.value);
		return records.ok ? ok({ ...theirs, state: records.value.state, records: records.value }) : records;
	}

	async #together(local: Local, theirs: Theirs): Synced<SpaceSynced & { readonly isDone: boolean }> {
		const { space, dataset, ours } = local;
		const merged = await this.#merge(local, theirs.state);
		if (!merged.ok) return merged;
		const { versions, keptBeside, names } = merged.value;
		const named = await this.#withFreeName(merged.value.state, local);
		if (!named.ok) return named;
		const state = named.value;
		const trust = theirs.tip?.trust ?? null;
		// Keys of before are no matter of states: the ref moves once for each epoch.
		const isAgreed = trust !== null && theirs.seal.epoch === this.#epoch && isSameState(state, theirs.state);
		const members = theirs.tip?.members ?? space.members;
		const { seal } = theirs;
		const key = { epoch: seal.epoch, wrap: seal.wrap };
		const agreed = isAgreed ? { space: this.#id, trust, members, key, base: { seq: trust.seq, state } } : null;
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
		const told = { took, merged: names, keptBeside, refused: theirs.tip?.refused ?? [] };
		// Without a ref on the edge, a dataset that is not here either is nowhere.
		if (isAgreed || (state === null && !theirs.tip)) return ok({ ...told, sent: false, isDone: true });
		const sent = await this.#send(state, theirs);
		return sent.ok ? ok({ ...told, sent: sent.value, isDone: sent.value }) : sent;
	}

	async #merge(
		{ dataset, ours, base }: Local,
		theirs: Kept
	): Synced<{
		readonly state: Kept;
		readonly versions: readonly MergedVersion[];
		readonly names: readonly string[];
		readonly keptBeside: readonly KeptBeside[];
	}> {
		const commits = await this.#effects.store.commits(this.#id);
		if (!commits.ok) return commits;
		const { state, diverged } = mergeStates(base, ours, theirs, commits.value);
		const versions: MergedVersion[] = [];
		const keptBeside: KeptBeside[] = [];
		const names: string[] = [];
		let result = state;
		for (const { branch, ...sides } of diverged) {
			if (!result || !dataset) break;
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

	/** Of two datasets of one name, the one that is not on the edge yet gets another one; of two that are, the one with the greater id. */
	async #withFreeName(state: Kept, { others }: Local): Synced<Kept> {
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
		const name = freeName(other.name, taken);
		const renamed = { before: other, after: { ...other, name }, merged: [], agreed: null, atMs: this.#effects.now() };
		const adopted = await this.#effects.store.adopt(renamed);
		return adopted.ok ? ok(state) : adopted;
	}

	/** Whether the ref moved; it did not when it had moved already, or an object is needed that the edge does not have any more. */
	async #send(state: Kept, { seal: before, tip, state: theirs }: Theirs): Synced<boolean> {
		const { keys, net, store, workspace, device } = this.#effects;
		const seal = before.epoch === this.#epoch ? before : await before.rekey(this.#epoch);
		const commits = await store.commits(this.#id);
		if (!commits.ok) return commits;
		const roots: readonly VersionId[] = rootsOf(state);
		const writer = new SpaceWriter(
			this.#id,
			seal,
			commits.value.map(({ id }) => id),
			this.#effects
		);
		const objects = await writer.send(commitsToSend(roots, rootsOf(theirs), commits.value), roots);
		if (!objects.ok) return objects;
		const head = await writer.sendObject('records', encodeRecords({ state, objects: objects.value }));
		if (!head.ok) return head;
		const headBytes = Uint8Array.from(head.value, (letter) => letter.charCodeAt(0));
		const [seq, prev] = [(tip?.trust.seq ?? 0) + 1, tip?.trust.hash ?? ''];
		const place = { workspace, space: this.#id, token: seal.token };
		const content = encodeRef({
			...place,
			seq,
			prev,
			device,
			members: this.#members.length,
			epoch: seal.epoch,
			wrap: seal.wrap,
			head: await seal.seal('head', headBytes)
		});
		const record = joinSigned(content, await keys.sign(content));
		const hash = await keys.sha256(record);
		const needs = writer.needs.slice(0, NEEDS_MAX);
		const moved = await net.moveRef({ space: this.#id, token: seal.token, seq, hash, record, prev, needs });
		if (!moved.ok) return moved;
		if (moved.value !== 'won') return ok(false);
		const saved = await store.saveSpace({
			space: this.#id,
			trust: { seq, hash },
			members: this.#members.length,
			key: { epoch: seal.epoch, wrap: seal.wrap },
			base: { seq, state }
		});
		return saved.ok ? ok(true) : saved;
	}
}

/** The record that was agreed on is the newest still, by its hash. */
function isAsAgreed({ trust, base }: SyncSpace, wire: WireRef | null): boolean {
	return trust?.seq === wire?.seq && trust?.hash === wire?.hash && base?.seq === trust?.seq;
}

type Local = {
	readonly space: SyncSpace;
	readonly dataset: Dataset | null;
	readonly ours: Kept;
	readonly base: Kept;
	readonly others: readonly Dataset[];
};
