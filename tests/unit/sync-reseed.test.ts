// Servers that lost data or lie, and what a person does about it on one device; and collecting what a server keeps for nothing.
import { describe, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { commit, messages, newDevice, pair, passphrase, rootHash, sync, type Device } from './sync-pair.ts';

async function isFilled(filler: Device): Promise<void> {
	const filled = await filler.weir.reseedSync();
	expect(filled).toMatchObject({ ok: true });
	if (filled.ok) for (const { outcome } of filled.value.datasets) expect(outcome).toMatchObject({ ok: true });
}

/** Both have the same, and go on as before. */
async function goOn(one: Device, other: Device): Promise<void> {
	await sync(other);
	await sync(one);
	expect(await rootHash(other)).toBe(await rootHash(one));
	await commit(other, 'people', 'afterwards');
	await sync(other);
	await sync(one);
	expect((await messages(one, 'people')).at(-1)).toBe('afterwards');
}

describe('a server is filled anew', () => {
	test('that lost all: the other device needs no new code, and what waits there comes after', async () => {
		const { edge, one, other } = await pair();
		// The first does not know yet that there is another.
		await sync(other);
		await commit(other, 'orders', 'not sent yet');
		for (const all of [edge.tokens, edge.slots, edge.logs, edge.objects]) all.clear();
		edge.members.length = 0;
		expect(await one.weir.sync()).toEqual(err({ kind: 'edge-access-refused' }));
		await isFilled(one);
		expect(edge.slots.size).toBe(2);
		await goOn(one, other);
		expect(await messages(one, 'orders')).toEqual(['not sent yet']);
	});

	test('that lost its refs, its log of members, or half of its objects', async () => {
		const { edge, one, other } = await pair();
		await commit(one, 'people', 'the second');
		await sync(one);
		await sync(other);
		await sync(one);
		const before = await rootHash(one);
		edge.logs.clear();
		expect(await one.weir.sync()).toMatchObject({
			value: { datasets: [{ outcome: { error: { kind: 'server-lost-data' } } }] }
		});
		await isFilled(one);
		await goOn(one, other);
		edge.members.length = 1;
		expect(await one.weir.sync()).toMatchObject({ error: { kind: 'server-lost-data' } });
		await isFilled(one);
		await goOn(one, other);
		for (const [at, key] of [...edge.objects.keys()].entries()) if (at % 2 === 0) edge.objects.delete(key);
		await isFilled(one);
		const third = await other.weir.reseedSync();
		expect(third).toMatchObject({ ok: true });
		await goOn(one, other);
		expect(before).not.toBe(await rootHash(one));
	});

	test('that was rolled back: the others follow by the signature of the first, and nothing is lost', async () => {
		const { edge, one, other } = await pair();
		await sync(other);
		const old = new Map(edge.logs);
		await commit(one, 'people', 'the second');
		await sync(one);
		await sync(other);
		edge.logs = old;
		expect(await other.weir.sync()).toMatchObject({
			value: { datasets: [{ outcome: { error: { kind: 'rolled-back' } } }] }
		});
		await isFilled(one);
		await goOn(one, other);
		expect(await messages(other, 'people')).toEqual(['the first', 'the second', 'afterwards']);
	});

	test('that forked two devices: both lines stand, one beside the other', async () => {
		const { edge, one, other } = await pair();
		await sync(other);
		const old = new Map(edge.logs);
		await commit(one, 'people', 'mine');
		await sync(one);
		const mine = edge.logs;
		edge.logs = old;
		await commit(other, 'people', 'yours');
		await sync(other);
		expect(await one.weir.sync()).toMatchObject({ value: { datasets: [{ outcome: { error: { kind: 'forked' } } }] } });
		await isFilled(one);
		await sync(other);
		await sync(one);
		expect(await rootHash(other)).toBe(await rootHash(one));
		const refs = await one.weir.refs('people');
		expect(refs.ok && Object.keys(refs.value.branches).sort()).toEqual(['main', 'main-2']);
		// The first line again is no news that anybody believes.
		edge.logs = mine;
		expect(await other.weir.sync()).toMatchObject({ value: { datasets: [{ outcome: { ok: false } }] } });
	});

	test('a record that says it, of somebody who is no member, is not believed, nor an old one again', async () => {
		const { edge, one, other } = await pair();
		await sync(other);
		const first = new Map(edge.logs);
		await commit(one, 'people', 'the second');
		await sync(one);
		edge.logs = first;
		await isFilled(one);
		await sync(other);
		const reset = new Map(edge.logs);
		await commit(one, 'people', 'the third');
		await sync(one);
		await sync(other);
		edge.logs = reset;
		for (const device of [one, other])
			expect(await device.weir.sync()).toMatchObject({
				value: { datasets: [{ outcome: { error: { kind: 'rolled-back' } } }] }
			});
	});
});

describe('what a server keeps for nothing', () => {
	test('goes after two cycles, and nothing that a dataset needs', async () => {
		const { edge, one, other } = await pair();
		await commit(one, 'orders', 'large', 100_000);
		await sync(one);
		await sync(other);
		const whole = edge.objects.size;
		expect(await one.weir.collectServer()).toMatchObject({ ok: true, value: { dead: 0, condemned: 0 } });
		await one.weir.remove('orders');
		await sync(one);
		expect(await one.weir.collectServer()).toMatchObject({ ok: true, value: { dead: 4, condemned: 0 } });
		expect(await one.weir.collectServer()).toMatchObject({ ok: true, value: { dead: 0, condemned: 4 } });
		// One object tells that it was removed.
		expect(edge.objects.size).toBe(whole - 4 + 1);
		await sync(other);
		await other.weir.undo();
		await sync(other);
		await sync(one);
		expect(await messages(one, 'orders')).toEqual(['large']);
		const third = await one.weir.serverUsage();
		expect(third.ok && third.value.usedBytes).toBeGreaterThan(100_000);
	});

	test('a history is shortened there, devices keep theirs, and one that joins later gets what is left', async () => {
		const { edge, one, other, code } = await pair(['the first', 'the second', 'the third']);
		await sync(other);
		const used = async () => {
			const usage = await one.weir.serverUsage();
			return usage.ok ? usage.value.objectCount : 0;
		};
		const before = await used();
		expect(await one.weir.shortenServer('people', 1, { isPreview: true })).toEqual(ok(2));
		expect(await one.weir.shortenServer('people', 1)).toEqual(ok(2));
		for (let cycle = 0; cycle < 3; cycle++) await one.weir.collectServer();
		expect(await used()).toBeLessThan(before);
		expect(await messages(one, 'people')).toEqual(['the first', 'the second', 'the third']);
		await sync(other);
		expect(await messages(other, 'people')).toEqual(['the first', 'the second', 'the third']);
		await commit(other, 'people', 'the fourth');
		await sync(other);
		await sync(one);
		// What is needed again is sent again by whoever has it.
		await one.weir.tag('people', 'kept', { at: 'v1' });
		await sync(one);
		for (let cycle = 0; cycle < 3; cycle++) await one.weir.collectServer();
		const third = newDevice(edge);
		expect(await third.weir.joinSync({ code, passphrase, device: 'Tablet' })).toMatchObject({ ok: true });
		await sync(third);
		expect(await messages(third, 'people')).toEqual(['the first', 'the third', 'the fourth']);
		expect(await third.weir.loadVersion('people@v2')).toMatchObject({ error: { kind: 'version-collected' } });
	});

	/** The server has of the first of three versions no more than that there was one. */
	async function shortened() {
		const { edge, one, code } = await pair(['the first', 'the second', 'the third']);
		expect(await one.weir.shortenServer('people', 1)).toEqual(ok(2));
		await sync(one);
		const collect = async (): Promise<void> => {
			for (let cycle = 0; cycle < 3; cycle++) expect(await one.weir.collectServer()).toMatchObject({ ok: true });
		};
		const joins = async (): Promise<readonly string[]> => {
			const third = newDevice(edge);
			expect(await third.weir.joinSync({ code, passphrase, device: 'Tablet' })).toMatchObject({ ok: true });
			await sync(third);
			return messages(third, 'people');
		};
		return { edge, one, collect, joins };
	}

	test('a version that was sent again and collected before the ref moved is sent once more', async () => {
		const { edge, one, collect, joins } = await shortened();
		await one.weir.tag('people', 'kept', { at: 'v1' });
		// The version itself, and what the ref is to point to; then the way to the server is gone.
		const last = edge.puts + 2;
		edge.fault = () => (edge.puts >= last ? { kind: 'edge-unreachable' } : null);
		expect(await one.weir.sync()).toEqual(err({ kind: 'edge-unreachable' }));
		expect(edge.puts).toBe(last);
		edge.fault = null;
		await collect();
		await sync(one);
		await collect();
		expect(await joins()).toEqual(['the first', 'the third']);
	});

	test('what a filling sent that was cut off, and was collected, is named by nothing', async () => {
		const { edge, one, collect, joins } = await shortened();
		// Three versions, and what the ref is to point to.
		const last = edge.puts + 4;
		edge.fault = () => (edge.puts >= last ? { kind: 'edge-unreachable' } : null);
		expect(await one.weir.reseedSync()).toEqual(err({ kind: 'edge-unreachable' }));
		expect(edge.puts).toBe(last);
		edge.fault = null;
		await collect();
		await commit(one, 'people', 'the fourth');
		await sync(one);
		await collect();
		expect(await joins()).toEqual(['the third', 'the fourth']);
	});

	test('a version whose tag went, so that it was collected, is sent again with the next tag', async () => {
		const { one, collect, joins } = await shortened();
		await one.weir.tag('people', 'kept', { at: 'v1' });
		await sync(one);
		await one.weir.removeTag('people', 'kept');
		await sync(one);
		await collect();
		await one.weir.tag('people', 'again', { at: 'v1' });
		await sync(one);
		await collect();
		expect(await joins()).toEqual(['the first', 'the third']);
	});

	test('a cycle that meets what it cannot believe does not end', async () => {
		const { edge, one } = await pair();
		await commit(one, 'orders', 'x');
		await sync(one);
		const [hidden] = [...edge.logs.keys()];
		if (hidden !== undefined) edge.logs.delete(hidden);
		expect(await one.weir.collectServer()).toMatchObject({ ok: false, error: { kind: 'server-lost-data' } });
		const before = edge.objects.size;
		expect(edge.objects.size).toBe(before);
	});
});
