// Cuts Parquet that a worker wrote into segments and parts, each named by its content.
import { inBatches } from '#core/batches.ts';
import { encodeCanonical } from '#core/encoding.ts';
import { packId, partId, type PackId, type PartId } from '#core/ids.ts';
import {
	TRAILER_BYTES,
	columnOfChunks,
	footerLength,
	parseParquet,
	spliceShells,
	type ColumnSource,
	type ParquetFile
} from '#core/parquet/parquet-file.ts';
import { BrokenThrift } from '#core/parquet/thrift.ts';
import { err, invariant, ok, type Result } from '#core/result.ts';
import { planPacks, type Piece } from '#core/version/pack.ts';
import { nameSegment, treeOf, unpatched, type ChunkRef, type Segment } from '#core/version/segment.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { keyedHash } from '#lib/crypto/hash.ts';
import type { CutTable, CutterApi, Packed, Part } from './api.ts';

/** Row groups: enough that no hash waits for another, few enough that their bytes are read while the last are hashed. */
const HASHED_AT_ONCE = 2;

export function createCutter(): CutterApi {
	return {
		cut: (files, key) => readable(() => cutTable(files, key)),
		splice: (kept, columns, files, key) => readable(() => spliceTable(kept, columns, files, key)),
		pack: async (parts, key) => ok(await packParts(parts, key))
	};
}

async function readable(work: () => Promise<CutTable>): Promise<Result<CutTable, StoreFailure>> {
	try {
		return ok(await work());
	} catch (thrown) {
		if (!(thrown instanceof BrokenThrift)) throw thrown;
		return err({ kind: 'storage-unavailable', reason: `a stored file is damaged: ${thrown.message}` });
	}
}

async function spliceTable(
	kept: Pick<CutTable['tree'], 'shell'> & Pick<CutTable, 'segments'>,
	columns: readonly ColumnSource[],
	files: readonly Blob[],
	key: CryptoKey
): Promise<CutTable> {
	const written = files.length > 0 ? await cutTable(files, key) : null;
	const shell = spliceShells(kept.shell, written?.tree.shell ?? null, columns);
	const owners = { kept: columnOfChunks(kept.shell), written: written ? columnOfChunks(written.tree.shell) : [] };
	const segments = await Promise.all(
		kept.segments.map((segment, at) => {
			const groups = { kept: segment, written: written?.segments[at] };
			invariant(!written || groups.written?.rowCount === segment.rowCount, 'columns are written segment by segment');
			const chunks = columns.flatMap(
				({ from, column }) => groups[from]?.chunks.filter((_chunk, chunk) => owners[from][chunk] === column) ?? []
			);
			return nameSegment({ rowCount: segment.rowCount, chunks }, (bytes) => keyedHash(key, bytes));
		})
	);
	return { tree: treeOf(shell, segments.map(unpatched)), segments, parts: written?.parts ?? [] };
}

async function cutTable(files: readonly Blob[], key: CryptoKey): Promise<CutTable> {
	const segments: Segment[] = [];
	const parts: Part[] = [];
	let shell: ParquetFile['shell'] | null = null;
	for (const blob of files) {
		const bytes = new Uint8Array(await blob.arrayBuffer());
		const file = parseParquet(footerOf(bytes));
		shell ??= file.shell;
		for (const some of inBatches(file.groups, HASHED_AT_ONCE)) {
			const groups = await Promise.all(some.map((group) => nameGroup(group, bytes, key)));
			for (const { segment, places } of groups) {
				segments.push(segment);
				for (const { id, startByte, sizeBytes } of places) parts.push({ id, file: blob, startByte, sizeBytes });
			}
		}
	}
	invariant(shell, 'a written table has a file, which carries its schema');
	return { tree: treeOf(shell, segments.map(unpatched)), segments, parts };
}

async function nameGroup(
	{ rowCount, chunks }: ParquetFile['groups'][number],
	file: Uint8Array<ArrayBuffer>,
	key: CryptoKey
) {
	const places = await Promise.all(
		chunks.map(async ({ startByte, sizeBytes, meta }) => {
			const hash = await keyedHash(key, file.subarray(startByte, startByte + sizeBytes));
			return { id: partId(hash), startByte, sizeBytes, meta };
		})
	);
	const refs = places.map(({ id, sizeBytes, meta }): ChunkRef => ({ part: id, sizeBytes, meta }));
	const segment = await nameSegment({ rowCount, chunks: refs }, (bytes) => keyedHash(key, bytes));
	return { segment, places };
}

function footerOf(file: Uint8Array): Uint8Array {
	const length = footerLength(file.subarray(-TRAILER_BYTES));
	if (length === null || length + TRAILER_BYTES > file.length) throw new BrokenThrift('a file has no Parquet footer');
	return file.subarray(file.length - TRAILER_BYTES - length, file.length - TRAILER_BYTES);
}

async function packParts(parts: readonly Part[], key: CryptoKey): Promise<Packed> {
	const byId = new Map(parts.map((part) => [part.id, part]));
	const packs = new Map<PackId, Blob>();
	const pieces = new Map<PartId, Piece[]>();
	for (const { runs } of planPacks(parts)) {
		const id = packId(await keyedHash(key, encodeCanonical(runs)));
		const ranges: FileRange[] = [];
		let startByte = 0;
		for (const run of runs) {
			const part = byId.get(run.part);
			invariant(part, 'packs are planned from these parts');
			addRange(ranges, { file: part.file, startByte: part.startByte + run.startByte, sizeBytes: run.sizeBytes });
			const piece = { pack: id, startByte, sizeBytes: run.sizeBytes };
			pieces.set(run.part, [...(pieces.get(run.part) ?? []), piece]);
			startByte += run.sizeBytes;
		}
		packs.set(
			id,
			new Blob(ranges.map((range) => range.file.slice(range.startByte, range.startByte + range.sizeBytes)))
		);
	}
	return { packs, places: [...pieces].map(([id, of]) => ({ id, pieces: of })) };
}

type FileRange = Omit<Part, 'id'>;

/** Ranges that touch become one: each slice of a Blob costs the browser most of a millisecond. */
function addRange(ranges: FileRange[], range: FileRange): void {
	const last = ranges.at(-1);
	if (last?.file === range.file && last.startByte + last.sizeBytes === range.startByte)
		ranges[ranges.length - 1] = { ...last, sizeBytes: last.sizeBytes + range.sizeBytes };
	else ranges.push(range);
}
