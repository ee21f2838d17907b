// The rows that a query of a SQLite database gives, one at a time: the values of the row it stands at, by SQLite's own calls.
import { invariant } from '#core/result.ts';
import type { SqliteValue } from '#core/ingest/sqlite-values.ts';
import type { OpenedSqlite } from './sqlite-engine.ts';

const [ROW, DONE] = [100, 101];

/** Classes of values, as SQLite numbers them. */
export const sqliteClass = { integer: 1, real: 2, text: 3, blob: 4, none: 5 } as const;

/** Bytes in SQLite's memory, valid until the next call. */
export type SqliteBytes = { readonly heap: Uint8Array; readonly start: number; readonly length: number };

const DOUBLE_WHOLE_MAX = 2 ** 53;

/** `failure` says what SQLite has to say of a call that failed. */
export class SqliteCursor {
	readonly #sqlite: OpenedSqlite;
	readonly #statement: number;
	readonly #failure: () => Error;
	readonly #decoder = new TextDecoder();
	readonly width: number;

	constructor(sqlite: OpenedSqlite, statement: number, failure: () => Error) {
		this.#sqlite = sqlite;
		this.#statement = statement;
		this.#failure = failure;
		this.width = sqlite.calls.sqlite3_column_count(statement);
	}

	/** False at the end. Throws what `failure` makes. */
	next(): boolean {
		const answer = this.#sqlite.calls.sqlite3_step(this.#statement);
		if (answer !== ROW && answer !== DONE) throw this.#failure();
		return answer === ROW;
	}

	close(): void {
		this.#sqlite.calls.sqlite3_finalize(this.#statement);
	}

	classOf(column: number): number {
		return this.#sqlite.calls.sqlite3_column_type(this.#statement, column);
	}

	/** Of an integer, the number nearest to it. */
	number(column: number): number {
		return this.#sqlite.calls.sqlite3_column_double(this.#statement, column);
	}

	/** One that a number holds is given as that: it costs less. */
	integer(column: number): number | bigint {
		const number = this.number(column);
		return Math.abs(number) < DOUBLE_WHOLE_MAX
			? number
			: this.#sqlite.calls.sqlite3_column_int64(this.#statement, column);
	}

	/** In UTF-8, as far as the file has it so. */
	text(column: number): SqliteBytes {
		return this.#bytes(column, this.#sqlite.calls.sqlite3_column_text(this.#statement, column));
	}

	blob(column: number): SqliteBytes {
		return this.#bytes(column, this.#sqlite.calls.sqlite3_column_blob(this.#statement, column));
	}

	value(column: number): SqliteValue {
		const own = this.classOf(column);
		if (own === sqliteClass.integer) return BigInt(this.integer(column));
		if (own === sqliteClass.real) return this.number(column);
		if (own === sqliteClass.text) return this.#decoder.decode(partOf(this.text(column)));
		return own === sqliteClass.blob ? partOf(this.blob(column)).slice() : null;
	}

	/** The length is asked for after the value itself, which may be made anew. */
	#bytes(column: number, start: number): SqliteBytes {
		const length = this.#sqlite.calls.sqlite3_column_bytes(this.#statement, column);
		invariant(start > 0 || length === 0, 'bytes have a place');
		return { heap: this.#sqlite.heap(), start, length };
	}
}

function partOf({ heap, start, length }: SqliteBytes): Uint8Array {
	return heap.subarray(start, start + length);
}
