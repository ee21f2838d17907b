// The ingest worker's own DuckDB: queries, files in its memory, and columns of text handed in as Arrow.
import { tableFromArrays, tableToIPC, utf8, int32 } from '@uwdata/flechette';
import { invariant } from '#core/result.ts';
import { openDuckDb, ENGINE_PACKAGE, type DuckDb } from '../duckdb.ts';

export type Row = Record<string, unknown>;

export class Engine {
	readonly #db: DuckDb;
	readonly #connection: ReturnType<DuckDb['connect']>;

	private constructor(db: DuckDb) {
		this.#db = db;
		this.#connection = db.connect();
		this.#connection.query("SET memory_limit='2GB'");
		this.#connection.query("SET TimeZone='UTC'");
	}

	static async open(): Promise<Engine> {
		return new Engine(await openDuckDb());
	}

	get version(): string {
		return `${ENGINE_PACKAGE} (${this.#db.getVersion()})`;
	}

	query(sql: string): Row[] {
		return this.#connection
			.query(sql)
			.toArray()
			.map((row: { toJSON(): Row }) => row.toJSON());
	}

	/** The engine copies the bytes. */
	file(name: string, bytes: Uint8Array): void {
		this.#db.registerFileBuffer(name, bytes);
	}

	drop(name: string): void {
		this.#db.dropFile(name);
	}

	blob(name: string): Blob {
		const bytes = this.#db.copyFileToBuffer(name);
		return new Blob([bytes.slice()], { type: 'application/vnd.apache.parquet' });
	}

	/** Makes a table of text columns `c0`, `c1`, … and the row number `n`. */
	insertTexts(table: string, columns: readonly (readonly (string | null)[])[], rowCount: number): void {
		const arrays: Record<string, unknown[] | Int32Array> = {
			n: Int32Array.from({ length: rowCount }, (_, row) => row)
		};
		const types: Record<string, ReturnType<typeof utf8> | ReturnType<typeof int32>> = { n: int32() };
		columns.forEach((values, index) => {
			arrays[`c${index}`] = values as unknown[];
			types[`c${index}`] = utf8();
		});
		const ipc = tableToIPC(tableFromArrays(arrays, { types }), { format: 'stream' });
		invariant(ipc, 'a stream without a sink is returned as bytes');
		this.insertArrow(table, ipc);
	}

	/** `stream` is an Arrow IPC stream. */
	insertArrow(table: string, stream: Uint8Array): void {
		this.#connection.insertArrowFromIPCStream(stream, { name: table, create: true });
	}
}
