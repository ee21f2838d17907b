// How Weir writes Parquet. Equal rows must give equal bytes for ever, or versions stop sharing parts.
import { USUAL_WRITER, type WriterSettings } from '../version/layout.ts';

/**
 * DuckDB's COPY options for everything that is stored. Bloom filters stand outside the column chunks and are left out.
 * A test holds the bytes they give, for each setting: an engine that writes others is a new writer.
 */
export const STORED_PARQUET = storedParquet(USUAL_WRITER);

/** The same under other settings; what is as the engine does it by itself is not said. */
export function storedParquet({ codec, level, segmentRows, dictionary, encoding }: WriterSettings): string {
	const options = [
		'FORMAT parquet',
		`COMPRESSION ${codec}`,
		...(codec === 'zstd' && level !== null ? [`COMPRESSION_LEVEL ${level}`] : []),
		`ROW_GROUP_SIZE ${segmentRows}`,
		`DICTIONARY_SIZE_LIMIT ${dictionaryValues(dictionary, segmentRows)}`,
		...(encoding === 'delta' ? ['PARQUET_VERSION V2'] : []),
		'WRITE_BLOOM_FILTER false'
	];
	return options.join(', ');
}

/**
 * Distinct values of a column in a segment up to which it gets a dictionary. The engine's own limit, a fifth of the rows, is meant
 * for longer row groups: a filter reads a text with a dictionary once a value, not once a row.
 */
function dictionaryValues(dictionary: WriterSettings['dictionary'], segmentRows: number): number {
	if (dictionary === 'auto') return Math.floor(segmentRows / 2);
	return dictionary === 'off' ? 0 : dictionary;
}
