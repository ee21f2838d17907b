// Lists and reads the sealed versions of one dataset, and opens them here: the edge cannot.
import { fromBase64Url } from '../../src/lib/core/base64url.ts';
import type { Endpoint, ParsedAnswerOf, RequestOf } from '../../src/lib/core/contract/endpoint.ts';
import { getObject } from '../../src/lib/core/contract/objects.ts';
import { listRefs } from '../../src/lib/core/contract/refs.ts';
import { MAGIC, assembleParquet } from '../../src/lib/core/parquet/parquet-file.ts';
import { err, ok, type Result } from '../../src/lib/core/result.ts';
import {
	parseSegmentObject,
	parseVersionObject,
	type SegmentObject,
	type VersionObject
} from '../../src/lib/core/sync/content-objects.ts';
import { parseReadKey, type ReadKey } from '../../src/lib/core/sync/read-key.ts';
import { parseRef } from '../../src/lib/core/sync/ref-record.ts';
import { broken, type BrokenObject, type ObjectType } from '../../src/lib/core/sync/sealed-object.ts';
import { parseRecords, type SpaceRecords } from '../../src/lib/core/sync/space-state.ts';
import { isPatched } from '../../src/lib/core/version/patch.ts';
import { spaceOpener, type SpaceOpener } from '../../src/lib/crypto/space-key.ts';
import type { CallApiFailure } from '../../src/lib/remote/call-api.ts';
import { callEdge, type EdgeOptions } from './call.ts';

export type ReadFailure =
	| CallApiFailure
	| BrokenObject
	| { readonly kind: 'invalid-read-key' }
	/** The workspace changed its keys, up to the epoch that the dataset is in now; this one opens nothing that came since. */
	| { readonly kind: 'read-key-ended'; readonly epoch: number; readonly datasetEpoch: number; readonly next: string }
	/** It was never synced, or was removed. */
	| { readonly kind: 'no-dataset' }
	/** The edge shows an older state than this program saw before. */
	| { readonly kind: 'rolled-back'; readonly seenSeq: number; readonly shownSeq: number }
	| { readonly kind: 'unknown-version'; readonly id: string }
	/** A few rows were removed without writing its segments anew; “Compact” in Weir does that. */
	| { readonly kind: 'patched-version' };

export type ListedVersion = {
	readonly id: string;
	readonly message: string;
	readonly author: string | null;
	readonly createdAtMs: number;
	readonly rowCount: number;
	readonly columns: readonly { readonly name: string; readonly type: string }[];
};
export type DatasetState = {
	readonly name: string;
	/** Version ids by the names of branches and tags. */
	readonly branches: Readonly<Record<string, string>>;
	readonly tags: Readonly<Record<string, string>>;
	/** The open branch. */
	readonly branch: string;
	/** Ascending; kept by whoever wants to notice a server that goes back. */
	readonly seq: number;
};

export type SealedDataset = {
	state(): Promise<Result<DatasetState, ReadFailure>>;
	/** Of the open branch or another one, newest first. */
	versions(options?: {
		readonly branch?: string;
		readonly limit?: number;
	}): Promise<Result<readonly ListedVersion[], ReadFailure>>;
	/** A version's rows as one Parquet file; the newest of the open branch when no id is given. */
	parquet(id?: string): Promise<Result<Uint8Array<ArrayBuffer>, ReadFailure>>;
};

export type DatasetOptions = EdgeOptions & {
	/** Less than this is refused as `rolled-back`. */
	readonly seenSeq?: number;
};

const ENDED_NEXT = 'Ask for a new read key: in Weir, the page Programs makes it.';

type Read<T> = Promise<Result<T, ReadFailure>>;

/** `readKey` is the text that `weir.createReadKey` gives, `weir-read1-…`. Whoever has it reads all of the dataset. */
export async function openDataset(readKey: string, options: DatasetOptions): Read<SealedDataset> {
	const parsed = parseReadKey(readKey);
	if (!parsed.ok) return parsed;
	return ok(new Reader(parsed.value, await spaceOpener(parsed.value), options));
}

class Reader implements SealedDataset {
	readonly #key: ReadKey;
	readonly #opener: SpaceOpener;
	readonly #options: DatasetOptions;
	#seenSeq: number;

	constructor(key: ReadKey, opener: SpaceOpener, options: DatasetOptions) {
		this.#key = key;
		this.#opener = opener;
		this.#options = options;
		this.#seenSeq = options.seenSeq ?? 0;
	}

	async state(): Read<DatasetState> {
		const records = await this.#records();
		if (!records.ok) return records;
		const { seq, state } = records.value;
		const { name, branch, heads, tags } = state;
		return ok({ name, branch, branches: heads, tags, seq });
	}

	async versions({ branch, limit = 1000 }: { readonly branch?: string; readonly limit?: number } = {}): Read<
		readonly ListedVersion[]
	> {
		const records = await this.#records();
		if (!records.ok) return records;
		const { state, objects } = records.value;
		const listed: ListedVersion[] = [];
		let id: string | undefined = state.heads[branch ?? state.branch];
		let object = id === undefined ? undefined : (objects as Readonly<Record<string, string>>)[id];
		while (id !== undefined && object !== undefined && listed.length < limit) {
			const found: Result<VersionObject, ReadFailure> = await this.#version(id, object);
			if (!found.ok) return found;
			const { commit, parents } = found.value;
			// What stays of one that was let go has no rows any more.
			if (commit.kind === 'collected') break;
			const { message, author = null, createdAtMs, schema, table } = commit.version;
			const columns = schema.map(({ name, type }) => ({ name, type }));
			listed.push({ id, message, author, createdAtMs, rowCount: table.rowCount, columns });
			const parent: string | undefined = commit.version.parents[0];
			id = parent;
			object = parent === undefined ? undefined : (parents as Readonly<Record<string, string>>)[parent];
		}
		return ok(listed);
	}

	async parquet(wanted?: string): Read<Uint8Array<ArrayBuffer>> {
		const records = await this.#records();
		if (!records.ok) return records;
		const { state, objects } = records.value;
		const target = wanted ?? state.heads[state.branch] ?? '';
		const found = await this.#find(target, objects);
		if (!found.ok) return found;
		const { commit, segments } = found.value;
		if (commit.kind === 'collected') return err({ kind: 'unknown-version', id: target });
		const { table } = commit.version;
		if (isPatched(table)) return err({ kind: 'patched-version' });
		const groups: SegmentObject['segment'][] = [];
		const pieces: Uint8Array<ArrayBuffer>[] = [MAGIC];
		for (const { id } of table.segments) {
			const segment = await this.#open('segment', segments[id] ?? '');
			if (!segment.ok) return segment;
			const parsed = parseSegmentObject(segment.value);
			if (!parsed.ok) return parsed;
			if (parsed.value.segment.id !== id) return broken('content');
			groups.push(parsed.value.segment);
			for (const object of parsed.value.chunks.flat()) {
				const piece = await this.#open('chunk', object);
				if (!piece.ok) return piece;
				pieces.push(piece.value);
			}
		}
		pieces.push(assembleParquet(table.shell, groups).tail);
		return ok(new Uint8Array(await new Blob(pieces).arrayBuffer()));
	}

	/** The version's object, found from the heads on. */
	async #find(target: string, roots: SpaceRecords['objects']): Read<VersionObject> {
		const seen = new Set<string>();
		let open: [string, string][] = Object.entries(roots);
		while (open.length > 0) {
			const next: [string, string][] = [];
			for (const [id, object] of open) {
				if (seen.has(id)) continue;
				seen.add(id);
				const found = await this.#version(id, object);
				if (!found.ok || id === target) return found;
				next.push(...Object.entries(found.value.parents));
			}
			open = next;
		}
		return err({ kind: 'unknown-version', id: target });
	}

	async #version(id: string, object: string): Read<VersionObject> {
		const plain = await this.#open('version', object);
		if (!plain.ok) return plain;
		const parsed = parseVersionObject(plain.value);
		if (!parsed.ok) return parsed;
		const { version } = parsed.value.commit;
		return version.id === id && version.dataset === this.#key.space ? parsed : broken('content');
	}

	/** Where the dataset stands. What is sealed by its key only devices of the workspace made; that it is the newest, the edge says. */
	async #records(): Read<SpaceRecords & { readonly state: NonNullable<SpaceRecords['state']>; readonly seq: number }> {
		const { workspace, space } = this.#key;
		let after: string | undefined;
		for (;;) {
			const page: Result<ParsedAnswerOf<typeof listRefs>, CallApiFailure> = await this.#call(listRefs, {
				workspace,
				...(after !== undefined && { after })
			});
			if (!page.ok) return page;
			const wire = page.value.refs.find((ref) => ref.space === space && ref.token === this.#opener.token);
			if (wire) return this.#recordsOf(wire.record);
			if (page.value.next === null) return err({ kind: 'no-dataset' });
			after = page.value.next;
		}
	}

	async #recordsOf(
		record: string
	): Read<SpaceRecords & { readonly state: NonNullable<SpaceRecords['state']>; readonly seq: number }> {
		const parsed = parseRef(fromBase64Url(record) ?? new Uint8Array());
		if (!parsed.ok) return parsed;
		const { ref } = parsed.value;
		const { workspace, space } = this.#key;
		const { epoch } = this.#opener;
		if (ref.workspace !== workspace || ref.space !== space) return broken('content');
		if (ref.epoch > epoch) return err({ kind: 'read-key-ended', epoch, datasetEpoch: ref.epoch, next: ENDED_NEXT });
		// Under a key of before, whoever was removed could seal.
		if (ref.epoch < epoch) return broken('epoch');
		if (ref.seq < this.#seenSeq) return err({ kind: 'rolled-back', seenSeq: this.#seenSeq, shownSeq: ref.seq });
		const head = await this.#opener.open('head', ref.head.id, ref.head.bytes);
		if (!head.ok) return head;
		const plain = await this.#open('records', new TextDecoder().decode(head.value));
		if (!plain.ok) return plain;
		const records = parseRecords(plain.value);
		if (!records.ok) return records;
		this.#seenSeq = ref.seq;
		const { state, objects } = records.value;
		return state ? ok({ state, objects, seq: ref.seq }) : err({ kind: 'no-dataset' });
	}

	async #open(type: ObjectType, id: string): Read<Uint8Array<ArrayBuffer>> {
		const { workspace, space } = this.#key;
		const got = await this.#call(getObject, { workspace, space, id });
		return got.ok ? this.#opener.open(type, id, got.value) : got;
	}

	#call<E extends Endpoint>(endpoint: E, input: RequestOf<E>): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
		return callEdge(endpoint, input, this.#key.token, this.#options);
	}
}
