// Brings the records of a workspace here and on the edge together: documents, verdicts, runs, models. They are one space, whose ref
// moves as that of a dataset does.
import { datasetId, type DatasetId } from '../core/ids.ts';
import { encodeCanonical } from '../core/encoding.ts';
import { inBatches } from '../core/batches.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import {
	changedSince,
	changesHere,
	isSameRecords,
	mergeRecords,
	rulesOf,
	valuesNeeded,
	type RecordChange,
	type RuleByKind
} from '../core/sync/merge-records.ts';
import {
	changeOfBase,
	forgottenOf,
	isInStep,
	NO_BASE,
	recordsOf,
	type LookedAt,
	type RecordBase
} from '../core/sync/record-base.ts';
import type { Records, RuleEffects } from '../core/sync/record-rule.ts';
import { kindOf } from '../core/sync/record-value.ts';
import type { WireRef } from '../core/sync/ref-record.ts';
import { broken } from '../core/sync/sealed-object.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { Trust } from '../core/sync/trust.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { refusedIn, type RefusedRef, type Tip } from './sync-chain.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { moveHead, sealOfNow } from './sync-head.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { localRecords, readAs, type LocalRead } from './sync-records-local.ts';
import { pagesToKeep, RecordReader, type TheirRecords } from './sync-records-read.ts';
import { RecordWriter } from './sync-records-send.ts';
import { isLoss, keyOf, ownSeal, readBeginning, withEra, withoutTheirs, type Beginning } from './sync-theirs.ts';

export type RecordsSynced = {
	/** Changes of the edge came, and changes of this device went. */
	readonly took: boolean;
	readonly sent: boolean;
	/** What a removed device still sent, which counts for nobody. */
	readonly refused: readonly RefusedRef[];
};

type Synced<T> = Promise<Result<T, SpaceFailure>>;

const ROUNDS = 20;
const NEEDS_MAX = 10_000;
const HAVE_AT_ONCE = 1000;
const NOTHING: TheirRecords = { pages: [], records: new Map() };

/** The space of the records: as random as any other to whoever has not the id key. */
export async function recordsSpace({ workspace, keys }: Pick<SyncEffects, 'workspace' | 'keys'>): Promise<DatasetId> {
	const name = await keys.name(encodeCanonical(['weir/space/v1', workspace, 'records']));
	// The last of 22 letters stands for two bits.
	return datasetId(name.slice(0, 21) + 'AQgw'.charAt(name.charCodeAt(21) % 4));
}

export async function syncRecords(
	tip: WireRef | null,
	members: readonly KnownEntry[],
	effects: SyncEffects
): Synced<RecordsSynced> {
	const id = await recordsSpace(effects);
	let [took, sent] = [false, false];
	const refused: RefusedRef[] = [];
	let [wire, known] = [tip, members];
	for (let round = 0; round < ROUNDS; round++) {
		if (effects.signal.aborted) return err({ kind: 'cancelled' });
		const done = await new RecordsRound(id, known, effects).run(wire);
		// A name that was free when it was read is one that moved, too.
		if (!done.ok && done.error.kind !== 'moved' && done.error.kind !== 'document-taken') return done;
		if (done.ok) {
			took ||= done.value.took;
			sent ||= done.value.sent;
			refused.push(...done.value.refused);
			if (done.value.isDone) return ok({ took, sent, refused });
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

type Round = RecordsSynced & { readonly isDone: boolean };

const NO_CHANGE: Round = { took: false, sent: false, refused: [], isDone: true };

class RecordsRound {
	readonly #id: DatasetId;
	readonly #members: readonly KnownEntry[];
	readonly #effects: SyncEffects;
	readonly #rules: RuleByKind;
	readonly #readAs: string;
	/** What is sent now is of it. */
	readonly #epoch: number;

	constructor(id: DatasetId, members: readonly KnownEntry[], effects: SyncEffects) {
		this.#id = id;
		this.#members = members;
		this.#effects = effects;
		this.#epoch = epochOf(members);
		const { rules } = effects.store.records;
		this.#rules = rulesOf(rules);
		this.#readAs = readAs(rules);
	}

	async run(wire: WireRef | null): Synced<Round> {
		const done = await this.#attempt(wire, false);
		// What did not change here was perhaps not read; what the edge lost of it is only to be had by that.
		return !done.ok && done.error.kind === 'object-lost' ? this.#attempt(wire, true) : done;
	}

	async #attempt(wire: WireRef | null, readsAll: boolean): Synced<Round> {
		const { store } = this.#effects;
		const spaces = await store.spaces();
		if (!spaces.ok) return spaces;
		const known = spaces.value.find(({ space }) => space === this.#id);
		const space: SyncSpace = known ?? { space: this.#id, trust: null, members: 0, key: null, base: null };
		const ruled = await this.#ruleEffects();
		if (!ruled.ok) return ruled;
		const still = await this.#isStill(space, wire, ruled.value);
		if (!still.ok) return still;
		if (still.value === 'in-step') return ok(NO_CHANGE);
		// After a reset of the space, what was agreed on before is no base any more.
		const read = await localRecords(this.#effects, readsAll || !space.base);
		if (!read.ok) return read;
		const { ours, mark, lookedAtMs } = read.value;
		const base = space.base ? read.value.base : NO_BASE;
		const { isReseeding } = this.#effects;
		if (still.value === 'agreed' && changedSince(recordsOf(base), ours, this.#rules).length === 0) {
			const inStep = { mark, ...lookedAt(read.value, base) };
			const kept = await store.records.agree({ ...changeOfBase(base, base), inStep });
			return kept.ok ? ok(NO_CHANGE) : kept;
		}
		const begun = await readBeginning(space, wire, this.#members, this.#effects);
		if (!begun.ok) return begun;
		const { tip, reset } = begun.value;
		const seal = await this.#sealOf(space, tip);
		if (!seal.ok) return seal;
		const reader = new RecordReader(this.#id, seal.value, this.#rules, this.#effects);
		const isAnew = isReseeding || reset !== null || tip?.isReset === true;
		const theirs = await this.#theirs(tip, seal.value, reader, isAnew ? NO_BASE : base);
		const isLost = !theirs.ok && isReseeding && isLoss(theirs.error);
		if (!theirs.ok && !isLost) return theirs;
		// What the edge does not have is sent by its value.
		const isTold =
			theirs.ok &&
			!isAnew &&
			[...ours].every(([key, { value }]) => value !== undefined || theirs.value.records.has(key));
		if (!isTold && !readsAll) return this.#attempt(wire, true);
		const local = {
			space,
			ours,
			mark,
			lookedAtMs,
			base: isLost || reset !== null || tip?.isReset ? NO_BASE : base,
			stored: read.value.base,
			seal: seal.value,
			reader,
			...(isLost ? withoutTheirs(space, begun.value) : begun.value)
		};
		const done = await this.#together(local, theirs.ok ? theirs.value : NOTHING, ruled.value);
		return done.ok ? ok({ ...done.value, refused: refusedIn(tip) }) : done;
	}

	/** `agreed`: nothing is new on the edge; `in-step`: here neither, which is known without reading what is here. */
	async #isStill(
		space: SyncSpace,
		wire: WireRef | null,
		ruled: RuleEffects
	): Synced<'in-step' | 'agreed' | 'elsewhere'> {
		const { store, now, isReseeding } = this.#effects;
		const standing = await store.records.standing();
		if (!standing.ok) return standing;
		const homes = await store.records.homes();
		if (!homes.ok) return homes;
		const { mark } = standing.value;
		const base = space.base ? standing.value.base : NO_BASE;
		const isOfNow = !isReseeding && (space.key === null || space.key.epoch === this.#epoch);
		const isSeen = space.trust?.hash === wire?.hash && (base.seq ?? undefined) === wire?.seq;
		const isAgreed = isOfNow && isSeen && base.readAs === (wire ? this.#readAs : '') && areAtHome(homes.value, ruled);
		if (!isAgreed) return ok('elsewhere');
		return ok(isInStep(base, mark, now()) ? 'in-step' : 'agreed');
	}

	async #ruleEffects(): Synced<RuleEffects> {
		const { keys, device, deviceName, store } = this.#effects;
		const formerly = await store.records.formerly();
		if (!formerly.ok) return formerly;
		const log = this.#members.map(({ entry }) => entry);
		return ok({
			name: (content) => keys.name(encodeCanonical(content)),
			device: { id: device, name: deviceName },
			devices: new Set(membersAt(log, log.length).keys()),
			formerly: new Set(formerly.value)
		});
	}

	async #sealOf(space: SyncSpace, tip: Tip | null): Synced<SpaceSeal> {
		if (!tip) return ownSeal(space, this.#epoch, this.#effects);
		const seal = await this.#effects.keys.openSpace(this.#id, tip.ref.epoch, tip.ref.wrap);
		return seal.ok && seal.value.token !== tip.ref.token ? broken('content') : seal;
	}

	async #theirs(tip: Tip | null, seal: SpaceSeal, reader: RecordReader, base: RecordBase): Synced<TheirRecords> {
		if (!tip || tip.isVoid) return ok(NOTHING);
		const isReadAlike = base.readAs === this.#readAs;
		if (isReadAlike && base.seq !== null && tip.ref.seq <= base.seq)
			return ok({ pages: base.pages, records: recordsOf(base) });
		const head = await new SpaceReader(this.#id, seal, this.#effects).head(tip.ref);
		if (!head.ok) return head;
		if (this.#effects.isReseeding) {
			const whole = await this.#isWhole(tip, reader);
			if (!whole.ok) return whole;
		}
		return reader.read(head.value, isReadAlike ? base : { pages: [] });
	}

	/** Fails as `object-lost` where something that the edge names is not there. */
	async #isWhole(tip: Tip, reader: RecordReader): Synced<void> {
		const needed = await reader.reach(tip);
		if (!needed.ok) return needed;
		for (const ids of inBatches(needed.value, HAVE_AT_ONCE)) {
			const missing = await this.#effects.net.have(this.#id, ids);
			if (!missing.ok) return missing;
			const [id] = missing.value;
			if (id !== undefined) return err({ kind: 'object-lost', id });
		}
		return ok(undefined);
	}

	async #together(local: Local, theirs: TheirRecords, ruled: RuleEffects): Synced<Round> {
		const { ours, base, stored, tip, reset, reader, mark } = local;
		const { store, now } = this.#effects;
		const sides = { base: recordsOf(base), ours, theirs: theirs.records };
		const { changed, back } = valuesNeeded(sides, this.#rules);
		const loaded = await reader.load(theirs, [...changed, ...back]);
		if (!loaded.ok) return loaded;
		const merged = await mergeRecords({ ...sides, theirs: loaded.value }, this.#rules, ruled);
		const changes = changesHere({ ...sides, merged, back }, this.#rules);
		const files = await this.#files(changes, reader);
		if (!files.ok) return files;
		// Keys of before are no matter of records: the ref moves once for each epoch.
		const isOfNow = local.seal.epoch === this.#epoch;
		const isThere = tip ? isOfNow && isSameRecords(merged, theirs.records) : merged.size === 0;
		// What came is part of what is here from now on: what the edge has is what both have in common.
		const here = { ...local, ours: withChanges(ours, changes) };
		const pages = pagesToKeep(theirs.pages, this.#rules);
		const looked = isThere ? lookedAt(here, { pages }) : null;
		const agreed: RecordBase = {
			seq: tip?.trust.seq ?? null,
			readAs: tip ? this.#readAs : '',
			inStep: looked && { mark, ...looked },
			pages
		};
		if (tip) {
			const known = await this.#know(local.seal, tip.trust, tip.members, tip.era);
			if (!known.ok) return known;
		}
		const change = changeOfBase(stored, agreed);
		const took = changes.length > 0;
		const adoption = { changes, files: files.value, base: { ...change, inStep: looked }, mark, atMs: now() };
		const kept = took ? await store.records.adopt(adoption) : await store.records.agree(change);
		if (!kept.ok) return kept;
		if (isThere && reset === null) return ok({ took, sent: false, refused: [], isDone: true });
		const sent = await this.#send(merged, theirs, agreed, { ...here, mark: took ? (kept.value ?? null) : mark });
		return sent.ok ? ok({ took, sent: sent.value, refused: [], isDone: sent.value }) : sent;
	}

	/** Fetches what the changed records name, and answers all of it that is here now. */
	async #files(changes: readonly RecordChange[], reader: RecordReader): Synced<Parameters<Adopt>[0]['files']> {
		const named = changes.flatMap(({ key, after }) => {
			const files = after === null ? [] : (this.#rules.get(kindOf(key))?.files?.(after) ?? []);
			return files.length > 0 ? [{ key, files }] : [];
		});
		for (const { key, files } of named) {
			const taken = await reader.takeFiles(key, files);
			if (!taken.ok) return taken;
		}
		const ids = [...new Set(named.flatMap(({ files }) => files))];
		const stored = await this.#effects.store.records.storedFiles(ids);
		return stored.ok ? ok([...stored.value]) : stored;
	}

	async #send(
		merged: Records,
		theirs: TheirRecords,
		agreed: RecordBase,
		local: Omit<Local, 'mark'> & { readonly mark: string | null }
	): Synced<boolean> {
		const { store } = this.#effects;
		const { next, reset, reader, mark } = local;
		const seal = await sealOfNow(local.seal, this.#epoch);
		const writer = new RecordWriter(this.#id, seal, this.#rules, reader, this.#effects);
		const pages = await writer.send(merged, theirs);
		if (!pages.ok) return pages;
		const members = this.#members.length;
		const about = { space: this.#id, seal, next, object: pages.value[0].id, members, reset };
		const moved = await moveHead({ ...about, needs: writer.needs.slice(0, NEEDS_MAX) }, this.#effects);
		if (!moved.ok) return moved;
		if (!moved.value) return ok(false);
		const { seq } = moved.value;
		// Trust before what was in common: that alone does not say of which record it is.
		const trusted = await this.#know(seal, moved.value, members, reset?.era ?? local.tip?.era ?? 0);
		if (!trusted.ok) return trusted;
		const kept = pagesToKeep(pages.value, this.#rules);
		const after: RecordBase = {
			seq,
			readAs: this.#readAs,
			inStep: mark === null ? null : { mark, ...lookedAt(local, { pages: kept }) },
			pages: kept
		};
		const saved = await store.records.agree(changeOfBase(agreed, after));
		return saved.ok ? ok(true) : saved;
	}

	#know(seal: SpaceSeal, trust: Trust, members: number, era: number): ReturnType<SyncEffects['store']['saveSpace']> {
		const key = keyOf(seal);
		const base = { seq: trust.seq, state: null };
		return this.#effects.store.saveSpace({ space: this.#id, trust, members, key, base, ...withEra(era) });
	}
}

type Adopt = SyncEffects['store']['records']['adopt'];

type Local = Beginning &
	LocalRead & {
		readonly space: SyncSpace;
		/** As it is kept, whether it still counts or not. */
		readonly stored: RecordBase;
		readonly seal: SpaceSeal;
		readonly reader: RecordReader;
	};

function lookedAt({ ours, lookedAtMs }: Pick<Local, 'ours' | 'lookedAtMs'>, base: Pick<RecordBase, 'pages'>): LookedAt {
	return { atMs: lookedAtMs, forgotten: forgottenOf(base, (key) => ours.has(key)) };
}

/** Only which there are. */
function withChanges(ours: Records, changes: readonly RecordChange[]): Records {
	const changed = new Map(ours);
	for (const { key, after } of changes)
		if (after === null) changed.delete(key);
		else changed.set(key, { print: '', sizeBytes: 0 });
	return changed;
}

/** Nothing is left to a device that is no member any more. */
function areAtHome(homes: readonly { readonly device: string }[], { devices, formerly }: RuleEffects): boolean {
	return homes.every(({ device }) => devices.has(device) && !formerly.has(device));
}
