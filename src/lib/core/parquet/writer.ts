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
		...(dictionary === 'auto' ? [] : [`DICTIONARY_SIZE_LIMIT ${dictionary === 'off' ? 0 : dictionary}`]),
		...(encoding === 'delta' ? ['PARQUET_VERSION V2'] : []),
		'WRITE_BLOOM_FILTER false'
	];
	return options.join(', ');
}
