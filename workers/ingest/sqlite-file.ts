// A SQLite database that is read where it is: pages as they are asked for, so that memory does not grow with the file.
import type { Database, PreparedStatement, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { quoteName } from '#core/ingest/cast-sql.ts';
import {
	parseSqliteHeader,
	SQLITE_HEADER_BYTES,
	valueCounts,
	valueCountsSql,
	type SqliteValue,
	type ValueCounts
} from '#core/ingest/sqlite-values.ts';
import type { SourceHandle } from '../blob-pages.ts';
import { Stopped } from './failures.ts';
import { openSqlite, VFS, type OpenedSqlite, type SqliteFiles } from './sqlite-engine.ts';

export type SqliteTable = {
	readonly name: string;
	readonly kind: 'table' | 'view';
	readonly columns: readonly SqliteColumn[];
};
export type SqliteColumn = { readonly name: string; readonly declared: string; readonly isKey: boolean };

/** SQLite answers 2000 columns at most, and a column is counted by eight. */
const COLUMNS_A_COUNT = 200;

export class SqliteFile {
	readonly #name: string;
	readonly #sqlite: Sqlite3Static;
	readonly #files: SqliteFiles;
	readonly #path: string;
	readonly #db: Database;
	/** Its newest rows may be in a file beside it, which is not read. */
	readonly hasLog: boolean;
	readonly #decoder = new TextDecoder();

	private constructor(name: string, hasLog: boolean, { sqlite, files }: OpenedSqlite, path: string) {
		this.#name = name;
		this.#sqlite = sqlite;
		this.#files = files;
		this.#path = path;
		this.hasLog = hasLog;
		this.#db = this.#asked(() => new sqlite.oo1.DB({ filename: path, flags: 'r', vfs: VFS }));
		// A schema is the file's own claim: it calls nothing but plain functions, and writes nothing.
		this.#asked(() =>
			this.#db.exec('PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON')
		);
	}

	/** Throws Stopped where it is no whole database that can be read. */
	static async open(name: string, handle: SourceHandle): Promise<SqliteFile> {
		const head = new Uint8Array(Math.min(SQLITE_HEADER_BYTES, handle.getSize()));
		handle.read(head, { at: 0 });
		const header = parseSqliteHeader(head);
		if (!header) throw unreadable(name, 'it does not begin as SQLite does: it is encrypted, damaged, or no SQLite');
		if (header.sizeBytes !== null && handle.getSize() < header.sizeBytes) {
			const sizes = `it says that it has ${header.sizeBytes.toLocaleString('en')} bytes and has ${handle.getSize().toLocaleString('en')}`;
			throw unreadable(name, `it is cut off: ${sizes}`);
		}
		// The package leaves it out.
		if (header.isUtf16)
			throw unreadable(
				name,
				'its texts are UTF-16, which SQLite in browsers does not read; copy it by .dump into a new database'
			);
		const opened = await openSqlite();
		return new SqliteFile(name, header.hasLog, opened, opened.files.add(handle));
	}

	/** Tables and views, those that people made. */
	tables(): readonly SqliteTable[] {
		const listed = this.#rows(
			`SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
				AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type = 'view', rowid`
		);
		return listed.map(([name, type]) => ({
			name: String(name),
			kind: type === 'view' ? ('view' as const) : ('table' as const),
			columns: this.#columnsOf(String(name))
		}));
	}

	/** Of all rows, or of the first. Throws Stopped. */
	count(
		{ name, columns }: SqliteTable,
		limit: number | null
	): { readonly rowCount: number; readonly counts: readonly ValueCounts[] } {
		const counts: ValueCounts[] = [];
		let rowCount = 0;
		for (let at = 0; at === 0 || at < columns.length; at += COLUMNS_A_COUNT) {
			const names = columns.slice(at, at + COLUMNS_A_COUNT).map((column) => column.name);
			const [cells = []] = this.#rows(valueCountsSql(name, names, limit));
			const [rows = 0, ...others] = cells.map(Number);
			rowCount = rows;
			counts.push(...valueCounts(others));
		}
		return { rowCount, counts };
	}

	/** The values of each row, one array that is used again. Throws Stopped. */
	*read(table: SqliteTable, limit: number | null = null): Generator<readonly SqliteValue[]> {
		const names = table.columns.map(({ name }) => quoteName(name)).join(', ');
		const sql = `SELECT ${names} FROM ${quoteName(table.name)}${limit === null ? '' : ` LIMIT ${limit}`}`;
		const statement = this.#asked(() => this.#db.prepare(sql));
		const values = new Array<SqliteValue>(table.columns.length).fill(null);
		try {
			while (this.#asked(() => statement.step())) {
				for (let column = 0; column < values.length; column++) values[column] = this.#value(statement, column);
				yield values;
			}
		} finally {
			statement.finalize();
		}
	}

	close(): void {
		this.#db.close();
		this.#files.remove(this.#path);
	}

	/** None of one that SQLite cannot open, such as a table of a module that it does not have: whoever reads it is told why. */
	#columnsOf(table: string): readonly SqliteColumn[] {
		try {
			return this.#columns(table);
		} catch (thrown) {
			if (thrown instanceof Stopped) return [];
			throw thrown;
		}
	}

	/** Hidden columns are those that a virtual table takes arguments by. */
	#columns(table: string): readonly SqliteColumn[] {
		const told = this.#rows(
			`SELECT name, type, pk FROM pragma_table_xinfo(${quoteSqlite(table)}) WHERE hidden <> 1 ORDER BY cid`
		);
		return told.map(([name, type, pk]) => ({
			name: String(name),
			declared: String(type ?? ''),
			isKey: Number(pk) > 0
		}));
	}

	#rows(sql: string): SqliteValue[][] {
		const statement = this.#asked(() => this.#db.prepare(sql));
		const rows: SqliteValue[][] = [];
		try {
			while (this.#asked(() => statement.step()))
				rows.push(Array.from({ length: statement.columnCount }, (_, column) => this.#value(statement, column)));
		} finally {
			statement.finalize();
		}
		return rows;
	}

	/** The package's own getters end a text at a NUL, and integers of 64 bits in a number. */
	#value(statement: PreparedStatement, column: number): SqliteValue {
		const { capi, wasm } = this.#sqlite;
		switch (capi.sqlite3_column_type(statement, column)) {
			case capi.SQLITE_NULL:
				return null;
			case capi.SQLITE_INTEGER:
				return capi.sqlite3_column_int64(statement, column);
			case capi.SQLITE_FLOAT:
				return capi.sqlite3_column_double(statement, column);
			case capi.SQLITE_TEXT: {
				const { sqlite3_column_text } = wasm.exports as RawExports;
				const place = Number(sqlite3_column_text(statement.pointer ?? 0, column));
				return this.#decoder.decode(this.#bytes(statement, column, place));
			}
			default:
				return this.#bytes(statement, column, capi.sqlite3_column_blob(statement, column)).slice();
		}
	}

	/** Asked for after the value itself, which may be made anew. Valid until the next call. */
	#bytes(statement: PreparedStatement, column: number, place: number): Uint8Array {
		const length = this.#sqlite.capi.sqlite3_column_bytes(statement, column);
		return this.#sqlite.wasm.heap8u().subarray(place, place + length);
	}

	/** What a read of the file threw is thrown on, and what SQLite says becomes this file's failure. */
	#asked<T>(work: () => T): T {
		try {
			return work();
		} catch (thrown) {
			const broken = this.#files.takeFailure();
			if (broken !== null) throw broken;
			if (thrown instanceof this.#sqlite.SQLite3Error) throw unreadable(this.#name, reasonOf(thrown, this.#sqlite));
			throw thrown;
		}
	}
}

type RawExports = { readonly sqlite3_column_text: (statement: number | bigint, column: number) => number | bigint };

function reasonOf({ message, resultCode }: { message: string; resultCode?: number }, { capi }: Sqlite3Static): string {
	if (resultCode === capi.SQLITE_NOTADB) return 'behind its first bytes is no SQLite: it is encrypted or damaged';
	const said = message.replace(/^.*?sqlite3? (result code|error) \d+: /i, '').replace(/^SQLITE_[A-Z_]+: /, '');
	if (resultCode === capi.SQLITE_CORRUPT || (resultCode ?? 0) % 256 === capi.SQLITE_CORRUPT)
		return `it is damaged (${said})`;
	return said;
}

function unreadable(source: string, reason: string): Stopped {
	return new Stopped({ kind: 'unreadable-source', source, format: 'sqlite', reason, line: null });
}

function quoteSqlite(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
