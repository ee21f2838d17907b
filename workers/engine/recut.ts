// Writes rows of Parquet files once more, as files of one row group each that end where they are told to.
import { segmentParquet } from '#core/parquet/writer.ts';
import { invariant } from '#core/result.ts';
import { heldTableSql } from '#core/sql/held.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import type { WriterSettings } from '#core/version/layout.ts';
import type { Column } from '#core/version/version.ts';
import type { WrittenTable } from './api.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';

type Files = WrittenTable['files'];

/** The files of `table`, each of as many rows as `rowCounts` says, in order; those count all rows of the table. */
export async function recut(
	duck: Duck,
	table: Pick<WrittenTable, 'files' | 'schema'>,
	rowCounts: readonly number[],
	writer: WriterSettings,
	job: Job
): Promise<Files> {
	const names = table.files.map(({ blob }) => {
		const name = `${duck.freshName()}.parquet`;
		duck.registerBlob(name, blob);
		return name;
	});
	const all = table.files.reduce((sum, file) => sum + file.rowCount, 0);
	const held = heldTableSql(duck.freshName());
	const sizeBytes = table.files.reduce((sum, { blob }) => sum + blob.size, 0);
	const isHeld = all * table.schema.length <= HELD_CELLS && sizeBytes <= HELD_FILE_BYTES && rowCounts.length > 1;
	try {
		if (isHeld) await hold(duck, { held, names, schema: table.schema }, job);
		const files: Files[number][] = [];
		let start = 0;
		for (const rowCount of rowCounts) {
			const end = start + rowCount;
			const rows = isHeld
				? heldRowsSql(held, table.schema, start, end)
				: rowsSql(rangesOf(table.files, start, end), names, table.schema);
			files.push({ rowCount, blob: await writeOne(duck, rows, segmentParquet(writer, rowCount), job) });
			start = end;
		}
		invariant(start === all, 'the counts are of all rows');
		return files;
	} finally {
		if (isHeld) await duck.using((connection) => void duck.db.runQuery(connection, `DROP TABLE IF EXISTS ${held}`));
		for (const name of names) duck.db.dropFile(name);
	}
}

/** Read into memory once, ranges of a table cost no look at a file. Texts may take ten times what they take in the files. */
const HELD_CELLS = 16_000_000;
const HELD_FILE_BYTES = 48 * 1024 * 1024;

type Held = { readonly held: string; readonly names: readonly string[]; readonly schema: readonly Column[] };

async function hold(duck: Duck, { held, names, schema }: Held, job: Job): Promise<void> {
	const cells = schema.map(({ name }, index) => `${quoteName(name)} AS c${index}`);
	const list = names.map(quoteText).join(', ');
	const sql = `CREATE TABLE ${held} AS SELECT row_number() OVER () - 1 AS r, ${cells.join(', ')} FROM read_parquet([${list}])`;
	await duck.using((connection) => duck.execute(connection, sql, job));
}

function heldRowsSql(held: string, schema: readonly Column[], from: number, to: number): string {
	const cells = schema.map(({ name }, index) => `c${index} AS ${quoteName(name)}`);
	return `SELECT ${cells.join(', ')} FROM ${held} WHERE r >= ${from} AND r < ${to}`;
}

type FileRows = { readonly file: number; readonly from: number; readonly to: number };

function rangesOf(files: Files, start: number, end: number): readonly FileRows[] {
	const ranges: FileRows[] = [];
	let first = 0;
	for (const [file, { rowCount }] of files.entries()) {
		const from = Math.max(start - first, 0);
		const to = Math.min(end - first, rowCount);
		if (from < to) ranges.push({ file, from, to });
		first += rowCount;
	}
	return ranges;
}

/**
 * Rows of ranges, in order.
 *
 * Note: COPY writes the branches of a UNION ALL in any order, each as row groups of its own; sorted, they are one.
 */
function rowsSql(ranges: readonly FileRows[], names: readonly string[], schema: readonly Column[]): string {
	const cells = schema.map((_column, index) => `c${index}`);
	const parts = ranges.map(
		(range, part) => `SELECT ${part}, * FROM ${rangeSql(range, names[range.file] ?? '', schema)}`
	);
	const shown = schema.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ');
	const all = `FROM (${parts.join(' UNION ALL ')}) AS t(part, r, ${cells.join(', ')})`;
	return `SELECT ${shown} ${all}${ranges.length > 1 ? ' ORDER BY part, r' : ''}`;
}

/** The rows with their number first. It prunes row groups, and is a column: a table may have a column of that name. */
function rangeSql({ from, to }: FileRows, file: string, schema: readonly Column[]): string {
	const columns = schema.map(({ name }) => quoteName(name)).join(', ');
	return schema.some(({ name }) => name.toLowerCase() === 'file_row_number')
		? `(SELECT row_number() OVER (), ${columns} FROM read_parquet(${quoteText(file)}) LIMIT ${to - from} OFFSET ${from})`
		: `(SELECT file_row_number, ${columns} FROM read_parquet(${quoteText(file)}, file_row_number = true)
			WHERE file_row_number >= ${from} AND file_row_number < ${to})`;
}

async function writeOne(duck: Duck, rows: string, settings: string, job: Job): Promise<Blob> {
	const name = `${duck.freshName()}.parquet`;
	const options = `${settings}, USE_TMP_FILE false`;
	try {
		await duck.using((connection) =>
			duck.execute(connection, `COPY (${rows}) TO ${quoteText(name)} (${options})`, job)
		);
		return new Blob([duck.db.copyFileToBuffer(name) as Uint8Array<ArrayBuffer>], {
			type: 'application/vnd.apache.parquet'
		});
	} finally {
		duck.db.dropFile(name);
	}
}
