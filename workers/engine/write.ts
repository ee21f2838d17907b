// Writes a text's rows as Parquet files of a bounded size. Files leave DuckDB's memory while it writes the next one.
import { storedParquet } from '#core/parquet/writer.ts';
import { ok, type Result } from '#core/result.ts';
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
import { castQuery, describe, prepare } from './statement.ts';

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
			const options = `${storedParquet(input.writer ?? USUAL_WRITER)}, FILE_SIZE_BYTES ${FILE_BYTES}`;
			const origin = statement.origin(
				`COPY (${cast.prefix}`,
				`${cast.suffix}) TO ${quoteText(folder.name)} (${options})`
			);
			await from(origin, () => folder.copy(connection, origin.sql));
			const schema = await describe(duck, connection, `SELECT * FROM read_parquet(${folder.list})`, job);
			const statistics = await statisticsOf(duck, connection, folder.list, schema, job);
			return ok({ schema, statistics, rowCount: folder.rowCount, files: folder.files });
		});
	} finally {
		folder.drop();
	}
}

type WrittenFile = { readonly rowCount: number; readonly blob: Blob };

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

	/** The Blobs as a list for read_parquet. */
	get list(): string {
		return `[${this.files.map((_file, index) => quoteText(this.#blobName(index))).join(', ')}]`;
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

	drop(): void {
		for (const name of this.#written()) this.#duck.db.dropFile(name);
		for (const index of this.files.keys()) this.#duck.db.dropFile(this.#blobName(index));
	}

	/** While the COPY runs, its newest file is still being written. */
	async #take(isLast: boolean): Promise<void> {
		const written = this.#written();
		for (const name of isLast ? written : written.slice(0, -1)) {
			const blob = new Blob([this.#duck.db.copyFileToBuffer(name) as Uint8Array<ArrayBuffer>], {
				type: 'application/vnd.apache.parquet'
			});
			this.#duck.db.dropFile(name);
			this.#duck.registerBlob(this.#blobName(this.files.length), blob);
			this.files.push({ rowCount: await this.#count(this.#blobName(this.files.length)), blob });
			this.#tell(this.rowCount);
		}
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

	#blobName(index: number): string {
		return `${this.name}/part-${index}`;
	}
}
