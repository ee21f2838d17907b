// Connections: what a text may say, what a first answer tells, how long a source is waited for, and where secrets are.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it, test } from 'vitest';
import { connectionJsonSchema } from '#core/source/connection-schema.ts';
import { parseConnection, type Connection } from '#core/source/connection.ts';
import { compareMarks, markBefore } from '#core/source/marks.ts';
import type { RestConnection } from '#core/source/rest/rest-connection.ts';
import { onlyMembers, recordTexts } from '#core/source/rest/json-slices.ts';
import { backoffMs, meaningOf, retryAfterMs, takeToken, type Bucket } from '#core/source/rest/patience.ts';
import { detectPages, FIRST, nextInLink, nextPosition, type Position } from '#core/source/rest/paging.ts';
import { readPage, type Page } from '#core/source/rest/page.ts';
import { pageRequest, tokenRequest, withAuth } from '#core/source/rest/request.ts';
import { stateBehind } from '#core/source/load-state.ts';
import { connect, listConnections } from '#lib/flows/connections.ts';
import { loadConnection } from '#lib/flows/load-connection.ts';
import { testConnection } from '#lib/flows/test-connection.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { undo } from '#lib/flows/change-dataset.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { ask } from '#workers/ingest/ask.ts';
import { faulty, faults, misbehavingApi, overNetwork, type ApiPaging } from '../misbehaving-api.ts';
import { seeded } from '../seeded.ts';
import { testEffects, type TestEffects } from './effects.ts';

const wanted = {
	format: 'json',
	records: null,
	error: null,
	key: [],
	mark: null,
	next: null,
	total: null,
	columns: null
} as const;

function connectionOf(text: string): Connection {
	const parsed = parseConnection(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

function restOf(text: string): RestConnection {
	const connection = connectionOf(text);
	if (connection.kind !== 'rest') throw new Error(connection.kind);
	return connection;
}

function pageOf(body: unknown): Page {
	const page = readPage(JSON.stringify(body), wanted);
	if (!page.ok) throw new Error(page.error.problem);
	return page.value;
}

describe('a connection as text', () => {
	const problems: readonly (readonly [string, string, number])[] = [
		['kind: rest\nurl: ftp://example.org/a', 'bad-address', 2],
		['kind: rest\nurl: https://ann:secret@example.org/a', 'bad-address', 2],
		['kind: rest', 'missing-key', 1],
		['kind: soap\nurl: https://example.org/', 'not-allowed', 1],
		['kind: rest\nurl: https://example.org/\nurls: 1', 'unknown-key', 3],
		['kind: rest\nurl: https://example.org/\nheaders:\n  Authorization: Bearer x', 'secret-in-text', 4],
		['kind: rest\nurl: https://example.org/\nquery: { api_key: x }', 'secret-in-text', 3],
		['kind: rest\nurl: https://example.org/\nload: { mode: merge }', 'needs-key', 3],
		['kind: rest\nurl: https://example.org/\nload: { mode: append, key: [id] }', 'append-with-key', 3],
		['kind: rest\nurl: https://example.org/\nsince: { field: at, late: 1h }', 'late-without-merge', 3],
		['kind: rest\nurl: https://example.org/\nformat: csv\npages: { kind: link }', 'csv-alone', 4],
		['kind: rest\nurl: https://example.org/\nbody: "{}"', 'body-of-get', 3]
	];
	it.each(problems)('%j is refused as %s in its line', (text, code, line) => {
		const parsed = parseConnection(text);
		expect(parsed).toMatchObject({ ok: false, error: { problems: [{ code, line }] } });
		expect(JSON.stringify(parsed)).not.toContain('secret@');
	});

	it('is published as a JSON Schema', async () => {
		const path = new URL('../../static/schemas/connection.json', import.meta.url).pathname;
		const text = await format(JSON.stringify(connectionJsonSchema()), {
			...(await resolveConfig(path)),
			filepath: path
		});
		expect(readFileSync(path, 'utf8')).toBe(text);
		const accepts = new Ajv({ strict: false }).compile(connectionJsonSchema());
		expect(accepts({ kind: 'rest', url: 'https://example.org/', pages: { kind: 'link' } })).toBe(true);
		expect(accepts({ kind: 'rest', url: 'https://example.org/', pages: { kind: 'links' } })).toBe(false);
	});

	it('says which secrets it needs, and to which address alone each may go', () => {
		const text =
			'kind: rest\nurl: https://API.example.org/a\nauth: { kind: oauth2, token_url: https://login.example.org/t, client_id: c }';
		expect(connectionOf(text).secrets).toEqual([{ name: 'client secret', origin: 'https://login.example.org' }]);
	});
});

describe('how a source pages', () => {
	const rows = [{ id: 1 }, { id: 2 }];
	const url = 'https://a.example.org/rows';
	const cases: readonly (readonly [string, unknown, string | null, object])[] = [
		[`${url}?limit=2`, rows, null, { kind: 'offset', offset: 'offset', limit: 'limit', size: 2 }],
		[url, { total: 9, offset: 0, items: rows }, null, { kind: 'offset', offset: 'offset', total: 'total' }],
		[`${url}?page=1&per_page=2`, rows, null, { kind: 'page', page: 'page', first: 1, limit: 'per_page', size: 2 }],
		[url, { data: rows, next_cursor: 'abc' }, null, { kind: 'cursor', param: 'cursor', path: 'next_cursor' }],
		[
			url,
			{ data: rows, meta: { nextPageToken: 'x' } },
			null,
			{ kind: 'cursor', param: 'pageToken', path: 'meta.nextPageToken' }
		],
		[url, rows, '<https://a.example.org/rows?page=2>; rel="next"', { kind: 'link' }],
		[url, { results: rows, next: `${url}?page=2` }, null, { kind: 'next', path: 'next' }],
		[url, { results: rows, links: { next: '/rows?page=2' } }, null, { kind: 'next', path: 'links.next' }],
		[url, rows, null, { kind: 'none' }],
		[url, { data: rows, next_cursor: null, has_more: false }, null, { kind: 'none' }]
	];
	it.each(cases)('is found from %s answering %j', (address, body, link, pages) => {
		expect(detectPages({ url: address, query: {} }, pageOf(body), link)).toEqual(pages);
	});

	const next = (
		pages: Parameters<typeof nextPosition>[0]['pages'],
		position: Position,
		body: unknown,
		given: Partial<Page> = {}
	) => nextPosition({ pages, url, position, page: { ...pageOf(body), ...given }, link: null });

	it('a page that is shorter than asked for is not the last', () => {
		const pages = { kind: 'offset', offset: 'offset', limit: 'limit', size: 100 } as const;
		expect(next(pages, FIRST, rows)).toEqual({ ok: true, value: { kind: 'offset', at: 2 } });
		expect(next(pages, { kind: 'offset', at: 2 }, [])).toEqual({ ok: true, value: null });
	});

	it('an end before the total is no end', () => {
		const pages = { kind: 'offset', offset: 'offset', total: 'total' } as const;
		expect(next(pages, { kind: 'offset', at: 4 }, [], { total: 9 })).toMatchObject({
			error: { kind: 'short', total: 9, read: 4 }
		});
	});

	it('a cursor that stays, and a next address on another server, end it', () => {
		const cursor = { kind: 'cursor', param: 'c', path: 'next' } as const;
		expect(next(cursor, { kind: 'cursor', at: 'x' }, rows, { next: 'x' })).toMatchObject({ error: { kind: 'loops' } });
		const address = { kind: 'next', path: 'next' } as const;
		expect(next(address, FIRST, rows, { next: 'https://evil.example/rows' })).toEqual({
			ok: false,
			error: { kind: 'away', origin: 'https://evil.example' }
		});
		expect(next(address, FIRST, rows, { next: '?page=2' })).toEqual({
			ok: true,
			value: { kind: 'address', at: `${url}?page=2` }
		});
	});

	it('a Link header is read by its relation alone', () => {
		expect(nextInLink('<https://a/1>; rel="prev", <https://a/2?x=1,2>; title="t"; rel="last next"')).toBe(
			'https://a/2?x=1,2'
		);
		expect(nextInLink('<https://a/1>; rel="nextish"')).toBe(null);
	});
});

describe('an answer', () => {
	it('keeps every digit of its numbers, and its records where they are', () => {
		const text = '{"meta":{"n":1},\n"data":{"items":[{"id":12345678901234567890,\n"a":"[{\\"}"},{"id":1.10}]}}';
		expect(recordTexts(text, 'data.items')).toEqual(['{"id":12345678901234567890, "a":"[{\\"}"}', '{"id":1.10}']);
		expect(onlyMembers('{"id":12345678901234567890,"b":[1,{"c":2}],"a":"x"}', new Set(['id', 'a']))).toBe(
			'{"id":12345678901234567890,"a":"x"}'
		);
		expect(readPage(text, wanted)).toMatchObject({ ok: true, value: { records: 'data.items' } });
	});

	it('is cut into records as it would be parsed, whatever its texts hold and however often a name stands in it', () => {
		const seed = Date.now() % 1_000_000;
		const random = seeded(seed);
		const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
		const some = <T>(make: () => T): T[] => Array.from({ length: Math.floor(random() * 4) }, make);
		const word = (): string => some(() => pick(['"', '\\', '\n', '[', '}', '{', ']', ',', ':', '\\"', 'é'])).join('');
		const value = (depth: number): unknown => {
			const kind = depth > 3 ? 0 : random();
			if (kind < 0.4) return pick([1, -2.5e10, true, null, word()]);
			if (kind < 0.7) return some(() => value(depth + 1));
			return Object.fromEntries(some(() => [pick(['items', 'a', word()]), value(depth + 1)]));
		};
		for (let round = 0; round < 2000; round++) {
			const spacing = pick(['', '  ', '\t']);
			const body = JSON.stringify({ data: value(1), items: value(0) }, null, spacing);
			const text = pick([body, `\r\n${body.slice(0, -1)},"items":[${JSON.stringify(value(1))} , 3]} `]);
			const { data, items } = JSON.parse(text) as { readonly data: unknown; readonly items: unknown };
			const inner = (data as { readonly items?: unknown } | null)?.items;
			for (const [path, records] of [
				['items', items],
				['data.items', Array.isArray(data) ? undefined : inner]
			] as const) {
				const parsed = recordTexts(text, path)?.map((one) => JSON.parse(one) as unknown) ?? null;
				expect(parsed, `seed ${seed}: ${path} of ${text}`).toEqual(Array.isArray(records) ? records : null);
			}
		}
	});

	const none: readonly (readonly [string, string])[] = [
		['<!DOCTYPE html><p>Sorry', 'html'],
		['{"items":[{"id":1', 'unreadable'],
		['', 'unreadable'],
		['{"error":{"code":7},"items":[]}', 'error-inside'],
		['{"success":false,"items":[]}', 'error-inside'],
		['{"errors":["no"],"items":[{"id":1}]}', 'error-inside'],
		['{"message":"hello"}', 'no-records']
	];
	it.each(none)('%j is none: %s', (text, problem) => {
		expect(readPage(text, wanted)).toMatchObject({ ok: false, error: { problem } });
	});

	it('of NDJSON says in which line it breaks', () => {
		expect(readPage('{"id":1}\n{"id":', { ...wanted, format: 'ndjson' })).toMatchObject({
			error: { problem: 'unreadable', reason: 'line 2 is not JSON' }
		});
	});
});

describe('patience', () => {
	it('knows which answers are asked for again', () => {
		expect([200, 204, 301, 400, 401, 404, 408, 429, 500, 503].map(meaningOf)).toEqual([
			...['rows', 'rows', 'refused', 'refused', 'renew', 'refused', 'again', 'again', 'again', 'again']
		]);
	});

	it('reads Retry-After as seconds and as a date', () => {
		const nowMs = Date.parse('2026-01-01T00:00:00Z');
		expect(retryAfterMs('120', nowMs)).toBe(120_000);
		expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', nowMs)).toBe(30_000);
		expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', nowMs)).toBe(0);
		expect(retryAfterMs('soon', nowMs)).toBe(null);
		expect(retryAfterMs(null, nowMs)).toBe(null);
	});

	it('backs off over the whole of a span that doubles up to half a minute', () => {
		expect([0, 1, 2, 10].map((attempt) => backoffMs(attempt, 0.999999))).toEqual([500, 1000, 2000, 30_000]);
		expect(backoffMs(5, 0)).toBe(0);
	});

	it('never lets more through in a second than the bucket has', () => {
		let bucket: Bucket | null = null;
		let nowMs = 0;
		const at: number[] = [];
		for (let asked = 0; asked < 50; asked++) {
			const taken = takeToken(bucket, nowMs, 5);
			nowMs += taken.waitMs;
			bucket = taken.bucket;
			at.push(nowMs);
		}
		expect(at.filter((one) => one < 1000).length).toBeLessThanOrEqual(10);
		expect(nowMs).toBeGreaterThanOrEqual(8900);
	});
});

describe('marks', () => {
	it('are compared as times, numbers or texts', () => {
		expect(compareMarks('2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z')).toBe(1);
		expect(compareMarks('2026-01-02', '2026-01-01T23:00:00Z')).toBeGreaterThan(0);
		expect(compareMarks('9', '10')).toBeLessThan(0);
		expect(compareMarks(9, 10)).toBeLessThan(0);
		expect(compareMarks('b', 'a')).toBe(1);
	});

	it('go back by a late window in their own form', () => {
		expect(markBefore('2026-01-01T00:00:00.000Z', 60_000)).toBe('2025-12-31T23:59:00.000Z');
		expect(markBefore('2026-01-02', 86_400_000)).toBe('2026-01-01');
		expect(markBefore('2026-01-01 00:00:10', 10_000)).toBe('2026-01-01 00:00:00');
		expect(markBefore(1_767_225_600, 1000)).toBe(1_767_225_599);
		expect(markBefore(42, 1000)).toBe(42);
	});
});

describe('a request', () => {
	const connection = restOf(
		'kind: rest\nurl: https://a.example.org/r?x=1\nquery: { y: "a b" }\npages: { kind: offset, offset: skip, limit: n, size: 50 }\nsince: { field: at, param: after }'
	);
	const pages = connection.pages ?? { kind: 'none' };

	it('carries the page, the mark and what the connection says', () => {
		const asked = pageRequest(connection, {
			pages,
			position: { kind: 'offset', at: 100 },
			since: '2026-01-01T00:00:00Z'
		});
		expect(asked.url).toBe('https://a.example.org/r?x=1&y=a%20b&n=50&skip=100&after=2026-01-01T00%3A00%3A00Z');
	});

	it('carries a secret as its sign-in wants it', () => {
		const asked = pageRequest(connection, { pages, position: FIRST, since: null });
		const signed = (auth: Parameters<typeof withAuth>[1]) => withAuth(asked, auth, { secret: 'pä55', token: 'tok' });
		expect(signed({ kind: 'basic', user: 'ann' }).headers['Authorization']).toBe(
			`Basic ${Buffer.from('ann:pä55').toString('base64')}`
		);
		expect(signed({ kind: 'bearer' }).headers['Authorization']).toBe('Bearer pä55');
		expect(signed({ kind: 'api-key', in: 'query', name: 'x' }).url).toContain('x=p%C3%A455');
		expect(signed({ kind: 'api-key', in: 'query', name: 'x' }).url).not.toContain('x=1');
		expect(tokenRequest({ kind: 'oauth2', token_url: 'https://l/t', client_id: 'c' }, 's&').body).toBe(
			'grant_type=client_credentials&client_id=c&client_secret=s%26'
		);
	});
});

/** The flows over an API in memory. */
function world(
	paging: ApiPaging = 'cursor',
	onUrl: (url: string, init: RequestInit) => void = () => undefined
): TestEffects {
	const rows = Array.from({ length: 20 }, (_, id) => ({
		id,
		name: `row ${id}`,
		at: `2026-01-01T00:00:${String(id).padStart(2, '0')}Z`
	}));
	const api = misbehavingApi({ paging, size: 7, random: seeded(1), faultRatio: 0, rows });
	return testEffects({
		ingest: {
			ask: (question) =>
				ask(question, null, (url, init) => {
					onUrl(url, init);
					return Promise.resolve(api(url));
				})
		}
	});
}

const TEXT =
	'kind: rest\nurl: https://api.example.org/rows\nauth: { kind: bearer }\npages: { kind: cursor, param: after, path: next_cursor }\nper_second: 1000\nsince: { field: at, param: since }\nload: { mode: append }\n';
const CANARY = 'canary-q7-secret';

describe('a load', () => {
	test('says how far it is in the version that holds its rows, and undo takes both back', async () => {
		const sent: string[] = [];
		const effects = world('cursor', (_url, { headers }) =>
			sent.push((headers as Record<string, string>)['Authorization'] ?? '')
		);
		const saved = await connect({ name: 'orders', text: TEXT, secrets: { token: CANARY } }, effects);
		expect(saved.ok).toBe(true);
		const tested = await testConnection({ name: 'orders' }, effects);
		expect(tested).toMatchObject({
			value: { through: 'direct', rowCount: 7, paging: { records: 'items' }, isNew: true, into: 'orders' }
		});
		const loaded = await loadConnection({ name: 'orders' }, effects);
		expect(loaded).toMatchObject({ value: { pages: 3, keptCount: 20, knownCount: 0, dataset: 'orders' } });
		expect(new Set(sent)).toEqual(new Set([`Bearer ${CANARY}`]));
		const item = await findDataset('orders', effects);
		if (!item.ok || !saved.ok) throw new Error('not kept');
		const { dataset, reached } = item.value;
		const state = stateBehind(saved.value.document.id, dataset.head, reached);
		expect(state).toMatchObject({ mark: '2026-01-01T00:00:19Z', run: null });
		const again = await loadConnection({ name: 'orders' }, effects);
		expect(again).toMatchObject({ value: { keptCount: 0, knownCount: 1, versions: [] } });
		expect((await undo(effects)).ok).toBe(true);
		expect(await findDataset('orders', effects)).toMatchObject({ error: { kind: 'unknown-dataset' } });
		expect(await loadConnection({ name: 'orders' }, effects)).toMatchObject({ value: { keptCount: 20 } });
	});

	test('that the edge should ask for needs one, and asks nobody else where there is none', async () => {
		const urls: string[] = [];
		const effects = world('cursor', (url) => urls.push(url));
		await connect({ name: 'orders', text: `${TEXT}through: relay\n`, secrets: { token: CANARY } }, effects);
		const needed = { error: { kind: 'no-server', source: 'https://api.example.org' } };
		expect(await testConnection({ name: 'orders' }, effects)).toMatchObject(needed);
		expect(await loadConnection({ name: 'orders' }, effects)).toMatchObject(needed);
		expect(urls).toEqual([]);
	});

	test('without its secret asks nothing, and one for another address is not sent', async () => {
		const urls: string[] = [];
		const effects = world('cursor', (url) => urls.push(url));
		await connect({ name: 'orders', text: TEXT, secrets: { token: CANARY } }, effects);
		await connect({ name: 'orders', text: TEXT.replace('api.example.org', 'evil.example.org') }, effects);
		expect(await loadConnection({ name: 'orders' }, effects)).toMatchObject({
			error: { kind: 'secret-missing', secret: 'token', origin: 'https://evil.example.org' }
		});
		expect(urls).toEqual([]);
		expect(await listConnections(effects)).toMatchObject({ value: [{ secrets: [{ isKnown: false }] }] });
	});

	test('leaves no secret in what is stored, backed up or told', async () => {
		const effects = world();
		await connect({ name: 'orders', text: TEXT, secrets: { token: CANARY } }, effects);
		const loaded = await loadConnection({ name: 'orders' }, effects);
		const backup = await backUp({}, effects);
		if (!backup.ok) throw new Error(backup.error.kind);
		const stored: unknown[] = [];
		for (const table of effects.db.tables) stored.push(await table.toArray());
		const plain = (_key: string, value: unknown): unknown =>
			value instanceof Uint8Array
				? Buffer.from(value).toString('latin1')
				: typeof value === 'bigint'
					? String(value)
					: value;
		const texts = {
			stored: JSON.stringify(stored, plain),
			told: JSON.stringify(loaded),
			jobs: JSON.stringify(effects.jobs.list())
		};
		expect(texts.stored).toContain('source-secret/');
		for (const [place, text] of Object.entries(texts)) expect(text.includes(CANARY), place).toBe(false);
		const bytes = await backup.value.file.text();
		expect(bytes).not.toContain(CANARY);
		expect(bytes).toContain('api.example.org');
		expect(bytes).not.toContain('source-secret');
		const key = await effects.sources.secrets.key(effects.sources.makeKey);
		expect(key.ok && key.value.extractable).toBe(false);
	});

	test('that is ended goes on where it was, and a token that ends is asked for anew', async () => {
		const rows = Array.from({ length: 60 }, (_, id) => ({ id, name: `row ${id}`, at: `${id}` }));
		const api = misbehavingApi({ paging: 'next', size: 7, random: seeded(1), faultRatio: 0, rows });
		const stop = new AbortController();
		let tokens = 0;
		let asked = 0;
		const effects = testEffects({
			ingest: {
				ask: (question) =>
					ask(question, null, (url, { headers, body }) =>
						overNetwork(() => {
							if (url === 'https://login.example.org/token') {
								expect(body).toContain(`client_secret=${CANARY}`);
								return new Response(JSON.stringify({ access_token: `t${++tokens}`, expires_in: 3600 }));
							}
							const { Authorization: sent } = headers as Record<string, string>;
							if (++asked === 4) stop.abort();
							// What was given first has ended.
							if (asked > 2 && sent === 'Bearer t1') return new Response('', { status: 401 });
							return api(url);
						})
					)
			}
		});
		const text =
			'kind: rest\nurl: https://api.example.org/rows\nauth: { kind: oauth2, token_url: https://login.example.org/token, client_id: c }\nper_second: 1000\n';
		await connect({ name: 'orders', text, secrets: { 'client secret': CANARY } }, effects);
		expect(await loadConnection({ name: 'orders', signal: stop.signal }, effects)).toMatchObject({
			error: { kind: 'cancelled' }
		});
		expect(tokens).toBe(2);
		expect(await loadConnection({ name: 'orders' }, effects)).toMatchObject({ value: { pages: 9, keptCount: 60 } });
	});

	test.each(faults)('that meets nothing but %s ends with a clear failure', async (fault) => {
		const effects = testEffects({
			ingest: {
				ask: (question) => ask(question, null, () => overNetwork(() => faulty(fault)))
			}
		});
		const quick = { ...effects, sleep: () => Promise.resolve() };
		await connect({ name: 'orders', text: TEXT, secrets: { token: 'x' } }, quick);
		const loaded = await loadConnection({ name: 'orders' }, quick);
		expect(loaded.ok).toBe(false);
		expect(['source-refused', 'source-silent', 'source-answer', 'source-open']).toContain(
			!loaded.ok && loaded.error.kind
		);
	});

	test.each([
		['the same page for ever', (at: number) => ({ items: [{ id: 1, at: 'a' }], next_cursor: `c${at}` }), 'same-page'],
		[
			'a cursor that comes back',
			(at: number) => ({ items: [{ id: at, at: 'a' }], next_cursor: `c${at % 3}` }),
			'same-cursor'
		],
		['empty pages for ever', (at: number) => ({ items: [], next_cursor: `c${at}` }), 'empty-pages'],
		[
			'new pages for ever',
			(at: number) => ({ items: [{ id: at, at: `${at}` }], next_cursor: `c${at}` }),
			'too-many-pages'
		]
	] as const)('is ended by %s', async (_what, answer, rule) => {
		let asked = 0;
		const effects = testEffects({
			ingest: {
				ask: (question) => ask(question, null, () => Promise.resolve(new Response(JSON.stringify(answer(++asked)))))
			}
		});
		const quick = { ...effects, sleep: () => Promise.resolve() };
		await connect({ name: 'orders', text: `${TEXT}max_pages: 40\n`, secrets: { token: 'x' } }, quick);
		expect(await loadConnection({ name: 'orders' }, quick)).toMatchObject({ error: { kind: 'source-loops', rule } });
		expect(asked).toBeLessThanOrEqual(41);
	});
});
