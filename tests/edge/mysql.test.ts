// MySQL and MariaDB at the door to databases, against a real server: what is read comes as it is, what may not be is not, and a failure says which.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { listTables, putRows, readRows, type DatabaseServer } from '#core/contract/database.ts';
import type { RequestOf } from '#core/contract/endpoint.ts';
import { err, ok } from '#core/result.ts';
import { parseEnd, parseHead } from '#core/source/sql/row-lines.ts';
import { mysql } from '#edge/database/mysql/engine.ts';
import { run } from '#edge/database/mysql/open.ts';
import { checkTarget } from '#edge/database/reach.ts';
import { Transactions } from '#edge/database/transaction.ts';
import { log, makeWorkspace, type TestWorkspace } from './edge.ts';
import { placeOf } from './mysql-place.ts';

type Asked = Omit<RequestOf<typeof readRows>, 'workspace' | 'server'>;

/** Of a database that has `digits`, SQL of the numbers from 1 to `count`. */
function numbered(count: number): string {
	const seq = '1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d';
	return `(SELECT ${seq} AS seq FROM digits a, digits b, digits c, digits e, digits f WHERE ${seq} <= ${count})`;
}

// A machine without the server has nothing to show here; see docs/databases.md.
describe.each(inject('mysqlServers'))('$name', (place) => {
	const isMariaDb = place.name === 'MariaDB';
	const { server, settings, sql } = placeOf(place);
	let made: TestWorkspace;
	const read = async (
		asked: Asked
	): Promise<{ readonly lines: readonly string[]; readonly head: unknown; readonly end: unknown }> => {
		const answer = await made.call(readRows, { server, ...asked });
		if (!answer.ok) return expect.unreachable(JSON.stringify(answer.error));
		const lines = new TextDecoder().decode(answer.value).trimEnd().split('\n');
		return { lines: lines.slice(1, -1), head: parseHead(lines[0] ?? ''), end: parseEnd(lines.at(-1) ?? '') };
	};

	beforeAll(async () => {
		await applyD1Migrations(env.DB, env.MIGRATIONS);
		made = await makeWorkspace(settings);
		await sql(
			'DROP TABLE IF EXISTS orders, stock, loose, digits',
			'CREATE TABLE digits AS SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9',
			`CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(50) COLLATE utf8mb4_unicode_ci, price decimal(10,2), at timestamp(3) NULL,
				seen datetime(6), day date, more json, raw blob, u ${isMariaDb ? 'uuid' : 'char(36)'}, tiny tinyint unsigned, big bigint unsigned, f float, d double,
				flag bit(1), bits bit(10), wide decimal(65,30), y year, kind enum('a', 'b') CHARACTER SET latin1, place point)`,
			`INSERT INTO orders SELECT seq, CONCAT('row ', seq), seq / 4.0, TIMESTAMPADD(MINUTE, seq, '2026-01-01'), '2026-01-02 03:04:05.123456', '2026-01-02',
				'{"x":\n 1}', X'00ff', '00000000-0000-0000-0000-000000000001', 255, 18446744073709551615, 0.1, 0.1, b'1', b'1000000001',
				1.5, 2026, 'b', POINT(1, 2) FROM ${numbered(1000)} AS n`,
			"UPDATE orders SET name = '' WHERE id = 1",
			'UPDATE orders SET name = NULL, at = NULL, wide = 1.123456789012345678901234567890 WHERE id = 2',
			"UPDATE orders SET name = 'a\\nb\\\\N,\"ä€😀' WHERE id = 3",
			'CREATE OR REPLACE VIEW cheap AS SELECT id, price FROM orders WHERE price < 10',
			'CREATE TABLE stock (id int PRIMARY KEY, name varchar(5), code varchar(9), more json, raw blob, at timestamp(6) NULL, ok bool, UNIQUE (code))',
			'CREATE TABLE loose (a int NULL, b int, UNIQUE (a))',
			...(isMariaDb ? ['CREATE OR REPLACE SEQUENCE counter'] : [])
		);
	});

	test('lists tables and views with their columns, types and keys', async () => {
		const listed = await made.call(listTables, { server });
		if (!listed.ok) return expect.unreachable(JSON.stringify(listed.error));
		const shop = listed.value.tables.filter(({ schema }) => schema === 'shop');
		expect(shop.map(({ name, kind }) => `${kind} ${name}`)).toEqual(
			expect.arrayContaining(['view cheap', 'table orders', 'table stock'])
		);
		const orders = shop.find(({ name }) => name === 'orders');
		const columns = orders?.columns.map(({ name, type, isKey }) => `${name} ${type}${isKey ? ' key' : ''}`);
		expect(columns?.join('; ')).toBe(
			'id BIGINT key; name VARCHAR; price DECIMAL(10, 2); at TIMESTAMP WITH TIME ZONE; seen TIMESTAMP; day DATE; more JSON; raw BLOB; ' +
				`u ${isMariaDb ? 'UUID' : 'VARCHAR'}; tiny SMALLINT; ` +
				'big DECIMAL(20, 0); f FLOAT; d DOUBLE; flag BOOLEAN; bits BIGINT; wide DECIMAL(38, 10); y SMALLINT; kind VARCHAR; place VARCHAR'
		);
		// What a list says is what a read says.
		const { head } = await read({ from: { kind: 'table', schema: 'shop', name: 'orders' }, limit: 1 });
		expect(head).toMatchObject({ columns: orders?.columns.map(({ name, type }) => ({ name, type })) });
	});

	test('reads a table as it is', async () => {
		const { lines, end } = await read({ from: { kind: 'table', schema: 'shop', name: 'orders' }, order: ['id'] });
		expect(end).toEqual({ end: 1000 });
		expect(lines).toHaveLength(1000);
		const rows = lines.slice(0, 3).map((line) => JSON.parse(line) as unknown);
		expect(rows[0]).toEqual({
			...{ id: '1', name: '', price: '0.25', at: '2026-01-01 00:01:00.000+00:00', seen: '2026-01-02 03:04:05.123456' },
			...{ day: '2026-01-02', more: { x: 1 }, raw: '\\x00\\xff', u: '00000000-0000-0000-0000-000000000001', tiny: 255 },
			...{ big: '18446744073709551615', f: '0.10000000149011612', d: '0.1', flag: true, bits: '513' },
			...{ wide: '1.5000000000', y: 2026, kind: 'b', place: 'POINT(1 2)' }
		});
		expect(rows.slice(1)).toMatchObject([
			{ name: null, at: null, wide: '1.123456789012345678901234567890 does not fit' },
			{ name: 'a\nb\\N,"ä€😀' }
		]);
	});

	test('reads the rows and columns that are asked for, page by page, none twice and none left out', async () => {
		const ids: number[] = [];
		let after: Asked['after'] = null;
		for (;;) {
			const { lines, head } = await read({
				from: { kind: 'query', sql: 'SELECT *, id DIV 7 AS band FROM orders; ' },
				columns: ['id', 'band'],
				filters: [
					{ column: 'id', op: '>', values: ['100'] },
					{ column: 'name', op: '!=', values: ['no'] }
				],
				order: ['band'],
				after,
				limit: 100
			});
			expect(head).toMatchObject({ columns: [{ name: 'id', type: 'BIGINT' }, { name: 'band' }] });
			if (lines.length === 0) break;
			const rows = lines.map((line) => JSON.parse(line) as { readonly id: string; readonly band: string });
			ids.push(...rows.map(({ id }) => Number(id)));
			after = { values: [String(rows.at(-1)?.band)], isFrom: false };
		}
		expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 900 }, (_row, at) => at + 101));
	});

	test('gives the rows without a value at the end, all of them on the last page', async () => {
		const from = {
			kind: 'query',
			sql: 'SELECT id, IF(id > 4, NULL, at) AS at FROM orders WHERE id IN (1, 3, 4, 5, 6, 7)'
		} as const;
		const pages: string[][] = [];
		let after: Asked['after'] = null;
		for (let page = 0; page < 3; page++) {
			const { lines } = await read({ from, order: ['at'], after, limit: 2 });
			const rows = lines.map((line) => JSON.parse(line) as { readonly id: string; readonly at: string | null });
			pages.push(rows.map(({ id }) => id));
			const last = rows.at(-1)?.at;
			if (typeof last !== 'string') break;
			after = { values: [last], isFrom: false };
		}
		expect(pages.map((page) => page.toSorted())).toEqual([
			['1', '3'],
			['4', '5', '6', '7']
		]);
	});

	test('orders and compares texts by their bytes, whatever language the table speaks', async () => {
		const from = {
			kind: 'query',
			sql: "SELECT 'a' AS name UNION ALL SELECT 'B' UNION ALL SELECT 'ä' UNION ALL SELECT 'b' UNION ALL SELECT 'a '"
		} as const;
		const names: string[] = [];
		for (let after: Asked['after'] = null; names.length < 5; after = { values: [names.at(-1) ?? ''], isFrom: false }) {
			const { lines } = await read({ from, order: ['name'], after, limit: 2 });
			names.push(...lines.map((line) => (JSON.parse(line) as { readonly name: string }).name));
		}
		expect(names).toEqual(['B', 'a', 'a ', 'b', 'ä']);
		const { lines } = await read({ from, filters: [{ column: 'name', op: 'in', values: ['a', 'ä'] }] });
		expect(lines).toEqual(['{"name":"a"}', '{"name":"ä"}']);
	});

	test('takes conditions of every type, and refuses a value that is none of it', async () => {
		const from = { kind: 'table', schema: 'shop', name: 'orders' } as const;
		const count = async (column: string, op: '=' | '<=', value: string): Promise<unknown> => {
			const answer = await made.call(readRows, {
				server,
				from,
				columns: ['id'],
				filters: [{ column, op, values: [value] }]
			});
			if (!answer.ok) return answer.error;
			return parseEnd(new TextDecoder().decode(answer.value).trimEnd().split('\n').at(-1) ?? '');
		};
		expect(await count('big', '=', '18446744073709551615')).toEqual({ end: 1000 });
		expect(await count('name', '=', 'row 7')).toEqual({ end: 1 });
		expect(await count('name', '=', 'ROW 7')).toEqual({ end: 0 });
		expect(await count('name', '=', 'a\nb\\N,"ä€😀')).toEqual({ end: 1 });
		expect(await count('kind', '=', 'ह')).toEqual({ end: 0 });
		expect(await count('price', '<=', '1.00')).toEqual({ end: 4 });
		expect(await count('at', '<=', '2026-01-01T01:03:00+01:00')).toEqual({ end: 2 });
		expect(await count('seen', '=', '2026-01-02 03:04:05.123456')).toEqual({ end: 1000 });
		expect(await count('day', '=', '2026-01-02')).toEqual({ end: 1000 });
		expect(await count('d', '=', '0.1')).toEqual({ end: 1000 });
		expect(await count('u', '=', '00000000-0000-0000-0000-000000000001')).toEqual({ end: 1000 });
		expect(await count('raw', '=', '\\x00\\xff')).toEqual({ end: 1000 });
		expect(await count('flag', '=', 'true')).toEqual({ end: 1000 });
		for (const [column, value] of [
			['id', '1 OR 1=1'],
			['day', "2026-01-02' OR '1"],
			['price', 'x'],
			['at', 'yesterday']
		] as const)
			expect(await count(column, '=', value)).toMatchObject({ reason: 'value', words: column });
	});

	test('keeps nothing, an empty text and a text that looks like nothing apart in CSV', async () => {
		const { lines, end } = await read({
			from: { kind: 'table', schema: 'shop', name: 'orders' },
			columns: ['id', 'name', 'price'],
			filters: [{ column: 'id', op: 'in', values: ['1', '2', '3'] }],
			order: ['id'],
			format: 'csv'
		});
		expect(end).toEqual({ end: 3 });
		expect(lines).toEqual(['1,"",0.25', '2,,0.50', '3,"a', 'b\\N,""ä€😀",0.75']);
	});

	test('is CSV where its columns have a form in it, and says which it is', async () => {
		const from = { kind: 'table', schema: 'shop', name: 'orders' } as const;
		const formatOf = async (columns: string[]): Promise<unknown> =>
			(await read({ from, columns, limit: 1, format: 'any' })).head;
		expect(await formatOf(['id', 'name', 'price'])).toMatchObject({ format: 'csv' });
		expect(await formatOf(['id', 'raw'])).toMatchObject({ format: 'ndjson' });
		// Of a single column, nothing is an empty line.
		expect(await formatOf(['name'])).toMatchObject({ format: 'ndjson' });
	});

	test('streams more than it holds, at the pace of whoever reads', async () => {
		const sql = `SELECT seq, REPEAT('x', 1000) AS text FROM ${numbered(20_000)} AS n`;
		const { lines, end } = await read({ from: { kind: 'query', sql } });
		expect(end).toEqual({ end: 20_000 });
		expect(lines).toHaveLength(20_000);
	});

	test('refuses what is no single reading statement, and changes nothing', async () => {
		const failed = async (text: string): Promise<unknown> => {
			const answer = await made.call(readRows, { server, from: { kind: 'query', sql: text } });
			if (!answer.ok) return answer.error;
			return parseEnd(new TextDecoder().decode(answer.value).trimEnd().split('\n').at(-1) ?? '');
		};
		expect(await failed('SELECT 1) AS q; COMMIT; DELETE FROM orders; SELECT (1')).toMatchObject({ reason: 'query' });
		expect(await failed('DELETE FROM orders RETURNING id')).toMatchObject({ reason: 'query' });
		if (isMariaDb)
			expect(await failed('SELECT NEXT VALUE FOR counter')).toMatchObject({ reason: 'read-only', code: '25006' });
		expect(await failed('SELECT nothing FROM orders')).toMatchObject({ reason: 'no-column' });
		expect(await failed("SELECT LOAD_FILE('secrets.txt') AS x INTO OUTFILE 'told.txt'")).toMatchObject({
			reason: 'query'
		});
		const { end } = await read({ from: { kind: 'table', schema: 'shop', name: 'orders' }, columns: ['id'] });
		expect(end).toEqual({ end: 1000 });
	});

	test('says what went wrong, and reaches no place that the operator did not name', async () => {
		const from = { kind: 'table', schema: 'shop', name: 'nothing' } as const;
		const ask = async (change: Partial<DatabaseServer>): Promise<unknown> => {
			const answer = await made.call(readRows, { server: { ...server, ...change }, from });
			return answer.ok ? null : answer.error;
		};
		expect(await ask({})).toMatchObject({ kind: 'database-failed', reason: 'no-table', code: '42S02' });
		expect(await ask({ password: 'wrong' })).toMatchObject({ reason: 'sign-in', words: null });
		expect(await ask({ database: 'nowhere' })).toMatchObject({ reason: 'no-database' });
		expect(await ask({ port: 1 })).toMatchObject({ kind: 'place-not-allowed' });
		expect(await ask({ host: '127.0.0.2' })).toMatchObject({ kind: 'place-not-allowed' });
		expect(await ask({ host: '169.254.169.254', port: 3306, tls: 'verify' })).toMatchObject({
			kind: 'place-not-allowed'
		});
		expect(await ask({ host: '8.8.8.8', port: 3306, tls: 'off' })).toMatchObject({ kind: 'place-not-allowed' });
	});

	test('encrypts only towards who proves that it is the one that was asked for', async () => {
		const { resolverPort } = (inject as (key: string) => unknown)('sources') as { readonly resolverPort: number };
		const own = await makeWorkspace({
			SOURCE_RELAY: 'named',
			SOURCE_RESOLVER: `http://127.0.0.1:${resolverPort}/dns-query`,
			SOURCE_HOSTS: ['api', 'other'].map((name) => `${name}.source.example:${place.port}`).join(',')
		});
		const ask = async (host: string): Promise<unknown> => {
			const answer = await own.call(listTables, { server: { ...server, tls: 'verify', host } });
			return answer.ok ? answer.value.tables.some(({ name }) => name === 'orders') : answer.error;
		};
		expect(await ask('api.source.example')).toBe(true);
		expect(await ask('other.source.example')).toMatchObject({ kind: 'database-failed', reason: 'tls' });
	});

	describe('rows that are put back', () => {
		const into = { kind: 'table', schema: 'shop', name: 'stock' } as const;
		const columns = ['id', 'name', 'code', 'more', 'raw', 'at', 'ok'];
		const put = async (rows: readonly unknown[], change: Partial<RequestOf<typeof putRows>> = {}): Promise<unknown> =>
			made.call(putRows, { server, into, columns, key: ['id'], rows: JSON.stringify(rows), ...change });
		const stock = async (): Promise<readonly unknown[]> =>
			(await read({ from: into, order: ['id'] })).lines.map((line) => JSON.parse(line) as unknown);

		test('go in by their key, all or none', async () => {
			const first = {
				id: 1,
				name: 'a',
				code: 'A',
				more: { x: 0.1 },
				raw: '\\x00ff',
				at: '2026-01-01 00:00:00.5+00',
				ok: true
			};
			expect(await put([first, { id: 2, name: 'b' }])).toEqual(ok({ addedCount: 2, changedCount: 0 }));
			expect(
				await put([
					{ id: 2, name: 'c' },
					{ id: 3, name: null }
				])
			).toEqual(ok({ addedCount: 1, changedCount: 1 }));
			const unfit = [
				{ id: 4, name: 'd' },
				{ id: 5, name: 'too long a name' }
			];
			expect(await put(unfit)).toMatchObject(err({ kind: 'database-failed', reason: 'value' }));
			expect(await put([{ id: 'x' }])).toMatchObject(err({ kind: 'database-failed', reason: 'value' }));
			expect(await put([{ id: 6 }, { id: 6 }])).toMatchObject(err({ kind: 'database-failed', reason: 'conflict' }));
			expect(await stock()).toMatchObject([
				{ id: 1, name: 'a', code: 'A', raw: '\\x00\\xff', at: '2026-01-01 00:00:00.500000+00:00', ok: 1 },
				{ id: 2, name: 'c', code: null },
				{ id: 3, name: null }
			]);
		});

		test('change no row but the one that has their key', async () => {
			const before = await stock();
			expect(await put([{ id: 9, code: 'A' }])).toMatchObject(err({ kind: 'database-failed', reason: 'conflict' }));
			expect(await put([{ id: 9 }], { key: ['name'] })).toMatchObject(
				err({ reason: 'query', words: 'no unique index of name' })
			);
			const loose = { into: { ...into, name: 'loose' }, columns: ['a', 'b'], key: ['a'] };
			expect(await put([{ a: 1, b: 1 }], loose)).toMatchObject(
				err({ reason: 'query', words: 'a may be null, and is no key' })
			);
			expect(await put([{ id: 9 }], { rows: '[1]' })).toMatchObject(err({ reason: 'value' }));
			expect(await stock()).toEqual(before);
		});

		test('that take longer than they may are ended where they run, and none of them is kept', async () => {
			await sql(
				'DROP TABLE IF EXISTS late',
				'CREATE TABLE late (id int PRIMARY KEY)',
				'CREATE TRIGGER later BEFORE INSERT ON late FOR EACH ROW SET NEW.id = NEW.id + SLEEP(IF(NEW.id > 1, 600, 0))'
			);
			const target = await checkTarget(server, settings);
			if (!target.ok) return expect.unreachable(JSON.stringify(target.error));
			const late = { into: { ...into, name: 'late' }, columns: ['id'], key: ['id'] };
			const transactions = new Transactions(mysql);
			const how = { isReadOnly: false, timeoutMs: 500 };
			const ended = await transactions.run(target.value, how, async (database) => {
				await mysql.put(database, { ...late, rows: '[{"id": 1}]' });
				// What would bind each statement, where there is such a thing.
				if (isMariaDb) await run(database, 'SET SESSION max_statement_time = 0');
				return mysql.put(database, { ...late, rows: '[{"id": 2}]' });
			});
			expect(ended).toMatchObject(err({ kind: 'database-failed', reason: 'timeout' }));
			// Neither its rows nor its locks are left: the same key goes in.
			expect(await put([{ id: 1 }], late)).toEqual(ok({ addedCount: 1, changedCount: 0 }));
			expect(await put([{ id: 0 }], late)).toEqual(ok({ addedCount: 1, changedCount: 0 }));
		});

		test('keep all digits of their numbers', async () => {
			const exact = '[{"id": 7, "name": 1.10, "code": 9007199254740993}]';
			expect(await put([], { columns: ['id', 'name', 'code'], rows: exact })).toMatchObject({ ok: false });
			const fits = '[{"id": 7, "name": 1.10, "raw": 9007199254740993}]';
			expect(await put([], { columns: ['id', 'name', 'raw'], rows: fits })).toMatchObject({ ok: true });
			const raw = Array.from('9007199254740993', (digit) => `\\x${digit.charCodeAt(0).toString(16)}`).join('');
			expect((await stock()).at(-1)).toMatchObject({ id: 7, name: '1.10', raw });
		});
	});

	test('tells no log what passed', () => {
		for (const secret of [place.password, 'orders', 'stock']) expect(JSON.stringify(log)).not.toContain(secret);
	});
});
