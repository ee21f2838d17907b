// Reads the records of the edge, page by page: pages that are as they were when both agreed last are not fetched again.
import { decodeCanonical } from '../core/decoding.ts';
import { encodeCanonical } from '../core/encoding.ts';
import { fromBase64Url } from '../core/base64url.ts';
import type { DatasetId, ObjectId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { entryOf, type RuleByKind } from '../core/sync/merge-records.ts';
import { recordsOf, type BasePage, type RecordBase } from '../core/sync/record-base.ts';
import { INLINE_MAX_BYTES, parsePage, placeOf, type Page, type PageRecord } from '../core/sync/record-pages.ts';
import type { RecordEntry, Records } from '../core/sync/record-rule.ts';
import { fromRecordValue, kindOf, piecesOfKey, printOf } from '../core/sync/record-value.ts';
import { broken } from '../core/sync/sealed-object.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { inParallel } from './sync-parallel.ts';
import type { Tip } from './sync-chain.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Fetched<T> = Promise<Result<T, SpaceFailure>>;

export type TheirRecords = { readonly pages: readonly BasePage[]; readonly records: Records };

type At = { readonly path: string; readonly id: string };

export class RecordReader {
	readonly #objects: SpaceReader;
	readonly #rules: RuleByKind;
	readonly #effects: SyncEffects;
	/** As they lie on the edge, of the pages that were fetched. */
	readonly #wire = new Map<string, PageRecord>();

	constructor(space: DatasetId, seal: SpaceSeal, rules: RuleByKind, effects: SyncEffects) {
		this.#objects = new SpaceReader(space, seal, effects);
		this.#rules = rules;
		this.#effects = effects;
	}

	/** All records behind the page `head`. */
	async read(head: string, base: Pick<RecordBase, 'pages'>): Fetched<TheirRecords> {
		const before = new Map(base.pages.map((page) => [page.path, page]));
		const pages: BasePage[] = [];
		let open: readonly At[] = [{ path: '', id: head }];
		while (open.length > 0) {
			const same = open.filter(({ path, id }) => before.get(path)?.id === id).map(({ path }) => path);
			if (same.length > 0) pages.push(...base.pages.filter(({ path }) => same.some((root) => path.startsWith(root))));
			const others = open.filter(({ path }) => !same.includes(path));
			const read = await inParallel(others, (at) => this.#page(at));
			if (!read.ok) return read;
			pages.push(...read.value.map(({ page }) => page));
			open = read.value.flatMap(({ below }) => below);
		}
		return ok({ pages, records: recordsOf({ pages }) });
	}

	/** All objects behind a ref. */
	async reach({ ref }: Pick<Tip, 'ref'>): Fetched<readonly string[]> {
		const head = await this.#objects.head(ref);
		if (!head.ok) return head;
		const read = await this.read(head.value, { pages: [] });
		if (!read.ok) return read;
		const beside = [...this.#wire.values()].flatMap((record) =>
			record.kind === 'removed'
				? []
				: [...(record.kind === 'apart' ? record.objects : []), ...Object.values(record.files).flat()]
		);
		return ok([...new Set([...read.value.pages.map(({ id }) => id), ...beside])]);
	}

	/** The values of these, where they were left where they are. */
	async load({ records, pages }: TheirRecords, keys: readonly string[]): Fetched<Records> {
		const loaded = new Map(records);
		const read = await inParallel(
			keys.filter((key) => records.get(key)?.value === undefined),
			async (key): Fetched<readonly [string, RecordEntry]> => {
				const entry = records.get(key);
				const wire = await this.wire(key, pages);
				if (!wire.ok) return wire;
				if (entry && wire.value?.kind === 'inline')
					return ok([key, await this.#judged(key, { ...entry, value: wire.value.value })]);
				if (!entry || wire.value?.kind !== 'apart') return broken('content');
				const bytes = await this.#joined(wire.value.objects, wire.value.sizeBytes);
				if (!bytes.ok) return bytes;
				if (printOf(bytes.value) !== entry.print) return broken('content');
				const value = decodeCanonical(bytes.value);
				return value.ok ? ok([key, await this.#judged(key, { ...entry, value: value.value })]) : broken('content');
			}
		);
		if (!read.ok) return read;
		for (const [key, entry] of read.value) loaded.set(key, entry);
		return ok(loaded);
	}

	/** A record as it lies on the edge; `pages` are those it has. */
	async wire(key: string, pages: readonly BasePage[]): Fetched<PageRecord | null> {
		const known = this.#wire.get(key);
		if (known) return ok(known);
		const place = placeOf(key);
		const page = pages.find(({ path, entries }) => entries !== null && place.startsWith(path));
		if (!page) return ok(null);
		const read = await this.#page(page);
		return read.ok ? ok(this.#wire.get(key) ?? null) : read;
	}

	/** What is kept beside the record, and is not here. Bytes that are not what their name says are refused. */
	async takeFiles(key: string, ids: readonly ObjectId[]): Fetched<void> {
		const { records } = this.#effects.store;
		const wire = this.#wire.get(key);
		const files = wire && wire.kind !== 'removed' ? wire.files : {};
		const stored = await records.storedFiles(ids);
		if (!stored.ok) return stored;
		for (const id of ids) {
			const objects = files[id];
			if (stored.value.has(id) || !objects) continue;
			const bytes = await this.#joined(objects, null);
			if (!bytes.ok) return bytes;
			const hash = fromBase64Url(await this.#effects.keys.sha256(bytes.value));
			if (!hash || hexOf(hash) !== id) return broken('content');
			const added = await records.addFile(id, bytes.value);
			if (!added.ok) return added;
		}
		return ok(undefined);
	}

	async #page({ path, id }: At): Fetched<{ readonly page: BasePage; readonly below: readonly At[] }> {
		// The first page tells of all, as the head does; those below may be older than the newest key.
		const plain = await this.#objects.object(path === '' ? 'records' : 'page', id);
		if (!plain.ok) return plain;
		const parsed = parsePage(plain.value);
		if (!parsed.ok) return parsed;
		const page: Page = parsed.value;
		if (page.kind === 'node') {
			const below = Object.entries(page.pages).map(([digit, child]) => ({ path: path + digit, id: child }));
			return ok({ page: { path, id, entries: null }, below });
		}
		const entries: [string, RecordEntry][] = [];
		for (const [key, record] of page.records) {
			if (!placeOf(key).startsWith(path)) return broken('content');
			this.#wire.set(key, record);
			entries.push([key, await this.#entryOf(key, record)]);
		}
		return ok({ page: { path, id, entries }, below: [] });
	}

	async #entryOf(key: string, record: PageRecord): Promise<RecordEntry> {
		if (record.kind === 'removed') return { print: '', removed: record.print, sizeBytes: 0 };
		if (record.kind === 'inline') return this.#judged(key, entryOf(record.value));
		const { print, sizeBytes } = record;
		return { print, sizeBytes, ...(this.#rules.has(kindOf(key)) ? {} : { isForeign: true }) };
	}

	/** What this page cannot keep is left where it is; and what names itself by another content than it has. */
	async #judged(key: string, entry: RecordEntry): Promise<RecordEntry> {
		const rule = this.#rules.get(kindOf(key));
		const { value } = entry;
		if (!rule || value === undefined || !rule.fits(fromRecordValue(value))) return { ...entry, isForeign: true };
		if (!rule.content) return entry;
		const name = await this.#effects.keys.name(encodeCanonical(rule.content(value)));
		return name === piecesOfKey(key).at(-1) ? entry : { ...entry, isForeign: true };
	}

	async #joined(objects: readonly string[], sizeBytes: number | null): Fetched<Bytes> {
		const pieces: Bytes[] = [];
		for (const id of objects) {
			const plain = await this.#objects.object('chunk', id);
			if (!plain.ok) return plain;
			pieces.push(plain.value);
		}
		const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
		if (sizeBytes !== null && length !== sizeBytes) return broken('content');
		const joined = new Uint8Array(length);
		let at = 0;
		for (const piece of pieces) {
			joined.set(piece, at);
			at += piece.length;
		}
		return ok(joined);
	}
}

/** As a device keeps pages: without the values that no merge will ask for. */
export function pagesToKeep(pages: readonly BasePage[], rules: RuleByKind): readonly BasePage[] {
	const isNeeded = (key: string, { value, sizeBytes }: RecordEntry): boolean =>
		value !== undefined && sizeBytes <= INLINE_MAX_BYTES && rules.get(kindOf(key))?.isLasting === false;
	return pages.map((page) => ({
		...page,
		entries:
			page.entries?.map(([key, entry]) => {
				if (isNeeded(key, entry)) return [key, entry] as const;
				const { value: _value, ...kept } = entry;
				return [key, kept] as const;
			}) ?? null
	}));
}

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
