// The rows “Sync” of the test matrix: what a network and a server do, and that a device loses nothing by it. Faults that depend on when
// they come are simulated (sync-simulation), those of clocks and compare-and-swap, too.
import { describe, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { backOffMs } from '#core/sync/back-off.ts';
import { digest } from '#lib/crypto/derive.ts';
import { createConsole } from '#lib/flows/console.ts';
import { patiently } from '#lib/flows/sync-net.ts';
import type { Fetch } from '#lib/remote/call-api.ts';
import { SyncEdge } from '#lib/remote/sync-edge.ts';
import { explain } from '#lib/ui/explain.ts';
import { commit, messages, pair, rootHash, sync } from './sync-pair.ts';

const access = { workspace: 'w'.repeat(22), token: { id: 't'.repeat(22), secret: 's'.repeat(43) } };

function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}): SyncEdge {
	const fetch: Fetch = () => Promise.resolve(new Response(body, { status, headers }));
	return new SyncEdge(fetch, access, digest);
}
const refusal = (error: object): string => JSON.stringify({ error });
const json = { 'content-type': 'application/json' };

describe('413/429/500/timeout/captive-portal HTML 200: back-off with jitter, typed error, content-type check, no data change', () => {
	const page = '<html>Log in to this network</html>';
	test.each([
		[
			'413 of the edge',
			answering(413, refusal({ kind: 'quota-full', quotaBytes: 9, usedBytes: 8, sizeBytes: 2 }), json),
			{ kind: 'edge-full', quotaBytes: 9, usedBytes: 8, sizeBytes: 2 }
		],
		['413 of a proxy', answering(413, page, { 'content-type': 'text/html' }), { kind: 'edge-unreadable', status: 413 }],
		[
			'429 of the edge',
			answering(429, refusal({ kind: 'too-many-requests', retryAfterSeconds: 7 }), json),
			{ kind: 'edge-busy', retryAfterMs: 7000 }
		],
		[
			'429 of a proxy',
			answering(429, page, { 'content-type': 'text/html', 'retry-after': '30' }),
			{ kind: 'edge-busy', retryAfterMs: 30_000 }
		],
		['500 of the edge', answering(500, refusal({ kind: 'internal' }), json), { kind: 'edge-busy', retryAfterMs: null }],
		[
			'503 of a proxy',
			answering(503, page, { 'content-type': 'text/html', 'retry-after': '5' }),
			{ kind: 'edge-busy', retryAfterMs: 5000 }
		],
		[
			'a time-out',
			new SyncEdge(() => Promise.reject(new DOMException('late', 'TimeoutError')), access, digest),
			{ kind: 'edge-unreachable' }
		],
		[
			'HTML with 200',
			answering(200, page, { 'content-type': 'text/html; charset=utf-8' }),
			{ kind: 'edge-unreadable', status: 200 }
		],
		['JSON of another program', answering(200, '{"hello":1}', json), { kind: 'edge-unreadable', status: 200 }],
		['JSON that is cut off', answering(200, '{"refs":[', json), { kind: 'edge-unreadable', status: 200 }]
	])('%s', async (_name, edge, failure) => {
		expect(await edge.refs()).toEqual(err(failure));
		expect(explain(failure as Parameters<typeof explain>[0]).next).not.toBe('');
	});

	test('an object of a captive portal is no object', async () => {
		const edge = answering(200, page, { 'content-type': 'text/html' });
		expect(await edge.get('s', 'i')).toEqual(err({ kind: 'edge-unreadable', status: 200 }));
	});

	test('waits are longer each time, spread over the whole span, and never shorter than the server says', async () => {
		expect([1, 2, 3, 20].map((tries) => backOffMs(tries, null, 1))).toEqual([1000, 2000, 4000, 60_000]);
		expect([1, 2, 3].map((tries) => backOffMs(tries, null, 0))).toEqual([0, 0, 0]);
		expect(backOffMs(1, 7000, 0)).toBe(7000);
		const waits: number[] = [];
		let asked = 0;
		const busy = () =>
			Promise.resolve(++asked < 4 ? err({ kind: 'edge-busy', retryAfterMs: 3000 } as const) : ok('at last'));
		const timing = { random: () => 0.5, sleep: (ms: number) => Promise.resolve(void waits.push(ms)) };
		expect(await patiently(busy, timing, new AbortController().signal)).toEqual(ok('at last'));
		expect(waits).toEqual([3500, 4000, 5000]);
		const long = () => Promise.resolve(err({ kind: 'edge-busy', retryAfterMs: 3_600_000 } as const));
		expect(await patiently(long, timing, new AbortController().signal)).toMatchObject({ ok: false });
		expect(waits.length).toBe(3);
	});

	test.each(['edge-unreadable', 'edge-busy', 'edge-unreachable'] as const)('%s changes nothing here', async (kind) => {
		const { edge, one, other } = await pair();
		await sync(other);
		await commit(one, 'people', 'the second');
		await commit(other, 'orders', 'mine');
		const before = [await rootHash(one), await rootHash(other)];
		const failures = {
			'edge-unreadable': { kind: 'edge-unreadable', status: 200 },
			'edge-busy': { kind: 'edge-busy', retryAfterMs: 5 },
			'edge-unreachable': { kind: 'edge-unreachable' }
		} as const;
		edge.fault = () => failures[kind];
		expect(await one.weir.sync()).toEqual(err(failures[kind]));
		expect(await one.weir.syncState()).toMatchObject({ value: { waiting: [{ dataset: 'people', versions: 1 }] } });
		expect([await rootHash(one), await rootHash(other)]).toEqual(before);
		edge.fault = null;
		await sync(one);
		await sync(other);
		await sync(one);
		expect(await rootHash(one)).toBe(await rootHash(other));
	});
});

test('upload aborted at 1/3: a resume sends only what is missing', async () => {
	const { edge, one } = await pair();
	// Four objects each: bytes, a segment, a version, and what the ref points to.
	for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await commit(one, name, name, 50_000);
	const before = edge.puts;
	const whole = 6 * 4;
	edge.fault = () => (edge.puts - before > whole / 3 ? { kind: 'edge-unreachable' } : null);
	expect(await one.weir.sync()).toEqual(err({ kind: 'edge-unreachable' }));
	const sent = edge.puts - before;
	expect(sent).toBe(whole / 3 + 1);
	edge.fault = null;
	await sync(one);
	expect(edge.puts - before).toBe(whole);
});

test('server quota full: local-only state, outbox intact', async () => {
	const { edge, one, other } = await pair();
	await sync(other);
	await commit(one, 'people', 'too much', 100_000);
	edge.quotaBytes = 50_000;
	const full = await one.weir.sync();
	expect(full).toMatchObject({ ok: false, error: { kind: 'edge-full', quotaBytes: 50_000 } });
	expect(await one.weir.syncState()).toMatchObject({
		value: {
			waiting: [{ dataset: 'people', versions: 1 }],
			troubles: [{ dataset: null, failure: { kind: 'edge-full' } }]
		}
	});
	expect(await messages(one, 'people')).toEqual(['the first', 'too much']);
	edge.quotaBytes = Infinity;
	await sync(one);
	await sync(other);
	expect(await rootHash(one)).toBe(await rootHash(other));
});

test('clock ±10 years, DST: identical results', async () => {
	const { one, other } = await pair();
	const years = 10 * 365 * 86_400_000;
	const skewed = createConsole({ ...other.effects, now: () => 1_700_000_000_000 - years });
	expect(await skewed.sync()).toMatchObject({ ok: true });
	await commit(one, 'people', 'later');
	const early = createConsole({ ...one.effects, now: () => 1_700_000_000_000 + years });
	expect(await early.sync()).toMatchObject({ ok: true });
	expect(await skewed.sync()).toMatchObject({ ok: true });
	expect(await rootHash(one)).toBe(await rootHash(other));
});

test('key column not unique on one side; schema clash: branch + explanation', async () => {
	const { one, other } = await pair();
	await sync(other);
	await commit(one, 'people', 'mine');
	await commit(other, 'people', 'yours');
	await sync(one);
	// There is no key here at all, which is the least unique one.
	const synced = await other.weir.sync();
	expect(synced).toMatchObject({
		value: { datasets: [{ outcome: { value: { keptBeside: [{ branch: 'main', as: 'main-2', why: 'no-key' }] } } }] }
	});
});

test('pausing ends what is under way, and nothing begins by itself until it is resumed', async () => {
	const { edge, one } = await pair();
	await commit(one, 'people', 'large', 200_000);
	const running = one.weir.sync();
	await one.weir.pauseSync(true);
	expect(await running).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
	expect(await one.weir.syncState()).toMatchObject({ value: { isPaused: true, waiting: [{ dataset: 'people' }] } });
	const puts = edge.puts;
	await one.weir.pauseSync(false);
	await sync(one);
	expect(edge.puts).toBeGreaterThan(puts);
});
