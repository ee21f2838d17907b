// A device is removed while it still sends: what it was told to be there by then is everybody's, on each device.
import { expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import type { WireRef } from '#core/sync/ref-record.ts';
import type { MemoryEdge } from '../memory-edge.ts';
import { commit, messages, pair, passphrase, rootHash, sync, type Device } from './sync-pair.ts';

async function newWords({ weir }: Device): Promise<string> {
	const words = await weir.recoveryWords();
	return words.ok ? words.value.join(' ') : expect.unreachable(words.error.kind);
}

async function idOf(name: string, { weir }: Device): Promise<string> {
	const devices = await weir.devices();
	const found = devices.ok ? devices.value.find((one) => one.name === name) : undefined;
	return found?.id ?? expect.unreachable(`no ${name}`);
}

/** What happens on the edge each time before an entry that says where refs are comes to it. */
function beforeRemoval(edge: MemoryEdge, act: () => Promise<void>): void {
	const { append } = edge;
	edge.append = async (prev, entry, seen) => {
		if (seen) await act();
		return append(prev, entry, seen);
	};
}

test('what the removed device sends between being read and being removed counts, on every device', async () => {
	const { edge, one, other } = await pair();
	await sync(other);
	const [removes, words] = [await idOf('Phone', one), await newWords(one)];
	const sent = ['just before', 'and once more', 'and again'];
	let tries = 0;
	beforeRemoval(edge, async () => {
		tries++;
		const text = sent.shift();
		if (text === undefined) return;
		await commit(other, 'people', text);
		await sync(other);
	});
	const rotated = await one.weir.rotateKeys({ removes, passphrase, words });
	expect(rotated).toMatchObject({ ok: true });
	expect(tries).toBe(4);
	expect(await one.weir.syncState()).toMatchObject({ value: { refusals: [] } });
	expect(await messages(one, 'people')).toEqual(['the first', 'just before', 'and once more', 'and again']);
	expect(await rootHash(one)).toBe(await rootHash(other));
	await commit(other, 'people', 'after it');
	expect(await other.weir.sync()).toEqual(err({ kind: 'device-removed' }));
});

test('a device is removed while another one sends hundreds of datasets', async () => {
	const { edge, one, other } = await pair();
	await sync(other);
	const [removes, words] = [await idOf('Phone', one), await newWords(one)];
	const strangers = Array.from({ length: 300 }, (_one, at): WireRef => {
		const [space, token] = [`space-${at}`, `token-${at}`];
		return { space, token, seq: 1, hash: `hash-${at}`, record: new Uint8Array(100) };
	});
	for (const ref of strangers.splice(20)) edge.logs.set(ref.space, [ref]);
	beforeRemoval(edge, () => {
		const next = strangers.pop();
		if (next) edge.logs.set(next.space, [next]);
		return Promise.resolve();
	});
	const begun = edge.members.length;
	await one.weir.rotateKeys({ removes, passphrase, words });
	expect(strangers).toEqual([]);
	expect(edge.members.length).toBe(begun + 1);
});

test('a removal that never finds the refs at rest says so, and removes nobody', async () => {
	const { edge, one, other } = await pair();
	await sync(other);
	const [removes, words] = [await idOf('Phone', one), await newWords(one)];
	let count = 0;
	beforeRemoval(edge, () => {
		const space = `space-${count++}`;
		edge.logs.set(space, [{ space, token: space, seq: 1, hash: space, record: new Uint8Array(100) }]);
		return Promise.resolve();
	});
	expect(await one.weir.rotateKeys({ removes, passphrase, words })).toEqual(
		err({ kind: 'edge-busy', retryAfterMs: null })
	);
	expect(count).toBe(30);
	for (let at = 0; at < count; at++) edge.logs.delete(`space-${at}`);
	await commit(other, 'people', 'still a member');
	await sync(other);
	await sync(one);
	expect(await messages(one, 'people')).toEqual(['the first', 'still a member']);
	expect(await one.weir.unlockKeys({ passphrase })).toEqual(ok(undefined));
});
