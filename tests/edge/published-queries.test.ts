// Named queries beside a publication: opened on purpose, asked by anybody with values of their parameters, and never as they were before.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '#core/contract/audit.ts';
import { publish, putPublishedFile, unpublish } from '#core/contract/publications.ts';
import { listQueries, putQuery, removeQuery } from '#core/contract/published-queries.ts';
import type { Parameter } from '#core/query/named-query.ts';
import type { PlanCondition, QueryPlan } from '#core/query/query-plan.ts';
import { err, ok } from '#core/result.ts';
import { openPublished, type Row } from '#edge/client/published.ts';
import { hashOf } from '#edge/bytes.ts';
import { digestOf, grant, makeWorkspace, origin, randomId, send, type TestWorkspace } from './edge.ts';

const ROWS = 1000;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

/** Ten row groups; every seventh `city` is null. */
function someParquet(first = 0, price = 'price'): Uint8Array<ArrayBuffer> {
	const numbers = Array.from({ length: ROWS }, (_row, at) => first + at);
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: 'id', data: numbers, type: 'INT32', nullable: false },
				{ name: 'city', data: numbers.map((at) => (at % 7 === 0 ? null : `city ${at % 10}`)), type: 'STRING' },
				{ name: price, data: numbers.map((at) => at / 4), type: 'DOUBLE', nullable: false }
			],
			rowGroupSize: 100
		})
	);
}

function parameter(name: string, type: Parameter['type'], more: Partial<QueryPlan['parameters'][number]> = {}) {
	const none = { description: null, default: null, isRequired: true, allowed: null, min: null, max: null };
	return { name, type, isList: false, ...none, ...more };
}

const from: PlanCondition = { column: 'price', test: '>=', operands: [{ parameter: 'from' }], unlessNull: null };
const cities: PlanCondition = { column: 'city', test: 'in', operands: [{ parameter: 'cities' }], unlessNull: 'cities' };
const plan: QueryPlan = {
	parameters: [
		parameter('from', 'decimal', { default: '0', min: '0', max: '1000' }),
		parameter('cities', 'text', { isList: true, isRequired: false }),
		parameter('most', 'integer', { default: '950', min: '0' })
	],
	columns: [
		{ column: 'id', as: 'number' },
		{ column: 'city', as: 'city' },
		{ column: 'id', as: 'again' }
	],
	where: [from, cities],
	order: [],
	limit: { parameter: 'most' },
	pageRows: 300
};

type Made = { readonly made: TestWorkspace; readonly publication: string; readonly path: string };

async function show({ made, publication }: Omit<Made, 'path'>, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
	const file = await hashOf(bytes);
	await made.call(putPublishedFile, { publication, file, digest: await digestOf(bytes), bytes });
	expect(await made.call(publish, { publication, file, name: 'Cities' })).toMatchObject({ ok: true });
}

async function put({ made, publication }: Omit<Made, 'path'>, given = plan, query = 'cheap'): Promise<unknown> {
	return made.call(putQuery, { publication, query, title: 'Cheap ones', description: null, plan: given });
}

async function opened(given = plan): Promise<Made> {
	const [made, publication] = [await makeWorkspace(), randomId()];
	await show({ made, publication }, someParquet());
	expect(await put({ made, publication }, given)).toEqual(ok({ isRepeated: false }));
	return { made, publication, path: `/api/v1/published/${publication}/queries/cheap` };
}

async function rowsOf(path: string, query = ''): Promise<readonly Row[]> {
	const answer = await send(`${path}/rows${query}`);
	expect(answer.status).toBe(200);
	return (await answer.json<{ rows: Row[] }>()).rows;
}

const failureOf = async (path: string): Promise<object> => (await (await send(path)).json<{ error: object }>()).error;

describe('a published query', () => {
	test('is described and asked by anybody, and gone when it or its publication is taken away', async () => {
		const { made, publication, path } = await opened();
		const about = await send(path, { headers: { origin: 'https://elsewhere.example' } });
		expect(about.headers.get('access-control-allow-origin')).toBe('*');
		expect(await about.json()).toMatchObject({
			query: 'cheap',
			title: 'Cheap ones',
			parameters: [{ name: 'from', max: '1000' }, { name: 'cities' }, { name: 'most' }],
			columns: [{ name: 'number', type: 'int32' }, { name: 'city' }, { name: 'again' }],
			pageRows: 300
		});
		expect(await rowsOf(path, '?from=249.5&cities=city+8&cities=city+9')).toEqual([
			{ number: 998, city: 'city 8', again: 998 },
			{ number: 999, city: 'city 9', again: 999 }
		]);
		expect(await rowsOf(path, '?most=1')).toHaveLength(1);
		expect(await made.call(listQueries, {})).toMatchObject(
			ok({ queries: [{ publication, query: 'cheap', title: 'Cheap ones' }] })
		);
		expect(await made.call(removeQuery, { publication, query: 'cheap' })).toEqual(ok({ isRepeated: false }));
		expect(await made.call(removeQuery, { publication, query: 'cheap' })).toEqual(ok({ isRepeated: true }));
		expect((await send(`${path}/rows`)).status).toBe(404);
		await put({ made, publication });
		expect((await send(`${path}/rows`)).status).toBe(200);
		await made.call(unpublish, { publication });
		for (const rest of ['', '/rows']) expect((await send(`${path}${rest}`)).status).toBe(404);
		expect(await made.call(listQueries, {})).toEqual(ok({ queries: [] }));
		const told = await made.call(listAudit, { after: '0' });
		expect(told.ok && told.value.entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual(
			expect.arrayContaining([`published ${publication}.cheap`, `unpublished ${publication}.cheap`])
		);
	});

	test('may ask for one of several things, and for what is like a pattern', async () => {
		const written = (
			column: string,
			test: PlanCondition['test'],
			type: 'text' | 'integer',
			value: string
		): PlanCondition => ({
			...{ column, test, operands: [{ type, value }], unlessNull: null }
		});
		const any = [written('id', '<', 'integer', '2'), written('city', 'like', 'text', 'c%_ 7')];
		const { path } = await opened({
			...plan,
			where: [{ any }, { any: [{ ...from, unlessNull: 'from' }, written('id', '=', 'integer', '0')] }],
			limit: 4
		});
		const numbers = async (query: string): Promise<unknown> => (await rowsOf(path, query)).map(({ number }) => number);
		expect(await numbers('')).toEqual([0, 1, 17, 27]);
		expect(await numbers('?from=2')).toEqual([0, 17, 27, 37]);
	});

	test('is opened by its workspace alone, with the right to publish', async () => {
		const { made, publication } = await opened();
		const other = await makeWorkspace();
		expect(await put({ made: other, publication })).toMatchObject(err({ kind: 'not-found' }));
		expect(await other.call(removeQuery, { publication, query: 'cheap' })).toEqual(ok({ isRepeated: true }));
		expect(await put({ made, publication: randomId() })).toMatchObject(err({ kind: 'not-found' }));
		const reader = await grant(made, { verbs: ['read'] });
		const asked = { publication, query: 'cheap', title: 'x', description: null, plan };
		expect(await made.call(putQuery, asked, reader.text)).toMatchObject(err({ kind: 'not-found' }));
		expect(await made.call(listQueries, {}, reader.text)).toMatchObject({ ok: true });
	});

	test.each<[string, Partial<QueryPlan>, object]>([
		[
			'a column that is not there',
			{ columns: [{ column: 'x', as: 'x' }] },
			{ part: 'columns', reason: 'unknown-column' }
		],
		['a name twice', { columns: [plan.columns[1], plan.columns[1]].flatMap((one) => one ?? []) }, { reason: 'twice' }],
		['a text as a number', { where: [{ ...from, column: 'city' }] }, { part: 'where', reason: 'not-comparable' }],
		['nobody’s parameter', { parameters: [] }, { name: 'from', reason: 'unknown-parameter' }],
		['two operands', { where: [{ ...from, operands: [...from.operands, ...from.operands] }] }, { reason: 'operands' }],
		[
			'a default that is none',
			{ parameters: [parameter('from', 'date', { default: 'soon' })] },
			{ reason: 'not-a-value' }
		],
		['a page’s own name', { parameters: [parameter('cursor', 'text')] }, { part: 'parameters', reason: 'reserved' }],
		['no bound from below', { limit: { parameter: 'from' } }, { part: 'limit', reason: 'not-a-value' }]
	])('is refused with %s', async (_what, change, wanted) => {
		const { made, publication } = await opened();
		expect(await put({ made, publication }, { ...plan, ...change })).toMatchObject(
			err({ kind: 'plan-refused', ...wanted })
		);
	});

	test('refuses values with what was given and what is allowed, all at once', async () => {
		const { path } = await opened();
		const { status } = await send(`${path}/rows?from=1001&city=x`);
		expect(status).toBe(400);
		const none = { value: null, expected: null, known: [] };
		expect(await failureOf(`${path}/rows?from=1001&city=x&from_=&most=1&most=2`)).toEqual({
			kind: 'invalid-arguments',
			problems: [
				{ ...none, parameter: 'city', code: 'unknown', known: ['from', 'cities', 'most'] },
				{ ...none, parameter: 'from_', code: 'unknown', known: ['from', 'cities', 'most'] },
				{ ...none, parameter: 'from', code: 'refused', value: '1001', expected: 'at most 1000' },
				expect.objectContaining({ parameter: 'most', code: 'refused', value: '["1","2"]' })
			]
		});
		expect(await failureOf(`${path}/rows?limit=0`)).toMatchObject({ kind: 'invalid-query', part: 'limit' });
	});

	test('is read page by page within its limit, and its pages are of one version of rows and plan', async () => {
		const { made, publication, path } = await opened();
		const client = openPublished(`${origin}/api/v1/published/${publication}`, (url, init) =>
			send(url.slice(origin.length), init)
		);
		const sizes: number[] = [];
		const numbers: unknown[] = [];
		for await (const page of client.ask('cheap', { from: 10, cities: ['city 1', 'city 2'] }, { limit: 40 })) {
			if (!page.ok) return expect.unreachable(JSON.stringify(page.error));
			sizes.push(page.value.rows.length);
			numbers.push(...page.value.rows.map(({ number }) => number));
		}
		const all = Array.from({ length: ROWS }, (_row, at) => at).filter(
			(at) => at >= 40 && at % 7 !== 0 && [1, 2].includes(at % 10)
		);
		expect(sizes).toEqual([40, 40, 40, 40, all.length - 160]);
		expect(numbers).toEqual(all);
		const counted: number[] = [];
		for await (const page of client.ask('cheap')) counted.push(page.ok ? page.value.rows.length : -1);
		expect(counted).toEqual([300, 300, 300, 50]);

		const first = await send(`${path}/rows?limit=10`);
		const tag = first.headers.get('etag') ?? '';
		const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1]?.slice(origin.length) ?? '';
		const again = { headers: { 'if-none-match': tag } };
		expect((await send(`${path}/rows?limit=10`, again)).status).toBe(304);
		expect((await send(path, again)).status).toBe(304);
		expect(await put({ made, publication })).toEqual(ok({ isRepeated: true }));
		expect((await send(`${path}/rows?limit=10`, again)).status).toBe(304);
		expect((await send(next)).status).toBe(200);
		const ordered: QueryPlan = { ...plan, order: [{ column: 'city', isDescending: true, isNullsFirst: true }] };
		expect(await put({ made, publication }, ordered)).toEqual(ok({ isRepeated: false }));
		const changed = await send(`${path}/rows?limit=10`, again);
		expect(changed.status).toBe(200);
		expect((await changed.json<{ rows: Row[] }>()).rows.map(({ number }) => number).slice(0, 3)).toEqual([0, 7, 14]);
		expect((await send(next)).status).toBe(410);
		await put({ made, publication });
		expect((await send(next)).status).toBe(200);
		await show({ made, publication }, someParquet(1));
		expect((await send(`${path}/rows?limit=10`, again)).status).toBe(200);
		expect((await send(next)).status).toBe(410);
	});

	test('says which column a new version lacks, rather than that it answers something else', async () => {
		const { made, publication, path } = await opened();
		await show({ made, publication }, someParquet(0, 'cost'));
		expect(await failureOf(`${path}/rows`)).toEqual({ kind: 'query-outdated', column: 'price' });
		await show({ made, publication }, someParquet());
		expect(await rowsOf(path, '?from=249.75')).toEqual([{ number: 999, city: 'city 9', again: 999 }]);
	});
});
