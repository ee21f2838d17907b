// The engine's one DuckDB: connections, statements run in slices so that messages come in between, and its files.
import { tableFromIPC } from '@uwdata/flechette';
import { DuckDBDataProtocol } from 'duckdb-blocking';
import { concatBytes } from '#core/sql/arrow-messages.ts';
import { HELD_SCHEMA } from '#core/sql/held.ts';
import { BlobPages, readRange, type BlobRun } from '../blob-pages.ts';
import { openDuckDb, sinkHandle, type DuckDb } from '../duckdb.ts';
import { pause, Pacer, type Job } from './job.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A statement's rows as they come: the schema message, then batch messages. */
export type RowStream = { readonly header: Bytes; readonly batches: AsyncIterable<Bytes> };

/** Takes bytes in the order DuckDB writes them. */
export type FileSink = (bytes: Bytes) => void;

/** Leaves room under wasm's 4 GiB for what DuckDB does not count. Never a temp_directory: it would spill into this memory. */
const MEMORY_LIMIT = '2500MB';

const PAGES_BYTES = 64 * 1024 * 1024;

export class Duck {
	readonly db: DuckDb;
	/** Idle, the one used last at the end: a session's temporary tables stay with a person who runs one text at a time. */
	readonly #idle: number[] = [];
	readonly #pages = new BlobPages(PAGES_BYTES, readRange);
	#nameCount = 0;

	private constructor(db: DuckDb) {
		this.db = db;
	}

	static async open(): Promise<Duck> {
		const duck = new Duck(await openDuckDb());
		await duck.using((connection) => {
			duck.db.runQuery(connection, `SET GLOBAL memory_limit='${MEMORY_LIMIT}'`);
			duck.db.runQuery(connection, `CREATE SCHEMA IF NOT EXISTS ${HELD_SCHEMA}`);
		});
		return duck;
	}

	/** A name no file or table had before: DuckDB goes on seeing a dropped file's bytes under its old name. */
	freshName(): string {
		this.#nameCount++;
		return `w${this.#nameCount}`;
	}

	/** Makes a Blob a file that is read lazily. */
	registerBlob(name: string, blob: Blob): void {
		this.db.registerFileHandle(name, this.#pages.handle(blob), DuckDBDataProtocol.BROWSER_FSACCESS, true);
	}

	/** Makes runs of Blobs, one after another, a file that is read lazily. */
	registerRuns(name: string, runs: readonly BlobRun[]): void {
		this.db.registerFileHandle(name, this.#pages.handleOf(runs), DuckDBDataProtocol.BROWSER_FSACCESS, true);
	}

	/** Makes a file whose bytes leave DuckDB as they are written: nothing is kept, so nothing can be read back. */
	registerSink(name: string, sink: FileSink): void {
		this.db.registerFileHandle(
			name,
			sinkHandle((bytes) => sink(bytes.slice())),
			DuckDBDataProtocol.BROWSER_FSACCESS,
			true
		);
	}

	/** Runs `work` on a connection that nothing else uses meanwhile. */
	async using<T>(work: (connection: number) => T | Promise<T>): Promise<T> {
		const connection = this.#idle.pop() ?? this.#connect();
		let isClean = false;
		try {
			const result = await work(connection);
			isClean = true;
			return result;
		} finally {
			// A text may have begun a transaction, and an abandoned stream still holds one.
			if (!isClean) this.#rollBack(connection);
			this.#idle.push(connection);
		}
	}

	/** Ends whatever transaction the connection is in. */
	rollBack(connection: number): void {
		this.#rollBack(connection);
	}

	/** Starts one or several statements and runs them until the last has rows to give. */
	async start(connection: number, sql: string, job: Job): Promise<RowStream> {
		let header = this.db.startPendingQuery(connection, sql, true);
		while (!header) {
			await pause();
			if (job.isCancelled) this.db.cancelPendingQuery(connection);
			// After a cancel, this throws.
			header = this.db.pollPendingQuery(connection);
		}
		return { header: header as Bytes, batches: this.#batches(connection, job) };
	}

	/** Runs statements to their end and drops their rows. */
	async execute(connection: number, sql: string, job: Job): Promise<void> {
		const { batches } = await this.start(connection, sql, job);
		const iterator = batches[Symbol.asyncIterator]();
		while (!(await iterator.next()).done) job.throwIfCancelled();
	}

	/** Few rows as objects; numbers above 2^53 are bigint. */
	async rows(connection: number, sql: string, job: Job): Promise<Record<string, unknown>[]> {
		const { header, batches } = await this.start(connection, sql, job);
		const messages = [header];
		for await (const batch of batches) messages.push(batch);
		return tableFromIPC(concatBytes(messages), { useBigInt: true, useDate: false }).toArray();
	}

	/** The number a finished COPY answers with. */
	async countOf(connection: number, header: Bytes, job: Job): Promise<number> {
		const messages = [header];
		for await (const batch of this.#batches(connection, job)) messages.push(batch);
		return Number(tableFromIPC(concatBytes(messages)).getChildAt(0).at(0));
	}

	async *#batches(connection: number, job: Job): AsyncGenerator<Bytes> {
		const pacer = new Pacer();
		for (;;) {
			await pacer.rest(job);
			const batch = this.db.fetchQueryResults(connection);
			// Null is DuckDB asking for more time, an empty message the end.
			if (batch === null) {
				await pause();
				job.throwIfCancelled();
			} else if (batch.byteLength === 0) return;
			else yield batch as Bytes;
		}
	}

	#connect(): number {
		const connection = Reflect.get(this.db.connect(), '_conn') as number;
		this.db.runQuery(connection, 'SET errors_as_json=true');
		return connection;
	}

	#rollBack(connection: number): void {
		try {
			this.db.runQuery(connection, 'ROLLBACK');
		} catch {
			// No transaction is the usual case. After a trap the next statement meets it again, and reports it.
		}
	}
}
