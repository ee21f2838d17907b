// Folder names of a hive-partitioned table: `country=DE/day=2026-03-01`. Written and read as Hive, Spark and DuckDB do.

/** Stands for NULL, in Hive, Spark and here. */
export const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__';

/** What DuckDB writes for NULL; it reads any spelling of it as NULL, and HIVE_NULL as a text up to version 1.4. */
const DUCKDB_NULL = 'NULL';

/** Most file systems hold no longer name. */
export const FOLDER_NAME_MAX_BYTES = 255;

export type PartitionValue = { readonly column: string; readonly text: string | null };

/**
 * `column=value`, both percent-encoded: letters, digits and `_-~.` stay, as DuckDB's COPY … PARTITION_BY leaves them.
 *
 * A text that a reader would take for NULL has its first character encoded too; readers compare before they decode.
 * So has the last dot of a name that Windows would cut off or Chromium refuses to make, as of `Acme Inc.` and `a.local`.
 */
export function hiveFolder({ column, text }: PartitionValue): string {
	return `${encode(column)}=${text === null ? HIVE_NULL : encodeText(text)}`;
}

/** The same with every letter of the value encoded: for a file system that takes `DE` and `de` for one name. */
export function caselessHiveFolder({ column, text }: PartitionValue): string {
	const letters = /%[0-9A-F]{2}|[A-Za-z]/g;
	const value =
		text === null ? HIVE_NULL : encode(text).replace(letters, (found) => (found.length > 1 ? found : hex(found)));
	return `${encode(column)}=${value}`;
}

/** Null for a folder that names no partition. */
export function parseHiveFolder(folder: string): PartitionValue | null {
	const mark = folder.indexOf('=');
	if (mark <= 0) return null;
	const value = folder.slice(mark + 1);
	return { column: decode(folder.slice(0, mark)), text: isNull(value) ? null : decode(value) };
}

/** Of a file's path, the partitions its folders name, the outermost first. */
export function partitionsOf(path: string): readonly PartitionValue[] {
	return path
		.split('/')
		.slice(0, -1)
		.flatMap((folder) => parseHiveFolder(folder) ?? []);
}

function isNull(value: string): boolean {
	return value === HIVE_NULL || value === DUCKDB_NULL;
}

function encodeText(text: string): string {
	const encoded = encode(text).replace(/\.(?=(lnk|local|scf|url)?$)/i, '%2E');
	if (encoded !== HIVE_NULL && encoded.toUpperCase() !== DUCKDB_NULL) return encoded;
	return hex(encoded) + encoded.slice(1);
}

/** Of the first character, which is ASCII. */
function hex(text: string): string {
	return `%${text.charCodeAt(0).toString(16).toUpperCase()}`;
}

function encode(text: string): string {
	// A lone half of a surrogate pair has no UTF-8.
	return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, hex);
}

/** A percent sign that begins no valid sequence stands for itself: not every writer encodes. */
function decode(text: string): string {
	return text.replace(/(%[0-9a-f]{2})+/gi, (sequence) => {
		try {
			return decodeURIComponent(sequence);
		} catch (error) {
			if (error instanceof URIError) return sequence;
			throw error;
		}
	});
}
