// What MySQL and MariaDB have of their own, through the door to databases: shapes on the globe, vectors, columns that are computed or kept out of
// sight, documents that are larger than what is sorted at once, and keys that a language takes for the same.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { listTables, putRows, readRows } from '#core/contract/database.ts';
import type { RequestOf } from '#core/contract/endpoint.ts';
import { err, ok } from '#core/result.ts';
import { parseEnd, parseHead } from '#core/source/sql/row-lines.ts';
import { makeWorkspace, type TestWorkspace } from './edge.ts';
import { placeOf } from './mysql-place.ts';

type Asked = Omit<RequestOf<typeof readRows>, 'workspace' | 'server'>;
type Put = Omit<RequestOf<typeof putRows>, 'workspace' | 'server' | 'rows'>;

// A machine without a server has nothing to show here; see docs/databases.md.
describe.each(inject('mysqlServers'))('$name', (place) => {
	const isMariaDb = place.name === 'MariaDB';
	const { server, settings, sql } = placeOf(place);
	let made: TestWorkspace;
	const table = (name: string) => ({ kind: 'table', schema: 'shop', name }) as const;
	const read = async (asked: Asked): Promise<{ readonly head: unknown; readonly rows: readonly unknown[] }> => {
		const answer = await made.call(readRows, { server, ...asked });
		if (!answer.ok) return expect.unreachable(JSON.stringify(answer.error));
		const lines = new TextDecoder().decode(answer.value).trimEnd().split('\n');
		const rows = lines.slice(1, -1).map((line) => JSON.parse(line) as unknown);
		expect(parseEnd(lines.at(-1) ?? '')).toEqual({ end: rows.length });
		return { head: parseHead(lines[0] ?? ''), rows };
	};
	const put = async (asked: Put, rows: readonly unknown[]): Promise<unknown> =>
		made.call(putRows, { server, ...asked, rows: JSON.stringify(rows) });
	const listed = async (name: string): Promise<readonly string[]> => {
		const tables = await made.call(listTables, { server });
		if (!tables.ok) return expect.unreachable(JSON.stringify(tables.error));
		const found = tables.value.tables.find((one) => one.schema === 'shop' && one.name === name);
		return found?.columns.map((column) => `${column.name} ${column.type}`) ?? [];
	};

	beforeAll(async () => {
		await applyD1Migrations(env.DB, env.MIGRATIONS);
		made = await makeWorkspace(settings);
		await sql('DROP TABLE IF EXISTS shapes, vectors, computed, hidden, papers, kinds');
	});

	test('reads shapes with the longitude first, finds them, and puts them back where they are', async () => {
		const onGlobe = isMariaDb ? 'point' : 'point SRID 4326';
		await sql(
			`CREATE TABLE shapes (id int PRIMARY KEY, place ${onGlobe}, free geometry, many geometrycollection)`,
			`INSERT INTO shapes VALUES (1, ST_GeomFromText('POINT(${isMariaDb ? '10 60' : '60 10'})', 4326), ST_GeomFromText('LINESTRING(0 0, 1 1)', 3857),
				ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))'))`
		);
		const shapes = { from: table('shapes'), order: ['id'] };
		expect((await listed('shapes')).slice(1)).toEqual(['place VARCHAR', 'free VARCHAR', 'many VARCHAR']);
		const { head, rows } = await read({ ...shapes, filters: [{ column: 'place', op: '=', values: ['POINT(10 60)'] }] });
		expect(head).toMatchObject({ columns: (await listed('shapes')).map((one) => ({ name: one.split(' ')[0] })) });
		expect(rows).toMatchObject([{ id: 1, place: 'POINT(10 60)', many: 'GEOMETRYCOLLECTION(POINT(1 2))' }]);
		const into = { into: table('shapes'), columns: ['id', 'place', 'free'], key: ['id'] };
		const moved = { id: 1, place: 'POINT(10.7 59.9)', free: 'LINESTRING(0 0,2 2)' };
		expect(await put(into, [moved, { ...moved, id: 2, free: null }])).toEqual(ok({ addedCount: 1, changedCount: 1 }));
		const systems = "SELECT id, CONCAT_WS(' ', ST_SRID(place), ST_SRID(free)) AS systems FROM shapes";
		expect((await read(shapes)).rows).toMatchObject([moved, { id: 2, place: 'POINT(10.7 59.9)', free: null }]);
		const query = { kind: 'query', sql: systems } as const;
		expect((await read({ from: query, order: ['id'], columns: ['systems'] })).rows).toEqual([
			{ systems: '4326 3857' },
			{ systems: isMariaDb ? '0' : '4326' }
		]);
	});

	test('says of every type the same in a list, in a read and of its values', async () => {
		await sql(
			`CREATE TABLE kinds (a int(5) ZEROFILL, b bigint ZEROFILL, c decimal(10,0) unsigned, d decimal(65,30) unsigned, e numeric(5,5), f bool, g mediumint unsigned,
				h float unsigned, i double ZEROFILL, j bit(64), k time(3), l year, m tinytext, n longblob, o binary(3), p char(3) CHARACTER SET latin1, q set('x', 'y'),
				r timestamp NULL, s datetime, t linestring, u multipolygon, v decimal(38,0), w decimal(10,2) ZEROFILL, x nchar(3), y smallint, z real)`,
			`INSERT INTO kinds VALUES (7, 7, 4294967295, 1.5, -0.12345, 2, 16777215, 0.1, 7, 18446744073709551615, '-01:02:03.5', 2155, 'é', X'00', X'61', 'é', 'x,y',
				'2038-01-19 03:14:07', '9999-12-31 23:59:59', NULL, NULL, '-99999999999999999999999999999999999999', 7, 'é', -32768, 1e308)`
		);
		const { head, rows } = await read({ from: table('kinds') });
		const columns = (head as { readonly columns: readonly { readonly name: string; readonly type: string }[] }).columns;
		expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(await listed('kinds'));
		expect(rows).toEqual([
			{
				...{
					a: 7,
					b: '00000000000000000007',
					c: '4294967295',
					d: '1.5000000000',
					e: '-0.12345',
					f: 2,
					g: 16777215,
					h: '0.10000000149011612'
				},
				...{
					i: '0000000000000000000007',
					j: '18446744073709551615',
					k: '-01:02:03.500',
					l: 2155,
					m: 'é',
					n: '\\x00',
					o: '\\x61\\x00\\x00'
				},
				...{ p: 'é', q: 'x,y', r: '2038-01-19 03:14:07+00:00', s: '9999-12-31 23:59:59', t: null, u: null },
				...{ v: '-99999999999999999999999999999999999999', w: '00000007.00', x: 'é', y: -32768, z: '1e308' }
			}
		]);
	});

	test('leaves out what is kept out of sight, of which a query gives what it names', async () => {
		await sql(
			isMariaDb
				? 'CREATE TABLE hidden (my_row_id int PRIMARY KEY INVISIBLE AUTO_INCREMENT, x int, y int INVISIBLE DEFAULT 5)'
				: 'CREATE TABLE hidden (my_row_id int PRIMARY KEY AUTO_INCREMENT INVISIBLE, x int, y int DEFAULT 5 INVISIBLE)',
			'INSERT INTO hidden (x) VALUES (7)'
		);
		expect(await listed('hidden')).toEqual(['x INTEGER']);
		expect((await read({ from: table('hidden') })).rows).toEqual([{ x: 7 }]);
		const query = { kind: 'query', sql: 'SELECT my_row_id, y, x FROM hidden' } as const;
		expect((await read({ from: query })).rows).toEqual([{ my_row_id: 1, y: 5, x: 7 }]);
	});

	test('leaves to the database what it computes', async () => {
		const halves = 'half double GENERATED ALWAYS AS (b / 2) VIRTUAL';
		await sql(
			`CREATE TABLE computed (a int PRIMARY KEY, b int, twice int GENERATED ALWAYS AS (b * 2) STORED, ${halves})`
		);
		const all = { into: table('computed'), columns: ['a', 'b', 'twice', 'half'], key: ['a'] };
		const wrong = { a: 1, b: 2, twice: 100, half: 100 };
		expect(await put(all, [wrong])).toEqual(ok({ addedCount: 1, changedCount: 0 }));
		expect((await read({ from: table('computed') })).rows).toEqual([{ ...wrong, twice: 4, half: '1' }]);
	});

	test('orders documents that are larger than what is sorted at once', async () => {
		await sql(
			'CREATE TABLE papers (id varchar(20) PRIMARY KEY, more json)',
			...['b', 'a', 'c'].map((id) => `INSERT INTO papers VALUES ('${id}', JSON_QUOTE(REPEAT('x', 900000)))`)
		);
		const { rows } = await read({ from: table('papers'), order: ['more', 'id'] });
		expect(rows).toMatchObject([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
		const { rows: first } = await read({
			from: { kind: 'query', sql: "SELECT IF(id > '', id, NULL) AS id, more FROM papers" },
			order: ['id']
		});
		expect(first).toMatchObject([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
	});

	test.each(['utf8mb4_general_ci', 'utf8mb4_unicode_ci', 'latin1_swedish_ci'])(
		'changes no row whose key %s takes for the same',
		async (collation) => {
			await sql(
				'DROP TABLE IF EXISTS spoken',
				`CREATE TABLE spoken (word varchar(20) PRIMARY KEY, n int) COLLATE ${collation}`,
				"INSERT INTO spoken VALUES ('Ärger', 1)"
			);
			const spoken = { into: table('spoken'), columns: ['word', 'n'], key: ['word'] };
			expect(await put(spoken, [{ word: 'Ärger', n: 2 }])).toEqual(ok({ addedCount: 0, changedCount: 1 }));
			const twice = ['see', 'SEE'].map((word) => ({ word, n: 1 }));
			for (const rows of [[{ word: 'ärger', n: 3 }], twice])
				expect(await put(spoken, rows)).toMatchObject(err({ reason: 'conflict' }));
			const { rows } = await read({
				from: table('spoken'),
				filters: [{ column: 'word', op: 'in', values: ['Ärger', 'ह'] }]
			});
			expect(rows).toEqual([{ word: 'Ärger', n: 2 }]);
		}
	);

	test('says that a value is none of its column', async () => {
		await sql(
			'DROP TABLE IF EXISTS strict',
			"CREATE TABLE strict (id int PRIMARY KEY, kind enum('a'), word varchar(3) CHARACTER SET latin1, place point, day date, size tinyint, more json)"
		);
		for (const unfit of [
			{ kind: 'b' },
			{ word: 'ह' },
			{ place: 'POINT(1' },
			{ day: '2026-02-30' },
			{ size: 300 },
			{ more: '{' }
		])
			expect(
				await put({ into: table('strict'), columns: ['id', ...Object.keys(unfit)], key: ['id'] }, [{ id: 1, ...unfit }])
			).toMatchObject(err({ reason: isMariaDb && 'more' in unfit ? 'conflict' : 'value' }));
		expect((await read({ from: table('strict') })).rows).toEqual([]);
	});
});

describe.each(inject('mysqlServers').filter(({ name }) => name === 'MySQL'))('$name alone', (place) => {
	test('reads vectors as lists, and puts them back', async () => {
		const { server, settings, sql } = placeOf(place);
		await applyD1Migrations(env.DB, env.MIGRATIONS);
		const made = await makeWorkspace(settings);
		await sql(
			'DROP TABLE IF EXISTS vectors',
			'CREATE TABLE vectors (id int PRIMARY KEY, v vector(3))',
			"INSERT INTO vectors VALUES (1, TO_VECTOR('[0.1, 2, -3]'))"
		);
		const vectors = { kind: 'table', schema: 'shop', name: 'vectors' } as const;
		const lines = async (): Promise<readonly string[]> => {
			const answer = await made.call(readRows, { server, from: vectors, order: ['id'] });
			return answer.ok ? new TextDecoder().decode(answer.value).trimEnd().split('\n') : [JSON.stringify(answer.error)];
		};
		expect((await lines()).slice(0, 2)).toEqual([
			expect.stringContaining('"FLOAT[]"'),
			'{"id":1,"v":[0.10000000149011612,2,-3]}'
		]);
		const put = async (v: string): Promise<unknown> =>
			made.call(putRows, {
				server,
				into: vectors,
				columns: ['id', 'v'],
				key: ['id'],
				rows: JSON.stringify([{ id: 2, v }])
			});
		expect(await put('[0.25, 1.0, 7.0]')).toEqual(ok({ addedCount: 1, changedCount: 0 }));
		expect((await lines())[2]).toBe('{"id":2,"v":[0.25,1,7]}');
		for (const unfit of ['[1, 2, 3, 4]', '["a"]']) expect(await put(unfit)).toMatchObject(err({ reason: 'value' }));
	});
});
