// Writes rows of Parquet files once more, as files of one row group each that end where they are told to.
import { storedParquet } from '#core/parquet/writer.ts';
import { invariant } from '#core/result.ts';
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
	try {
		const files: Files[number][] = [];
		let start = 0;
		for (const rowCount of rowCounts) {
			const ranges = rangesOf(table.files, start, start + rowCount);
			const rows = rowsSql(ranges, names, table.schema);
			files.push({ rowCount, blob: await writeOne(duck, rows, { ...writer, segmentRows: rowCount }, job) });
			start += rowCount;
		}
		invariant(start === table.files.reduce((sum, file) => sum + file.rowCount, 0), 'the counts are of all rows');
		return files;
	} finally {
		for (const name of names) duck.db.dropFile(name);
	}
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

async function writeOne(duck: Duck, rows: string, writer: WriterSettings, job: Job): Promise<Blob> {
	const name = `${duck.freshName()}.parquet`;
	const options = `${storedParquet(writer)}, USE_TMP_FILE false`;
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
