// Publications: opened on purpose, answered to everybody, in four formats, page by page, and never as they were before.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { tableFromIPC } from '@uwdata/flechette';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, test } from 'vitest';
import { listPublications, publish, putPublishedFile, unpublish } from '#core/contract/publications.ts';
import { err, ok } from '#core/result.ts';
import { openPublished, type Row, type RowsQuery } from '#edge/client/published.ts';
import { hashOf } from '#edge/bytes.ts';
import { tidy } from '#edge/tidy.ts';
import { clock, digestOf, makeWorkspace, origin, randomHash, randomId, send, type TestWorkspace } from './edge.ts';

const ROWS = 1000;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

/** Ten row groups; every seventh `city` is null. */
function someParquet(first = 0): Uint8Array<ArrayBuffer> {
	const numbers = Array.from({ length: ROWS }, (_row, at) => first + at);
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: 'id', data: numbers, type: 'INT32', nullable: false },
				{ name: 'big, "odd"', data: numbers.map((at) => 2n ** 60n + BigInt(at)), type: 'INT64', nullable: false },
				{ name: 'city', data: numbers.map((at) => (at % 7 === 0 ? null : `city ${at % 10}`)), type: 'STRING' },
				{ name: 'price', data: numbers.map((at) => at / 4), type: 'DOUBLE', nullable: false },
				{ name: 'day', data: numbers.map((at) => new Date(86_400_000 * at)), type: 'TIMESTAMP', nullable: false },
				{ name: 'is_open', data: numbers.map((at) => at % 2 === 0), type: 'BOOLEAN', nullable: false }
			],
			rowGroupSize: 100
		})
	);
}

type Made = { readonly made: TestWorkspace; readonly publication: string; readonly path: string };

async function opened(bytes = someParquet()): Promise<Made> {
	const made = await makeWorkspace();
	const publication = randomId();
	await show({ made, publication }, bytes);
	return { made, publication, path: `/api/v1/published/${publication}` };
}

async function show({ made, publication }: Omit<Made, 'path'>, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	const file = await hashOf(bytes);
	const put = await made.call(putPublishedFile, { publication, file, digest: await digestOf(bytes), bytes });
	expect(put).toMatchObject({ ok: true });
	expect(await made.call(publish, { publication, file, name: 'Cities' })).toMatchObject(ok({ rowCount: ROWS }));
	return file;
}

async function rowsOf(path: string, query: RowsQuery): Promise<readonly Row[]> {
	const rows: Row[] = [];
	const client = openPublished(`${origin}${path}`, (url, init) => send(url.slice(origin.length), init));
	for await (const page of client.pages(query)) {
		if (!page.ok) return expect.unreachable(JSON.stringify(page.error));
		rows.push(...page.value.rows);
	}
	return rows;
}

describe('a publication', () => {
	test('is read without a token, by pages of any origin, and by nobody after it was taken away', async () => {
		const { made, publication, path } = await opened();
		const about = await send(path, { headers: { origin: 'https://elsewhere.example' } });
		expect(about.headers.get('access-control-allow-origin')).toBe('*');
		expect(about.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
		expect(await about.json()).toMatchObject({
			name: 'Cities',
			rowCount: ROWS,
			columns: [{ name: 'id', type: 'int32' }, { name: 'big, "odd"' }, { name: 'city', type: 'utf8' }, {}, {}, {}]
		});
		expect(await made.call(listPublications, {})).toMatchObject(
			ok({ publications: [{ publication, rowCount: ROWS }] })
		);
		expect((await send(`${path}/rows`)).status).toBe(200);
		expect(await made.call(unpublish, { publication })).toEqual(ok({ isRepeated: false }));
		for (const rest of ['', '/rows', '/file.parquet']) expect((await send(`${path}${rest}`)).status).toBe(404);
	});

	test('is nobody’s but its workspace’s, and shows no file that is no Parquet', async () => {
		const { publication } = await opened();
		const other = await makeWorkspace();
		const bytes = someParquet(5);
		const file = await hashOf(bytes);
		await other.call(putPublishedFile, { publication, file, digest: await digestOf(bytes), bytes });
		expect((await other.call(publish, { publication, file, name: 'Mine' })).ok).toBe(false);
		expect(await other.call(unpublish, { publication })).toEqual(ok({ isRepeated: true }));
		const [mine, text] = [randomId(), new Uint8Array(new TextEncoder().encode('PAR1 is not enough PAR1'))];
		const digest = await digestOf(text);
		await other.call(putPublishedFile, { publication: mine, file, digest, bytes: text });
		expect(await other.call(publish, { publication: mine, file, name: 'Text' })).toEqual(err({ kind: 'not-parquet' }));
		const missing = { publication: mine, file: randomHash(), name: 'None' };
		expect(await other.call(publish, missing)).toMatchObject(err({ kind: 'not-found' }));
	});
});

describe('a query', () => {
	test('chooses columns, filters, orders and pages', async () => {
		const { path } = await opened();
		const all = await rowsOf(path, { limit: 300 });
		expect(all).toHaveLength(ROWS);
		expect(all[8]).toEqual({
			id: 8,
			'big, "odd"': '1152921504606846984',
			city: 'city 8',
			price: 2,
			day: '1970-01-09T00:00:00',
			is_open: true
		});
		expect(await rowsOf(path, { columns: ['big, "odd"', 'id'], where: 'id>=998' })).toEqual([
			{ 'big, "odd"': '1152921504606847974', id: 998 },
			{ 'big, "odd"': '1152921504606847975', id: 999 }
		]);
		const ids = async (query: RowsQuery) => (await rowsOf(path, { columns: ['id'], ...query })).map(({ id }) => id);
		expect(await ids({ where: 'city=city 3,is_open=false,id<30' })).toEqual([3, 13, 23]);
		expect(await ids({ where: 'city=,id<20' })).toEqual([0, 7, 14]);
		expect(await ids({ where: '"big, ""odd"""<1152921504606846978' })).toEqual([0, 1]);
		expect(await ids({ where: 'city~ 9,price>240.5,id!=999' })).toEqual([969, 979, 989].filter((at) => at % 7 !== 0));
		expect(await ids({ where: 'day<1970-01-03' })).toEqual([0, 1]);
		expect((await ids({ order: 'city,-id', limit: 200 })).slice(0, 2)).toEqual([990, 970]);
		expect((await ids({ order: 'city', limit: 999 })).slice(-2)).toEqual([987, 994]);
		expect(await ids({ where: 'id>5', order: '-price', limit: 400 })).toEqual(
			Array.from({ length: 994 }, (_id, at) => 999 - at)
		);
	});

	test('is told what is wrong with it, and where', async () => {
		const { path } = await opened();
		const failure = async (query: string) => {
			const { error } = await (await send(`${path}/rows?${query}`)).json<{ error: object }>();
			return error;
		};
		const invalid = { kind: 'invalid-query' };
		expect(await failure('columns=id,nothing')).toEqual({
			...invalid,
			part: 'columns',
			reason: 'unknown-column',
			at: 3
		});
		expect(await failure('where=id')).toEqual({ ...invalid, part: 'where', reason: 'syntax', at: null });
		expect(await failure('where=id>x')).toEqual({ ...invalid, part: 'where', reason: 'not-a-value', at: 0 });
		expect(await failure('where=id~x')).toEqual({ ...invalid, part: 'where', reason: 'not-comparable', at: 0 });
		expect(await failure('where=%22id')).toEqual({ ...invalid, part: 'where', reason: 'syntax', at: null });
		expect(await failure('order=-x')).toEqual({ ...invalid, part: 'order', reason: 'unknown-column', at: 1 });
		expect(await failure('limit=10001')).toEqual({ ...invalid, part: 'limit', reason: 'out-of-range', at: null });
	});

	test('is answered as JSON, CSV, Arrow and Parquet with the same rows', async () => {
		const { path } = await opened();
		const ask = (format: string) => send(`${path}/rows?columns=id,city,price&where=id<9,id>5&format=${format}`);
		const expected = [6, 7, 8].map((id) => ({ id, city: id === 7 ? null : `city ${id}`, price: id / 4 }));
		const csv = await ask('csv');
		expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		expect(await csv.text()).toBe('id,city,price\r\n6,city 6,1.5\r\n7,,1.75\r\n8,city 8,2\r\n');
		const arrow = tableFromIPC(await (await ask('arrow')).arrayBuffer());
		expect(arrow.toArray().map(({ ...row }) => row)).toEqual(expected);
		const file = await (await ask('parquet')).arrayBuffer();
		const read = await parquetReadObjects({ file });
		expect(read.map((row) => ({ ...row, id: Number(row['id']) }))).toEqual(expected);
	});

	test('goes on in the version that it began with, or is told that there is another one', async () => {
		const { made, publication, path } = await opened();
		const first = await send(`${path}/rows?limit=10&columns=id`);
		const tag = first.headers.get('etag') ?? '';
		const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
		expect((await send(next.slice(origin.length))).status).toBe(200);
		const unless = { headers: { 'if-none-match': `W/${tag}` } };
		expect((await send(`${path}/rows?limit=10&columns=id`, unless)).status).toBe(304);
		const file = await show({ made, publication }, someParquet(1000));
		const again = await send(`${path}/rows?limit=10&columns=id`, unless);
		expect([again.status, again.headers.get('etag')]).toEqual([200, `"${file}"`]);
		expect((await again.json<{ rows: Row[] }>()).rows[0]).toEqual({ id: 1000 });
		expect((await send(next.slice(origin.length))).status).toBe(410);
		// What was shown before is gone, and its room is given back.
		const files = env.DB.prepare('SELECT count(*) AS count FROM published_files WHERE publication = ?');
		expect(await files.bind(publication).first('count')).toBe(1);
	});
});

describe('the file', () => {
	test('is answered whole or by ranges', async () => {
		const bytes = someParquet();
		const { path } = await opened(bytes);
		const ask = (headers: Record<string, string> = {}) => send(`${path}/file.parquet`, { headers });
		const whole = await ask();
		expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);
		const tag = whole.headers.get('etag') ?? '';
		const part = async (range: string, more: Record<string, string> = {}) => {
			const answer = await ask({ range, ...more });
			return [answer.status, answer.headers.get('content-range'), (await answer.arrayBuffer()).byteLength];
		};
		const size = bytes.length;
		expect(await part('bytes=0-3')).toEqual([206, `bytes 0-3/${size}`, 4]);
		expect(await part('bytes=-8')).toEqual([206, `bytes ${size - 8}-${size - 1}/${size}`, 8]);
		expect(await part(`bytes=${size - 1}-`)).toEqual([206, `bytes ${size - 1}-${size - 1}/${size}`, 1]);
		expect(await part('bytes=0-3', { 'if-range': tag })).toEqual([206, `bytes 0-3/${size}`, 4]);
		expect(await part('bytes=0-3', { 'if-range': '"another"' })).toEqual([200, null, size]);
		expect((await part(`bytes=${size}-`))[0]).toBe(416);
		expect((await ask({ 'if-none-match': tag })).status).toBe(304);
	});

	test('that was sent and is not shown goes after a day', async () => {
		const { made, publication } = await opened();
		const bytes = someParquet(7);
		const put = { publication, file: await hashOf(bytes), digest: await digestOf(bytes), bytes };
		await made.call(putPublishedFile, put);
		clock.nowMs += 90_000_000;
		await tidy(env, clock.nowMs);
		const count = env.DB.prepare('SELECT count(*) AS count FROM published_files WHERE publication = ?');
		expect(await count.bind(publication).first('count')).toBe(1);
		expect((await send(`/api/v1/published/${publication}/rows`)).status).toBe(200);
	});
});
