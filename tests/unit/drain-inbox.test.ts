// What other programs push is taken in exactly once: whatever ends in between, however many tabs and devices look at it.
import { describe, expect, test } from 'vitest';
import { ok } from '#core/result.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import type { IngestInput } from '#workers/ingest/api.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { MemoryPrograms } from '../memory-programs.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

const passphrase = 'a sentence of mine';

class Killed extends Error {}

/** Reads each line of what it is given; `bad` is what no reader understands. */
const ingest = {
	read: async ({ blob, name }: IngestInput) => {
		const text = await blob.text();
		if (text.includes('bad')) return { ok: false, error: { kind: 'unknown-format', source: name } } as const;
		const table = { ...tableOf(text), rowCount: text.trim().split('\n').length };
		const options = { format: 'ndjson', compression: 'none', csv: null, json: null, excel: null, columns: [] } as const;
		return ok({ table, rejects: null, options, notes: [], sha256: '0'.repeat(64), engine: 'test engine' });
	}
};

type World = { readonly edge: MemoryEdge; readonly programs: MemoryPrograms };

function device({ edge, programs }: World, name?: string): TestEffects {
	return { ...testEffects({ ingest, edge: edge.edge, programs: programs.programs }, name), randomId };
}

/** A device whose dataset has an open inbox. */
async function begin(): Promise<World & { one: TestEffects; workspace: string; space: string; code: string }> {
	const world = { edge: new MemoryEdge(), programs: new MemoryPrograms(() => 1_700_000_000_000) };
	const one = device(world, `inbox-${randomId()}`);
	const made = await commitTable(
		{ name: 'orders', onto: null, message: 'First', table: tableOf('first'), rejects: null, lineage },
		one
	);
	if (!made.ok) return expect.unreachable(made.error.kind);
	const weir = createConsole(one);
	const words = await weir.recoveryWords();
	const code = await weir.turnOnSync({ passphrase, words: words.ok ? words.value.join(' ') : '', device: 'One' });
	if (!code.ok) return expect.unreachable(code.error.kind);
	await weir.sync();
	expect(await weir.openInbox('orders')).toEqual(ok({ hookPath: null }));
	const account = await one.sync.rows.account();
	const workspace = (account.ok && account.value?.workspace) || '';
	return { ...world, one, workspace, space: made.value.dataset.id, code: code.value };
}

/** The items that versions of the open branch name, one after another. */
async function takenBy(effects: TestEffects): Promise<readonly string[]> {
	const found = await findDataset('orders', effects);
	if (!found.ok) return expect.unreachable(found.error.kind);
	return found.value.history.flatMap(({ lineage }) => (lineage.parameters?.['inbox'] as string[] | undefined) ?? []);
}

describe('an inbox', () => {
	test('is drained into versions that name its items, and the edge is told once it has them', async () => {
		const { programs, one, workspace, space } = await begin();
		await programs.push(workspace, space, 'b', '{"a":1}');
		await programs.push(workspace, space, 'a', '{"a":2}\n{"a":3}\n', 'application/x-ndjson');
		expect(await createConsole(one).drainInboxes()).toMatchObject(ok({ inboxes: [{ dataset: 'orders', taken: 2 }] }));
		expect(await takenBy(one)).toEqual(['b', 'a']);
		expect(programs.items.map(({ takenAtMs }) => takenAtMs !== null)).toEqual([true, true]);
		expect(await createConsole(one).drainInboxes()).toEqual(ok({ inboxes: [] }));
		expect(await one.sync.inbox.taken((await dataset(one)).id)).toEqual(ok([]));
	});

	test('keeps what cannot be taken in, with the reason, until a person tries again or discards it', async () => {
		const { programs, one, workspace, space } = await begin();
		await programs.push(workspace, space, 'a', '{"a":"bad"}');
		await programs.push(workspace, space, 'b', '{"a":2}');
		programs.put(space, 'c', new Uint8Array(100));
		const weir = createConsole(one);
		const drained = await weir.drainInboxes();
		expect(drained).toMatchObject(ok({ inboxes: [{ taken: 1, refused: [{ key: 'c' }, { key: 'a' }] }] }));
		expect(await takenBy(one)).toEqual(['b']);
		expect(await weir.inboxes()).toMatchObject(
			ok([
				{ items: [{ trouble: { kind: 'unknown-format' } }, { trouble: null }, { trouble: { kind: 'broken-object' } }] }
			])
		);
		expect(await weir.drainInboxes()).toMatchObject(ok({ inboxes: [{ taken: 0, refused: [] }] }));
		expect(await weir.takeItem({ space, key: 'a' })).toMatchObject(ok({ inboxes: [{ refused: [{ key: 'a' }] }] }));
		expect(await weir.discardItem({ space, key: 'a' })).toEqual(ok(undefined));
		expect(await weir.discardItem({ space, key: 'a' })).toMatchObject({ ok: false, error: { kind: 'unknown-item' } });
	});

	test('is sealed to another key once the workspace has new keys, and opens what was sealed before', async () => {
		const { programs, one, workspace, space } = await begin();
		const weir = createConsole(one);
		await weir.openInbox('orders', { hook: 'github', secret: 'said' });
		expect(await weir.createPushToken({ dataset: 'orders', name: 'Shop' })).toMatchObject({ ok: true });
		const before = programs.inboxes.get(space);
		await programs.push(workspace, space, 'a', '{"a":1}');
		const words = await weir.recoveryWords();
		const given = { removes: null, passphrase, words: words.ok ? words.value.join(' ') : '' };
		expect(await weir.rotateKeys(given)).toMatchObject({ ok: true });
		const after = programs.inboxes.get(space);
		expect(after).toMatchObject({ hook: 'github', openedAtMs: before?.openedAtMs });
		expect(after?.publicKey).not.toBe(before?.publicKey);
		await programs.push(workspace, space, 'b', '{"a":2}');
		expect(await weir.inboxes()).toMatchObject(ok([{ tokens: [{ name: 'Shop', isEnded: true }] }]));
		expect(await weir.drainInboxes()).toMatchObject(ok({ inboxes: [{ taken: 2, refused: [] }] }));
		expect(await takenBy(one)).toEqual(['a', 'b']);
		// The same key on each device, and the next time it is opened.
		await weir.openInbox('orders');
		expect(programs.inboxes.get(space)?.publicKey).toBe(after?.publicKey);
	});

	test('takes each item in once when the page is killed at any call, before it and after it', async () => {
		// Of one drain; what comes after the last is whole.
		const CALLS = 8;
		for (const side of ['before', 'after'] as const)
			for (let at = 0; at < CALLS; at++) {
				const world = await begin();
				const { programs, one, workspace, space } = world;
				await programs.push(workspace, space, 'a', '{"a":1}');
				await programs.push(workspace, space, 'b', '{"a":2}');
				let calls = 0;
				programs[side] = () => {
					if (calls++ === at) throw new Killed();
				};
				await createConsole(one)
					.drainInboxes()
					.catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
				programs[side] = () => undefined;
				// Another page of the same profile.
				const again = device(world, one.db.name);
				expect(await createConsole(again).drainInboxes()).toMatchObject({ ok: true });
				expect([...(await takenBy(again))].sort(), `${side} call ${at}`).toEqual(['a', 'b']);
				expect(programs.items.every(({ takenAtMs }) => takenAtMs !== null)).toBe(true);
			}
	}, 60_000);

	test('takes each item in once when two tabs look at it at one time', async () => {
		const world = await begin();
		const { programs, one, workspace, space } = world;
		for (const key of ['a', 'b', 'c']) await programs.push(workspace, space, key, '{"a":1}');
		const tabs = [one, device(world, one.db.name)];
		await Promise.all(tabs.map((tab) => createConsole(tab).drainInboxes()));
		expect([...(await takenBy(one))].sort()).toEqual(['a', 'b', 'c']);
	});

	test('is left to the device that claimed from it, and nothing is taken in twice where a person takes it over', async () => {
		const world = await begin();
		const { programs, one, workspace, space, code } = world;
		const other = device(world);
		const joined = await createConsole(other).joinSync({ code, passphrase, device: 'Two' });
		if (!joined.ok) return expect.unreachable(joined.error.kind);
		await createConsole(other).sync();
		await programs.push(workspace, space, 'a', '{"a":1}');
		// The first one ends after its version is on the edge, before it tells of it.
		programs.before = (call) => {
			if (call === 'settle') throw new Killed();
		};
		await createConsole(one)
			.drainInboxes()
			.catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
		programs.before = () => undefined;
		expect(await createConsole(other).drainInboxes()).toMatchObject(ok({ inboxes: [{ taken: 0, isElsewhere: true }] }));
		await createConsole(other).sync();
		expect(await createConsole(other).takeItem({ space, key: 'a' })).toMatchObject(ok({ inboxes: [{ taken: 0 }] }));
		expect(await takenBy(other)).toEqual(['a']);
		expect(programs.items[0]?.takenAtMs).not.toBe(null);
		await createConsole(one).drainInboxes();
		expect(await takenBy(one)).toEqual(['a']);
	});

	test('is opened for a program by one text, and shown with its name', async () => {
		const { one } = await begin();
		const weir = createConsole(one);
		const text = await weir.createPushToken({ dataset: 'orders', name: 'Shop' });
		expect(text.ok && text.value).toMatch(/^weir-inbox1-/);
		expect(await weir.inboxes()).toMatchObject(ok([{ dataset: 'orders', tokens: [{ name: 'Shop' }] }]));
		await weir.closeInbox('orders');
		expect(await weir.createPushToken({ dataset: 'orders', name: 'Shop' })).toMatchObject({
			ok: false,
			error: { kind: 'inbox-closed' }
		});
	});
});

async function dataset(effects: TestEffects) {
	const found = await findDataset('orders', effects);
	return found.ok ? found.value.dataset : expect.unreachable(found.error.kind);
}
