// How Weir writes Parquet. Equal rows must give equal bytes for ever, or versions stop sharing parts.
import { SEGMENT_ROWS } from '../version/segment.ts';

/**
 * DuckDB's COPY options for everything that is stored. Bloom filters stand outside the column chunks and are left out.
 * A test holds the bytes they give: an engine that writes others is a new writer.
 */
export const STORED_PARQUET = storedParquet(SEGMENT_ROWS);

/** The same, with at most so many rows in a row group. */
export function storedParquet(groupRows: number): string {
	return `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows}, WRITE_BLOOM_FILTER false`;
}
