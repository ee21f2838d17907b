// Writes a text's rows in a format and hands the bytes on as they come, so that no file is ever held whole.
import { ArrowFileWriter } from '#core/export/arrow-file.ts';
import { copyOptions, csvCell, type CopiedFormat } from '#core/export/copy-sql.ts';
import { defuse } from '#core/export/defuse.ts';
import type { ExportOptions } from '#core/export/format.ts';
import { XLSX_MAX_COLUMNS, type ExcelFailure } from '#core/export/xlsx-file.ts';
import { err, ok, type Result } from '#core/result.ts';
import { batchRowCount, concatBytes } from '#core/sql/arrow-messages.ts';
import { castQuery, selectFrom } from '#core/sql/cast-query.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { quoteText } from '#core/sql/quote.ts';
import { arrowType, parquetType } from '#core/sql/types.ts';
import type { RunInput } from './api.ts';
import { from } from './attempt.ts';
import type { Duck } from './duck.ts';
import { ExcelRows, excelQuery } from './excel.ts';
import { pause, type Job } from './job.ts';
import type { Relations } from './relations.ts';
import { describe, prepare, type Statement } from './statement.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type CopyFailure = SqlFailure | ExcelFailure;
type Outcome = Result<{ readonly rowCount: number }, CopyFailure>;

/** Smaller pieces are gathered: a message a piece would cost more than the copying. */
const CHUNK_BYTES = 1024 * 1024;

export type CopyContext = {
	readonly duck: Duck;
	readonly relations: Relations;
	readonly job: Job;
	/** Awaited, so that a slow taker slows the writer down. */
	readonly give: (bytes: Bytes) => Promise<void>;
};

export function copy(input: RunInput, options: ExportOptions, context: CopyContext): Promise<Outcome> {
	const { duck, relations, job } = context;
	return duck.using(async (connection) => {
		const statement = await prepare(duck, relations, connection, input, job);
		const run = { ...context, connection, statement, options };
		switch (options.format) {
			case 'arrow':
				return copyArrow(run);
			case 'excel':
				return copyExcel(run);
			default:
				return copyWithin(run, options.format);
		}
	});
}

type CopyRun = CopyContext & {
	readonly connection: number;
	readonly statement: Statement;
	readonly options: ExportOptions;
};

/** Formats that DuckDB writes: one COPY into a file whose bytes leave at once. */
async function copyWithin(run: CopyRun, format: CopiedFormat): Promise<Outcome> {
	const { duck, connection, statement, options, job } = run;
	const chunks = new Chunks(run.give);
	const file = duck.freshName();
	duck.registerSink(file, (bytes) => chunks.add(bytes));
	try {
		const around = await columnsAround(run, format, options.formulas);
		const origin = statement.origin(
			`COPY (${around.prefix}`,
			`${around.suffix}) TO ${quoteText(file)} (${copyOptions(format, options)})`
		);
		const rowCount = await from(origin, async () => {
			let header = duck.db.startPendingQuery(connection, origin.sql, true);
			while (!header) {
				await pause();
				await chunks.flush(CHUNK_BYTES);
				if (job.isCancelled) duck.db.cancelPendingQuery(connection);
				header = duck.db.pollPendingQuery(connection);
			}
			return duck.countOf(connection, header as Bytes, job);
		});
		await chunks.flush(0);
		return ok({ rowCount });
	} finally {
		duck.db.dropFile(file);
	}
}

async function columnsAround(
	{ duck, connection, statement, job }: CopyRun,
	format: CopiedFormat,
	formulas: ExportOptions['formulas']
): Promise<{ readonly prefix: string; readonly suffix: string }> {
	if (format === 'parquet') return castQuery(statement.columns, parquetType);
	if (format !== 'csv' || formulas === 'raw') return castQuery(statement.columns, (type) => type);
	// Rows of SHOW and the like are known only as those of a query over them.
	const columns = statement.columns ?? (await describe(duck, connection, `SELECT * FROM (${statement.sql}\n)`, job));
	return selectFrom(columns, csvCell, defuse);
}

async function copyArrow({ duck, connection, statement, job, give }: CopyRun): Promise<Outcome> {
	const { prefix, suffix } = castQuery(statement.columns, arrowType);
	const origin = statement.origin(prefix, suffix);
	return from(origin, async () => {
		const { header, batches } = await duck.start(connection, origin.sql, job);
		const chunks = new Chunks(give);
		const file = new ArrowFileWriter(header);
		let rowCount = 0;
		chunks.add(file.start());
		for await (const batch of batches) {
			file.add(batch);
			rowCount += batchRowCount(batch);
			chunks.add(batch);
			await chunks.flush(CHUNK_BYTES);
		}
		chunks.add(file.end());
		await chunks.flush(0);
		return ok({ rowCount });
	});
}

async function copyExcel({ duck, connection, statement, options, job, give }: CopyRun): Promise<Outcome> {
	const columns = statement.columns ?? (await describe(duck, connection, `SELECT * FROM (${statement.sql}\n)`, job));
	const { prefix, suffix } = excelQuery(columns);
	const origin = statement.origin(prefix, suffix);
	if (columns.length > XLSX_MAX_COLUMNS) return err({ kind: 'too-many-columns', limit: XLSX_MAX_COLUMNS });
	return from(origin, async () => {
		const { header, batches } = await duck.start(connection, origin.sql, job);
		const chunks = new Chunks(give);
		const rows = new ExcelRows(columns, options.formulas);
		const take = async (aboveBytes: number): Promise<void> => {
			for (const bytes of rows.file.take()) chunks.add(bytes);
			await chunks.flush(aboveBytes);
		};
		for await (const batch of batches) {
			const limit = rows.add(concatBytes([header, batch]));
			if (limit !== null) {
				duck.rollBack(connection);
				return err({ kind: 'too-many-rows', limit });
			}
			await take(CHUNK_BYTES);
		}
		rows.file.end();
		await take(0);
		return ok({ rowCount: rows.file.rowCount });
	});
}

/** Gathers pieces until they are worth a message. */
class Chunks {
	readonly #give: (bytes: Bytes) => Promise<void>;
	#pieces: Bytes[] = [];
	#length = 0;

	constructor(give: (bytes: Bytes) => Promise<void>) {
		this.#give = give;
	}

	add(piece: Bytes): void {
		this.#pieces.push(piece);
		this.#length += piece.byteLength;
	}

	/** Gives what is there if it is more than `aboveBytes`. */
	async flush(aboveBytes: number): Promise<void> {
		if (this.#length <= aboveBytes) return;
		const chunk = concatBytes(this.#pieces);
		this.#pieces = [];
		this.#length = 0;
		await this.#give(chunk);
	}
}
