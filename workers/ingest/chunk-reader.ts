// Reads chunks of delimited text into one table.
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import { keptColumns, readCarefully } from './careful-chunk.ts';
import type { Chunk } from './api.ts';
import type { Engine } from './engine.ts';
import { readFast, suitsDuckDb } from './fast-chunk.ts';
import { Rejects } from './rejects.ts';
import { TableWriter } from './table-writer.ts';

// Note: two readers, one meaning. DuckDB's reader takes a chunk only when every row in it is well-formed and every value
// fits; it is four times as fast. Where it complains, the same chunk is read again row by row. After three complaints in a
// row the careful reader goes first for the rest of the source.
const GIVE_UP_FAST = 3;

export class ChunkReader {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly #engine: Engine;
	readonly #plan: CsvPlan;
	#complaints: number;
	#used: Chunk['bytes'] | null = null;

	constructor(engine: Engine, plan: CsvPlan) {
		this.#engine = engine;
		this.#plan = plan;
		this.table = new TableWriter(engine, keptColumns(plan));
		this.rejects = new Rejects(engine);
		this.#complaints = suitsDuckDb(plan) ? 0 : GIVE_UP_FAST;
	}

	/** The chunk read last, whose memory may be used again. */
	get used(): Chunk['bytes'] | null {
		return this.#used;
	}

	read(chunk: Chunk): void {
		this.#used = chunk.bytes;
		const isClean = this.#complaints < GIVE_UP_FAST && !chunk.loneCr;
		const file = isClean ? readFast(this.#engine, this.#plan, chunk.bytes) : null;
		this.#complaints = file ? 0 : this.#complaints + 1;
		if (file) {
			this.table.add(file);
			return;
		}
		const { files, rejects } = readCarefully(this.#engine, this.#plan, chunk);
		for (const careful of files) this.table.add(careful);
		this.rejects.add(rejects);
	}
}
