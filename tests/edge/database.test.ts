// The door to databases, against real servers: what is read comes as it is, what may not be is not, and a failure says which.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { listTables, putRows, readRows, type DatabaseServer } from '#core/contract/database.ts';
import { listAudit } from '#core/contract/audit.ts';
import type { RequestOf } from '#core/contract/endpoint.ts';
import { err, ok } from '#core/result.ts';
import { parseEnd, parseHead } from '#core/source/sql/row-lines.ts';
import { openDatabase } from '#edge/database/postgres/open.ts';
import { checkTarget } from '#edge/database/reach.ts';
import type {} from '../database-server.ts';
import { grant, log, makeWorkspace, type TestWorkspace } from './edge.ts';

let made: TestWorkspace;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

type Asked = Omit<RequestOf<typeof readRows>, 'workspace' | 'server'>;

describe.each(inject('databases'))('PostgreSQL, $name', ({ name: _name, ...place }) => {
	const server: DatabaseServer = { engine: 'postgres', tls: 'off', ...place };
	const settings = { SOURCE_RELAY: 'named', SOURCE_HOSTS: `${place.host}:${place.port}` };
	const sql = async (text: string): Promise<void> => {
		const target = await checkTarget(server, settings);
		if (!target.ok) return expect.unreachable(JSON.stringify(target.error));
		const opened = await openDatabase(target.value);
		if (!opened.ok) return expect.unreachable(JSON.stringify(opened.error));
		await opened.value.client.query(text);
		opened.value.socket.end();
	};
	const read = async (
		asked: Asked
	): Promise<{ readonly lines: readonly string[]; readonly head: unknown; readonly end: unknown }> => {
		const answer = await made.call(readRows, { server, ...asked });
		if (!answer.ok) return expect.unreachable(JSON.stringify(answer.error));
		const lines = new TextDecoder().decode(answer.value).trimEnd().split('\n');
		return { lines: lines.slice(1, -1), head: parseHead(lines[0] ?? ''), end: parseEnd(lines.at(-1) ?? '') };
	};

	beforeAll(async () => {
		made = await makeWorkspace(settings);
		await sql(`DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop;
			CREATE TABLE shop.orders (id bigint PRIMARY KEY, name text, price numeric(10,2), at timestamptz, tags text[], more jsonb, raw bytea, u uuid, free numeric);
			CREATE SEQUENCE shop.counter; CREATE TABLE shop.stock (id int PRIMARY KEY, name varchar(5));
			INSERT INTO shop.orders SELECT i, 'row ' || i, i / 4.0, '2026-01-01T00:00:00Z'::timestamptz + i * interval '1 minute', ARRAY['a', 'b,"' || i], '{"x": 1}', '\\x00ff', '00000000-0000-0000-0000-000000000001', 1.5 FROM generate_series(1, 1000) i;
			UPDATE shop.orders SET name = '' WHERE id = 1; UPDATE shop.orders SET name = NULL WHERE id = 2; UPDATE shop.orders SET name = E'a\\nb\\\\N,"' WHERE id = 3;
			CREATE VIEW shop.cheap AS SELECT id, price FROM shop.orders WHERE price < 10`);
	});

	test('lists tables and views with their columns, types and keys', async () => {
		const listed = await made.call(listTables, { server });
		expect(listed).toMatchObject({ ok: true });
		if (!listed.ok) return;
		const shop = listed.value.tables.filter(({ schema }) => schema === 'shop');
		expect(shop.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['view cheap', 'table orders', 'table stock']);
		expect(shop[1]?.columns.map(({ name, type, isKey }) => `${name} ${type}${isKey ? ' key' : ''}`)).toEqual([
			'id BIGINT key',
			'name VARCHAR',
			'price DECIMAL(10, 2)',
			'at TIMESTAMP WITH TIME ZONE',
			'tags VARCHAR[]',
			'more JSON',
			'raw BLOB',
			'u UUID',
			'free DECIMAL(38, 10)'
		]);
	});

	test('reads a table as it is', async () => {
		const { lines, head, end } = await read({ from: { kind: 'table', schema: 'shop', name: 'orders' }, order: ['id'] });
		expect(end).toEqual({ end: 1000 });
		expect(head).toMatchObject({ columns: [{ name: 'id', type: 'BIGINT' }, {}, {}, {}, {}, {}, {}, {}, {}] });
		expect(lines).toHaveLength(1000);
		expect(lines.slice(0, 3).map((line) => JSON.parse(line) as unknown)).toMatchObject([
			{
				id: '1',
				name: '',
				price: '0.25',
				at: '2026-01-01T00:01:00+00:00',
				tags: ['a', 'b,"1'],
				more: { x: 1 },
				raw: '\\x00\\xff',
				free: '1.5000000000'
			},
			{ name: null },
			{ name: 'a\nb\\N,"' }
		]);
	});

	test('reads the rows and columns that are asked for, page by page, none twice and none left out', async () => {
		const ids: number[] = [];
		let after: Asked['after'] = null;
		for (;;) {
			const { lines, head } = await read({
				from: { kind: 'query', sql: 'SELECT *, (id / 7)::int AS band FROM shop.orders; ' },
				columns: ['id', 'band'],
				filters: [
					{ column: 'id', op: '>', values: ['100'] },
					{ column: 'id', op: '!=', values: ['0'] }
				],
				order: ['band'],
				after,
				limit: 100
			});
			expect(head).toMatchObject({
				columns: [
					{ name: 'id', type: 'BIGINT' },
					{ name: 'band', type: 'INTEGER' }
				]
			});
			if (lines.length === 0) break;
			const rows = lines.map((line) => JSON.parse(line) as { readonly id: string; readonly band: number });
			ids.push(...rows.map(({ id }) => Number(id)));
			after = { values: [String(rows.at(-1)?.band)], isFrom: false };
		}
		expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 900 }, (_row, at) => at + 101));
	});

	test('orders texts by their bytes, whatever language the database speaks', async () => {
		const names: string[] = [];
		for (let after: Asked['after'] = null; names.length < 5; after = { values: [names.at(-1) ?? ''], isFrom: false }) {
			const sql = "SELECT * FROM (VALUES ('a'), ('B'), ('ä'), ('b'), ('A')) AS v (name)";
			const { lines } = await read({ from: { kind: 'query', sql }, order: ['name'], after, limit: 2 });
			names.push(...lines.map((line) => (JSON.parse(line) as { readonly name: string }).name));
		}
		expect(names).toEqual(['A', 'B', 'a', 'b', 'ä']);
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
		expect(lines).toEqual(['1,"",0.25', '2,,0.50', '3,"a', 'b\\N,""",0.75']);
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

	test('refuses what is no single reading statement, and changes nothing', async () => {
		const failed = async (text: string): Promise<unknown> => {
			const answer = await made.call(readRows, { server, from: { kind: 'query', sql: text } });
			if (!answer.ok) return answer.error;
			return parseEnd(new TextDecoder().decode(answer.value).trimEnd().split('\n').at(-1) ?? '');
		};
		const twoStatements = 'SELECT 1) AS q; COMMIT; DELETE FROM shop.orders; SELECT (1';
		expect(await failed(twoStatements)).toMatchObject({ reason: 'query' });
		expect(await failed('DELETE FROM shop.orders RETURNING id')).toMatchObject({ reason: 'query' });
		expect(await failed("SELECT nextval('shop.counter')")).toMatchObject({ failed: { reason: 'read-only' } });
		const value = { failed: { reason: 'value', words: null } };
		expect(await failed('SELECT 1 / (id - 500) FROM shop.orders')).toMatchObject(value);
		expect(await failed('SELECT nothing FROM shop.orders')).toMatchObject({ reason: 'no-column' });
		const { end } = await read({ from: { kind: 'table', schema: 'shop', name: 'orders' }, columns: ['id'] });
		expect(end).toEqual({ end: 1000 });
	});

	test('says what went wrong, and reaches no place that the operator did not name', async () => {
		const from = { kind: 'table', schema: 'shop', name: 'nothing' } as const;
		const ask = async (change: Partial<DatabaseServer>): Promise<unknown> => {
			const answer = await made.call(readRows, { server: { ...server, ...change }, from });
			return answer.ok ? null : answer.error;
		};
		expect(await ask({})).toMatchObject({ kind: 'database-failed', reason: 'no-table', code: '42P01' });
		expect(await ask({ port: 1 })).toMatchObject({ kind: 'place-not-allowed' });
		expect(await ask({ host: '127.0.0.2' })).toMatchObject({ kind: 'place-not-allowed' });
		expect(await ask({ host: '0x7f.1' })).toMatchObject({ kind: 'database-failed' });
		expect(await ask({ host: '169.254.169.254', port: 5432, tls: 'verify' })).toMatchObject({
			kind: 'place-not-allowed'
		});
		expect(await ask({ host: '8.8.8.8', port: 5432, tls: 'off' })).toMatchObject({ kind: 'place-not-allowed' });
	});

	test('encrypts only towards who proves that it is the one that was asked for', async () => {
		const answer = await made.call(listTables, { server: { ...server, tls: 'verify' } });
		expect(answer).toMatchObject(err({ kind: 'database-failed', reason: 'tls' }));
	});

	test('puts rows in by their key, all or none', async () => {
		const into = { kind: 'table', schema: 'shop', name: 'stock' } as const;
		const put = async (rows: readonly unknown[]): Promise<unknown> =>
			made.call(putRows, { server, into, columns: ['id', 'name'], key: ['id'], rows: JSON.stringify(rows) });
		const some = [
			{ id: 1, name: 'a' },
			{ id: 2, name: 'b' }
		];
		expect(await put(some)).toEqual(ok({ addedCount: 2, changedCount: 0 }));
		const others = [
			{ id: 2, name: 'c' },
			{ id: 3, name: null }
		];
		expect(await put(others)).toEqual(ok({ addedCount: 1, changedCount: 1 }));
		const unfit = [
			{ id: 4, name: 'd' },
			{ id: 5, name: 'too long a name' }
		];
		expect(await put(unfit)).toMatchObject(err({ kind: 'database-failed', reason: 'value' }));
		const { lines } = await read({ from: into, order: ['id'] });
		expect(lines).toEqual(['{"id":1,"name":"a"}', '{"id":2,"name":"c"}', '{"id":3,"name":null}']);
	});

	test('tells the audit log which server was read and written, and nothing else', async () => {
		const listed = await made.call(listAudit, {});
		if (!listed.ok) return expect.unreachable(JSON.stringify(listed.error));
		const told = listed.value.entries.filter(({ action }) => action.startsWith('database-'));
		expect(told.map(({ subject }) => subject)).toContain(`${place.host}:${place.port}`);
		expect(new Set(told.map(({ action }) => action))).toEqual(new Set(['database-read', 'database-written']));
		const all = JSON.stringify([listed.value, log]);
		for (const secret of [`"${place.password}"`, 'shop', 'orders']) expect(all).not.toContain(secret);
	});

	test('is open to tokens that may ask sources alone, and to nobody where the operator closed it', async () => {
		const others = await grant(made, { verbs: ['read', 'write', 'ref', 'push', 'share'] });
		expect(await made.call(listTables, { server }, others.text)).toMatchObject(err({ kind: 'not-found' }));
		const closed = await makeWorkspace({ SOURCE_RELAY: 'off' });
		expect(await closed.call(listTables, { server })).toEqual(err({ kind: 'relay-not-connected' }));
	});
});

test('a database that takes TLS is read with a certificate of its name that is trusted, and gets no password otherwise', async () => {
	const [embedded] = inject('databases');
	const { trustedPort, unknownPort } = inject('tlsFronts');
	const { resolverPort } = (inject as (key: string) => unknown)('sources') as { readonly resolverPort: number };
	const named = ['api', 'other'].flatMap((name) =>
		[trustedPort, unknownPort].map((port) => `${name}.source.example:${port}`)
	);
	const own = await makeWorkspace({
		SOURCE_RELAY: 'named',
		SOURCE_RESOLVER: `http://127.0.0.1:${resolverPort}/dns-query`,
		SOURCE_HOSTS: named.join(',')
	});
	const { database = '', user = '', password = '' } = embedded ?? {};
	const ask = async (change: Partial<DatabaseServer>): Promise<unknown> => {
		const usual = { engine: 'postgres', tls: 'verify', host: 'api.source.example', port: trustedPort } as const;
		const answer = await own.call(listTables, { server: { ...usual, database, user, password, ...change } });
		return answer.ok ? answer.value.tables.length >= 0 : answer.error;
	};
	expect(await ask({})).toBe(true);
	expect(await ask({ host: 'other.source.example' })).toMatchObject({ kind: 'database-failed', reason: 'tls' });
	expect(await ask({ port: unknownPort })).toMatchObject({ kind: 'database-failed', reason: 'tls' });
	expect(await ask({ tls: 'off' })).toMatchObject({ kind: 'database-failed' });
});
