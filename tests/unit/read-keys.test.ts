// What a read key opens before and after the workspace changes its keys, by the client that other programs have.
import { describe, expect, test } from 'vitest';
import { toBase64Url } from '#core/base64url.ts';
import { ok } from '#core/result.ts';
import { parseReadKey, writeReadKey } from '#core/sync/read-key.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import type { Fetch } from '#lib/remote/call-api.ts';
import { openDataset } from '../../edge/client/dataset.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { MemoryPrograms } from '../memory-programs.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

const passphrase = 'a sentence of mine';

/** Refs and objects of an edge in memory, as the contract answers them to tokens that are there. */
function fetchOf(edge: MemoryEdge, programs: MemoryPrograms): Fetch {
	const answer = (status: number, type: string, body: Uint8Array<ArrayBuffer>) => ({
		ok: status === 200,
		status,
		headers: new Headers({ 'content-type': type }),
		json: (): Promise<unknown> => new Response(body).json(),
		arrayBuffer: () => new Response(body).arrayBuffer()
	});
	const json = (status: number, value: unknown) =>
		answer(status, 'application/json', new TextEncoder().encode(JSON.stringify(value)));
	return (url, { headers }) => {
		const { pathname } = new URL(url);
		const id = headers['authorization']?.split('.')[1];
		if (!programs.tokens.some((one) => one.id === id))
			return Promise.resolve(json(401, { error: { kind: 'unauthorized' } }));
		const object = /\/spaces\/([^/]+)\/objects\/([^/]+)$/.exec(pathname);
		if (object) {
			const bytes = edge.objects.get(`${object[1] ?? ''}/${object[2] ?? ''}`);
			return Promise.resolve(
				bytes ? answer(200, 'application/octet-stream', bytes) : json(404, { error: { kind: 'not-found' } })
			);
		}
		const refs = [...edge.logs.values()].flatMap((log) => log.at(-1) ?? []);
		const told = refs.map((ref) => ({ ...ref, record: toBase64Url(ref.record) }));
		return Promise.resolve(json(200, { refs: told, next: null }));
	};
}

async function commit(effects: TestEffects, message: string): Promise<void> {
	const found = await findDataset('orders', effects);
	const onto = found.ok ? found.value.dataset : null;
	const input = { name: 'orders', onto, message, table: tableOf(message), rejects: null, lineage };
	const made = await commitTable(input, effects);
	if (!made.ok) throw new Error(made.error.kind);
	expect(await createConsole(effects).sync()).toMatchObject({ ok: true });
}

async function words(effects: TestEffects): Promise<string> {
	const made = await createConsole(effects).recoveryWords();
	return made.ok ? made.value.join(' ') : expect.unreachable('no words');
}

async function begin() {
	const [edge, programs] = [new MemoryEdge(), new MemoryPrograms()];
	const one: TestEffects = { ...testEffects({ edge: edge.edge, programs: programs.programs }), randomId };
	const weir = createConsole(one);
	const on = await weir.turnOnSync({ passphrase, words: await words(one), device: 'Laptop' });
	expect(on).toMatchObject({ ok: true });
	await commit(one, 'first');
	const messages = async (readKey: string): Promise<unknown> => {
		const dataset = await openDataset(readKey, { origin: 'https://edge', fetch: fetchOf(edge, programs), tries: 1 });
		if (!dataset.ok) return dataset.error;
		const versions = await dataset.value.versions();
		const bytes = versions.ok && (await dataset.value.parquet(versions.value.at(-1)?.id));
		if (!versions.ok) return versions.error;
		expect(bytes).toMatchObject({ ok: true });
		return versions.value.map(({ message }) => message);
	};
	const keyFor = async (name: string): Promise<string> => {
		const made = await weir.createReadKey({ dataset: 'orders', name });
		return made.ok ? made.value : expect.unreachable(made.error.kind);
	};
	return { one, weir, programs, messages, keyFor };
}

describe('a read key', () => {
	test('ends when the workspace changes its keys, which it says, and a new one opens versions of before and after', async () => {
		const { one, weir, messages, keyFor } = await begin();
		const old = await keyFor('Reports');
		expect(await messages(old)).toEqual(['first']);
		expect(await weir.readKeys()).toMatchObject(ok([{ name: 'Reports', dataset: 'orders', isEnded: false }]));
		for (const [at, message] of ['second', 'third'].entries()) {
			const rotated = await weir.rotateKeys({ removes: null, passphrase, words: await words(one) });
			expect(rotated).toMatchObject({ ok: true });
			const next = 'Ask for a new read key: in Weir, the page Programs makes it.';
			const ended = { kind: 'read-key-ended', epoch: 1, datasetEpoch: at + 2, next };
			expect(await messages(old)).toEqual(ended);
			await commit(one, message);
			expect(await messages(old)).toEqual(ended);
		}
		expect(await weir.readKeys()).toMatchObject(ok([{ name: 'Reports', isEnded: true }]));
		const again = await keyFor('Reports');
		expect(await messages(again)).toEqual(['third', 'second', 'first']);
		expect(await weir.readKeys()).toMatchObject(ok([{ isEnded: true }, { name: 'Reports', isEnded: false }]));
	});

	test('is listed by the name of its program, and once it is revoked reads nothing', async () => {
		const { weir, messages, keyFor, programs } = await begin();
		const [one, other] = [await keyFor('Reports'), await keyFor('Shop')];
		const listed = await weir.readKeys();
		expect(listed).toMatchObject(ok([{ name: 'Reports', lastUsedAtMs: null }, { name: 'Shop' }]));
		// Not as the edge has them.
		expect(JSON.stringify(programs.tokens)).not.toContain('Shop');
		expect(await weir.revokeReadKey((listed.ok && listed.value[0]?.id) || '')).toEqual(ok(undefined));
		expect(await messages(one)).toEqual({ kind: 'unauthorized' });
		expect(await messages(other)).toEqual(['first']);
		expect(await weir.readKeys()).toMatchObject(ok([{ name: 'Shop' }]));
	});

	test('reads back as text with one key or several, oldest first, and is nothing else', () => {
		const [id, secret] = ['a'.repeat(22), 'A'.repeat(43)];
		const key = (epoch: number) => ({ epoch, key: new Uint8Array(32).fill(epoch) });
		const given = { workspace: 'w'.repeat(22), space: 's'.repeat(22), token: { id, secret } };
		const [one, several] = [
			{ ...given, ring: [key(3)] } as const,
			{ ...given, ring: [key(1), key(2), key(7)] } as const
		];
		for (const readKey of [one, several]) expect(parseReadKey(writeReadKey(readKey))).toEqual(ok(readKey));
		const swapped = writeReadKey({ ...given, ring: [key(2), key(1)] });
		for (const text of [swapped, writeReadKey(one).slice(0, -1), 'weir-read1-'])
			expect(parseReadKey(text)).toMatchObject({ error: { kind: 'invalid-read-key' } });
	});
});
