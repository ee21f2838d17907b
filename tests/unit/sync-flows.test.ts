// Sync as a person turns it on, joins and uses it: real keys and real stores, over an edge in memory.
import { describe, expect, test } from 'vitest';
import { ok } from '#core/result.ts';
import { PLAIN_MAX_BYTES } from '#core/sync/sealed-object.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { filesOf } from '#lib/flows/compose-table.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { planCommit } from '#lib/flows/plan-commit.ts';
import type { SyncEffects } from '#lib/flows/sync-effects.ts';
import { accountOf, openSync } from '#lib/flows/sync-open.ts';
import { syncWorkspace } from '#lib/flows/sync-workspace.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

const passphrase = 'a sentence of mine';

function device(edge: MemoryEdge): TestEffects {
	return { ...testEffects({ edge: edge.edge }), randomId };
}

async function commit(effects: TestEffects, name: string, text: string, sizeBytes = 0): Promise<void> {
	const found = await findDataset(name, effects);
	const onto = found.ok ? found.value.dataset : null;
	const table = tableOf(text, sizeBytes);
	const made = await commitTable({ name, onto, message: text, table, rejects: null, lineage }, effects);
	if (!made.ok) throw new Error(made.error.kind);
}

async function rootHash(effects: TestEffects): Promise<string> {
	const made = await backUp({}, effects);
	return made.ok ? made.value.rootHash : expect.unreachable(made.error.kind);
}

/** Two devices of one workspace; the first has a dataset, and has sent it. */
async function two() {
	const edge = new MemoryEdge();
	const one = device(edge);
	await commit(one, 'people', 'the first');
	const weir = createConsole(one);
	const words = await weir.recoveryWords();
	const text = words.ok ? words.value.join(' ') : '';
	const code = await weir.turnOnSync({ passphrase, words: text, device: 'Laptop' });
	if (!code.ok) return expect.unreachable(code.error.kind);
	expect(await weir.sync()).toMatchObject({
		ok: true,
		value: { datasets: [{ name: 'people', outcome: { ok: true } }] }
	});
	const other = device(edge);
	const joined = await createConsole(other).joinSync({ code: code.value, passphrase, device: 'Phone' });
	if (!joined.ok) return expect.unreachable(joined.error.kind);
	return { edge, one, other, code: code.value, words: text };
}

async function sync(effects: TestEffects): Promise<void> {
	const synced = await createConsole(effects).sync();
	expect(synced).toMatchObject({ ok: true });
	if (synced.ok) for (const { outcome } of synced.value.datasets) expect(outcome).toMatchObject({ ok: true });
}

describe('two devices', () => {
	test('a device that joins gets every version, and both have one root hash', async () => {
		const { one, other } = await two();
		await commit(one, 'people', 'the second');
		await createConsole(one).tag('people', 'checked');
		await commit(one, 'orders', 'large', PLAIN_MAX_BYTES + 1000);
		await sync(one);
		await sync(other);
		expect(await rootHash(other)).toBe(await rootHash(one));
		const state = await createConsole(other).syncState();
		expect(state).toMatchObject({
			ok: true,
			value: { kind: 'on', waiting: [], troubles: [], devices: [{ name: 'Laptop' }, { name: 'Phone', isThis: true }] }
		});
	});

	test('only what is new is sent, and nothing when nothing is', async () => {
		const { edge, one } = await two();
		const before = edge.puts;
		await sync(one);
		expect(edge.puts).toBe(before);
		await createConsole(one).branch('people', 'what-if');
		await sync(one);
		// One object tells of the branches; all versions are there.
		expect(edge.puts).toBe(before + 1);
	});

	test('what both changed at one time, and cannot be merged alone, stands side by side', async () => {
		const { one, other } = await two();
		await sync(other);
		await commit(one, 'people', 'mine');
		await commit(other, 'people', 'yours');
		await sync(one);
		const synced = await createConsole(other).sync();
		expect(synced).toMatchObject({
			ok: true,
			value: { datasets: [{ outcome: { value: { keptBeside: [{ branch: 'main', as: 'main-2' }] } } }] }
		});
		await sync(one);
		expect(await rootHash(one)).toBe(await rootHash(other));
		const messages = await createConsole(one).versions('people');
		expect(messages.ok && messages.value.map(({ message }) => message)).toEqual(['the first', 'mine']);
		const refs = await createConsole(one).refs('people');
		expect(refs.ok && Object.keys(refs.value.branches).sort()).toEqual(['main', 'main-2']);
	});

	test('a version that was merged lands with its dataset, is sent, and is the other’s too', async () => {
		const { one, other } = await two();
		await sync(other);
		await commit(one, 'people', 'mine');
		await commit(other, 'people', 'yours');
		await sync(one);
		const account = await accountOf(other);
		const opened = account.ok && (await openSync(account.value, other, new AbortController().signal, () => undefined));
		if (!opened || !opened.ok) return expect.unreachable('it was not opened');
		// There is no engine here: the merge is made of a table of its own.
		const merge: SyncEffects['merge'] = async ({ dataset, ours, theirs }) => {
			const key = await other.store.idKey(other.makeIdKey);
			if (!key.ok) return key;
			const table = tableOf('merged');
			const { schema, statistics } = table;
			const cut = await other.cutter.cut(filesOf(table), key.value);
			if (!cut.ok) return cut;
			const parents = [ours, theirs];
			const content = { dataset: dataset.id, parents, message: 'merged', schema, statistics, lineage, rejects: null };
			return planCommit({ ...content, key: key.value, table: cut.value }, other);
		};
		expect(await syncWorkspace({ ...opened.value, merge }, () => undefined)).toMatchObject({
			value: { datasets: [{ outcome: { value: { took: true, sent: true, merged: ['main'], keptBeside: [] } } }] }
		});
		await sync(one);
		expect(await rootHash(one)).toBe(await rootHash(other));
		const messages = await createConsole(one).versions('people');
		expect(messages.ok && messages.value.map(({ message }) => message)).toEqual(['the first', 'yours', 'merged']);
	});

	test('what one removes goes on the other, and comes back with undo', async () => {
		const { one, other } = await two();
		await sync(other);
		await createConsole(one).remove('people');
		await sync(one);
		await sync(other);
		expect((await findDataset('people', other)).ok).toBe(false);
		await createConsole(other).undo();
		await sync(other);
		await sync(one);
		expect((await findDataset('people', one)).ok).toBe(true);
	});

	test('two datasets of one name both stay', async () => {
		const { one, other } = await two();
		await commit(one, 'sales', 'here');
		await commit(other, 'Sales', 'there');
		await sync(one);
		await sync(other);
		await sync(one);
		expect(await rootHash(one)).toBe(await rootHash(other));
		const names = await one.store.datasets();
		expect(names.ok && names.value.map(({ name }) => name).sort()).toEqual(['Sales_2', 'people', 'sales']);
	});

	test('two datasets that swap their names do so on the other, too', async () => {
		const { one, other } = await two();
		await commit(one, 'orders', 'the first');
		const made = await one.store.datasets();
		if (!made.ok) return expect.unreachable('they were not listed');
		const [first, second] = made.value.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ name }) => name);
		await createConsole(one).rename(first ?? '', 'sales_2');
		await createConsole(one).rename(second ?? '', 'sales');
		await sync(one);
		await sync(other);
		for (const [from, to] of [
			['sales', 'between'],
			['sales_2', 'sales'],
			['between', 'sales_2']
		] as const)
			expect(await createConsole(other).rename(from, to)).toMatchObject({ ok: true });
		for (const each of [other, one, other, one]) await sync(each);
		const namesOf = async (effects: typeof one) => {
			const datasets = await effects.store.datasets();
			return datasets.ok && datasets.value.map(({ id, name }) => [id, name]).sort();
		};
		expect(await namesOf(one)).toEqual(await namesOf(other));
		expect(await rootHash(one)).toBe(await rootHash(other));
	});
});

describe('keys', () => {
	test('the words open what the passphrase opens, and nothing else does', async () => {
		const { edge, code, words } = await two();
		const weir = createConsole(device(edge));
		const wrong = await weir.joinSync({ code, passphrase: 'a sentence of yours', device: 'Thief' });
		expect(wrong).toEqual({ ok: false, error: { kind: 'wrong-secret' } });
		expect(await weir.joinSync({ code: code.replace('weir1-', 'weir2-'), passphrase, device: 'x' })).toMatchObject({
			error: { kind: 'invalid-workspace-code' }
		});
		expect(await weir.joinSync({ code, words, device: 'Tablet' })).toMatchObject({ ok: true });
	});

	test('a device with data of its own does not join, and a short passphrase is refused', async () => {
		const { edge, code, words } = await two();
		const full = device(edge);
		await commit(full, 'mine', 'x');
		const weir = createConsole(full);
		expect(await weir.joinSync({ code, passphrase, device: 'x' })).toMatchObject({
			error: { kind: 'workspace-not-empty' }
		});
		expect(await weir.turnOnSync({ passphrase: 'short', words, device: 'x' })).toMatchObject({
			error: { kind: 'passphrase-too-short' }
		});
		expect(await weir.sync()).toMatchObject({ error: { kind: 'sync-off' } });
	});

	test('neither names, rows nor keys are in any byte that the edge has', async () => {
		const { edge, one, words } = await two();
		const canary = 'canary-7f3a';
		await commit(one, `${canary} data`, `${canary} rows`);
		await createConsole(one).branch(`${canary} data`, canary);
		await sync(one);
		const bytes = Buffer.from(edge.bytes);
		expect(bytes.length).toBeGreaterThan(3000);
		for (const secret of [canary, 'people', 'Laptop', passphrase, words.slice(0, 20), 'the first', 'BIGINT'])
			expect(bytes.includes(secret), secret).toBe(false);
	});
});

describe('a server', () => {
	test('that is away is told, nothing is lost, and what waits is sent later', async () => {
		const { edge, one, other } = await two();
		await commit(one, 'people', 'offline');
		edge.isDown = true;
		expect(await createConsole(one).sync()).toEqual({ ok: false, error: { kind: 'edge-unreachable' } });
		expect(await createConsole(one).syncState()).toMatchObject({
			value: {
				waiting: [{ dataset: 'people', versions: 1 }],
				troubles: [{ dataset: null, failure: { kind: 'edge-unreachable' } }]
			}
		});
		edge.isDown = false;
		await sync(one);
		await sync(other);
		expect(await rootHash(one)).toBe(await rootHash(other));
	});

	test('that shows less than before is not believed', async () => {
		const { edge, one } = await two();
		const old = new Map(edge.logs);
		await commit(one, 'people', 'the second');
		await sync(one);
		const before = await rootHash(one);
		edge.logs = old;
		const rolled = await createConsole(one).sync();
		expect(rolled).toMatchObject({ value: { datasets: [{ outcome: { error: { kind: 'rolled-back' } } }] } });
		edge.logs = new Map();
		const lost = await createConsole(one).sync();
		expect(lost).toMatchObject({ value: { datasets: [{ outcome: { error: { kind: 'server-lost-data' } } }] } });
		expect(await rootHash(one)).toBe(before);
	});

	test('that lost everything is filled anew from one device, and the other joins again', async () => {
		const { edge, one, other, words } = await two();
		await sync(other);
		await commit(other, 'people', 'not sent yet');
		for (const all of [edge.tokens, edge.slots, edge.logs, edge.objects]) all.clear();
		edge.members.length = 0;
		const weir = createConsole(one);
		expect(await weir.sync()).toEqual({ ok: false, error: { kind: 'edge-access-refused' } });
		await weir.leaveSync();
		const code = await weir.turnOnSync({ passphrase, words, device: 'Laptop' });
		await sync(one);
		await createConsole(other).leaveSync();
		const joined = code.ok
			? await createConsole(other).joinSync({ code: code.value, passphrase, device: 'Phone' })
			: code;
		expect(joined).toMatchObject({ ok: true });
		await sync(other);
		await sync(one);
		expect(await rootHash(one)).toBe(await rootHash(other));
		const messages = await createConsole(one).versions('people');
		expect(messages.ok && messages.value.map(({ message }) => message)).toEqual(['the first', 'not sent yet']);
	});

	test('that gives other bytes is refused, and the rest comes', async () => {
		const { edge, one, other } = await two();
		await commit(one, 'orders', 'fine');
		await sync(one);
		const people = await findDataset('people', one);
		const space = people.ok ? people.value.dataset.id : '';
		for (const [key, bytes] of edge.objects)
			if (key.startsWith(space))
				edge.objects.set(
					key,
					bytes.map((byte, at) => (at === 200 ? byte ^ 1 : byte))
				);
		const synced = await createConsole(other).sync();
		expect(synced).toMatchObject({
			value: {
				datasets: [
					{ name: null, outcome: { error: { kind: 'broken-object', why: 'sealed' } } },
					{ name: 'orders', outcome: { ok: true } }
				]
			}
		});
	});

	test('that adds a device of its own is found out', async () => {
		const { edge, one } = await two();
		const last = edge.members.at(-1);
		if (last) edge.members.push({ ...last, seq: 3 });
		const synced = await createConsole(one).sync();
		expect(synced.ok ? 'believed' : synced.error.kind).toMatch(/^(forked|forged)$/);
	});
});

test('an edge that is left is forgotten, datasets stay, and whoever left may come back', async () => {
	const { one, other, code } = await two();
	const weir = createConsole(one);
	expect(await weir.pauseSync(true)).toEqual(ok(undefined));
	expect(await weir.syncState()).toMatchObject({ value: { isPaused: true } });
	expect(await weir.leaveSync()).toEqual(ok(undefined));
	expect(await weir.syncState()).toEqual(ok({ kind: 'off' }));
	expect((await findDataset('people', one)).ok).toBe(true);
	await commit(one, 'people', 'meanwhile');
	expect(await weir.joinSync({ code, passphrase, device: 'Laptop again' })).toMatchObject({ ok: true });
	await sync(one);
	await sync(other);
	expect(await rootHash(other)).toBe(await rootHash(one));
});
