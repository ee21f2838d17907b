import { tableFromIPC } from '@uwdata/flechette';
import { afterAll, expect, test } from 'vitest';
import { resultId, type ResultId } from '#core/ids.ts';
import type { SqlParam } from '#core/sql/relation.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';
import type { RunInput, RunProgress } from '#workers/engine/api.ts';

const host = createEngineHost();
const { api } = host;
afterAll(() => host.end());

let count = 0;
const nextId = (): ResultId => resultId(`r${count++}`);
const text = (sql: string, params: readonly SqlParam[] = []): RunInput => ({
	id: nextId(),
	sql,
	params,
	relations: []
});

async function rowsOf(sql: string, params: readonly SqlParam[] = []): Promise<Record<string, unknown>[]> {
	const input = text(sql, params);
	const ran = await api.run(input, () => undefined);
	if (!ran.ok) throw new Error(JSON.stringify(ran.error));
	const bytes = await api.arrow(input.id);
	if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
	await api.release(input.id);
	return tableFromIPC(bytes.value, { useBigInt: true, useDate: false }).toArray();
}

async function failureOf(sql: string, params: readonly SqlParam[] = []): Promise<unknown> {
	const ran = await api.run(text(sql, params), () => undefined);
	if (ran.ok) throw new Error('it succeeded');
	return ran.error;
}

test('the engine opens with its version', async () => {
	expect(await api.open()).toEqual({ ok: true, value: { version: 'duckdb-wasm 1.32.0 (v1.4.3)' } });
	expect(host.state()).toBe('ready');
});

test('rows of a streamed run are readable before the last one is there', async () => {
	const input = text('SELECT i, i * 2 AS j FROM range(3000000) t(i)');
	const seen: RunProgress[] = [];
	const early: Promise<unknown>[] = [];
	const ran = await api.run(input, (progress) => {
		seen.push(progress);
		if (early.length === 0) early.push(api.window(input.id, 0, 5));
	});
	expect(ran).toMatchObject({ ok: true, value: { rowCount: 3_000_000 } });
	expect(seen[0]?.rowCount).toBeLessThan(3_000_000);
	expect(seen[0]?.columns).toEqual([
		{ name: 'i', type: 'BIGINT' },
		{ name: 'j', type: 'BIGINT' }
	]);
	expect(await early[0]).toMatchObject({ ok: true });
	await api.release(input.id);
});

test('a window has exactly the rows asked for, wherever batches end', async () => {
	const input = text(`SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || i END AS s, i % 2 = 0 AS b,
		[i, i + 1] AS l, {'a': i, 'b': CASE WHEN i % 5 > 0 THEN [i::VARCHAR] END} AS st, map {i: 'm'} AS m,
		[i::INTEGER, 7]::INTEGER[2] AS f, i::DECIMAL(18, 2) AS d, NULL AS n, interval (i) day AS iv
		FROM range(10000) t(i)`);
	expect(await api.run(input, () => undefined)).toMatchObject({ ok: true, value: { rowCount: 10_000 } });
	const decode = (bytes: Uint8Array): Record<string, unknown>[] => tableFromIPC(bytes, { useBigInt: true }).toArray();
	const whole = await api.arrow(input.id);
	if (!whole.ok) throw new Error('no rows');
	const all = decode(whole.value);
	for (const [start, end] of [
		[0, 1],
		[2047, 2049],
		[2048, 4096],
		[5, 9],
		[4090, 8200],
		[9999, 20_000],
		[3, 3]
	] as const) {
		const window = await api.window(input.id, start, end);
		if (!window.ok) throw new Error('no window');
		expect(decode(window.value), `${start}..${end}`).toEqual(all.slice(start, end));
	}
	await api.release(input.id);
	expect(await api.window(input.id, 0, 1)).toEqual({ ok: false, error: { kind: 'unknown-result' } });
});

test('a cancelled run says so, and the engine goes on', async () => {
	const input = text('SELECT i FROM range(200000000) t(i) ORDER BY hash(i)');
	const running = api.run(input, () => undefined);
	await new Promise((resolve) => setTimeout(resolve, 300));
	await api.cancel(input.id);
	expect(await running).toEqual({ ok: false, error: { kind: 'cancelled' } });
	expect(await rowsOf('SELECT 42 AS x')).toEqual([{ x: 42 }]);
});

test('a run cancelled while its rows stream keeps those it has', async () => {
	const input = text("SELECT i, repeat('x', 50) AS s FROM range(50000000) t(i)");
	const { promise: first, resolve } = Promise.withResolvers<null>();
	const running = api.run(input, () => resolve(null));
	await first;
	await api.cancel(input.id);
	expect(await running).toEqual({ ok: false, error: { kind: 'cancelled' } });
	expect(await api.window(input.id, 0, 10)).toMatchObject({ ok: true });
	await api.release(input.id);
});

test('two runs make progress together', async () => {
	const slow = api.run(text('SELECT sum(hash(i) % 7) FROM range(200000000) t(i)'), () => undefined);
	let isSlowDone = false;
	void slow.then(() => (isSlowDone = true));
	expect(await rowsOf('SELECT 1 AS x')).toEqual([{ x: 1 }]);
	expect(isSlowDone).toBe(false);
	expect(await slow).toMatchObject({ ok: true });
});

test('out of memory is a failure, and the engine goes on', async () => {
	await rowsOf("SET GLOBAL memory_limit = '100MB'");
	const failure = await failureOf('SELECT list(i ORDER BY hash(i)) AS l FROM range(20000000) t(i)');
	expect(failure).toEqual({ kind: 'out-of-memory' });
	await rowsOf("SET GLOBAL memory_limit = '2500MB'");
	expect(await rowsOf('SELECT sum(i) AS x FROM range(10) t(i)')).toEqual([{ x: 45 }]);
});

test('an error is told at its place in the text, whatever stands before it', async () => {
	const sql = 'SELECT \'äöü 🦆\' AS "größe", fehler FROM range(3)';
	expect(await failureOf(sql)).toMatchObject({ kind: 'sql-error', type: 'Binder', position: sql.indexOf('fehler') });
	const broken = "SELECT '🦆🦆' frm FROM FROM x";
	expect(await failureOf(broken)).toMatchObject({ type: 'Parser', position: broken.lastIndexOf('FROM') });
	const second = "SELECT '🦆'; SELECT\n  nope FROM range(3)";
	expect(await failureOf(second)).toMatchObject({ type: 'Binder', position: second.indexOf('nope') });
	const bound = 'SELECT ? AS a, nope FROM range(3)';
	expect(await failureOf(bound, ['a longer text than the mark'])).toMatchObject({ position: bound.indexOf('nope') });
});

test('an error names what the engine would have understood', async () => {
	await rowsOf('CREATE OR REPLACE TABLE birds (wingspan INTEGER, species VARCHAR)');
	expect(await failureOf('SELECT wingspam FROM birds')).toMatchObject({ candidates: ['wingspan', 'species'] });
	expect(await failureOf('SELECT * FROM birdz')).toMatchObject({ type: 'Catalog', candidates: ['birds'] });
});

test('a syntax error in a later statement stops the earlier ones', async () => {
	expect(await failureOf('CREATE TABLE half (x INTEGER); SELEC 1')).toMatchObject({ type: 'Parser' });
	expect(await failureOf('SELECT * FROM half')).toMatchObject({ type: 'Catalog' });
});

test('of several statements the last one gives the rows', async () => {
	expect(
		await rowsOf('CREATE TEMP TABLE t (x INTEGER); INSERT INTO t VALUES (1), (2); SELECT sum(x) AS s FROM t;')
	).toEqual([{ s: 3 }]);
	expect(await rowsOf('INSERT INTO t VALUES (3)')).toEqual([]);
	expect(await rowsOf('SELECT count(*) AS n FROM t -- a comment')).toEqual([{ n: 3n }]);
	expect(await failureOf(' -- nothing')).toMatchObject({ kind: 'sql-error', type: 'Parser' });
});

test('a transaction left open ends with its run', async () => {
	await rowsOf('CREATE TABLE kept (x INTEGER)');
	await rowsOf('BEGIN; INSERT INTO kept VALUES (1)');
	expect(await rowsOf('SELECT count(*) AS n FROM kept')).toEqual([{ n: 0n }]);
});

test('parameters arrive as they were given', async () => {
	const texts = ["it's", '"quoted"', '🦆 Ente', 'a\0b', "'; DROP TABLE x; --", '', '\\', '$1 ? --'];
	for (const value of texts) expect(await rowsOf('SELECT ? AS v', [value])).toEqual([{ v: value }]);
	expect(
		await rowsOf('SELECT $2 AS b, $1 AS a, ?3 AS c, $4 AS d, typeof($5) AS e, $6 AS f', [
			1.5,
			2n ** 60n,
			true,
			null,
			2n ** 100n,
			-0.1
		])
	).toEqual([{ b: 2n ** 60n, a: 1.5, c: true, d: null, e: 'HUGEINT', f: -0.1 }]);
	expect(await rowsOf("SELECT strftime(?, '%Y-%m-%d %H:%M') AS d", [new Date(Date.UTC(2024, 1, 29, 12, 30))])).toEqual([
		{ d: '2024-02-29 12:30' }
	]);
	expect(await failureOf('SELECT ?, ?', [1])).toEqual({ kind: 'unbindable-parameter', index: 1, reason: 'missing' });
});

test('types keep their DuckDB names, and values that Arrow cannot carry are texts', async () => {
	const input = text(
		`SELECT 'a'::ENUM('a', 'b') AS e, '{"a":1}'::JSON AS j, 1::HUGEINT AS h, 1::UHUGEINT AS u, '101'::BIT AS b,
			'01:02:03+01'::TIMETZ AS t, ['a'::ENUM('a')] AS l, NULL AS n, 123456789012345678901234567890::BIGNUM AS g`
	);
	const ran = await api.run(input, () => undefined);
	expect(ran.ok && ran.value.columns.map(({ type }) => type)).toEqual([
		"ENUM('a', 'b')",
		'JSON',
		'HUGEINT',
		'UHUGEINT',
		'BIT',
		'TIME WITH TIME ZONE',
		"ENUM('a')[]",
		'INTEGER',
		'BIGNUM'
	]);
	const bytes = await api.window(input.id, 0, 1);
	expect(bytes.ok && tableFromIPC(bytes.value).toArray()).toMatchObject([
		{ e: 'a', j: '{"a":1}', u: '1', b: '101', t: '01:02:03+01', l: ['a'], n: null, g: '123456789012345678901234567890' }
	]);
});

test('JSON and time zones work', async () => {
	expect(await rowsOf(`SELECT '{"a":{"b":7}}'::JSON->>'$.a.b' AS x`)).toEqual([{ x: '7' }]);
	expect(await rowsOf("SELECT timezone('America/New_York', TIMESTAMPTZ '2024-07-01 12:00:00Z')::VARCHAR AS x")).toEqual(
		[{ x: '2024-07-01 08:00:00' }]
	);
});

test('statements without a query have columns too', async () => {
	expect(await rowsOf('EXPLAIN SELECT 1')).toHaveLength(1);
	expect((await rowsOf('DESCRIBE SELECT 1 AS x'))[0]).toMatchObject({ column_name: 'x' });
	const described = await api.describe(text("SELECT 1 AS a, 'b' AS b"));
	expect(described).toEqual({
		ok: true,
		value: [
			{ name: 'a', type: 'INTEGER' },
			{ name: 'b', type: 'VARCHAR' }
		]
	});
	expect(await api.describe(text('SHOW TABLES'))).toMatchObject({ ok: true });
});

test('a registered file is read by name, and a new one under that name is read anew', async () => {
	await api.register('birds.csv', new Blob(['name,wingspan\nRed Kite,180\n']));
	expect(await rowsOf("SELECT * FROM 'birds.csv'")).toEqual([{ name: 'Red Kite', wingspan: 180n }]);
	await api.register('birds.csv', new Blob(['name,wingspan\nWren,15\nRobin,21\n']));
	expect(await rowsOf("SELECT name FROM read_csv('birds.csv')")).toEqual([{ name: 'Wren' }, { name: 'Robin' }]);
	await api.unregister('birds.csv');
});

test('a missing extension is a failure like any other', async () => {
	expect(await failureOf('LOAD spatial')).toMatchObject({ kind: 'sql-error' });
	expect(await rowsOf('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});
