// How Weir writes Parquet. Equal rows must give equal bytes for ever, or versions stop sharing parts.
import { USUAL_WRITER, type WriterSettings } from '../version/layout.ts';

/**
 * DuckDB's COPY options for everything that is stored. Bloom filters stand outside the column chunks and are left out.
 * A test holds the bytes they give, for each setting: an engine that writes others is a new writer.
 */
export const STORED_PARQUET = storedParquet(USUAL_WRITER);

/** The same under other settings; what is as the engine does it by itself is not said: it gives dictionaries up to a fifth of the rows. */
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

/**
 * Of a segment that was cut at a key, all its rows in one row group. Short as it is, a dictionary is wanted up to half of the rows: a
 * filter reads a text that has one once a value, not once a row.
 */
export function segmentParquet(settings: WriterSettings, rowCount: number): string {
	const dictionary = settings.dictionary === 'auto' ? Math.floor(rowCount / 2) : settings.dictionary;
	return storedParquet({ ...settings, segmentRows: rowCount, dictionary });
}
