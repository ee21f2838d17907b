// Sends what versions are made of, from the leaves up: bytes of parts, segments, manifests. What is on the edge already is not sent.
import { inBatches } from '../core/batches.ts';
import type { PartId, SegmentId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
	encodeSegmentObject,
	encodeVersionObject,
	piecesOf,
	type VersionObject
} from '../core/sync/content-objects.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { ObjectType } from '../core/sync/sealed-object.ts';
import { NEVER_HERE, type CollectedVersion } from '../core/version/history.ts';
import type { Segment } from '../core/version/segment.ts';
import { segmentIdsOf } from '../core/version/snapshot.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { inParallel } from './sync-parallel.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Sent<T> = Promise<Result<T, SpaceFailure>>;
type Sealed = Awaited<ReturnType<SpaceSeal['seal']>>;

const HAVE_AT_ONCE = 1000;

export class SpaceWriter {
	readonly #space: Dataset['id'];
	readonly #seal: SpaceSeal;
	readonly #effects: SyncEffects;
	readonly #present: ReadonlySet<VersionId>;
	/** That the edge has them was seen in this round. */
	readonly #there = new Set<string>();
	/** Which objects versions are from now on, once the ref has moved. */
	readonly #made = new Map<string, readonly string[]>();

	/** `present` are all versions that are stored, or were and are remembered. */
	constructor(space: Dataset['id'], seal: SpaceSeal, present: readonly VersionId[], effects: SyncEffects) {
		this.#present = new Set(present);
		this.#space = space;
		this.#seal = seal;
		this.#effects = effects;
	}

	/** All objects that were sent, or found there: what a ref needs that names them. */
	get needs(): readonly string[] {
		return [...this.#there];
	}

	/** Asks anew for all that is needed, where it is too much to be named with the ref. False when something is gone meanwhile. */
	async renew(): Sent<boolean> {
		for (const some of inBatches(this.needs, HAVE_AT_ONCE)) {
			const missing = await this.#effects.net.have(this.#space, some);
			if (!missing.ok) return missing;
			if (missing.value.length > 0) return ok(false);
		}
		return ok(true);
	}

	/** To be called once the ref has moved: before that, what was sent may be collected, and is to be sent again. */
	keep(): Sent<void> {
		return this.#effects.store.saveSealed(this.#seal.lineage, this.#made);
	}

	/** `versions` with their parents before them, unless those are on the edge. Answers the objects of the versions asked for. */
	async send(versions: readonly VersionId[], roots: readonly VersionId[]): Sent<Readonly<Record<VersionId, string>>> {
		const begun = await this.#lookForKnown(versions);
		if (!begun.ok) return begun;
		for (const id of versions) {
			if (this.#effects.signal.aborted) return err({ kind: 'cancelled' });
			const sent = await this.#version(id);
			if (!sent.ok) return sent;
		}
		return this.#objectsOf('version', roots);
	}

	/** One object of no version. */
	async sendObject(type: ObjectType, plain: Bytes): Sent<string> {
		const sealed = await this.#seal.seal(type, plain);
		const put = await this.#putMissing([sealed]);
		return put.ok ? ok(sealed.id) : put;
	}

	/** Of what was sealed before, what the edge still has; which keeps it there for another day. */
	async #lookForKnown(versions: readonly VersionId[]): Sent<void> {
		const names: string[] = [];
		for (const id of versions) {
			const content = await this.#contentOf(id);
			if (!content.ok) return content;
			names.push(`version/${id}`, ...content.value);
		}
		const sealed = await this.#effects.store.sealedAs(this.#seal.lineage, names);
		if (!sealed.ok) return sealed;
		const ids = [...new Set([...sealed.value.values()].flat())].filter((id) => !this.#there.has(id));
		for (const some of inBatches(ids, HAVE_AT_ONCE)) {
			const missing = await this.#effects.net.have(this.#space, some);
			if (!missing.ok) return missing;
			const gone = new Set(missing.value);
			for (const id of some) if (!gone.has(id)) this.#there.add(id);
		}
		return ok(undefined);
	}

	/** Names of a version's segments and parts. */
	async #contentOf(id: VersionId): Sent<readonly string[]> {
		const version = await this.#effects.store.version(id);
		if (!version.ok) return version;
		if (!version.value) return ok([]);
		const ids = [...segmentIdsOf([version.value])];
		const segments = await this.#effects.store.storedSegments(ids);
		if (!segments.ok) return segments;
		const parts = [...segments.value.values()].flatMap(({ chunks }) => chunks.map(({ part }) => `part/${part}`));
		return ok([...ids.map((segment) => `segment/${segment}`), ...parts]);
	}

	/** Its object is made anew each time: which objects its parents are may have changed since it was last. */
	async #version(id: VersionId): Sent<void> {
		const stored = await this.#effects.store.version(id);
		if (!stored.ok) return stored;
		const gone = stored.value ? ok(null) : await this.#effects.store.collectedVersion(id);
		if (!gone.ok) return gone;
		if (!stored.value) {
			const left = await this.#leftThere(id);
			if (!left.ok || left.value) return left.ok ? ok(undefined) : left;
		}
		const segmentIds = stored.value ? [...segmentIdsOf([stored.value])] : [];
		const sent = await this.#segments(segmentIds);
		if (!sent.ok) return sent;
		const commit = stored.value
			? ({ kind: 'version', version: stored.value } as const)
			: gone.value && ({ kind: 'collected', version: withTime(gone.value, this.#effects.now()) } as const);
		if (!commit) return err({ kind: 'storage-unavailable', reason: 'a version is missing' });
		const segments = await this.#objectsOf('segment', segmentIds);
		return segments.ok ? this.#putVersion(commit, segments.value) : segments;
	}

	/** Whether the edge has a version whole that this device left there; from now on it is kept there for another day. */
	async #leftThere(id: VersionId): Sent<boolean> {
		const mapped = await this.#effects.store.sealedAs(this.#seal.lineage, [`full/${id}`]);
		if (!mapped.ok) return mapped;
		const [object] = mapped.value.get(`full/${id}`) ?? [];
		if (object === undefined) return ok(false);
		const reader = new SpaceReader(this.#space, this.#seal, this.#effects);
		const closure = await reader.closure(id, object);
		if (!closure.ok) return closure;
		if (!closure.value) return ok(false);
		const { version, objects } = closure.value;
		for (const some of inBatches(objects, HAVE_AT_ONCE)) {
			const missing = await this.#effects.net.have(this.#space, some);
			if (!missing.ok) return missing;
			if (missing.value.length > 0) return ok(false);
			for (const one of some) this.#there.add(one);
		}
		const put = await this.#putVersion(version.commit, version.segments);
		return put.ok ? ok(true) : put;
	}

	async #putVersion(commit: VersionObject['commit'], segments: VersionObject['segments']): Sent<void> {
		const { id, parents: all } = commit.version;
		// Of what came from a backup, not all ancestors need be there.
		const parents = await this.#objectsOf(
			'version',
			all.filter((parent) => this.#present.has(parent))
		);
		if (!parents.ok) return parents;
		const sealed = await this.#seal.seal('version', encodeVersionObject({ commit, parents: parents.value, segments }));
		const put = await this.#putMissing([sealed]);
		if (!put.ok) return put;
		this.#made.set(`version/${id}`, [sealed.id]);
		this.#made.set(`full/${id}`, commit.kind === 'version' ? [sealed.id] : []);
		return ok(undefined);
	}

	async #segments(ids: readonly SegmentId[]): Sent<void> {
		const stored = await this.#effects.store.storedSegments(ids);
		if (!stored.ok) return stored;
		const sent = await inParallel(ids, async (id) => {
			const segment = stored.value.get(id);
			return segment ? this.#segment(segment) : err({ kind: 'storage-unavailable', reason: 'a segment is missing' });
		});
		return sent.ok ? ok(undefined) : sent;
	}

	async #segment(segment: Segment): Sent<void> {
		if (this.#effects.signal.aborted) return err({ kind: 'cancelled' });
		const parts = [...new Set(segment.chunks.map(({ part }) => part))];
		const sent = await inParallel(parts, (part) => this.#part(part));
		if (!sent.ok) return sent;
		const known = await this.#known(`segment/${segment.id}`);
		if (!known.ok || known.value) return known.ok ? ok(undefined) : known;
		const names = segment.chunks.map(({ part }) => `part/${part}`);
		const sealed = await this.#effects.store.sealedAs(this.#seal.lineage, names);
		if (!sealed.ok) return sealed;
		const chunks = names.map((name) => sealed.value.get(name) ?? []);
		return this.#put(`segment/${segment.id}`, 'segment', [encodeSegmentObject({ segment, chunks })]);
	}

	async #part(id: PartId): Sent<void> {
		const known = await this.#known(`part/${id}`);
		if (!known.ok || known.value) return known.ok ? ok(undefined) : known;
		const bytes = await this.#effects.store.partBytes(id);
		if (!bytes.ok) return bytes;
		if (!bytes.value) return err({ kind: 'storage-unavailable', reason: 'a part is missing' });
		return this.#put(`part/${id}`, 'chunk', piecesOf(bytes.value));
	}

	/** Whether the edge has all objects of it. */
	async #known(name: string): Sent<boolean> {
		const sealed = await this.#effects.store.sealedAs(this.#seal.lineage, [name]);
		if (!sealed.ok) return sealed;
		const ids = sealed.value.get(name);
		return ok(ids !== undefined && ids.every((id) => this.#there.has(id)));
	}

	async #put(name: string, type: ObjectType, plains: readonly Bytes[]): Sent<void> {
		const before = await this.#effects.store.sealedAs(this.#seal.lineage, [name]);
		if (!before.ok) return before;
		const known = before.value.get(name) ?? [];
		const sealed: Sealed[] = [];
		for (const [at, plain] of plains.entries()) {
			const [now, was] = [await this.#seal.seal(type, plain), known[at]];
			// What the edge lost is sent as what it was, under keys of before: other objects name it so.
			const again = was === undefined || was === now.id ? null : await this.#seal.sealAgain(type, plain, was);
			sealed.push(again ?? now);
		}
		const put = await this.#putMissing(sealed);
		if (!put.ok) return put;
		return this.#effects.store.saveSealed(this.#seal.lineage, new Map([[name, sealed.map(({ id }) => id)]]));
	}

	async #putMissing(sealed: readonly { readonly id: string; readonly bytes: Bytes }[]): Sent<void> {
		for (const { id, bytes } of sealed) {
			if (this.#there.has(id)) continue;
			if (this.#effects.signal.aborted) return err({ kind: 'cancelled' });
			const put = await this.#effects.net.put(this.#space, id, bytes);
			if (!put.ok) return put;
			this.#effects.moved('up', bytes.length);
			this.#there.add(id);
		}
		return ok(undefined);
	}

	async #objectsOf<Id extends string>(
		kind: 'version' | 'segment',
		ids: readonly Id[]
	): Sent<Readonly<Record<Id, string>>> {
		const sealed = await this.#effects.store.sealedAs(
			this.#seal.lineage,
			ids.map((id) => `${kind}/${id}`)
		);
		if (!sealed.ok) return sealed;
		const objects: Record<string, string> = {};
		for (const id of ids) {
			const [object] = this.#made.get(`${kind}/${id}`) ?? sealed.value.get(`${kind}/${id}`) ?? [];
			if (object === undefined) return err({ kind: 'storage-unavailable', reason: `a ${kind} was not sealed` });
			objects[id] = object;
		}
		return ok(objects as Readonly<Record<Id, string>>);
	}
}

/** What was never here, and is nowhere now: it went when that was found out. */
function withTime(gone: CollectedVersion, nowMs: number): CollectedVersion {
	return gone.collectedAtMs === NEVER_HERE ? { ...gone, collectedAtMs: nowMs } : gone;
}
