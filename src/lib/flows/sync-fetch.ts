// Fetches what versions of the edge are not here yet: manifests, then segments, then the bytes of parts. Each is what its name says, or
// nothing of it is kept; what was kept is not fetched again. Of versions that were chosen not to be here, the manifest's outline is kept.
import { encodeCanonical } from '../core/encoding.ts';
import type { PartId, SegmentId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
	parseSegmentObject,
	parseVersionObject,
	type SegmentObject,
	type VersionObject
} from '../core/sync/content-objects.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { RefRecord } from '../core/sync/ref-record.ts';
import { broken, type ObjectType } from '../core/sync/sealed-object.ts';
import { NEVER_HERE, type CollectedVersion } from '../core/version/history.ts';
import { segmentContent, type Segment } from '../core/version/segment.ts';
import { segmentIdsOf } from '../core/version/snapshot.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { inParallel } from './sync-parallel.ts';
import type { SyncEffects } from './sync-effects.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Fetched<T> = Promise<Result<T, SpaceFailure>>;
type Commit = Pick<Version, 'id' | 'parents'>;

/** Which versions are to be here whole, of all that are known once the manifests are read. */
export type Within = (commits: readonly Commit[]) => ReadonlySet<VersionId>;

/** As many bytes of parts are stored at once. */
const BATCH_BYTES = 16 * 1024 * 1024;

export class SpaceReader {
	readonly #space: Dataset['id'];
	readonly #seal: SpaceSeal;
	readonly #effects: SyncEffects;

	constructor(space: Dataset['id'], seal: SpaceSeal, effects: SyncEffects) {
		this.#space = space;
		this.#seal = seal;
		this.#effects = effects;
	}

	/** The plaintext of an object. */
	async object(type: ObjectType, id: string): Fetched<Bytes> {
		if (this.#effects.signal.aborted) return err({ kind: 'cancelled' });
		const got = await this.#effects.net.get(this.#space, id);
		if (!got.ok) return got;
		this.#effects.moved('down', got.value.length);
		return this.#seal.open(type, id, got.value);
	}

	/** The id of what a ref points to. */
	async head({ head }: Pick<RefRecord, 'head'>): Fetched<string> {
		const plain = await this.#seal.open('head', head.id, head.bytes);
		return plain.ok ? ok(Array.from(plain.value, (byte) => String.fromCharCode(byte)).join('')) : plain;
	}

	/**
	 * Stores all versions behind these that are not stored, and remembers which objects they are. Those that are not `within` are kept
	 * as what stays of a collected one: their bytes stay on the edge. Answers the versions whose objects were met on the way.
	 */
	async take(roots: Readonly<Record<VersionId, string>>, within: Within): Fetched<ReadonlySet<VersionId>> {
		const known = await this.#effects.store.commits(this.#space);
		if (!known.ok) return known;
		const met = await this.#versions(roots, known.value);
		if (!met.ok) return met;
		const { found, seen } = met.value;
		const isStored = new Set(known.value.flatMap((commit) => (commit.isStored ? [commit.id] : [])));
		const commits = new Map<VersionId, Commit>(known.value.map((commit) => [commit.id, commit]));
		for (const { commit } of found) commits.set(commit.version.id, commit.version);
		const wanted = within([...commits.values()]);
		const here = new Set(known.value.map(({ id }) => id));
		// What others let go on the edge is not to be had any more.
		const fresh = found.filter(
			({ commit: { kind, version } }) => !here.has(version.id) || (kind === 'collected' && !isStored.has(version.id))
		);
		const whole = fresh.filter(({ commit: { kind, version } }) => kind === 'version' && wanted.has(version.id));
		const stored = await this.#store(whole, fresh);
		if (!stored.ok) return stored;
		// What was left on the edge before, and is wanted now; what a person let go here stays so, unless a branch or tag names it again.
		const left = known.value.filter(({ id }) => !isStored.has(id) && wanted.has(id));
		const lacking: VersionId[] = [];
		for (const { id } of left) {
			const gone = await this.#effects.store.collectedVersion(id);
			if (!gone.ok) return gone;
			if (gone.value?.collectedAtMs === NEVER_HERE || Object.hasOwn(roots, id)) lacking.push(id);
		}
		const loaded = await this.load(lacking);
		return loaded.ok ? ok(seen) : loaded;
	}

	/** Stores versions whose outline alone is here. Answers those that the edge has. */
	async load(ids: readonly VersionId[]): Fetched<readonly VersionId[]> {
		if (ids.length === 0) return ok([]);
		const mapped = await this.#effects.store.sealedAs(
			this.#seal.lineage,
			ids.map((id) => `full/${id}`)
		);
		if (!mapped.ok) return mapped;
		const there = ids.flatMap((id) => {
			const [object] = mapped.value.get(`full/${id}`) ?? [];
			return object === undefined ? [] : [{ id, object }];
		});
		const read = await inParallel(there, ({ id, object }) => this.#version(id, object));
		if (!read.ok) return read;
		const whole = read.value.filter(({ commit }) => commit.kind === 'version');
		const stored = await this.#store(whole, whole);
		return stored.ok ? ok(whole.map(({ commit }) => commit.version.id)) : stored;
	}

	/** A version as the edge has it, and all objects of its rows; null where it is not there. */
	async closure(
		id: VersionId,
		object: string
	): Fetched<{ readonly version: VersionObject; readonly objects: readonly string[] } | null> {
		const version = await this.#version(id, object);
		if (!version.ok) return version.error.kind === 'object-lost' ? ok(null) : version;
		const segments = Object.entries(version.value.segments) as [SegmentId, string][];
		const read = await inParallel(segments, ([segment, of]) => this.#segment(segment, of));
		if (!read.ok) return read.error.kind === 'object-lost' ? ok(null) : read;
		const objects = [...segments.map(([, of]) => of), ...read.value.flatMap(({ chunks }) => chunks.flat())];
		return ok({ version: version.value, objects: [...new Set(objects)] });
	}

	/** All objects behind these versions on the edge, as they are chained there. Segments that were read are in `seen`. */
	async reach(
		roots: Readonly<Record<VersionId, string>>,
		seen: Map<string, readonly string[]>
	): Fetched<readonly string[]> {
		const reached = new Set<string>();
		let open = Object.entries(roots) as [VersionId, string][];
		while (open.length > 0) {
			const next = open.filter(([, object]) => !reached.has(object));
			for (const [, object] of next) reached.add(object);
			const read = await inParallel(next, ([id, object]) => this.#version(id, object));
			if (!read.ok) return read;
			const segments = new Map(read.value.flatMap(({ segments: of }) => Object.entries(of) as [SegmentId, string][]));
			const unread = [...segments].filter(([, object]) => !seen.has(object));
			const parsed = await inParallel(unread, ([id, object]) => this.#segment(id, object));
			if (!parsed.ok) return parsed;
			for (const [at, [, object]] of unread.entries()) seen.set(object, parsed.value[at]?.chunks.flat() ?? []);
			for (const object of segments.values()) for (const id of [object, ...(seen.get(object) ?? [])]) reached.add(id);
			open = read.value.flatMap(({ parents }) => Object.entries(parents) as [VersionId, string][]);
		}
		return ok([...reached]);
	}

	/** Of a version as the edge has it. */
	version(id: VersionId, object: string): Fetched<VersionObject> {
		return this.#version(id, object);
	}

	/**
	 * Those behind the roots that are not known as the objects that they are: which object a version is must be known for versions to
	 * come, and changes where history on the edge was shortened.
	 */
	async #versions(
		roots: Readonly<Record<VersionId, string>>,
		known: readonly Commit[]
	): Fetched<{ readonly found: readonly VersionObject[]; readonly seen: ReadonlySet<VersionId> }> {
		const names = known.map(({ id }) => `version/${id}`);
		const mapped = await this.#effects.store.sealedAs(this.#seal.lineage, names);
		if (!mapped.ok) return mapped;
		const seen = new Set<VersionId>();
		const found: VersionObject[] = [];
		const sealed = new Map<string, readonly string[]>();
		let open = Object.entries(roots) as [VersionId, string][];
		while (open.length > 0) {
			const next = open.filter(([id, object]) => {
				// Of a version that the chain has whole and as an outline, the object nearer to the roots counts.
				if (seen.has(id)) return false;
				seen.add(id);
				return mapped.value.get(`version/${id}`)?.[0] !== object;
			});
			const read = await inParallel(next, ([id, object]) => this.#version(id, object));
			if (!read.ok) return read;
			for (const [at, [id, object]] of next.entries()) {
				sealed.set(`version/${id}`, [object]);
				sealed.set(`full/${id}`, read.value[at]?.commit.kind === 'version' ? [object] : []);
			}
			found.push(...read.value);
			open = read.value.flatMap(({ parents }) => Object.entries(parents) as [VersionId, string][]);
		}
		const saved = await this.#effects.store.saveSealed(this.#seal.lineage, sealed);
		return saved.ok ? ok({ found, seen }) : saved;
	}

	/** Looks for versions in the chain behind the roots, and remembers which objects they are. Answers those that are in it. */
	async find(
		wanted: ReadonlySet<VersionId>,
		roots: Readonly<Record<VersionId, string>>
	): Fetched<ReadonlySet<VersionId>> {
		const found = new Set<VersionId>();
		const sealed = new Map<string, readonly string[]>();
		const seen = new Set<VersionId>();
		let open = Object.entries(roots) as [VersionId, string][];
		while (open.length > 0 && found.size < wanted.size) {
			const next = [...new Map(open)].filter(([id]) => !seen.has(id));
			for (const [id] of next) seen.add(id);
			const read = await inParallel(next, ([id, object]) => this.#version(id, object));
			if (!read.ok) return read;
			for (const [at, [id, object]] of next.entries()) {
				if (!wanted.has(id)) continue;
				found.add(id);
				sealed.set(`version/${id}`, [object]);
				sealed.set(`full/${id}`, read.value[at]?.commit.kind === 'version' ? [object] : []);
			}
			open = read.value.flatMap(({ parents }) => Object.entries(parents) as [VersionId, string][]);
		}
		const saved = await this.#effects.store.saveSealed(this.#seal.lineage, sealed);
		return saved.ok ? ok(found) : saved;
	}

	/** `whole` with their rows, the others of `all` as outlines. */
	async #store(whole: readonly VersionObject[], all: readonly VersionObject[]): Fetched<void> {
		if (all.length === 0) return ok(undefined);
		const segments = await this.#segments(whole);
		if (!segments.ok) return segments;
		const stored = new Set(whole);
		return this.#effects.store.addVersions({
			versions: whole.flatMap(({ commit }) => (commit.kind === 'version' ? [commit.version] : [])),
			collected: all.flatMap((one) => (stored.has(one) ? [] : [outlineOf(one)])),
			segments: segments.value
		});
	}

	async #version(id: VersionId, object: string): Fetched<VersionObject> {
		const plain = await this.object('version', object);
		if (!plain.ok) return plain;
		const parsed = parseVersionObject(plain.value);
		if (!parsed.ok) return parsed;
		const { commit, segments } = parsed.value;
		const { version } = commit;
		if (version.id !== id || version.dataset !== this.#space) return broken('content');
		if (commit.kind === 'collected') return parsed;
		const { id: _id, ...manifest } = commit.version;
		const isItself = (await this.#effects.keys.name(encodeCanonical(manifest))) === id;
		const isWhole = [...segmentIdsOf([commit.version])].every((segment) => Object.hasOwn(segments, segment));
		return isItself && isWhole ? parsed : broken('content');
	}

	async #segments(versions: readonly VersionObject[]): Fetched<readonly Segment[]> {
		const objects = new Map<SegmentId, string>();
		for (const { segments } of versions)
			for (const [id, object] of Object.entries(segments) as [SegmentId, string][]) objects.set(id, object);
		const stored = await this.#effects.store.storedSegments([...objects.keys()]);
		if (!stored.ok) return stored;
		const names = [...stored.value.keys()].map((id) => `segment/${id}`);
		const mapped = await this.#effects.store.sealedAs(this.#seal.lineage, names);
		if (!mapped.ok) return mapped;
		const wanted = [...objects].filter(([id]) => !stored.value.has(id) || !mapped.value.has(`segment/${id}`));
		const read = await inParallel(wanted, ([id, object]) => this.#segment(id, object));
		if (!read.ok) return read;
		const parts = await this.#parts(read.value);
		if (!parts.ok) return parts;
		const saved = await this.#effects.store.saveSealed(
			this.#seal.lineage,
			new Map(wanted.map(([id, object]) => [`segment/${id}`, [object]]))
		);
		return saved.ok ? ok(read.value.map(({ segment }) => segment)) : saved;
	}

	async #segment(id: SegmentId, object: string): Fetched<SegmentObject> {
		const plain = await this.object('segment', object);
		if (!plain.ok) return plain;
		const parsed = parseSegmentObject(plain.value);
		if (!parsed.ok) return parsed;
		const { segment } = parsed.value;
		const name = await this.#effects.keys.name(encodeCanonical(segmentContent(segment)));
		return name === id && segment.id === id ? parsed : broken('content');
	}

	/** Stored as they come, so that a sync that is cut off goes on where it was. */
	async #parts(segments: readonly SegmentObject[]): Fetched<void> {
		const objects = new Map<PartId, { readonly sizeBytes: number; readonly objects: readonly string[] }>();
		for (const { segment, chunks } of segments)
			for (const [at, { part, sizeBytes }] of segment.chunks.entries())
				objects.set(part, { sizeBytes, objects: chunks[at] ?? [] });
		const stored = await this.#effects.store.storedParts([...objects.keys()]);
		if (!stored.ok) return stored;
		const wanted = [...objects].filter(([id]) => !stored.value.has(id));
		for (let at = 0; at < wanted.length;) {
			const batch: typeof wanted = [];
			for (let sizeBytes = 0; at < wanted.length && (batch.length === 0 || sizeBytes < BATCH_BYTES); at++) {
				const next = wanted[at];
				if (next) batch.push(next);
				sizeBytes += next?.[1].sizeBytes ?? 0;
			}
			const read = await inParallel(batch, ([id, of]) => this.#part(id, of));
			if (!read.ok) return read;
			const added = await this.#effects.store.addParts(read.value);
			if (!added.ok) return added;
		}
		const sealed = new Map([...objects].map(([id, of]) => [`part/${id}`, of.objects]));
		return this.#effects.store.saveSealed(this.#seal.lineage, sealed);
	}

	async #part(
		id: PartId,
		{ sizeBytes, objects }: { readonly sizeBytes: number; readonly objects: readonly string[] }
	): Fetched<{ readonly id: PartId; readonly bytes: Bytes }> {
		const bytes = new Uint8Array(sizeBytes);
		let at = 0;
		for (const object of objects) {
			const plain = await this.object('chunk', object);
			if (!plain.ok) return plain;
			if (at + plain.value.length > sizeBytes) return broken('content');
			bytes.set(plain.value, at);
			at += plain.value.length;
		}
		const isItself = at === sizeBytes && (await this.#effects.keys.name(bytes)) === id;
		return isItself ? ok({ id, bytes }) : broken('content');
	}
}

function outlineOf({ commit }: VersionObject): CollectedVersion {
	if (commit.kind === 'collected') return commit.version;
	const { id, dataset, parents, message, createdAtMs } = commit.version;
	return { id, dataset, parents, message, createdAtMs, collectedAtMs: NEVER_HERE };
}
