// Queries that no plan has words for: SQL over several publications, answered by the engine in its own Worker.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, test } from 'vitest';
import { publish, putPublishedFile, unpublish } from '#core/contract/publications.ts';
import { putQuery } from '#core/contract/published-queries.ts';
import type { QueryStatement } from '#core/query/query-statement.ts';
import { err, ok } from '#core/result.ts';
import { hashOf } from '#edge/bytes.ts';
import { openPublished } from '#edge/client/published.ts';
import { digestOf, makeWorkspace, origin, randomId, send, type TestWorkspace } from './edge.ts';

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

type Shown = { readonly made: TestWorkspace; readonly sales: string; readonly cities: string };
type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

async function show(made: TestWorkspace, publication: string, columnData: Columns): Promise<void> {
	const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
	const file = await hashOf(bytes);
	expect(await made.call(putPublishedFile, { publication, file, digest: await digestOf(bytes), bytes })).toMatchObject({
		ok: true
	});
	expect(await made.call(publish, { publication, file, name: 'Data' })).toMatchObject({ ok: true });
}

const salesOf = (count: number): Columns => {
	const numbers = Array.from({ length: count }, (_row, at) => at);
	return [
		{ name: 'id', data: numbers, type: 'INT32' },
		{ name: 'city', data: numbers.map((at) => (at % 7 === 0 ? null : at % 3)), type: 'INT32' },
		{ name: 'price', data: numbers.map((at) => at / 4), type: 'DOUBLE' }
	];
};
const citiesOf = (names: readonly string[]): Columns => [
	{ name: 'id', data: names.map((_name, at) => at), type: 'INT32' },
	{ name: 'name', data: [...names], type: 'STRING' }
];

async function shown(): Promise<Shown> {
	const [made, sales, cities] = [await makeWorkspace(), randomId(), randomId()];
	await show(made, sales, salesOf(1000));
	await show(made, cities, citiesOf(['Oslo', 'Rome', 'Lima']));
	return { made, sales, cities };
}

function parameter(name: string, type: 'decimal' | 'text', more: Partial<QueryStatement['parameters'][number]> = {}) {
	const none = { description: null, default: null, isRequired: true, allowed: null, min: null, max: null };
	return { name, type, isList: false, ...none, ...more };
}

function statementOf({ sales, cities }: Omit<Shown, 'made'>, sql: string): QueryStatement {
	return {
		parameters: [
			parameter('from', 'decimal', { default: '0' }),
			parameter('names', 'text', { isList: true, isRequired: false })
		],
		sql,
		datasets: [
			{ name: 'sales', publication: sales },
			{ name: 'Cities & towns', publication: cities }
		],
		timeZone: 'Europe/Oslo',
		pageRows: 100
	};
}

const TOTALS = `SELECT c.name, count(*) AS sales, sum(s.id) AS ids, round(avg(price), 2) AS mean
	FROM sales s JOIN "Cities & towns" c ON c.id = s.city
	WHERE price >= $from AND ($names IS NULL OR c.name = ANY($names)) GROUP BY ALL ORDER BY c.name`;

async function put({ made, ...places }: Shown, sql: string, query = 'totals'): Promise<unknown> {
	const plan = statementOf(places, sql);
	return made.call(putQuery, { publication: places.sales, query, title: 'Totals', description: null, plan });
}

const pathOf = ({ sales }: Shown, query = 'totals'): string => `/api/v1/published/${sales}/queries/${query}`;
const failureOf = async (path: string): Promise<object> => (await (await send(path)).json<{ error: object }>()).error;

describe('a published statement', () => {
	test('joins and groups what several publications show, with values of its parameters', async () => {
		const there = await shown();
		expect(await put(there, TOTALS)).toEqual(ok({ isRepeated: false }));
		expect(await put(there, TOTALS)).toEqual(ok({ isRepeated: true }));
		const about = await (await send(pathOf(there))).json<{ columns: object[] }>();
		expect(about.columns).toEqual([
			{ name: 'name', type: 'VARCHAR' },
			{ name: 'sales', type: 'BIGINT' },
			{ name: 'ids', type: 'HUGEINT' },
			{ name: 'mean', type: 'DOUBLE' }
		]);
		const rowsOf = async (asked: string): Promise<object[]> =>
			(await (await send(`${pathOf(there)}/rows${asked}`)).json<{ rows: object[] }>()).rows;
		const wanted = ['Lima', 'Oslo', 'Rome'].map((name) => {
			const place = ['Oslo', 'Rome', 'Lima'].indexOf(name);
			const ids = Array.from({ length: 1000 }, (_row, at) => at).filter((at) => at % 7 !== 0 && at % 3 === place);
			const sum = ids.reduce((one, other) => one + other, 0);
			return { name, sales: ids.length, ids: sum, mean: Math.round((sum / ids.length / 4) * 100) / 100 };
		});
		expect(await rowsOf('')).toEqual(wanted);
		expect(await rowsOf('?names=Rome&names=Nowhere')).toEqual([wanted[2]]);
		expect(await rowsOf('?from=249.75')).toEqual([{ name: 'Oslo', sales: 1, ids: 999, mean: 249.75 }]);
		expect(await failureOf(`${pathOf(there)}/rows?from=cheap`)).toMatchObject({
			kind: 'invalid-arguments',
			problems: [{ parameter: 'from', code: 'refused', value: 'cheap' }]
		});
		const csv = await send(`${pathOf(there)}/rows?names=Lima&format=csv`);
		expect(await csv.text()).toBe(
			`name,sales,ids,mean\r\nLima,${wanted[0]?.sales},${wanted[0]?.ids},${wanted[0]?.mean}\r\n`
		);
	});

	test('goes on from page to page, each row once, for whoever follows', async () => {
		const there = await shown();
		await put(there, 'SELECT DISTINCT id // 8 AS half FROM sales ORDER BY ALL OFFSET 5', 'halves');
		const client = openPublished(`${origin}/api/v1/published/${there.sales}`, (url, init) =>
			send(url.slice(origin.length), init)
		);
		const halves: unknown[] = [];
		for await (const page of client.ask('halves', {}, { limit: 7 })) {
			if (!page.ok) return expect.unreachable(JSON.stringify(page.error));
			expect(page.value.rows.length).toBeLessThanOrEqual(7);
			halves.push(...page.value.rows.map(({ half }) => half));
		}
		expect(halves).toEqual(Array.from({ length: 120 }, (_row, at) => at + 5));
	});

	test('is another version when any of its datasets is, and its pages are not mixed', async () => {
		const there = await shown();
		await put(there, 'SELECT name FROM "Cities & towns" WHERE id < (SELECT count(*) FROM sales) ORDER BY id', 'names');
		const path = `${pathOf(there, 'names')}/rows?limit=2`;
		const first = await send(path);
		const { next } = await first.json<{ next: string }>();
		const tag = first.headers.get('etag') ?? '';
		expect((await send(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
		await show(there.made, there.cities, citiesOf(['Bern', 'Kyiv']));
		expect(await (await send(path, { headers: { 'if-none-match': tag } })).json()).toMatchObject({
			rows: [{ name: 'Bern' }, { name: 'Kyiv' }],
			next: null
		});
		expect(await failureOf(next.slice(origin.length))).toEqual({ kind: 'version-moved' });
		await there.made.call(unpublish, { publication: there.cities });
		expect(await failureOf(path)).toEqual({ kind: 'dataset-withdrawn', dataset: 'Cities & towns' });
	});

	test('is refused with the engine’s words where it is no query of what is published', async () => {
		const there = await shown();
		expect(await put(there, 'SELECT nme\nFROM "Cities & towns" WHERE $from > 1')).toMatchObject(
			err({ kind: 'statement-refused', message: expect.stringContaining('nme') as string, position: 7 })
		);
		expect(await put(there, 'DROP VIEW sales')).toMatchObject(err({ kind: 'statement-refused' }));
		await put(there, 'SELECT CAST(name || $from AS INTEGER) AS n FROM "Cities & towns"');
		expect(await failureOf(`${pathOf(there)}/rows`)).toMatchObject({
			kind: 'query-failed',
			message: expect.stringContaining('Oslo') as string
		});
	});

	test('reads only what its own workspace shows', async () => {
		const [there, other] = [await shown(), await shown()];
		const plan = statementOf({ sales: there.sales, cities: other.cities }, 'SELECT * FROM sales');
		const asked = { publication: there.sales, query: 'all', title: 'All', description: null, plan };
		expect(await there.made.call(putQuery, asked)).toEqual(
			err({ kind: 'dataset-withdrawn', dataset: 'Cities & towns' })
		);
		const beside = { ...asked, publication: there.cities, plan: { ...plan, datasets: plan.datasets.slice(0, 1) } };
		expect(await there.made.call(putQuery, beside)).toEqual(
			err({ kind: 'invalid-request', fields: ['plan.datasets'] })
		);
	});

	test('is told plainly where the edge has no engine', async () => {
		const there = await shown();
		await put(there, TOTALS);
		const answer = await send(`${pathOf(there)}/rows`, {}, { ENGINE: undefined });
		expect(answer.status).toBe(501);
		expect(await answer.json()).toEqual({ error: { kind: 'engine-missing' } });
	});

	test('says that the engine is out of reach when the runtime ends it in the middle', async () => {
		const there = await shown();
		await put(there, TOTALS);
		const ended = { ask: async () => Promise.reject(new Error('Worker exceeded its limits.')) };
		const answer = await send(`${pathOf(there)}/rows`, {}, { ENGINE: ended });
		expect(answer.status).toBe(503);
		expect(await answer.json()).toEqual({ error: { kind: 'unavailable', stores: ['engine'] } });
	});
});
