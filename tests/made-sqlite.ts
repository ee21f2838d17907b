// SQLite databases for tests, made by the SQLite that Node has.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export function sqliteBytes(sql: string): Uint8Array<ArrayBuffer> {
	const folder = mkdtempSync(join(tmpdir(), 'weir-sqlite-'));
	try {
		const path = join(folder, 'made.sqlite');
		const database = new DatabaseSync(path);
		database.enableDefensive?.(false);
		database.exec(sql);
		database.close();
		return Uint8Array.from(readFileSync(path));
	} finally {
		rmSync(folder, { recursive: true });
	}
}
