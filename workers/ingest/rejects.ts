// Gathers rows that did not fit, and writes them as a table of their own.
import { quoteText } from '#core/ingest/cast-sql.ts';
import type { Reject } from '#core/ingest/options.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Engine } from './engine.ts';
import { TableWriter } from './table-writer.ts';

const FLUSH_ROWS = 50_000;
const SHOWN = 100;

export class Rejects {
	readonly #engine: Engine;
	readonly #writer: TableWriter;
	readonly #first: Reject[] = [];
	#held: Reject[] = [];

	constructor(engine: Engine) {
		this.#engine = engine;
		this.#writer = new TableWriter(engine, [
			{ name: 'line', type: 'BIGINT' },
			{ name: 'column', type: 'VARCHAR' },
			{ name: 'reason', type: 'VARCHAR' },
			{ name: 'text', type: 'VARCHAR' }
		]);
	}

	/** The first ones, for a failure's words. */
	get first(): readonly Reject[] {
		return this.#first;
	}

	/** In ascending order of line within a call, and over calls. */
	add(rejects: readonly Reject[]): void {
		for (const reject of rejects) {
			if (this.#first.length < SHOWN) this.#first.push(reject);
			this.#held.push(reject);
		}
		if (this.#held.length >= FLUSH_ROWS) this.#flush();
	}

	/** Those of a file that was read apart, each with its name unless that is empty. */
	take(file: string, rejects: Rejects): void {
		const table = rejects.finish();
		if (!table) return;
		const told = (reason: string): string => (file === '' ? reason : `${file}: ${reason}`);
		for (const one of rejects.first)
			if (this.#first.length < SHOWN) this.#first.push({ ...one, reason: told(one.reason) });
		this.#flush();
		for (const { blob } of table.files) {
			const name = this.#engine.freshName('parquet');
			this.#engine.handle(name, blob);
			try {
				const reason = `${quoteText(told(''))} || reason AS reason`;
				this.#writer.write(`SELECT line, "column", ${reason}, text FROM read_parquet('${name}')`);
			} finally {
				this.#engine.drop(name);
			}
		}
	}

	finish(): WrittenTable | null {
		this.#flush();
		return this.#writer.rowCount === 0 ? null : this.#writer.finish();
	}

	#flush(): void {
		const rejects = this.#held;
		if (rejects.length === 0) return;
		this.#held = [];
		const columns = [
			rejects.map((reject) => String(reject.line)),
			rejects.map((reject) => reject.column),
			rejects.map((reject) => reject.reason),
			rejects.map((reject) => reject.text)
		];
		this.#engine.insertTexts('held_rejects', columns, rejects.length);
		this.#writer.write(
			'SELECT c0::BIGINT AS line, c1 AS "column", c2 AS reason, c3 AS text FROM held_rejects ORDER BY n'
		);
		this.#engine.query('DROP TABLE held_rejects');
	}
}
