// SQLite databases for tests, made by the SQLite that Node has.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SourceHandle } from '#workers/blob-pages.ts';

export function sqliteBytes(sql: string): Uint8Array<ArrayBuffer> {
	return sqliteFiles(sql).database;
}

/** As a program leaves them that has the database open: what `later` does is in the log alone. */
export function sqliteWithLog(
	sql: string,
	later: string
): { readonly database: Uint8Array<ArrayBuffer>; readonly log: Uint8Array<ArrayBuffer> } {
	const { database, log } = sqliteFiles(`PRAGMA journal_mode = WAL; ${sql}; PRAGMA wal_checkpoint(TRUNCATE);`, later);
	if (!log) throw new Error('no log');
	return { database, log };
}

/** As a program leaves them that is killed in the midst of `later`, when it has written some of it already. */
export function sqliteWithJournal(
	sql: string,
	later: string
): { readonly database: Uint8Array<ArrayBuffer>; readonly journal: Uint8Array<ArrayBuffer> } {
	const { database, journal } = sqliteFiles(sql, `PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; ${later}`);
	if (!journal) throw new Error('no journal');
	return { database, journal };
}

/** Bytes as the reader of files takes them. */
export function handleOf(bytes: Uint8Array): SourceHandle {
	return {
		read: (out, { at }) => {
			const part = bytes.subarray(at, at + out.length);
			out.set(part);
			return part.length;
		},
		getSize: () => bytes.length,
		flush: () => undefined,
		close: () => undefined
	};
}

function sqliteFiles(sql: string, later?: string) {
	const folder = mkdtempSync(join(tmpdir(), 'weir-sqlite-'));
	try {
		const path = join(folder, 'made.sqlite');
		const database = new DatabaseSync(path);
		database.enableDefensive?.(false);
		database.exec(sql);
		if (later === undefined) database.close();
		else database.exec(later);
		const bytes = Uint8Array.from(readFileSync(path));
		const beside = (ending: string): Uint8Array<ArrayBuffer> | null =>
			existsSync(`${path}-${ending}`) ? Uint8Array.from(readFileSync(`${path}-${ending}`)) : null;
		const [log, journal] = ['wal', 'journal'].map(beside);
		if (later !== undefined) database.close();
		return { database: bytes, log, journal };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
