// One question's connection to its database: statements in slices, so that the clock goes on between them, until the time is over.
import { tableFromIPC } from '@uwdata/flechette';
import { concatBytes, END_OF_STREAM } from '#core/sql/arrow-messages.ts';
import type { DuckDb } from './duckdb.ts';
import { beginStep } from './steps.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A statement's rows as they come: the schema message, then batch messages. */
export type RowStream = { readonly header: Bytes; readonly batches: AsyncIterable<Bytes> };

/** A batch has 2,048 rows at most. */
const BATCHES_A_PAUSE = 16;

export class TooLongError extends Error {}

export class Session {
	readonly #db: DuckDb;
	readonly #connection: number;
	readonly #endsMs: number;

	constructor(db: DuckDb, connection: number, endsMs: number) {
		this.#db = db;
		this.#connection = connection;
		this.#endsMs = endsMs;
	}

	/** Runs statements that take no time. */
	execute(sql: string): void {
		beginStep();
		this.#db.runQuery(this.#connection, sql);
	}

	/** Fails: throws what the engine throws, and TooLongError */
	async start(sql: string): Promise<RowStream> {
		beginStep();
		let header = this.#db.startPendingQuery(this.#connection, sql, true);
		while (!header) {
			await this.#pause();
			beginStep();
			header = this.#db.pollPendingQuery(this.#connection);
		}
		return { header: header as Bytes, batches: this.#batches() };
	}

	async rows(sql: string): Promise<Record<string, unknown>[]> {
		const { header, batches } = await this.start(sql);
		const messages = [header];
		for await (const batch of batches) messages.push(batch);
		return tableFromIPC(concatBytes([...messages, END_OF_STREAM])).toArray();
	}

	async *#batches(): AsyncGenerator<Bytes> {
		for (let count = 1; ; count++) {
			beginStep();
			const batch = this.#db.fetchQueryResults(this.#connection);
			// Null is DuckDB asking for more time, an empty message the end.
			if (batch?.byteLength === 0) return;
			if (batch) yield batch as Bytes;
			if (!batch || count % BATCHES_A_PAUSE === 0) await this.#pause();
		}
	}

	/** In a Worker no time passes but while it waits. */
	async #pause(): Promise<void> {
		await scheduler.wait(0);
		if (Date.now() < this.#endsMs) return;
		this.#db.cancelPendingQuery(this.#connection);
		throw new TooLongError();
	}
}
