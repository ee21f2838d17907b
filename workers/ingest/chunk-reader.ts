// Reads chunks of delimited text into one table, every other one by an assistant while there is one.
import { transfer } from 'comlink';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import { keptColumns, readCarefully, type ChunkRows } from './careful-chunk.ts';
import type { AssistantApi, Chunk } from './api.ts';
import type { Engine } from './engine.ts';
import { readFast, suitsDuckDb } from './fast-chunk.ts';
import { Rejects } from './rejects.ts';
import { TableWriter } from './table-writer.ts';

// Note: two readers, one meaning. DuckDB's reader takes a chunk only when every row in it is well-formed and every value
// fits; it is four times as fast. Where it complains, the same chunk is read again row by row. After three complaints in a
// row the careful reader goes first for the rest of the source. What an assistant does not read is read here.
const GIVE_UP_FAST = 3;

export class ChunkReader {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly #engine: Engine;
	readonly #plan: CsvPlan;
	readonly #spare: Chunk['bytes'][] = [];
	#complaints: number;
	#assistant: AssistantApi | null = null;
	/** What the assistant reads now: rows that come before those of the next chunk. */
	#given: { readonly chunk: Omit<Chunk, 'bytes'>; readonly answer: ReturnType<AssistantApi['read']> } | null = null;

	constructor(engine: Engine, plan: CsvPlan, assistant: AssistantApi | null) {
		this.#engine = engine;
		this.#plan = plan;
		this.table = new TableWriter(engine, keptColumns(plan));
		this.rejects = new Rejects(engine);
		this.#complaints = suitsDuckDb(plan) ? 0 : GIVE_UP_FAST;
		// Until its engine is open, all is read here.
		if (this.#mayBeFast) void assistant?.open(plan).then((isOpen) => (this.#assistant = isOpen ? assistant : null));
	}

	/** The bytes of a chunk that was read, whose memory may be used again. */
	takeSpare(): Chunk['bytes'] | null {
		return this.#spare.pop() ?? null;
	}

	async read(chunk: Chunk): Promise<void> {
		if (this.#assistant && !this.#given && this.#mayBeFast && !chunk.loneCr) {
			const answer = this.#assistant.read(transfer(chunk.bytes, [chunk.bytes.buffer]));
			this.#given = { chunk, answer };
			return;
		}
		const rows = this.#readHere(chunk);
		await this.settle();
		this.#keep(rows);
	}

	/** Waits for what an assistant still reads. */
	async settle(): Promise<void> {
		const given = this.#given;
		if (!given) return;
		this.#given = null;
		const { file, bytes } = await given.answer;
		if (!file) return this.#keep(this.#readHere({ ...given.chunk, bytes }));
		this.#complaints = 0;
		this.#spare.push(bytes);
		this.#keep({ files: [file], rejects: [] });
	}

	get #mayBeFast(): boolean {
		return this.#complaints < GIVE_UP_FAST;
	}

	#readHere(chunk: Chunk): ChunkRows {
		this.#spare.push(chunk.bytes);
		const file = this.#mayBeFast && !chunk.loneCr ? readFast(this.#engine, this.#plan, chunk.bytes) : null;
		this.#complaints = file ? 0 : this.#complaints + 1;
		return file ? { files: [file], rejects: [] } : readCarefully(this.#engine, this.#plan, chunk);
	}

	#keep({ files, rejects }: ChunkRows): void {
		for (const file of files) this.table.add(file);
		this.rejects.add(rejects);
	}
}
