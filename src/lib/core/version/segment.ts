// A row segment: one Parquet row group, whose column chunks are parts that versions share.
import { encodeCanonical, type Encodable } from '../encoding.ts';
import { segmentId, type PartId, type SegmentId } from '../ids.ts';
import type { Chunk, RowGroup } from '../parquet/parquet-file.ts';
import type { TableTree } from './version.ts';

/** Rows of a segment where no key says where to cut. A commit rewrites whole segments, a reader opens whole ones. */
export const SEGMENT_ROWS = 16_384;

export type ChunkRef = Chunk & { readonly part: PartId };

export type Segment = RowGroup<ChunkRef> & { readonly id: SegmentId };

/** What a segment's id is the hash of. */
export function segmentContent({ rowCount, chunks }: RowGroup<ChunkRef>): Encodable {
	return { rowCount, chunks: chunks.map(({ part, sizeBytes, meta }) => [part, sizeBytes, meta]) };
}

/** Gives a segment its id: the hash of its content. */
export async function nameSegment(
	content: RowGroup<ChunkRef>,
	hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
): Promise<Segment> {
	const { rowCount, chunks } = content;
	return { rowCount, chunks, id: segmentId(await hash(encodeCanonical(segmentContent(content)))) };
}

/** A segment as a table has it: with its patch, and as many rows as that leaves. */
export type TableSegment = { readonly base: Segment; readonly patch: Segment | null; readonly rowCount: number };

export function unpatched(base: Segment): TableSegment {
	return { base, patch: null, rowCount: base.rowCount };
}

/** The tree of segments, whose writer `shell` tells of. */
export function treeOf(shell: TableTree['shell'], segments: readonly TableSegment[]): TableTree {
	return {
		rowCount: segments.reduce((sum, { rowCount }) => sum + rowCount, 0),
		sizeBytes: storedSegments(segments).reduce((sum, segment) => sum + sizeOf(segment), 0),
		shell,
		segments: segments.map(({ base, patch, rowCount }) => ({
			id: base.id,
			rowCount,
			...(patch ? { patch: { id: patch.id, rowCount: patch.rowCount } } : {})
		}))
	};
}

/** Segments and patches. */
export function storedSegments(segments: readonly TableSegment[]): readonly Segment[] {
	return segments.flatMap(({ base, patch }) => (patch ? [base, patch] : [base]));
}

export function sizeOf({ chunks }: Segment): number {
	return chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
