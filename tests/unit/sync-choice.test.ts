// What of a workspace is on a device: which datasets, how much of their history, and what comes when it is opened.
import { describe, expect, test } from 'vitest';
import { ok } from '#core/result.ts';
import { fullBucket, takeBytes } from '#core/sync/token-bucket.ts';
import { createConsole } from '#lib/flows/console.ts';
import { syncNow } from '#lib/flows/sync-now.ts';
import { explain } from '#lib/ui/explain.ts';
import { commit, messages, pair, rootHash, sync, type Device } from './sync-pair.ts';

async function stateOf({ weir }: Device, name: string) {
	const state = await weir.syncState();
	return state.ok && state.value.kind === 'on' ? state.value.datasets.find((one) => one.name === name) : undefined;
}

describe('how much of the history', () => {
	test('the newest version comes alone, keeps its number, and goes on being synced', async () => {
		const { edge, one, other } = await pair(['the first', 'the second', 'the third']);
		await other.weir.limitSync({ newest: 1 });
		await sync(other);
		expect(await messages(other, 'people')).toEqual(['the third']);
		expect(await stateOf(other, 'people')).toMatchObject({ state: 'in-step', here: 1, notHere: 2 });
		await commit(other, 'people', 'of the phone');
		await sync(other);
		await sync(one);
		expect(await messages(one, 'people')).toEqual(['the first', 'the second', 'the third', 'of the phone']);
		expect((await one.weir.versions('people')).ok).toBe(true);
		expect(edge.objects.size).toBeGreaterThan(0);
	});

	test('a version that is on the server alone comes when it is asked for, once, and with all its ancestors both are alike', async () => {
		const { one, other } = await pair(['the first', 'the second', 'the third']);
		await other.weir.limitSync({ newest: 1 });
		await sync(other);
		expect(await other.weir.loadVersion('people@v1')).toEqual(ok(undefined));
		expect(await other.weir.loadVersion('people@v1')).toEqual(ok(undefined));
		expect(await messages(other, 'people')).toEqual(['the first', 'the third']);
		await other.weir.chooseSync('people', { newest: null });
		await sync(other);
		expect(await rootHash(other)).toBe(await rootHash(one));
	});

	test('SQL that names it loads it, and says what is the matter where the server does not answer', async () => {
		const { edge, other } = await pair(['the first', 'the second']);
		await other.weir.limitSync({ newest: 1 });
		await sync(other);
		edge.isDown = true;
		const away = await other.weir.sql('SELECT * FROM "people@v1"');
		expect(away).toEqual({
			ok: false,
			error: { kind: 'version-elsewhere', dataset: 'people', version: 'v1', because: 'edge-unreachable' }
		});
		if (!away.ok) expect(explain(away.error).title).toBe('people@v1 is on the server, and not in this browser');
		edge.isDown = false;
		// There is no engine here: that it is asked at all shows that the version came.
		expect(await other.weir.sql('SELECT * FROM "people@v1"')).toMatchObject({ error: { kind: 'cancelled' } });
		expect(await messages(other, 'people')).toEqual(['the first', 'the second']);
	});

	test('what rules for old versions let go here does not come back by itself, and can be loaded', async () => {
		const { one } = await pair(['the first', 'the second']);
		expect(await one.weir.prune('people', { keep: 1 })).toMatchObject({ ok: true });
		await commit(one, 'people', 'the third');
		await sync(one);
		expect(await one.weir.prune('people', { keep: 1 })).toMatchObject({ ok: true });
		await one.weir.tag('people', 'checked');
		await sync(one);
		expect(await messages(one, 'people')).toEqual(['the third']);
		expect(await one.weir.loadVersion('people@v1')).toEqual(ok(undefined));
	});
});

describe('which datasets', () => {
	test('one that is chosen away stays on the server, is listed, and comes back when it is chosen, with what others did', async () => {
		const { one, other } = await pair();
		await sync(other);
		expect(await other.weir.chooseSync('people', { isTaken: false })).toEqual(ok(undefined));
		expect((await other.weir.datasets()).ok && (await other.effects.store.datasets())).toEqual(ok([]));
		await commit(one, 'people', 'the second');
		await sync(one);
		await sync(other);
		expect(await stateOf(other, 'people')).toMatchObject({ state: 'away' });
		await sync(one);
		expect(await messages(one, 'people')).toEqual(['the first', 'the second']);
		await other.weir.chooseSync('people', { isTaken: true });
		await sync(other);
		expect(await rootHash(other)).toBe(await rootHash(one));
	});

	test('undo brings it back, and nothing is removed anywhere', async () => {
		const { one, other } = await pair();
		await sync(other);
		await other.weir.chooseSync('people', { isTaken: false });
		await other.weir.undo();
		await sync(other);
		await sync(one);
		expect(await messages(other, 'people')).toEqual(['the first']);
		expect(await messages(one, 'people')).toEqual(['the first']);
	});

	test('one that waits to be sent does not go', async () => {
		const { other } = await pair();
		await sync(other);
		await commit(other, 'people', 'not sent');
		expect(await other.weir.chooseSync('people', { isTaken: false })).toEqual({
			ok: false,
			error: { kind: 'sync-waits', dataset: 'people' }
		});
		expect(await messages(other, 'people')).toEqual(['the first', 'not sent']);
	});

	test('one of this device alone is not sent until it is chosen', async () => {
		const { edge, one, other } = await pair();
		await sync(other);
		await commit(one, 'mine', 'private');
		await one.weir.chooseSync('mine', { isTaken: false });
		const before = edge.puts;
		await sync(one);
		expect(edge.puts).toBe(before);
		expect(await stateOf(one, 'mine')).toMatchObject({ state: 'here' });
		await one.weir.chooseSync('mine', { isTaken: true });
		await sync(one);
		await sync(other);
		expect(await messages(other, 'mine')).toEqual(['private']);
	});

	test('datasets to come are left on the server where that was chosen', async () => {
		const { one, other } = await pair();
		await other.weir.limitSync({ isTaken: false });
		await sync(other);
		expect(await other.effects.store.datasets()).toEqual(ok([]));
		expect(await stateOf(other, 'people')).toMatchObject({ state: 'away' });
		await one.weir.remove('people');
		await sync(one);
		await sync(other);
		expect(await stateOf(other, 'people')).toBeUndefined();
	});
});

describe('how fast', () => {
	test('the rate holds over any stretch of time, whatever the sizes, and a clock that jumps gives nothing', () => {
		let bucket = fullBucket(1000, 0);
		let atMs = 0;
		let sent = 0;
		for (const sizeBytes of [400, 4000, 1, 1, 2500, 10, 800]) {
			const taken = takeBytes(bucket, sizeBytes, atMs);
			bucket = taken.bucket;
			atMs += taken.waitMs;
			// What went before this one had its time.
			expect(sent).toBeLessThanOrEqual(1000 + atMs);
			sent += sizeBytes;
		}
		expect(takeBytes(bucket, 1, -1_000_000).bucket.level).toBe(bucket.level - 1);
	});

	test('it is kept, and a sync waits for it', async () => {
		const { one } = await pair();
		await one.weir.limitSync({ bytesPerSecond: 500 });
		const waits: number[] = [];
		const slow: Device = { ...one, effects: { ...one.effects, sleep: (ms) => Promise.resolve(void waits.push(ms)) } };
		await commit(one, 'people', 'large', 5000);
		expect((await syncNow({}, slow.effects)).ok).toBe(true);
		expect(Math.max(...waits)).toBeGreaterThan(5000);
		expect(await one.weir.syncState()).toMatchObject({ value: { choice: { bytesPerSecond: 500 } } });
	});

	test('any tab is told how far a sync is, and any tab ends it', async () => {
		const { one } = await pair();
		await commit(one, 'orders', 'large', 3_000_000);
		let atMs = 0;
		const weir = createConsole({ ...one.effects, now: () => (atMs += 1000) });
		const told: (number | null)[] = [];
		const stop = one.weir.watchSync((progress) => {
			told.push(progress && progress.sentBytes);
			if (progress && progress.sentBytes > 0) one.weir.stopSync();
		});
		expect(await weir.sync()).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
		stop();
		expect(told.at(-1)).toBe(null);
		await sync(one);
	});
});
