// Rows of a table batch by batch. Several batches are read by one query, since a query of its own for each takes longer than
// what it reads; how many, the width of the rows decides.
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

type Rows = { readonly startRow: number; readonly endRow: number };

/** Of the batches that the engine holds for one reader. */
const HELD_BYTES = 64 * 1024 * 1024;
const HELD_BATCHES = 16;

export class BatchReader {
	readonly #id: ResultId;
	readonly #sql: (rows: Rows) => string;
	readonly #size: { readonly rowCount: number; readonly batchRows: number };
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine'>;
	#held: Rows = { startRow: 0, endRow: 0 };
	/** That are read next: one, until it is known how large one is. */
	#batches = 1;

	/** `sql` gives rows startRow (inclusive) to endRow (exclusive) in their order. */
	constructor(
		input: {
			readonly id: ResultId;
			readonly rowCount: number;
			readonly batchRows: number;
			readonly sql: (rows: Rows) => string;
		},
		job: JobHandle,
		effects: Pick<Effects, 'engine'>
	) {
		this.#id = input.id;
		this.#sql = input.sql;
		this.#size = input;
		this.#job = job;
		this.#effects = effects;
	}

	/** An Arrow IPC stream; `startRow` is the first row of a batch. */
	async read(startRow: number): Promise<Result<Uint8Array<ArrayBuffer>, RunSqlFailure>> {
		const { rowCount, batchRows } = this.#size;
		const endRow = Math.min(rowCount, startRow + batchRows);
		if (startRow < this.#held.startRow || endRow > this.#held.endRow) {
			const filled = await this.#fill(startRow);
			if (!filled.ok) return filled;
		}
		const { engine } = this.#effects;
		return engine.window(this.#id, startRow - this.#held.startRow, endRow - this.#held.startRow);
	}

	async end(): Promise<void> {
		await this.#effects.engine.release(this.#id);
	}

	async #fill(startRow: number): Promise<Result<void, RunSqlFailure>> {
		const { rowCount, batchRows } = this.#size;
		const rows = { startRow, endRow: Math.min(rowCount, startRow + this.#batches * batchRows) };
		const input = { id: this.#id, sql: this.#sql(rows), params: [], relations: [] };
		const ran = await whileCancellable(this.#id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.run(input, () => undefined)
		);
		if (!ran.ok) return ran;
		this.#held = rows;
		const batchBytes = ran.value.sizeBytes / Math.max(1, this.#batches);
		this.#batches = Math.max(1, Math.min(HELD_BATCHES, Math.floor(HELD_BYTES / Math.max(1, batchBytes))));
		return ok(undefined);
	}
}
