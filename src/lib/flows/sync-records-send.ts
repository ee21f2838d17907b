// Sends records: the pages that are not on the edge yet, and what stands beside their records. What is there already is asked for, and
// not sent.
import { inBatches } from '../core/batches.ts';
import { encodeCanonical } from '../core/encoding.ts';
import type { DatasetId, ObjectId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { piecesOf } from '../core/sync/content-objects.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { RuleByKind } from '../core/sync/merge-records.ts';
import type { BasePage } from '../core/sync/record-base.ts';
import {
	encodePage,
	INLINE_MAX_BYTES,
	layOutRecords,
	type FileObjects,
	type LaidOut,
	type Page,
	type PageRecord
} from '../core/sync/record-pages.ts';
import type { RecordEntry, Records } from '../core/sync/record-rule.ts';
import { kindOf } from '../core/sync/record-value.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { SyncEffects } from './sync-effects.ts';
import { inParallel } from './sync-parallel.ts';
import type { RecordReader, TheirRecords } from './sync-records-read.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Sent<T> = Promise<Result<T, SpaceFailure>>;
type Sealed = { readonly id: string; readonly bytes: Bytes };

/** As many pages are sealed before it is asked which of them are there. */
const PAGES_AT_ONCE = 200;

export class RecordWriter {
	readonly #space: DatasetId;
	readonly #seal: SpaceSeal;
	readonly #rules: RuleByKind;
	readonly #reader: RecordReader;
	readonly #effects: SyncEffects;
	readonly #there = new Set<string>();

	constructor(space: DatasetId, seal: SpaceSeal, rules: RuleByKind, reader: RecordReader, effects: SyncEffects) {
		this.#space = space;
		this.#seal = seal;
		this.#rules = rules;
		this.#reader = reader;
		this.#effects = effects;
	}

	/** What was sent, or found there when it was asked for: what a ref needs. */
	get needs(): readonly string[] {
		return [...this.#there];
	}

	/** The pages of these records, the first of which is that of all. */
	async send(records: Records, theirs: TheirRecords): Sent<readonly [BasePage, ...BasePage[]]> {
		const root = layOutRecords(records);
		const [leaves, nodes] = [leavesOf(root), nodesOf(root)];
		const before = new Map(theirs.pages.map((page) => [page.path, page]));
		const pages = new Map<string, BasePage>();
		for (const some of inBatches(leaves, PAGES_AT_ONCE)) {
			const sent = await this.#leaves(some, records, theirs, before);
			if (!sent.ok) return sent;
			for (const page of sent.value) pages.set(page.path, page);
		}
		// From below: a page names the objects of those under it.
		for (const { path, below } of nodes) {
			const children = below.map((child) => [child.path.slice(path.length), pages.get(child.path)?.id ?? ''] as const);
			const sealed = await this.#sealPage(path, { kind: 'node', pages: Object.fromEntries(children) });
			const sent = before.get(path)?.id === sealed.id ? ok(undefined) : await this.#putMissing([sealed]);
			if (!sent.ok) return sent;
			pages.set(path, { path, id: sealed.id, entries: null });
		}
		const first = pages.get('');
		if (!first) throw new Error('every tree has a root');
		pages.delete('');
		return ok([first, ...pages.values()]);
	}

	async #leaves(
		leaves: readonly Leaf[],
		records: Records,
		theirs: TheirRecords,
		before: ReadonlyMap<string, BasePage>
	): Sent<readonly BasePage[]> {
		const pages: BasePage[] = [];
		const sealed: Sealed[] = [];
		for (const { path, keys } of leaves) {
			if (this.#effects.signal.aborted) return err({ kind: 'cancelled' });
			const entries = keys.flatMap((key) => {
				const entry = records.get(key);
				return entry ? [[key, entry] as const] : [];
			});
			const known = before.get(path);
			// The first page is sealed anew each time: it must be of the newest key.
			if (path !== '' && known?.entries && isSameEntries(known.entries, entries)) {
				pages.push({ path, id: known.id, entries });
				continue;
			}
			const made: (readonly [string, PageRecord])[] = [];
			for (const [key, entry] of entries) {
				const record = await this.#record(key, entry, theirs);
				if (!record.ok) return record;
				made.push([key, record.value]);
			}
			const page = await this.#sealPage(path, { kind: 'leaf', records: made });
			sealed.push(page);
			pages.push({ path, id: page.id, entries });
		}
		const sent = await this.#putMissing(sealed);
		return sent.ok ? ok(pages) : sent;
	}

	async #record(key: string, entry: RecordEntry, theirs: TheirRecords): Sent<PageRecord> {
		const { removed, print, value, sizeBytes, isForeign = false } = entry;
		if (removed !== undefined) return ok({ kind: 'removed', print: removed });
		const names = value === undefined ? [] : (this.#rules.get(kindOf(key))?.files?.(value) ?? []);
		const isPlain = !isForeign && value !== undefined && sizeBytes <= INLINE_MAX_BYTES && names.length === 0;
		if (isPlain) return ok({ kind: 'inline', value, files: {} });
		if (theirs.records.get(key)?.print === print) {
			const wire = await this.#reader.wire(key, theirs.pages);
			if (!wire.ok) return wire;
			if (wire.value) return ok(wire.value);
		}
		if (value === undefined) return err({ kind: 'storage-unavailable', reason: 'a record has no value' });
		const files = await this.#files(names);
		if (!files.ok) return files;
		if (sizeBytes <= INLINE_MAX_BYTES) return ok({ kind: 'inline', value, files: files.value });
		const objects = await this.#chunks(encodeCanonical(value));
		return objects.ok ? ok({ kind: 'apart', print, sizeBytes, objects: objects.value, files: files.value }) : objects;
	}

	/** One whose bytes are not here is left out. */
	async #files(ids: readonly ObjectId[]): Sent<FileObjects> {
		const files: Record<string, readonly string[]> = {};
		for (const id of ids) {
			const objects = await this.#file(id);
			if (!objects.ok) return objects;
			if (objects.value) files[id] = objects.value;
		}
		return ok(files);
	}

	async #file(id: ObjectId): Sent<readonly string[] | null> {
		const { store, net } = this.#effects;
		const name = `file/${id}`;
		const known = await store.sealedAs(this.#seal.lineage, [name]);
		if (!known.ok) return known;
		const objects = known.value.get(name);
		if (objects) {
			const missing = await net.have(this.#space, objects);
			if (!missing.ok) return missing;
			if (missing.value.length === 0) {
				for (const object of objects) this.#there.add(object);
				return ok(objects);
			}
		}
		const bytes = await store.records.fileBytes(id);
		if (!bytes.ok) return bytes;
		if (!bytes.value) return ok(null);
		const sent = await this.#chunks(bytes.value);
		if (!sent.ok) return sent;
		const saved = await store.saveSealed(this.#seal.lineage, new Map([[name, sent.value]]));
		return saved.ok ? ok(sent.value) : saved;
	}

	async #chunks(bytes: Bytes): Sent<readonly string[]> {
		const ids: string[] = [];
		for (const piece of piecesOf(bytes)) {
			const sealed = await this.#seal.seal('chunk', piece);
			const sent = await this.#putMissing([sealed]);
			if (!sent.ok) return sent;
			ids.push(sealed.id);
		}
		return ok(ids);
	}

	#sealPage(path: string, page: Page): Promise<Sealed> {
		return this.#seal.seal(path === '' ? 'records' : 'page', encodePage(page));
	}

	async #putMissing(sealed: readonly Sealed[]): Sent<void> {
		const { net, moved } = this.#effects;
		const unsure = sealed.filter(({ id }) => !this.#there.has(id));
		if (unsure.length === 0) return ok(undefined);
		const missing = await net.have(
			this.#space,
			unsure.map(({ id }) => id)
		);
		if (!missing.ok) return missing;
		const wanted = new Set(missing.value);
		const put = await inParallel(unsure, async ({ id, bytes }): Sent<void> => {
			if (wanted.has(id)) {
				const done = await net.put(this.#space, id, bytes);
				if (!done.ok) return done;
				moved('up', bytes.length);
			}
			this.#there.add(id);
			return ok(undefined);
		});
		return put.ok ? ok(undefined) : put;
	}
}

type Leaf = Extract<LaidOut, { kind: 'leaf' }>;
type Node = Extract<LaidOut, { kind: 'node' }>;

function leavesOf(tree: LaidOut): readonly Leaf[] {
	return tree.kind === 'leaf' ? [tree] : tree.below.flatMap(leavesOf);
}

/** The deepest first. */
function nodesOf(tree: LaidOut): readonly Node[] {
	return tree.kind === 'leaf' ? [] : [...tree.below.flatMap(nodesOf), tree];
}

function isSameEntries(
	one: readonly (readonly [string, RecordEntry])[],
	other: readonly (readonly [string, RecordEntry])[]
): boolean {
	if (one.length !== other.length) return false;
	const prints = new Map(one.map(([key, { print, removed }]) => [key, `${print}/${removed ?? ''}`]));
	return other.every(([key, { print, removed }]) => prints.get(key) === `${print}/${removed ?? ''}`);
}
