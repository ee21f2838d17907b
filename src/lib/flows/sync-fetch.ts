// Fetches what versions of the edge are not here yet: manifests, then segments, then the bytes of parts. Each is what its name says, or
// nothing of it is kept; what was kept is not fetched again.
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
import { broken, type ObjectType } from '../core/sync/sealed-object.ts';
import { segmentContent, type Segment } from '../core/version/segment.ts';
import { segmentIdsOf } from '../core/version/snapshot.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { inParallel } from './sync-parallel.ts';
import type { SyncEffects } from './sync-effects.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Fetched<T> = Promise<Result<T, SpaceFailure>>;

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

	/** Stores all versions behind these that are not stored, and remembers which objects they are. */
	async take(roots: Readonly<Record<VersionId, string>>): Fetched<void> {
		const found = await this.#versions(roots);
		if (!found.ok) return found;
		if (found.value.length === 0) return ok(undefined);
		const segments = await this.#segments(found.value);
		if (!segments.ok) return segments;
		const commits = found.value.map(({ commit }) => commit);
		return this.#effects.store.addVersions({
			versions: commits.flatMap((commit) => (commit.kind === 'version' ? [commit.version] : [])),
			collected: commits.flatMap((commit) => (commit.kind === 'collected' ? [commit.version] : [])),
			segments: segments.value
		});
	}

	async #versions(roots: Readonly<Record<VersionId, string>>): Fetched<readonly VersionObject[]> {
		const known = await this.#effects.store.commits(this.#space);
		if (!known.ok) return known;
		const names = known.value.map(({ id }) => `version/${id}`);
		const mapped = await this.#effects.store.sealedAs(this.#seal.lineage, names);
		if (!mapped.ok) return mapped;
		// Which object a version is on the edge must be known, too, for versions to come: whoever left and came back has only the versions,
		// and what was collected there and sent again under keys of a later epoch is another object.
		const isKnown = ([id, object]: readonly [VersionId, string]): boolean =>
			mapped.value.get(`version/${id}`)?.[0] === object;
		const seen = new Set<VersionId>();
		const found: VersionObject[] = [];
		const sealed = new Map<string, readonly string[]>();
		let open = Object.entries(roots) as [VersionId, string][];
		while (open.length > 0) {
			const next = open.filter((one) => !isKnown(one) && !seen.has(one[0]));
			for (const [id] of next) seen.add(id);
			const read = await inParallel(next, ([id, object]) => this.#version(id, object));
			if (!read.ok) return read;
			for (const [id, object] of next) sealed.set(`version/${id}`, [object]);
			found.push(...read.value);
			open = read.value.flatMap(({ parents }) => Object.entries(parents) as [VersionId, string][]);
		}
		const saved = await this.#effects.store.saveSealed(this.#seal.lineage, sealed);
		return saved.ok ? ok(found) : saved;
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
