// A row segment: one Parquet row group, whose column chunks are parts that versions share.
import { encodeCanonical, type Encodable } from '../encoding.ts';
import { segmentId, type PartId, type SegmentId } from '../ids.ts';
import type { Chunk, RowGroup } from '../parquet/parquet-file.ts';

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
