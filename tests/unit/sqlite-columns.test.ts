// Values on their way from SQLite's memory into columns of Arrow.
import { expect, it } from 'vitest';
import { cellsOf } from '#workers/ingest/sqlite-columns.ts';
import { SqliteFile } from '#workers/ingest/sqlite-file.ts';
import { handleOf, sqliteBytes } from '../made-sqlite.ts';

/** What a column of a type holds of the only column of a table, taken in pieces of so many rows. */
async function taken(type: string, sql: string, pieceRows = Infinity): Promise<readonly unknown[]> {
	const file = await SqliteFile.open('made.sqlite', handleOf(sqliteBytes(sql)));
	const cells = cellsOf(type);
	const found: unknown[] = [];
	let held = 0;
	const [table] = file.tables();
	if (!table) throw new Error('no table');
	file.select(table, null, (row) => {
		cells.add(row, 0);
		if (++held < pieceRows) return;
		found.push(...cells.take());
		held = 0;
	});
	found.push(...cells.take());
	file.close();
	return found;
}

const ofValues = (...values: readonly string[]): string =>
	`CREATE TABLE t (c); INSERT INTO t VALUES ${values.map((value) => `(${value})`).join(', ')};`;

it('whole numbers of 64 bits keep their last digit', async () => {
	const numbers = ['0', '-1', '4294967296', '-4294967297', '9007199254740991', '9007199254740993', '-9007199254740993'];
	const ends = ['9223372036854775807', '-9223372036854775808'];
	const exact = (value: unknown): string => String(value);
	const all = [...numbers, ...ends];
	const found = await taken('VARCHAR', ofValues(...all));
	expect(found).toEqual(all);
	expect((await taken('BIGINT', ofValues(...numbers.slice(0, 5), 'NULL'))).map(exact)).toEqual([
		...numbers.slice(0, 5),
		'null'
	]);
});

it('numbers with fractions, nulls and bytes are as they were', async () => {
	expect(await taken('DOUBLE', ofValues('1.5', 'NULL', '-9e999', '7'))).toEqual([1.5, null, -Infinity, 7]);
	expect(await taken('BLOB', ofValues("X'00ff'", 'NULL', "X''"))).toEqual([
		...[Uint8Array.of(0, 255), null, Uint8Array.of()]
	]);
});

it('texts keep letters of any script, and what is none is text of itself', async () => {
	expect(await taken('VARCHAR', ofValues("'Zoë 東京 🜁'", "''", 'NULL', '3.0', "X'0aff'", '12'))).toEqual([
		...['Zoë 東京 🜁', '', null, '3.0', "X'0AFF'", '12']
	]);
});

it('a text that is no UTF-8 is mended by itself, also where its end would fit the next one', async () => {
	const cut = ofValues("'ä'", "CAST(X'61c3' AS TEXT)", "CAST(X'a462' AS TEXT)", "CAST(X'ff' AS TEXT)", "'ö'");
	expect(await taken('VARCHAR', cut)).toEqual(['ä', 'a\ufffd', '\ufffdb', '\ufffd', 'ö']);
});

it('memory that is used again and grows mixes no rows', async () => {
	const rows = 40_000;
	const sql = `CREATE TABLE t (c); WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows - 1})
		INSERT INTO t SELECT iif(i % 3 = 0, NULL, i) FROM n;`;
	const wanted = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? null : row));
	expect(await taken('BIGINT', sql, 17_001)).toEqual(wanted);
	expect(await taken('DOUBLE', sql, 17_001)).toEqual(wanted);
	expect(await taken('VARCHAR', sql, 17_001)).toEqual(wanted.map((value) => (value === null ? null : `${value}`)));
});
