// Brings a file from its store: all of it, or of Parquet only the columns and row groups that are wanted.
import type { Failure } from '../core/failure.ts';
import { isParquet } from '../core/ingest/partitioned-folder.ts';
import { footerLength, MAGIC, TRAILER_BYTES } from '../core/parquet/parquet-file.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileFacts } from '../core/source/files/file-facts.ts';
import { pruneParquet, type ByteRange, type PrunedParquet } from '../core/source/files/pruned-parquet.ts';
import type { RowFilter } from '../core/source/row-filter.ts';
import type { FileStore } from './file-store.ts';

export type WantedRows = {
	/** Null is all. */
	readonly columns: readonly string[] | null;
	readonly filters: readonly RowFilter[];
};

export type FetchedFile = {
	readonly path: string;
	/** Parquet that was pruned is Parquet again. */
	readonly blob: Blob;
	/** False where no row can be wanted. */
	readonly mayHoldRows: boolean;
};

/** What is read of an end first: most footers are in it. */
const TAIL_BYTES = 64 * 1024;
/** A smaller file is read at once. */
const WHOLE_BYTES = 256 * 1024;
const SAMPLE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 10;
const FOOTER_MAX_BYTES = 16 * 1024 * 1024;

export async function fetchFile(
	store: FileStore,
	file: FileFacts,
	wanted: WantedRows
): Promise<Result<FetchedFile, Failure>> {
	const { columns, filters } = wanted;
	const isPruned = isParquet(file.path) && (columns !== null || filters.length > 0);
	if (!isPruned || file.sizeBytes === null || file.sizeBytes <= WHOLE_BYTES) return whole(store, file);
	const footer = await footerOf(store, file, file.sizeBytes);
	if (!footer.ok) return footer;
	if (footer.value instanceof Blob) return ok({ path: file.path, blob: footer.value, mayHoldRows: true });
	const pruned = pruneParquet({ footer: footer.value, sizeBytes: file.sizeBytes, columns, filters });
	if ('problem' in pruned) {
		if (pruned.problem === 'unknown-column') return err({ kind: 'file-column', file: file.path, ...pruned });
		return whole(store, file);
	}
	return chunksOf(store, file, pruned);
}

/** Enough of a file to say what is in it: of long text alone its first lines. */
export async function sampleFile(
	store: FileStore,
	file: FileFacts,
	wanted: WantedRows
): Promise<Result<FetchedFile, Failure>> {
	const isLong = file.sizeBytes !== null && file.sizeBytes > SAMPLE_BYTES;
	if (!isLong || !/\.(csv|tsv|tab|psv|txt|ndjson|jsonl)$/i.test(file.path)) return fetchFile(store, file, wanted);
	const read = await store.bytes(file, { startByte: 0, endByte: SAMPLE_BYTES });
	if (!read.ok) return read;
	const bytes = new Uint8Array(await read.value.blob.slice(0, SAMPLE_BYTES).arrayBuffer());
	const end = bytes.lastIndexOf(LINE_FEED) + 1;
	return ok({ path: file.path, blob: new Blob([end > 0 ? bytes.subarray(0, end) : bytes]), mayHoldRows: true });
}

async function whole(store: FileStore, file: FileFacts): Promise<Result<FetchedFile, Failure>> {
	const read = await store.bytes(file, null);
	return read.ok ? ok({ path: file.path, blob: read.value.blob, mayHoldRows: true }) : read;
}

/** A Blob is the whole file, where the store gave that. */
async function footerOf(
	store: FileStore,
	file: FileFacts,
	sizeBytes: number
): Promise<Result<Uint8Array | Blob, Failure>> {
	const read = async (startByte: number): Promise<Result<Uint8Array | Blob, Failure>> => {
		const tail = await store.bytes(file, { startByte, endByte: sizeBytes });
		if (!tail.ok) return tail;
		return ok(tail.value.isWhole ? tail.value.blob : new Uint8Array(await tail.value.blob.arrayBuffer()));
	};
	const tail = await read(sizeBytes - TAIL_BYTES);
	if (!tail.ok || tail.value instanceof Blob) return tail;
	const length = footerLength(tail.value.slice(-TRAILER_BYTES));
	if (length !== null && length > FOOTER_MAX_BYTES)
		return err({ kind: 'too-large', source: file.path, limit: '16 MB of Parquet footer' });
	if (length === null || length + TRAILER_BYTES + MAGIC.length > sizeBytes)
		return err({ kind: 'file-unreadable', source: store.source, file: file.path, reason: 'it is no whole Parquet' });
	if (length + TRAILER_BYTES <= tail.value.length) return ok(tail.value.slice(-TRAILER_BYTES - length, -TRAILER_BYTES));
	const more = await read(sizeBytes - TRAILER_BYTES - length);
	return !more.ok || more.value instanceof Blob ? more : ok(more.value.slice(0, -TRAILER_BYTES));
}

async function chunksOf(
	store: FileStore,
	file: FileFacts,
	{ ranges, chunks, tail, rowCount }: PrunedParquet
): Promise<Result<FetchedFile, Failure>> {
	const read: { readonly range: ByteRange; readonly blob: Blob }[] = [];
	for (const range of ranges) {
		const bytes = await store.bytes(file, range);
		if (!bytes.ok) return bytes;
		const { blob, isWhole } = bytes.value;
		read.push({ range, blob: isWhole ? blob.slice(range.startByte, range.endByte) : blob });
	}
	const pieces = chunks.flatMap(({ startByte, endByte }) => {
		const within = read.find(({ range }) => range.startByte <= startByte && endByte <= range.endByte);
		return within ? [within.blob.slice(startByte - within.range.startByte, endByte - within.range.startByte)] : [];
	});
	return ok({ path: file.path, blob: new Blob([MAGIC, ...pieces, tail]), mayHoldRows: rowCount > 0 });
}
