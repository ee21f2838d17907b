// Writes a text's rows as Parquet files of a bounded size. Files leave DuckDB's memory while it writes the next one.
import { isShort, segmentParquet, storedParquet } from '#core/parquet/writer.ts';
import { invariant, ok, type Result } from '#core/result.ts';
import { castQuery } from '#core/sql/cast-query.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { quoteText } from '#core/sql/quote.ts';
import { parquetType } from '#core/sql/types.ts';
import { USUAL_WRITER } from '#core/version/layout.ts';
import type { WriteInput, WrittenTable } from './api.ts';
import { from } from './attempt.ts';
import type { Duck } from './duck.ts';
import { pause, type Job } from './job.ts';
import { statisticsOf } from './parquet-statistics.ts';
import type { Relations } from './relations.ts';
import { describe, prepare } from './statement.ts';

const FILE_BYTES = 8 * 1024 * 1024;

export async function write(
	duck: Duck,
	relations: Relations,
	input: WriteInput,
	job: Job,
	tell: (rowCount: number) => void
): Promise<Result<WrittenTable, SqlFailure>> {
	const folder = new FolderDrain(duck, job, tell);
	try {
		return await duck.using(async (connection) => {
			const statement = await prepare(duck, relations, connection, input, job);
			const cast = castQuery(statement.columns, parquetType);
			const writer = input.writer ?? USUAL_WRITER;
			const options = `${storedParquet(writer)}, FILE_SIZE_BYTES ${FILE_BYTES}`;
			const origin = statement.origin(
				`COPY (${cast.prefix}`,
				`${cast.suffix}) TO ${quoteText(folder.name)} (${options})`
			);
			await from(origin, () => folder.copy(connection, origin.sql));
			if (isShort(writer, folder.rowCount)) await folder.copyAgain(connection, segmentParquet(writer, folder.rowCount));
			const schema = await describe(duck, connection, `SELECT * FROM read_parquet(${folder.list})`, job);
			const statistics = await statisticsOf(duck, connection, folder.list, schema, job);
			return ok({ schema, statistics, rowCount: folder.rowCount, files: folder.written });
		});
	} finally {
		folder.drop();
	}
}

type WrittenFile = { readonly name: string; readonly rowCount: number; readonly blob: Blob };

/** The folder a COPY writes into; its finished files become Blobs, in order. */
class FolderDrain {
	readonly name: string;
	readonly files: WrittenFile[] = [];
	readonly #duck: Duck;
	readonly #job: Job;
	readonly #tell: (rowCount: number) => void;

	constructor(duck: Duck, job: Job, tell: (rowCount: number) => void) {
		this.#duck = duck;
		this.#job = job;
		this.#tell = tell;
		this.name = duck.freshName();
	}

	get rowCount(): number {
		return this.files.reduce((sum, file) => sum + file.rowCount, 0);
	}

	get written(): WrittenTable['files'] {
		return this.files.map(({ rowCount, blob }) => ({ rowCount, blob }));
	}

	/** The Blobs as a list for read_parquet. */
	get list(): string {
		return `[${this.files.map(({ name }) => quoteText(name)).join(', ')}]`;
	}

	/** A table without rows has one file too, which carries its schema. */
	async copy(connection: number, sql: string): Promise<void> {
		const { db } = this.#duck;
		let header = db.startPendingQuery(connection, sql, true);
		while (!header) {
			await pause();
			if (this.#job.isCancelled) db.cancelPendingQuery(connection);
			header = db.pollPendingQuery(connection);
			if (!header) await this.#take(false);
		}
		await this.#take(true);
	}

	/** Its one file as it is written under other settings. */
	async copyAgain(connection: number, options: string): Promise<void> {
		const [first] = this.files;
		invariant(first && this.files.length === 1, 'rows of less than a segment are in one file');
		const written = `${this.name}/data_again.parquet`;
		const sql = `COPY (FROM read_parquet(${this.list})) TO ${quoteText(written)} (${options}, USE_TMP_FILE false)`;
		await this.#duck.execute(connection, sql, this.#job);
		// The engine remembers what it read of a name.
		await this.#keep(written, `${this.name}/part-again`);
		this.files.shift();
		this.#duck.db.dropFile(first.name);
	}

	drop(): void {
		for (const name of this.#written()) this.#duck.db.dropFile(name);
		for (const { name } of this.files) this.#duck.db.dropFile(name);
	}

	/** While the COPY runs, its newest file is still being written. */
	async #take(isLast: boolean): Promise<void> {
		const written = this.#written();
		for (const name of isLast ? written : written.slice(0, -1)) {
			await this.#keep(name, `${this.name}/part-${this.files.length}`);
			this.#tell(this.rowCount);
		}
	}

	/** What was written leaves the engine's memory. */
	async #keep(written: string, name: string): Promise<void> {
		const bytes = this.#duck.db.copyFileToBuffer(written) as Uint8Array<ArrayBuffer>;
		this.#duck.db.dropFile(written);
		const blob = new Blob([bytes], { type: 'application/vnd.apache.parquet' });
		this.#duck.registerBlob(name, blob);
		this.files.push({ name, rowCount: await this.#count(name), blob });
	}

	async #count(file: string): Promise<number> {
		const sql = `SELECT CAST(num_rows AS DOUBLE) AS n FROM parquet_file_metadata(${quoteText(file)})`;
		const [row] = await this.#duck.using((connection) => this.#duck.rows(connection, sql, this.#job));
		return Number(row?.n ?? 0);
	}

	/** Names such as `w3/data_10.parquet`, in the order they were begun. */
	#written(): string[] {
		const number = (name: string): number => Number(/_(\d+)\.parquet$/.exec(name)?.[1] ?? 0);
		return this.#duck.db
			.globFiles(`${this.name}/*`)
			.map(({ fileName }) => fileName)
			.filter((name) => name.startsWith(`${this.name}/data_`))
			.sort((one, other) => number(one) - number(other));
	}
}
