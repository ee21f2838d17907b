// Rows of a table batch by batch. Several batches are read by one query, since a query of its own for each takes longer than what it
// reads; how many, the width of the rows decides. While the batches of one query are taken, the next one is on its way.
import { resultId, type ResultId } from '../core/ids.ts';
import { invariant, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

type Rows = { readonly startRow: number; readonly endRow: number };
type Held = Rows & { readonly id: ResultId; readonly batchBytes: number };

/** Of the batches that the engine holds for one query. */
const HELD_BYTES = 64 * 1024 * 1024;
const HELD_BATCHES = 16;
/** The first batch comes alone and soon; each query after it has so many times as many, up to what may be held. */
const GROWTH = 4;

export class BatchReader {
	readonly #input: BatchReaderInput;
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine'>;
	readonly #ids: readonly [ResultId, ResultId];
	#fills = 0;
	#held: Held | null = null;
	#next: Promise<Result<Held, RunSqlFailure>> | null = null;

	constructor(input: BatchReaderInput, job: JobHandle, effects: Pick<Effects, 'engine'>) {
		this.#input = input;
		this.#ids = [input.id, resultId(`${input.id}-next`)];
		this.#job = job;
		this.#effects = effects;
	}

	/** An Arrow IPC stream. Batches are asked for in their order. */
	async read(startRow: number): Promise<Result<Uint8Array<ArrayBuffer>, RunSqlFailure>> {
		const { rowCount, batchRows } = this.#input;
		const endRow = Math.min(rowCount, startRow + batchRows);
		if (this.#held === null || endRow > this.#held.endRow) {
			const filled = await (this.#next ?? this.#fill(startRow, 1));
			if (!filled.ok) return filled;
			this.#held = filled.value;
			this.#next = this.#fillNext(filled.value);
		}
		const { id, startRow: first } = this.#held;
		invariant(startRow >= first, 'batches are read in their order');
		return this.#effects.engine.window(id, startRow - first, endRow - first);
	}

	async end(): Promise<void> {
		for (const id of this.#ids) await this.#effects.engine.cancel(id);
		await this.#next;
		for (const id of this.#ids) await this.#effects.engine.release(id);
	}

	#fillNext({ startRow, endRow, batchBytes }: Held): Promise<Result<Held, RunSqlFailure>> | null {
		const { rowCount, batchRows } = this.#input;
		if (endRow >= rowCount) return null;
		const most = Math.min(HELD_BATCHES, Math.floor(HELD_BYTES / Math.max(1, batchBytes)));
		return this.#fill(endRow, Math.max(1, Math.min(most, GROWTH * Math.ceil((endRow - startRow) / batchRows))));
	}

	async #fill(startRow: number, batches: number): Promise<Result<Held, RunSqlFailure>> {
		const { rowCount, batchRows, sql } = this.#input;
		const id = this.#ids[this.#fills++ % 2 === 0 ? 0 : 1];
		const rows = { startRow, endRow: Math.min(rowCount, startRow + batches * batchRows) };
		const input = { id, sql: sql(rows), params: [], relations: [] };
		const ran = await whileCancellable(id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.run(input, () => undefined)
		);
		return ran.ok ? ok({ ...rows, id, batchBytes: ran.value.sizeBytes / batches }) : ran;
	}
}

type BatchReaderInput = {
	/** Names what the engine holds for it. */
	readonly id: ResultId;
	readonly rowCount: number;
	readonly batchRows: number;
	/** Gives rows startRow (inclusive) to endRow (exclusive) in their order. */
	readonly sql: (rows: Rows) => string;
};
