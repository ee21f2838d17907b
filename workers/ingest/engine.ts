// The ingest worker's own DuckDB: queries, files in its memory, and columns of text handed in as Arrow.
import { columnFromArray, int32, tableFromColumns, tableToIPC, type Column } from '@uwdata/flechette';
import type { DuckDBDataProtocol } from '@duckdb/duckdb-wasm';
import { invariant } from '#core/result.ts';
import { BlobPages, readRange } from '../blob-pages.ts';
import { ENGINE_PACKAGE, openDuckDb, sinkHandle, type DuckDb } from '../duckdb.ts';
import { textColumn } from './text-column.ts';

/** A member of DuckDBDataProtocol; the bindings' types leave the enum out. */
const BROWSER_FSACCESS = 3 as unknown as DuckDBDataProtocol;

/** A reader goes from front to back: a few pages are enough. */
const PAGES_BYTES = 8 * 1024 * 1024;

const WRITTEN_BYTES = 4 * 1024 * 1024;

export type Row = Record<string, unknown>;

export class Engine {
	readonly #db: DuckDb;
	readonly #connection: ReturnType<DuckDb['connect']>;
	readonly #pages = new BlobPages(PAGES_BYTES, readRange);

	#fileCount = 0;
	#written = new Uint8Array(WRITTEN_BYTES);

	private constructor(db: DuckDb) {
		this.#db = db;
		this.#connection = db.connect();
		this.#connection.query("SET memory_limit='2GB'");
		this.#connection.query("SET TimeZone='UTC'");
		// Every file here is read once, so caching their bytes only takes memory.
		this.#connection.query('SET enable_external_file_cache=false');
	}

	static async open(): Promise<Engine> {
		return new Engine(await openDuckDb());
	}

	/** A file name never used before: DuckDB-WASM keeps looking at a dropped file's old bytes under the same name. */
	freshName(ending: string): string {
		this.#fileCount++;
		return `${this.#fileCount}.${ending}`;
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

	/** Rows of text cells; every column of the query is VARCHAR. */
	rows(sql: string): (string | null)[][] {
		return this.#connection
			.query(sql)
			.toArray()
			.map((row: { toArray(): (string | null)[] }) => Array.from(row.toArray()));
	}

	/** The engine copies the bytes. */
	file(name: string, bytes: Uint8Array): void {
		this.#db.registerFileBuffer(name, bytes);
	}

	/** The engine reads from the blob as it needs. */
	handle(name: string, blob: Blob): void {
		this.#db.registerFileHandle(name, this.#pages.handle(blob), BROWSER_FSACCESS, true);
	}

	drop(name: string): void {
		this.#db.dropFile(name);
	}

	/** Runs a query's rows into Parquet. Its bytes are gathered in one buffer that is used again, so that no copies pile up. */
	parquetOf(select: string, options: string): Blob {
		const name = this.freshName('parquet');
		let length = 0;
		const gather = (bytes: Uint8Array): void => {
			if (length + bytes.length > this.#written.length) {
				const larger = new Uint8Array(Math.max(this.#written.length * 2, length + bytes.length));
				larger.set(this.#written.subarray(0, length));
				this.#written = larger;
			}
			this.#written.set(bytes, length);
			length += bytes.length;
		};
		this.#db.registerFileHandle(name, sinkHandle(gather), BROWSER_FSACCESS, true);
		try {
			this.query(`COPY (${select}) TO '${name}' (${options}, USE_TMP_FILE false)`);
			return new Blob([this.#written.subarray(0, length)], { type: 'application/vnd.apache.parquet' });
		} finally {
			this.drop(name);
		}
	}

	/** Makes a table of text columns `c0`, `c1`, … and the row number `n`. */
	insertTexts(table: string, columns: readonly (readonly (string | null)[])[], rowCount: number): void {
		const rows = Int32Array.from({ length: rowCount }, (_, row) => row);
		const numbered = { n: columnFromArray(rows, int32()) };
		const texts = Object.fromEntries(columns.map((cells, index) => [`c${index}`, textColumn(cells)]));
		this.insertColumns(table, { ...numbered, ...texts });
	}

	/** Makes a table of the columns. */
	insertColumns(table: string, columns: Readonly<Record<string, Column<unknown>>>): void {
		const ipc = tableToIPC(tableFromColumns(columns), { format: 'stream' });
		invariant(ipc, 'a stream without a sink is returned as bytes');
		this.insertArrow(table, ipc);
	}

	/** `stream` is an Arrow IPC stream. */
	insertArrow(table: string, stream: Uint8Array): void {
		this.#connection.insertArrowFromIPCStream(stream, { name: table, create: true });
	}
}
