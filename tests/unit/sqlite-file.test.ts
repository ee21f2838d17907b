// SQLite databases, made by another build of SQLite, as the reader of files sees them.
import { describe, expect, it } from 'vitest';
import { sqliteCellText, typeOfValues, type SqliteValue } from '#core/ingest/sqlite-values.ts';
import type { IngestFailure } from '#core/ingest/options.ts';
import { Stopped } from '#workers/ingest/failures.ts';
import { SqliteFile, type SqliteTable } from '#workers/ingest/sqlite-file.ts';
import { handleOf, sqliteBytes, sqliteWithJournal, sqliteWithLog } from '../made-sqlite.ts';

const open = (bytes: Uint8Array): Promise<SqliteFile> => SqliteFile.open('made.sqlite', handleOf(bytes));

async function opened(sql: string): Promise<SqliteFile> {
	return open(sqliteBytes(sql));
}

async function failureOf(work: () => Promise<unknown>): Promise<IngestFailure | null> {
	try {
		await work();
		return null;
	} catch (thrown) {
		if (thrown instanceof Stopped) return thrown.failure;
		throw thrown;
	}
}

function tableOf(file: SqliteFile, name: string): SqliteTable {
	const table = file.tables().find((one) => one.name === name);
	if (!table) throw new Error(`no table ${name}`);
	return table;
}

const rowsOf = (file: SqliteFile, name: string): SqliteValue[][] =>
	Array.from(file.read(tableOf(file, name)), (row) => [...row]);

/** Type and texts of the only column of a table `t` with these values. */
async function column(
	declared: string,
	...values: readonly string[]
): Promise<readonly [string, ...(string | null)[]]> {
	const inserted = values.map((value) => `INSERT INTO t VALUES (${value});`).join('');
	const file = await opened(`CREATE TABLE t (c ${declared}); ${inserted}`);
	const table = tableOf(file, 't');
	const [counts] = file.count(table, null).counts;
	if (!counts) throw new Error('no counts');
	const type = typeOfValues(declared, counts);
	return [type, ...rowsOf(file, 't').map(([value = null]) => sqliteCellText(value, type))];
}

describe('what a database has', () => {
	it('is its tables and then its views, with what their columns are declared as, and nothing of its own keeping', async () => {
		const file = await opened(`
			CREATE TABLE "order ""lines""" (id INTEGER PRIMARY KEY AUTOINCREMENT, "who?" TEXT, n DECIMAL(8, 2));
			CREATE TABLE codes (code TEXT, country TEXT, PRIMARY KEY (code, country)) WITHOUT ROWID;
			CREATE VIRTUAL TABLE words USING fts5 (body);
			CREATE VIEW totals AS SELECT sum(n) AS total FROM "order ""lines""";
			CREATE INDEX by_who ON "order ""lines""" ("who?");
			INSERT INTO "order ""lines""" (n) VALUES (1.5);`);
		expect(file.tables()).toEqual([
			{
				name: 'order "lines"',
				kind: 'table',
				columns: [
					{ name: 'id', declared: 'INTEGER', isKey: true },
					{ name: 'who?', declared: 'TEXT', isKey: false },
					{ name: 'n', declared: 'DECIMAL(8, 2)', isKey: false }
				]
			},
			{
				name: 'codes',
				kind: 'table',
				columns: [
					{ name: 'code', declared: 'TEXT', isKey: true },
					{ name: 'country', declared: 'TEXT', isKey: true }
				]
			},
			{ name: 'words', kind: 'table', columns: [{ name: 'body', declared: '', isKey: false }] },
			{ name: 'totals', kind: 'view', columns: [{ name: 'total', declared: '', isKey: false }] }
		]);
	});

	it('is read in order: tables without a row id, generated columns, views and full-text tables too', async () => {
		const file = await opened(`
			CREATE TABLE codes (code TEXT PRIMARY KEY, n INTEGER, twice GENERATED ALWAYS AS (n * 2)) WITHOUT ROWID;
			INSERT INTO codes VALUES ('b', 2), ('ä€😀', 9223372036854775807), ('a', NULL);
			CREATE VIRTUAL TABLE words USING fts5 (body);
			INSERT INTO words VALUES ('one two');
			CREATE VIEW named AS SELECT code || '!' AS said FROM codes WHERE n IS NULL;`);
		expect(rowsOf(file, 'codes')).toEqual([
			['a', null, null],
			['b', 2n, 4n],
			['ä€😀', 9223372036854775807n, 18446744073709552000]
		]);
		expect(rowsOf(file, 'named')).toEqual([['a!']]);
		expect(rowsOf(file, 'words')).toEqual([['one two']]);
	});

	it('of 300 columns is counted and read whole', async () => {
		const names = Array.from({ length: 300 }, (_, index) => `c${index}`);
		const file = await opened(
			`CREATE TABLE wide (${names.join(',')}); INSERT INTO wide VALUES (${names.map((_, n) => n).join(',')});`
		);
		const table = tableOf(file, 'wide');
		const { rowCount, counts } = file.count(table, null);
		expect([rowCount, counts.length, counts.every(({ integers }) => integers === 1)]).toEqual([1, 300, true]);
		expect(rowsOf(file, 'wide')[0]?.at(-1)).toBe(299n);
	});
});

describe('a column', () => {
	it('has the type that all its values have, whatever it is declared as', async () => {
		expect(await column('TEXT', '9223372036854775807', 'NULL')).toEqual(['VARCHAR', '9223372036854775807', null]);
		expect(await column('', '9223372036854775807', '-1')).toEqual(['BIGINT', '9223372036854775807', '-1']);
		expect(await column('VARCHAR(3) COLLATE nocase', "'abcdef'")).toEqual(['VARCHAR', 'abcdef']);
		expect(await column('DECIMAL(8, 2)', '1.25', '2')).toEqual(['DOUBLE', '1.25', '2']);
		expect(await column('BOOLEAN', '0', '1', 'NULL')).toEqual(['BOOLEAN', '0', '1', null]);
		expect(await column('BOOLEAN', '0', '2')).toEqual(['BIGINT', '0', '2']);
		expect(await column('', "X'00ff'")).toEqual(['BLOB', '00ff']);
		expect(await column('REAL', '9e999', '0.1')).toEqual(['DOUBLE', 'Inf', '0.1']);
	});

	it('of days and moments in text has their type, and stays text where one of them is none', async () => {
		expect(await column('', "'2024-02-29'", "'1999-12-31'")).toEqual(['DATE', '2024-02-29', '1999-12-31']);
		expect(await column('', "'2023-02-29'", "'1999-12-31'")).toEqual(['VARCHAR', '2023-02-29', '1999-12-31']);
		expect((await column('', "'2024-02-29T10:00:00'", "'2024-02-29 10:00:00.125'", "'2024-03-01'"))[0]).toBe(
			'TIMESTAMP'
		);
		expect((await column('DATETIME', "'2024-02-29 25:00:00'"))[0]).toBe('VARCHAR');
		expect((await column('DATE', '1700000000'))[0]).toBe('BIGINT');
	});

	it('of several classes loses nothing', async () => {
		expect(await column('', '1', '2.5', '3.0', "'x'", "X'0aFF'", 'NULL', "''")).toEqual([
			'VARCHAR',
			...['1', '2.5', '3.0', 'x', "X'0AFF'", null, '']
		]);
		expect(await column('', '9007199254740993', '0.5')).toEqual(['VARCHAR', '9007199254740993', '0.5']);
		expect(await column('', "CAST(X'610062' AS TEXT)")).toEqual(['VARCHAR', 'a\0b']);
	});

	it('without values has the type that its declaration names', async () => {
		for (const [declared, type] of [
			['UNSIGNED BIG INT', 'BIGINT'],
			['NVARCHAR(9)', 'VARCHAR'],
			['DOUBLE PRECISION', 'DOUBLE'],
			['DATETIME', 'TIMESTAMP'],
			['BLOB', 'BLOB'],
			['', 'VARCHAR']
		] as const)
			expect(await column(declared)).toEqual([type]);
	});
});

describe('a file that cannot be read', () => {
	const whole = sqliteBytes(
		`CREATE TABLE t (id INTEGER PRIMARY KEY, text); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT i, hex(randomblob(40)) FROM n;`
	);
	const reasonOf = async (bytes: Uint8Array): Promise<string> => {
		const failure = await failureOf(async () => rowsOf(await open(bytes), 't'));
		return failure?.kind === 'unreadable-source' ? failure.reason : JSON.stringify(failure);
	};

	it('is told apart: cut off, encrypted, damaged within, without its schema, or empty', async () => {
		expect(await reasonOf(whole.slice(0, 20_000))).toMatch(/cut off: it says that it has [\d,]+ bytes and has 20,000/);
		expect(await reasonOf(Uint8Array.from({ length: 8192 }, (_, at) => (at * 7919) % 251))).toContain('encrypted');
		expect(await reasonOf(whole.map((byte, at) => (at >= 100 && at < 4096 ? 0xa5 : byte)))).toMatch(/damaged/);
		expect(await reasonOf(whole.map((byte, at) => (at >= 40_000 && at < 60_000 ? 0xa5 : byte)))).toMatch(/damaged/);
		expect(await reasonOf(new Uint8Array(0))).toContain('does not begin as SQLite does');
	});

	it('that has a log beside it is read without it, and says that it has one', async () => {
		const logged = sqliteBytes('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7);');
		const file = await open(logged);
		expect([file.lacksLog, rowsOf(file, 't')]).toEqual([true, [[7n]]]);
		expect((await opened('CREATE TABLE t (a);')).lacksLog).toBe(false);
	});

	it('is read with the log beside it, and without what is cut off or no log of it', async () => {
		const { database, log } = sqliteWithLog(
			'CREATE TABLE t (a); INSERT INTO t VALUES (1)',
			'INSERT INTO t VALUES (2); CREATE TABLE u (b); INSERT INTO u VALUES (3)'
		);
		const tablesWith = async (beside: Uint8Array | null | undefined) => {
			const given = beside && handleOf(beside);
			const file = await SqliteFile.open('made.sqlite', handleOf(database), given);
			const rows = file.tables().map(({ name }) => [name, rowsOf(file, name).flat()]);
			file.close();
			return { lacksLog: file.lacksLog, ...Object.fromEntries(rows) } as Record<string, unknown>;
		};
		expect(await tablesWith(log)).toEqual({ lacksLog: false, t: [1n, 2n], u: [3n] });
		expect(await tablesWith(log.slice(0, -100))).toEqual({ lacksLog: false, t: [1n, 2n], u: [] });
		const foreign = sqliteWithLog('CREATE TABLE v (c)', 'INSERT INTO v VALUES (9)').log.fill(0, 16, 20);
		expect(await tablesWith(foreign)).toEqual({ lacksLog: false, t: [1n] });
		expect(await tablesWith(null)).toEqual({ lacksLog: false, t: [1n] });
		expect(await tablesWith(undefined)).toEqual({ lacksLog: true, t: [1n] });
	});

	it('that was left in mid-change is read as it was before, by the journal beside it', async () => {
		const { database, journal } = sqliteWithJournal(
			`CREATE TABLE t (a, b); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
				INSERT INTO t SELECT i, 'before ' || hex(zeroblob(50)) FROM n`,
			"UPDATE t SET b = 'after ' || hex(zeroblob(60)); INSERT INTO t SELECT a + 500, b FROM t"
		);
		const readWith = async (beside: Uint8Array | null): Promise<unknown> => {
			const file = await SqliteFile.open('made.sqlite', handleOf(database), beside && handleOf(beside));
			const rows = rowsOf(file, 't');
			file.close();
			return { count: rows.length, begins: [...new Set(rows.map(([, text]) => String(text).split(' ')[0]))] };
		};
		const given = database.slice();
		expect(await readWith(journal)).toEqual({ count: 500, begins: ['before'] });
		expect(database).toEqual(given);
		// A record that is not whole was never needed: what it is of was not written yet.
		expect(await readWith(journal.slice(0, -100))).toEqual({ count: 500, begins: ['before'] });
		// The first bytes of one whose change is over are gone.
		expect(await readWith(journal.fill(0, 0, 28))).not.toMatchObject({ begins: ['before'] });
		expect(await readWith(null)).not.toMatchObject({ begins: ['before'] });
	});

	it('only in a part still gives the others: a view of what is gone, and a table of a module that is not there', async () => {
		const file = await opened(`
			CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE gone (b); CREATE VIEW broken AS SELECT b FROM gone; DROP TABLE gone;
			PRAGMA writable_schema = ON;
			INSERT INTO sqlite_schema VALUES ('table', 'spatial', 'spatial', 0, 'CREATE VIRTUAL TABLE spatial USING nowhere (x)');`);
		expect(file.tables().map(({ name }) => name)).toEqual(['t', 'spatial', 'broken']);
		expect(rowsOf(file, 't')).toEqual([[1n]]);
		for (const [name, word] of [
			['broken', 'gone'],
			['spatial', 'nowhere']
		] as const) {
			const failure = await failureOf(async () => file.count(tableOf(file, name), null));
			expect(failure).toMatchObject({ kind: 'unreadable-source' });
			expect(JSON.stringify(failure)).toContain(word);
		}
	});

	it('says what its reader said when its bytes are gone', async () => {
		const gone = new DOMException('gone', 'NotReadableError');
		const file = await SqliteFile.open('made.sqlite', {
			read: (out, { at }) => {
				if (at > 8192) throw gone;
				out.set(whole.subarray(at, at + out.length));
				return out.length;
			},
			getSize: () => whole.length,
			flush: () => undefined,
			close: () => undefined
		});
		expect(() => rowsOf(file, 't')).toThrow(gone);
	});
});

it('memory does not grow with the file: a page at a time is asked for', async () => {
	const bytes = sqliteBytes('CREATE TABLE t (a); INSERT INTO t VALUES (1);');
	const asked: number[] = [];
	const handle = handleOf(bytes);
	const file = await SqliteFile.open('made.sqlite', {
		...handle,
		read: (out, place) => {
			asked.push(out.length);
			return handle.read(out, place);
		}
	});
	expect(rowsOf(file, 't')).toEqual([[1n]]);
	expect(Math.max(...asked)).toBeLessThanOrEqual(4096);
});
