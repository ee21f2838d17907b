// A SQLite database that is read where it is: pages as they are asked for, so that memory does not grow with the file.
import { quoteName } from '#core/ingest/cast-sql.ts';
import {
	countInteger,
	countText,
	noValues,
	parseSqliteHeader,
	SQLITE_HEADER_BYTES,
	type SqliteValue,
	type ValueCounting,
	type ValueCounts
} from '#core/ingest/sqlite-values.ts';
import type { SourceHandle } from '../blob-pages.ts';
import { Stopped } from './failures.ts';
import { SqliteCursor, sqliteClass } from './sqlite-cursor.ts';
import { openSqlite, type OpenedSqlite } from './sqlite-engine.ts';
import { VFS, type BesideKind } from './sqlite-files.ts';

export type SqliteTable = {
	readonly name: string;
	readonly kind: 'table' | 'view';
	readonly columns: readonly SqliteColumn[];
};
export type SqliteColumn = { readonly name: string; readonly declared: string; readonly isKey: boolean };

const [OPEN_READONLY, OPEN_READWRITE, NOTADB, CORRUPT] = [1, 2, 26, 11];
/** What is undone is held in memory. */
const JOURNAL_MAX_BYTES = 512 * 1024 * 1024;

export class SqliteFile {
	readonly #name: string;
	readonly #sqlite: OpenedSqlite;
	readonly #path: string;
	readonly #db: number;
	/** Its newest rows may be in a file beside it, which is not there to be read. */
	readonly lacksLog: boolean;

	private constructor(name: string, lacksLog: boolean, sqlite: OpenedSqlite, path: string, flags: number) {
		this.#name = name;
		this.#sqlite = sqlite;
		this.#path = path;
		this.lacksLog = lacksLog;
		this.#db = this.#opened(flags);
		// A schema is the file's own claim: it calls nothing but plain functions, and writes nothing. Alone with the file, SQLite
		// needs no memory that others share to read a log.
		for (const pragma of [
			'locking_mode = EXCLUSIVE',
			'trusted_schema = OFF',
			'temp_store = MEMORY',
			'cell_size_check = ON'
		])
			this.#rows(`PRAGMA ${pragma}`);
	}

	/** `log` is the file beside it that ends with `-wal` or `-journal`; null where there is none, undefined where nobody knows. Throws Stopped where it is no whole database that can be read. */
	static async open(name: string, handle: SourceHandle, log?: SourceHandle | null): Promise<SqliteFile> {
		const kind = log ? kindOf(log) : null;
		const beside = log && kind ? { kind, handle: log } : null;
		if (kind === 'journal' && log && log.getSize() > JOURNAL_MAX_BYTES)
			throw new Stopped({ kind: 'too-large', source: name, limit: '512 MB of a journal beside it' });
		const head = new Uint8Array(Math.min(SQLITE_HEADER_BYTES, handle.getSize()));
		handle.read(head, { at: 0 });
		const header = parseSqliteHeader(head);
		if (!header) throw unreadable(name, 'it does not begin as SQLite does: it is encrypted, damaged, or no SQLite');
		if (!beside && header.sizeBytes !== null && handle.getSize() < header.sizeBytes) {
			const sizes = `it says that it has ${header.sizeBytes.toLocaleString('en')} bytes and has ${handle.getSize().toLocaleString('en')}`;
			throw unreadable(name, `it is cut off: ${sizes}`);
		}
		const sqlite = await openSqlite(header.isUtf16);
		const path = sqlite.files.add(handle, beside);
		const lacksLog = header.hasLog && log === undefined;
		return new SqliteFile(name, lacksLog, sqlite, path, kind === 'journal' ? OPEN_READWRITE : OPEN_READONLY);
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
		table: SqliteTable,
		limit: number | null
	): { readonly rowCount: number; readonly counts: readonly ValueCounts[] } {
		const counts = table.columns.map(noValues);
		let rowCount = 0;
		this.select(table, limit, (row) => {
			rowCount++;
			for (const [column, counting] of counts.entries()) countValue(counting, row, column);
		});
		return { rowCount, counts };
	}

	/** The values of each row, one array that is used again. Throws Stopped. */
	*read(table: SqliteTable, limit: number | null = null): Generator<readonly SqliteValue[]> {
		const rows = this.#asked(selectSql(table, limit));
		const values = new Array<SqliteValue>(table.columns.length).fill(null);
		try {
			while (rows.next()) {
				for (let column = 0; column < values.length; column++) values[column] = rows.value(column);
				yield values;
			}
		} finally {
			rows.close();
		}
	}

	/** Stands at each row in turn. Throws Stopped. */
	select(table: SqliteTable, limit: number | null, see: (row: SqliteCursor) => void): void {
		const rows = this.#asked(selectSql(table, limit));
		try {
			while (rows.next()) see(rows);
		} finally {
			rows.close();
		}
	}

	close(): void {
		this.#sqlite.calls.sqlite3_close_v2(this.#db);
		this.#sqlite.files.remove(this.#path);
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
		const cursor = this.#asked(sql);
		const rows: SqliteValue[][] = [];
		try {
			while (cursor.next()) rows.push(Array.from({ length: cursor.width }, (_, column) => cursor.value(column)));
		} finally {
			cursor.close();
		}
		return rows;
	}

	#opened(flags: number): number {
		const { calls } = this.#sqlite;
		return this.#withTexts([this.#path, VFS], ([path = 0, vfs = 0], told) => {
			const answer = calls.sqlite3_open_v2(path, told, flags, vfs);
			const db = this.#placeAt(told);
			if (answer === 0) return db;
			const failure = this.#failure(db, answer);
			calls.sqlite3_close_v2(db);
			throw failure;
		});
	}

	/** Throws Stopped. */
	#asked(sql: string): SqliteCursor {
		const { calls } = this.#sqlite;
		return this.#withTexts([sql], ([text = 0], told) => {
			const answer = calls.sqlite3_prepare_v2(this.#db, text, -1, told, 0);
			if (answer !== 0) throw this.#failure(this.#db, answer);
			return new SqliteCursor(this.#sqlite, this.#placeAt(told), () => this.#failure(this.#db, null));
		});
	}

	/** `told` is where a call leaves the place of what it makes. */
	#withTexts<T>(texts: readonly string[], use: (places: readonly number[], told: number) => T): T {
		const { calls, heap } = this.#sqlite;
		const told = calls.sqlite3_malloc(8);
		const places = texts.map((text) => {
			const bytes = new TextEncoder().encode(text);
			const place = calls.sqlite3_malloc(bytes.length + 1);
			heap().set(bytes, place);
			heap()[place + bytes.length] = 0;
			return place;
		});
		try {
			return use(places, told);
		} finally {
			for (const place of [told, ...places]) calls.sqlite3_free(place);
		}
	}

	#placeAt(told: number): number {
		const heap = this.#sqlite.heap();
		return new DataView(heap.buffer, heap.byteOffset).getUint32(told, true);
	}

	/** What a read of the file threw is thrown on, and what SQLite says becomes this file's failure. */
	#failure(db: number, answer: number | null): Error {
		const { calls, files, heap } = this.#sqlite;
		const broken = files.takeFailure();
		if (broken !== null) return broken;
		const place = calls.sqlite3_errmsg(db);
		const said = new TextDecoder().decode(heap().subarray(place, heap().indexOf(0, place)));
		return unreadable(this.#name, reasonOf(said, (answer ?? calls.sqlite3_extended_errcode(db)) % 256));
	}
}

/** Null of one that has nothing in it for SQLite, such as a journal whose transaction is over. */
function kindOf(beside: SourceHandle): BesideKind | null {
	const head = new Uint8Array(8);
	beside.read(head, { at: 0 });
	const [first, second] = [0, 4].map((at) => new DataView(head.buffer).getUint32(at));
	if (first === 0x377f0682 || first === 0x377f0683) return 'log';
	return first === 0xd9d505f9 && second === 0x20a163d7 ? 'journal' : null;
}

function selectSql({ name, columns }: SqliteTable, limit: number | null): string {
	const names = columns.map((column) => quoteName(column.name)).join(', ');
	return `SELECT ${names || '*'} FROM ${quoteName(name)}${limit === null ? '' : ` LIMIT ${limit}`}`;
}

function countValue(counting: ValueCounting, row: SqliteCursor, column: number): void {
	switch (row.classOf(column)) {
		case sqliteClass.integer:
			countInteger(counting, row.integer(column));
			return;
		case sqliteClass.real:
			counting.reals++;
			return;
		case sqliteClass.text: {
			const { heap, start, length } = row.text(column);
			countText(counting, heap, start, length);
			return;
		}
		case sqliteClass.blob:
			counting.blobs++;
	}
}

function reasonOf(said: string, code: number): string {
	if (code === NOTADB) return 'behind its first bytes is no SQLite: it is encrypted or damaged';
	return code === CORRUPT ? `it is damaged (${said})` : said;
}

function unreadable(source: string, reason: string): Stopped {
	return new Stopped({ kind: 'unreadable-source', source, format: 'sqlite', reason, line: null });
}

function quoteSqlite(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
