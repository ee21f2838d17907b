// How Weir writes Parquet. Equal rows must give equal bytes for ever, or versions stop sharing parts.
import { USUAL_WRITER, type WriterSettings } from '../version/layout.ts';

/**
 * DuckDB's COPY options for everything that is stored. Bloom filters stand outside the column chunks and are left out.
 * A test holds the bytes they give, for each setting: an engine that writes others is a new writer.
 */
export const STORED_PARQUET = storedParquet(USUAL_WRITER);

/**
 * The same under other settings; what is as the engine does it by itself is not said.
 *
 * `auto` gives a column of a segment a dictionary up to half as many values as a full segment has rows. The engine's own limit, a fifth
 * of the rows, is meant for longer row groups: a filter reads a text with a dictionary once a value, not once a row.
 */
export function storedParquet(settings: WriterSettings): string {
	return optionsOf(settings, settings.segmentRows, Math.floor(settings.segmentRows / 2));
}

/** Of a segment whose length is known, all its rows in one row group. */
export function segmentParquet(settings: WriterSettings, rowCount: number): string {
	return storedParquet({ ...settings, segmentRows: rowCount });
}

/**
 * Of many short files at once, none longer than `rowsMax`. `auto` is the engine's own limit there: it makes room for as many values as it is
 * told of, in each column of each file.
 */
export function patchParquet(settings: WriterSettings, rowsMax: number): string {
	return optionsOf(settings, rowsMax, null);
}

/**
 * Whether rows that were written without knowing how many there are have to be written once more as a segment of their own: up to half of a
 * full segment's rows, every column of a short table would get a dictionary, also one whose values all differ.
 */
export function isShort({ segmentRows, dictionary }: WriterSettings, rowCount: number): boolean {
	return dictionary === 'auto' && rowCount > 0 && rowCount < segmentRows;
}

function optionsOf(
	{ codec, level, dictionary, encoding }: WriterSettings,
	groupRows: number,
	autoMax: number | null
): string {
	const dictionaryMax = dictionary === 'auto' ? autoMax : dictionary === 'off' ? 0 : dictionary;
	const options = [
		'FORMAT parquet',
		`COMPRESSION ${codec}`,
		...(codec === 'zstd' && level !== null ? [`COMPRESSION_LEVEL ${level}`] : []),
		`ROW_GROUP_SIZE ${groupRows}`,
		...(dictionaryMax === null ? [] : [`DICTIONARY_SIZE_LIMIT ${dictionaryMax}`]),
		...(encoding === 'delta' ? ['PARQUET_VERSION V2'] : []),
		'WRITE_BLOOM_FILTER false'
	];
	return options.join(', ');
}
