// Connections that are kept for the next question, against servers that tell them apart: each question gets one that is as if new, and nobody gets another's.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { PUT_BYTES, putRows, readRows, type DatabaseServer } from '#core/contract/database.ts';
import { err } from '#core/result.ts';
import { openDatabase as openMysql, run } from '#edge/database/mysql/open.ts';
import { SIZE } from '#edge/database/pool.ts';
import { openDatabase as openPostgres } from '#edge/database/postgres/open.ts';
import { checkTarget } from '#edge/database/reach.ts';
import type {} from '../database-server.ts';
import { makeWorkspace, send, type TestWorkspace } from './edge.ts';

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

const ten = `(SELECT 0${' UNION ALL SELECT 1'.repeat(9)})`;

const dialects = {
	postgres: {
		id: 'SELECT pg_backend_pid() AS id',
		slow: 'SELECT pg_backend_pid() AS id FROM pg_sleep(0.3)',
		endless: "SELECT pg_backend_pid() AS id, repeat('x', 1000) FROM generate_series(1, 10000000)",
		leave: "SELECT set_config('weir.left', 'mine', false) AS id, pg_try_advisory_lock(7)",
		found: "SELECT coalesce(current_setting('weir.left', true), '') AS id",
		isOpen: (id: string) => `SELECT count(*)::int AS id FROM pg_stat_activity WHERE pid = ${id}`
	},
	mysql: {
		id: 'SELECT CONNECTION_ID() AS id',
		slow: 'SELECT CONNECTION_ID() AS id, SLEEP(0.3)',
		endless: `SELECT CONNECTION_ID() AS id, REPEAT('x', 1000) FROM ${Array.from('abcdefg', (name) => `${ten} AS ${name}`).join(', ')}`,
		leave: "SELECT GET_LOCK('weir', 0) AS id, @mine := 'mine'",
		found: "SELECT CONCAT(COALESCE(@mine, ''), IF(IS_FREE_LOCK('weir'), '', 'locked')) AS id",
		isOpen: (id: string) => `SELECT COUNT(*) AS id FROM information_schema.PROCESSLIST WHERE ID = ${id}`
	}
} as const;

const servers = [
	...inject('databases')
		// The embedded one is one process, whoever asks.
		.filter(({ name }) => name !== 'embedded')
		.map(({ name, ...place }) => ({
			name: `PostgreSQL ${name}`,
			server: { engine: 'postgres', tls: 'off', ...place } as const
		})),
	...inject('mysqlServers').map(({ name, ...place }) => ({
		name,
		server: { engine: 'mysql', tls: 'off', ...place } as const
	}))
];

describe.each(servers)('$name', ({ server }) => {
	const dialect = dialects[server.engine];
	const settings = { SOURCE_RELAY: 'named', SOURCE_HOSTS: `${server.host}:${server.port}` };
	const ask = async (made: TestWorkspace, sql: string, change: Partial<DatabaseServer> = {}): Promise<string> => {
		const answer = await made.call(readRows, { server: { ...server, ...change }, from: { kind: 'query', sql } });
		if (!answer.ok) return 'reason' in answer.error ? answer.error.reason : answer.error.kind;
		const [, row = ''] = new TextDecoder().decode(answer.value).split('\n');
		return String((JSON.parse(row) as { readonly id: string | number }).id);
	};
	const begin = async (made: TestWorkspace, sql: string, other: Partial<typeof settings> = {}): Promise<Response> =>
		send(
			`/api/v1/workspaces/${made.workspace}/database/rows`,
			{
				method: 'POST',
				headers: { authorization: `Bearer ${made.token.text}`, 'content-type': 'application/json' },
				body: JSON.stringify({ server, from: { kind: 'query', sql } })
			},
			{ ...settings, ...other }
		);

	test('answers one question after another by one connection', async () => {
		const made = await makeWorkspace(settings);
		const first = await ask(made, dialect.id);
		expect(first).toMatch(/^\d+$/);
		for (let again = 0; again < 5; again++) expect(await ask(made, dialect.id)).toBe(first);
	});

	test('answers several at once by several, and by no more than it may', async () => {
		const made = await makeWorkspace(settings);
		const ids = await Promise.all(Array.from({ length: 3 * SIZE }, async () => ask(made, dialect.slow)));
		expect(new Set(ids).size).toBe(SIZE);
		for (const id of ids) expect(id).toMatch(/^\d+$/);
	});

	test('leaves nothing of a question to the next one', async () => {
		const made = await makeWorkspace(settings);
		const id = await ask(made, dialect.id);
		await ask(made, dialect.leave);
		expect(await ask(made, dialect.found)).toBe('');
		expect(await ask(made, dialect.id)).toBe(id);
	});

	test('goes on after a question that failed', async () => {
		const made = await makeWorkspace(settings);
		expect(await ask(made, 'SELECT nothing FROM nowhere')).toBe('no-table');
		expect(await ask(made, 'SELECT 1 AS id')).toBe('1');
	});

	test('is for its workspace alone, and for who signs in as it was signed in', async () => {
		const [made, other] = [await makeWorkspace(settings), await makeWorkspace(settings)];
		const id = await ask(made, dialect.id);
		expect(await ask(other, dialect.id)).not.toBe(id);
		expect(await ask(made, dialect.id, { password: 'wrong' })).toBe('sign-in');
		expect(await ask(made, dialect.id)).toBe(id);
	});

	test('is opened anew where the server closed it meanwhile', async () => {
		const made = await makeWorkspace(settings);
		const id = await ask(made, dialect.id);
		await end(id);
		const next = await ask(made, dialect.id);
		expect(next).toMatch(/^\d+$/);
		expect(next).not.toBe(id);
	});

	test('is closed where whoever asked reads no further, and where none are to be kept', async () => {
		const made = await makeWorkspace(settings);
		const unkept = await makeWorkspace({ ...settings, SOURCE_KEPT_SECONDS: '0' });
		const response = await begin(made, dialect.endless);
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		let read = '';
		while (!read.includes('"id":')) read += new TextDecoder().decode((await reader.read()).value);
		const [, left = ''] = /"id":"?(\d+)/.exec(read) ?? [];
		await reader.cancel();
		for (const id of [left, await ask(unkept, dialect.id)])
			await expect.poll(async () => ask(made, dialect.isOpen(id)), { timeout: 10_000 }).toBe('0');
	});

	test('is handed as many bytes at once as may be put back', async () => {
		const made = await makeWorkspace(settings);
		const put = await made.call(putRows, {
			server,
			into: { kind: 'table', schema: server.database, name: 'nowhere' },
			columns: ['id', 'name'],
			key: ['id'],
			rows: JSON.stringify([{ id: 1, name: 'x'.repeat(PUT_BYTES - 100) }])
		});
		expect(put).toMatchObject(err({ kind: 'database-failed', reason: 'no-table' }));
	});

	test('is asked for no longer once the operator does not name the place', async () => {
		const made = await makeWorkspace(settings);
		expect(await ask(made, dialect.id)).toMatch(/^\d+$/);
		const refused = await begin(made, dialect.id, { SOURCE_HOSTS: '' });
		expect(await refused.json()).toMatchObject({ error: { kind: 'place-not-allowed' } });
	});

	/** As its operator does. */
	async function end(id: string): Promise<void> {
		const target = await checkTarget(server, settings);
		if (!target.ok) return expect.unreachable(JSON.stringify(target.error));
		if (server.engine === 'postgres') {
			const opened = await openPostgres(target.value);
			if (!opened.ok) return expect.unreachable(JSON.stringify(opened.error));
			await opened.value.client.query('SELECT pg_terminate_backend($1)', [id]);
			opened.value.socket.end();
		} else {
			const opened = await openMysql(target.value);
			if (!opened.ok) return expect.unreachable(JSON.stringify(opened.error));
			await run(opened.value, `KILL ${id}`);
			opened.value.socket.end();
		}
	}
});
