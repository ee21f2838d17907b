// Which files a partitioned export writes, and the SQL of each: decided before the first byte is written.
import { err, ok, type Result } from '../result.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { caselessHiveFolder, FOLDER_NAME_MAX_BYTES, hiveFolder } from './hive-path.ts';
import { isPartitionType } from './partition-types.ts';

/** More files than this choke file dialogs, archives and readers; it is nearly always a column that tells rows apart. */
export const PARTITION_FILES_MAX = 5000;

export type PartitionFailure =
	| { readonly kind: 'unknown-column'; readonly column: string }
	| { readonly kind: 'cannot-partition'; readonly column: string; readonly why: 'type' | 'no-other-column' }
	| {
			readonly kind: 'too-many-partitions';
			readonly columns: readonly string[];
			readonly partitionCount: number;
			readonly fileCount: number;
			readonly limit: number;
	  }
	| { readonly kind: 'partition-too-long'; readonly column: string; readonly limitBytes: number };

/** The values of the partition columns as DuckDB's texts, in their order. */
export type Partition = { readonly values: readonly (string | null)[]; readonly rowCount: number };

export type PlannedFile = {
	readonly path: string;
	readonly values: readonly (string | null)[];
	/** Among the rows of its partition. */
	readonly startRow: number;
	/** Among all rows, when each partition's are together. */
	readonly clusteredRow: number;
	readonly rowCount: number;
};

/** The schema's columns that were named, in the order they were named. */
export function choosePartitionColumns(
	names: readonly string[],
	schema: readonly Column[]
): Result<readonly Column[], PartitionFailure> {
	const chosen: Column[] = [];
	for (const name of new Set(names)) {
		const column = schema.find((candidate) => candidate.name === name);
		if (!column) return err({ kind: 'unknown-column', column: name });
		if (!isPartitionType(column.type)) return err({ kind: 'cannot-partition', column: name, why: 'type' });
		chosen.push(column);
	}
	const last = chosen.at(-1);
	if (last && chosen.length === schema.length)
		return err({ kind: 'cannot-partition', column: last.name, why: 'no-other-column' });
	return ok(chosen);
}

/** Null when the count is within the limit. */
export function tooManyPartitions(
	columns: readonly Column[],
	partitionCount: number,
	fileCount = partitionCount
): PartitionFailure | null {
	if (fileCount <= PARTITION_FILES_MAX) return null;
	const names = columns.map(({ name }) => name);
	return { kind: 'too-many-partitions', columns: names, partitionCount, fileCount, limit: PARTITION_FILES_MAX };
}

/** A table without rows is one file in the folder of NULL, so that its columns are kept. */
export function planFiles(
	columns: readonly Column[],
	partitions: readonly Partition[],
	rowsPerFile: number
): Result<readonly PlannedFile[], PartitionFailure> {
	const fileCount = partitions.reduce((sum, { rowCount }) => sum + Math.ceil(rowCount / rowsPerFile), 0);
	const tooMany = tooManyPartitions(columns, partitions.length, fileCount);
	if (tooMany) return err(tooMany);
	if (partitions.length === 0) {
		const values = columns.map(() => null);
		const path = [...columns.map(({ name }) => hiveFolder({ column: name, text: null })), 'part-0.parquet'].join('/');
		return ok([{ path, values, startRow: 0, clusteredRow: 0, rowCount: 0 }]);
	}
	const files: PlannedFile[] = [];
	const names = new FolderNames(columns);
	let clusteredRow = 0;
	for (const { values, rowCount } of partitions) {
		const folders = names.of(values);
		// A folder's name is all ASCII.
		const long = folders.findIndex((folder) => folder.length > FOLDER_NAME_MAX_BYTES);
		if (long >= 0)
			return err({
				kind: 'partition-too-long',
				column: columns[long]?.name ?? '',
				limitBytes: FOLDER_NAME_MAX_BYTES
			});
		for (let startRow = 0, part = 0; startRow < rowCount; startRow += rowsPerFile, part++) {
			const path = [...folders, `part-${part}.parquet`].join('/');
			const rows = Math.min(rowsPerFile, rowCount - startRow);
			files.push({ path, values, startRow, clusteredRow: clusteredRow + startRow, rowCount: rows });
		}
		clusteredRow += rowCount;
	}
	return ok(files);
}

/** Names that stay apart where upper and lower case count the same, as on Windows and macOS. */
class FolderNames {
	readonly #columns: readonly Column[];
	readonly #nameByCaseless = new Map<string, string>();

	constructor(columns: readonly Column[]) {
		this.#columns = columns;
	}

	of(values: Partition['values']): readonly string[] {
		const folders: string[] = [];
		for (const [index, { name }] of this.#columns.entries()) {
			const value = { column: name, text: values[index] ?? null };
			const folder = hiveFolder(value);
			const caseless = [...folders, folder].join('/').toLowerCase();
			const taken = this.#nameByCaseless.get(caseless) ?? folder;
			this.#nameByCaseless.set(caseless, taken);
			folders.push(taken === folder ? folder : caselessHiveFolder(value));
		}
		return folders;
	}
}

/** One row a partition: `v0`, `v1`, … as texts, and `rows`. Row order of a partition is that of the table. */
export function partitionsSql(table: string, columns: readonly Column[]): string {
	const names = columns.map(({ name }) => quoteName(name)).join(', ');
	const texts = columns.map(({ name }, index) => `CAST(${quoteName(name)} AS VARCHAR) AS v${index}`).join(', ');
	return `SELECT ${texts}, CAST(count(*) AS DOUBLE) AS rows FROM ${table} GROUP BY ${names} ORDER BY ${names}`;
}

export function partitionCountSql(table: string, columns: readonly Column[]): string {
	const names = columns.map(({ name }) => quoteName(name)).join(', ');
	return `SELECT CAST(count(*) AS DOUBLE) AS partitions FROM (SELECT DISTINCT ${names} FROM ${table})`;
}

/** The table with each partition's rows together, in the order of `partitionsSql`, and its columns as `c0`, `c1`, …. */
export function clusteredSql(table: string, schema: readonly Column[], columns: readonly Column[]): string {
	const cells = schema.map((_column, index) => `c${index}`);
	const by = columns.map((column) => cells[schema.indexOf(column)]).join(', ');
	return `SELECT ${cells.join(', ')} FROM (SELECT row_number() OVER (), * FROM ${table}) AS rows_(r, ${cells.join(', ')}) ORDER BY ${by}, r`;
}

/** A Parquet file that the engine knows by `name`. */
export type TableFile = { readonly name: string; readonly rowCount: number };

/** The rows of one file from a clustered table; only these are read. */
export function clusteredFileSql(
	files: readonly TableFile[],
	schema: readonly Column[],
	columns: readonly Column[],
	{ clusteredRow, rowCount }: PlannedFile
): string {
	const kept = schema.flatMap((column, index) =>
		columns.includes(column) ? [] : `c${index} AS ${quoteName(column.name)}`
	);
	const endRow = clusteredRow + rowCount;
	const pieces: string[] = [];
	let at = 0;
	for (const file of files) {
		if (at < endRow && at + file.rowCount > clusteredRow)
			pieces.push(`SELECT ${kept.join(', ')} FROM read_parquet(${quoteText(file.name)}, file_row_number = true)
				WHERE file_row_number >= ${Math.max(0, clusteredRow - at)} AND file_row_number < ${endRow - at}`);
		at += file.rowCount;
	}
	return pieces.join(' UNION ALL ');
}

/** The rows of one file, without the columns that its folders tell; costs a look at all rows. */
export function fileSql(
	table: string,
	schema: readonly Column[],
	columns: readonly Column[],
	{ values, startRow, rowCount }: PlannedFile
): string {
	const kept = schema.filter((column) => !columns.includes(column)).map(({ name }) => quoteName(name));
	const matches = columns.map(({ name, type }, index) => {
		const text = values[index] ?? null;
		return text === null ? `${quoteName(name)} IS NULL` : `${quoteName(name)} = CAST(${quoteText(text)} AS ${type})`;
	});
	return `SELECT ${kept.join(', ')} FROM ${table} WHERE ${matches.join(' AND ')} LIMIT ${rowCount} OFFSET ${startRow}`;
}
