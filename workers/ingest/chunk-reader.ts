// Reads chunks of delimited text into one table, in order: here, and on another thread while this one is busy.
import { transfer, type Remote } from 'comlink';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { AssistantApi } from './api.ts';
import { keptColumns, readCarefully, type ChunkRows } from './careful-chunk.ts';
import type { Chunk } from './chunks.ts';
import type { Engine } from './engine.ts';
import { readFast, suitsDuckDb } from './fast-chunk.ts';
import { Rejects } from './rejects.ts';
import { TableWriter, type WrittenFile } from './table-writer.ts';

// Note: two readers, one meaning. DuckDB's reader takes a chunk only when every row in it is well-formed and every value
// fits; it is four times as fast. Where it complains, the same chunk is read again row by row. After three complaints in a
// row the careful reader goes first for the rest of the source.
const GIVE_UP_FAST = 3;
/** One that is read and one that waits, so that the assistant has work while this thread cannot answer. */
const ASSISTED_MAX = 2;

/** A chunk's place in the table: without an outcome while the assistant reads it. */
type Slot = { outcome: Result<ChunkRows, unknown> | null; settled: Promise<void> };

export class ChunkReader {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly #engine: Engine;
	readonly #plan: CsvPlan;
	readonly #slots: Slot[] = [];
	#assistant: Remote<AssistantApi> | null = null;
	#assisted = 0;
	#complaints: number;

	/** The assistant may come later than the first chunks, or not at all. */
	constructor(engine: Engine, plan: CsvPlan, assistant: Promise<Remote<AssistantApi> | null>) {
		this.#engine = engine;
		this.#plan = plan;
		this.table = new TableWriter(engine, keptColumns(plan));
		this.rejects = new Rejects(engine);
		this.#complaints = suitsDuckDb(plan) ? 0 : GIVE_UP_FAST;
		void assistant.then((ready) => (this.#assistant = ready));
	}

	/** `chunk` is valid during the call. Throws what went wrong, with an earlier chunk too. */
	read(chunk: Chunk): void {
		const isClean = this.#complaints < GIVE_UP_FAST && !chunk.loneCr;
		if (isClean && this.#assistant && this.#assisted < ASSISTED_MAX) {
			const slot: Slot = { outcome: null, settled: Promise.resolve() };
			slot.settled = this.#assist(this.#assistant, slot, chunk.bytes.slice(), chunk.line);
			this.#slots.push(slot);
		} else {
			const file = isClean ? readFast(this.#engine, this.#plan, chunk.bytes) : null;
			this.#slots.push({ outcome: ok(this.#rowsOf(file, chunk)), settled: Promise.resolve() });
		}
		this.#take();
	}

	/** Waits for what the assistant still reads. */
	async end(): Promise<void> {
		for (const slot of this.#slots) await slot.settled;
		this.#take();
	}

	async #assist(
		assistant: Remote<AssistantApi>,
		slot: Slot,
		bytes: Uint8Array<ArrayBuffer>,
		line: number
	): Promise<void> {
		this.#assisted++;
		try {
			const { file, returned } = await assistant.readFast(this.#plan, transfer(bytes, [bytes.buffer]));
			slot.outcome = ok(this.#rowsOf(file, { bytes: returned, line }));
		} catch (thrown) {
			slot.outcome = err(thrown);
		} finally {
			this.#assisted--;
		}
	}

	/** The file that the fast reader made of a chunk, or else what the careful one makes of it. */
	#rowsOf(file: WrittenFile | null, chunk: Pick<Chunk, 'bytes' | 'line'>): ChunkRows {
		this.#complaints = file ? 0 : this.#complaints + 1;
		return file ? { files: [file], rejects: [] } : readCarefully(this.#engine, this.#plan, chunk);
	}

	/** Adds the chunks that are read, up to the first that is not. */
	#take(): void {
		for (let slot = this.#slots[0]; slot?.outcome; slot = this.#slots[0]) {
			this.#slots.shift();
			if (!slot.outcome.ok) throw slot.outcome.error;
			for (const file of slot.outcome.value.files) this.table.add(file);
			this.rejects.add(slot.outcome.value.rejects);
		}
	}
}
