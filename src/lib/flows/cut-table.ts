// Cuts Parquet that a worker wrote into segments and parts, each named by its content.
import { inBatches } from '../core/batches.ts';
import { encodeCanonical } from '../core/encoding.ts';
import { partId, segmentId } from '../core/ids.ts';
import { TRAILER_BYTES, footerLength, parseParquet, type ParquetFile } from '../core/parquet/parquet-file.ts';
import { BrokenThrift } from '../core/parquet/thrift.ts';
import { invariant } from '../core/result.ts';
import { segmentContent, type ChunkRef, type Segment } from '../core/version/segment.ts';
import type { TableTree } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';

/** Row groups: enough that no hash waits for another, few enough that the page goes on. */
const HASHED_AT_ONCE = 2;

export type CutTable = {
	readonly tree: TableTree;
	readonly segments: readonly Segment[];
	/** In the order of the rows; a part that is there twice is named twice. */
	readonly parts: readonly Part[];
};

/** A column chunk's bytes: where they are in a written file. */
export type Part = {
	readonly id: ChunkRef['part'];
	readonly file: Blob;
	readonly startByte: number;
	readonly sizeBytes: number;
};

/**
 * Nothing is stored. Bytes are read one file at a time.
 *
 * Fails: throws BrokenThrift when a file is no Parquet
 */
export async function cutTable(
	table: Pick<WrittenTable, 'files'>,
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash'>
): Promise<CutTable> {
	const segments: Segment[] = [];
	const parts: Part[] = [];
	let shell: ParquetFile['shell'] | null = null;
	for (const { blob } of table.files) {
		const bytes = new Uint8Array(await blob.arrayBuffer());
		const file = parseParquet(footerOf(bytes));
		shell ??= file.shell;
		for (const some of inBatches(file.groups, HASHED_AT_ONCE)) {
			const groups = await Promise.all(some.map((group) => nameGroup(group, bytes, key, effects)));
			for (const { segment, places } of groups) {
				segments.push(segment);
				for (const { id, startByte, sizeBytes } of places) parts.push({ id, file: blob, startByte, sizeBytes });
			}
		}
	}
	invariant(shell, 'a written table has a file, which carries its schema');
	return { tree: treeOf(shell, segments), segments, parts };
}

async function nameGroup(
	{ rowCount, chunks }: ParquetFile['groups'][number],
	file: Uint8Array<ArrayBuffer>,
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash'>
) {
	const places = await Promise.all(
		chunks.map(async ({ startByte, sizeBytes, meta }) => {
			const hash = await effects.keyedHash(key, file.subarray(startByte, startByte + sizeBytes));
			return { id: partId(hash), startByte, sizeBytes, meta };
		})
	);
	const refs = places.map(({ id, sizeBytes, meta }): ChunkRef => ({ part: id, sizeBytes, meta }));
	return { segment: await nameSegment({ rowCount, chunks: refs }, key, effects), places };
}

export async function nameSegment(
	content: Omit<Segment, 'id'>,
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash'>
): Promise<Segment> {
	return { ...content, id: segmentId(await effects.keyedHash(key, encodeCanonical(segmentContent(content)))) };
}

export function treeOf(shell: ParquetFile['shell'], segments: readonly Segment[]): TableTree {
	return {
		rowCount: segments.reduce((sum, { rowCount }) => sum + rowCount, 0),
		sizeBytes: segments.reduce((sum, { chunks }) => sum + chunks.reduce((size, chunk) => size + chunk.sizeBytes, 0), 0),
		shell,
		segments: segments.map(({ id, rowCount }) => ({ id, rowCount }))
	};
}

function footerOf(file: Uint8Array): Uint8Array {
	const length = footerLength(file.subarray(-TRAILER_BYTES));
	if (length === null || length + TRAILER_BYTES > file.length) throw new BrokenThrift('a file has no Parquet footer');
	return file.subarray(file.length - TRAILER_BYTES - length, file.length - TRAILER_BYTES);
}
