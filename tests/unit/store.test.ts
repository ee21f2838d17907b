import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitTable } from '#lib/flows/commit-table.ts';
import { redo, removeDataset, renameDataset, undo } from '#lib/flows/change-dataset.ts';
import { listDatasets } from '#lib/flows/list-datasets.ts';
import { createStore } from '#lib/db/store.ts';
import { STORED_FORMAT } from '#lib/db/schema.ts';
import { readTable } from '#lib/db/tables.ts';
import { PACK_MAX_BYTES } from '#core/version/pack.ts';
import { onPut } from './on-put.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';
import { parquetOf } from './parquet.ts';

async function create(effects: TestEffects, name: string, text = name) {
	return commitTable({ name, onto: null, message: 'Make', table: tableOf(text), rejects: null, lineage }, effects);
}

async function names(effects: TestEffects): Promise<string[]> {
	const items = await listDatasets(effects);
	if (!items.ok) throw new Error(items.error.kind);
	return items.value.map(({ dataset, history }) => `${dataset.name}:${history.length}`);
}

const bytesOf = async (blob: Blob | null | undefined): Promise<Uint8Array> =>
	new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));

test('a committed version is read back byte for byte, from packs of at most 16 MiB', async () => {
	const effects = testEffects();
	const table = tableOf('start', PACK_MAX_BYTES + 1000);
	const made = await commitTable({ name: 'big', onto: null, message: 'm', table, rejects: null, lineage }, effects);
	if (!made.ok) throw new Error(made.error.kind);
	const packs = await effects.db.packs.toArray();
	expect(packs.map(({ blob }) => blob.size).sort((one, other) => other - one)).toEqual([PACK_MAX_BYTES, 1000]);
	const read = await readTable(effects.db, { version: made.value.version.id, rows: 'data' });
	if (!read.ok) throw new Error(read.error.kind);
	expect(Buffer.compare(await bytesOf(read.value.file), await bytesOf(table.files[0]?.blob))).toBe(0);
});

test('a version that differs in one chunk stores one chunk, and both are read back whole', async () => {
	const effects = testEffects();
	const chunk = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
	const tableWith = (groups: Uint8Array<ArrayBuffer>[][]) => ({
		...tableOf(''),
		rowCount: 2 * groups.length,
		files: [{ rowCount: 2 * groups.length, blob: parquetOf(groups) }]
	});
	const before = tableWith([
		[chunk('one'), chunk('two')],
		[chunk('three'), chunk('four')]
	]);
	const after = tableWith([
		[chunk('one'), chunk('two')],
		[chunk('three'), chunk('4')],
		[chunk('one'), chunk('two')]
	]);
	const common = { name: 'a', message: 'm', rejects: null, lineage };
	const first = await commitTable({ ...common, onto: null, table: before }, effects);
	if (!first.ok) throw new Error(first.error.kind);
	const second = await commitTable({ ...common, onto: first.value.dataset, table: after }, effects);
	if (!second.ok) throw new Error(second.error.kind);
	const sizes = (await effects.db.packs.toArray()).map(({ blob }) => blob.size);
	expect(sizes.sort((one, other) => one - other)).toEqual([1, 15]);
	expect(await effects.db.segments.count()).toBe(3);
	for (const [{ version }, table] of [
		[first.value, before],
		[second.value, after]
	] as const) {
		const read = await readTable(effects.db, { version: version.id, rows: 'data' });
		if (!read.ok) throw new Error(read.error.kind);
		expect(Buffer.compare(await bytesOf(read.value.file), await bytesOf(table.files[0]?.blob))).toBe(0);
	}
	const changed = await readTable(effects.db, {
		version: second.value.version.id,
		rows: 'data',
		unlike: first.value.version.id
	});
	const gone = await readTable(effects.db, {
		version: first.value.version.id,
		rows: 'data',
		unlike: second.value.version.id
	});
	expect([changed, gone].map((read) => read.ok && read.value.tree?.rowCount)).toEqual([4, 2]);
});

test('equal content has an equal content hash, and its parts are stored once', async () => {
	const effects = testEffects();
	const [one, two] = [await create(effects, 'one', 'same'), await create(effects, 'two', 'same')];
	if (!one.ok || !two.ok) throw new Error('not committed');
	expect(one.value.version.contentHash).toBe(two.value.version.contentHash);
	expect(one.value.version.id).not.toBe(two.value.version.id);
	expect(await effects.db.packs.count()).toBe(1);
});

test('a missing part is a damaged version, not an exception', async () => {
	const effects = testEffects();
	const made = await create(effects, 'one');
	if (!made.ok) throw new Error(made.error.kind);
	await effects.db.packs.clear();
	const read = await readTable(effects.db, { version: made.value.version.id, rows: 'data' });
	expect(read).toEqual({ ok: false, error: { kind: 'damaged-version', version: made.value.version.id } });
});

test('names are compared without case, and a taken one is refused whole', async () => {
	const effects = testEffects();
	await create(effects, 'Flights');
	const refused = await create(effects, 'flights', 'other');
	expect(refused).toEqual({ ok: false, error: { kind: 'name-taken', name: 'flights' } });
	expect(await effects.db.versions.count()).toBe(1);
	expect(await effects.db.packs.count()).toBe(1);
});

test('a commit onto a dataset that moved meanwhile is refused', async () => {
	const effects = testEffects();
	const made = await create(effects, 'one');
	if (!made.ok) throw new Error(made.error.kind);
	const next = { name: 'one', onto: made.value.dataset, message: 'm', rejects: null, lineage };
	expect((await commitTable({ ...next, table: tableOf('two') }, effects)).ok).toBe(true);
	const late = await commitTable({ ...next, table: tableOf('three') }, effects);
	expect(late).toEqual({ ok: false, error: { kind: 'moved', name: 'one' } });
});

test('an older page refuses to write into a newer format', async () => {
	const effects = testEffects();
	await effects.db.settings.put({ key: 'format', value: STORED_FORMAT + 1 });
	const made = await create(effects, 'one');
	expect(made).toEqual({
		ok: false,
		error: { kind: 'newer-format', stored: STORED_FORMAT + 1, known: STORED_FORMAT }
	});
	expect(await effects.db.packs.count()).toBe(0);
});

test('storage that is full at any put of a commit rolls it back whole and says so', async () => {
	const effects = testEffects();
	const made = await create(effects, 'before');
	if (!made.ok) throw new Error(made.error.kind);
	const everything = async (): Promise<unknown> =>
		Promise.all(effects.db.tables.map(async (table) => [table.name, await table.toArray()]));
	const stood = await everything();
	const edit = () => {
		const text = {
			...tableOf('after'),
			files: [{ rowCount: 2, blob: parquetOf([[bytesOfText('a'), bytesOfText('b')]]) }]
		};
		const next = { name: 'before', onto: made.value.dataset, message: 'm', rejects: tableOf('refused'), lineage };
		return commitTable({ ...next, table: text }, effects);
	};
	let puts = 0;
	for (let full = 1; ; full++) {
		puts = 0;
		const stop = onPut(() => {
			puts++;
			if (puts === full) throw new DOMException('full', 'QuotaExceededError');
		});
		const outcome = await edit();
		stop();
		if (puts < full) {
			expect(outcome.ok).toBe(true);
			break;
		}
		expect(outcome).toMatchObject({ ok: false, error: { kind: 'storage-full' } });
		expect(await everything()).toEqual(stood);
	}
	// A pack, a place for each part, segments, the version, the dataset and the operation.
	expect(puts).toBeGreaterThanOrEqual(7);
	expect(await names(effects)).toEqual(['before:2']);
});

const bytesOfText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

test('undo and redo survive a reload', async () => {
	const effects = testEffects();
	await create(effects, 'one');
	await removeDataset({ name: 'one' }, effects);
	const reloaded = { ...effects, store: createStore(effects.db, effects.leases) };
	expect(await names(reloaded)).toEqual([]);
	expect((await undo(reloaded)).ok).toBe(true);
	expect(await names(reloaded)).toEqual(['one:1']);
	expect((await redo(reloaded)).ok).toBe(true);
	expect(await names(reloaded)).toEqual([]);
});

test('a new operation ends what could be redone and frees what only that reached', async () => {
	const effects = testEffects();
	await create(effects, 'gone', 'a text of its own');
	await undo(effects);
	await create(effects, 'kept');
	expect(await redo(effects)).toEqual({ ok: false, error: { kind: 'nothing-to-redo' } });
	expect(await effects.db.versions.count()).toBe(1);
	expect(await effects.db.packs.count()).toBe(1);
});

test('what was undone can be made again from the same rows', async () => {
	const effects = testEffects();
	await create(effects, 'one');
	await undo(effects);
	expect((await create(effects, 'one')).ok).toBe(true);
	expect(await names(effects)).toEqual(['one:1']);
});

test('undoing a removal whose name was taken meanwhile says which name', async () => {
	const effects = testEffects();
	await create(effects, 'one');
	await renameDataset({ name: 'one', to: 'two' }, effects);
	await effects.db.datasets.put({ ...(await datasetRow(effects)), id: 'x', name: 'one', key: 'one' } as never);
	expect(await undo(effects)).toEqual({ ok: false, error: { kind: 'name-taken', name: 'one' } });
});

async function datasetRow(effects: TestEffects) {
	return (await effects.db.datasets.toArray())[0];
}

test('any operations undone give the start, and redone give the end', async () => {
	const act = fc.oneof(
		fc.record({ kind: fc.constant('create' as const), name: fc.constantFrom('a', 'b', 'c') }),
		fc.record({ kind: fc.constant('commit' as const), name: fc.constantFrom('a', 'b', 'c') }),
		fc.record({ kind: fc.constant('remove' as const), name: fc.constantFrom('a', 'b', 'c') }),
		fc.record({
			kind: fc.constant('rename' as const),
			name: fc.constantFrom('a', 'b', 'c'),
			to: fc.constantFrom('a', 'b', 'c', 'd')
		})
	);
	await fc.assert(
		fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
			const effects = testEffects();
			const states: string[][] = [await names(effects)];
			for (const [index, one] of acts.entries()) {
				const before = await effects.store.operations();
				if (one.kind === 'create') await create(effects, one.name, `${one.name} ${index}`);
				else if (one.kind === 'remove') await removeDataset({ name: one.name }, effects);
				else if (one.kind === 'rename') await renameDataset(one, effects);
				else {
					const items = await listDatasets(effects);
					const item = items.ok ? items.value.find(({ dataset }) => dataset.name === one.name) : undefined;
					if (item)
						await commitTable(
							{
								name: one.name,
								onto: item.dataset,
								message: 'm',
								table: tableOf(`next ${index}`),
								rejects: null,
								lineage
							},
							effects
						);
				}
				const after = await effects.store.operations();
				if (before.ok && after.ok && after.value.length > before.value.length) states.push(await names(effects));
			}
			for (const expected of states.toReversed().slice(1)) {
				expect((await undo(effects)).ok).toBe(true);
				expect(await names(effects)).toEqual(expected);
			}
			expect((await undo(effects)).ok).toBe(false);
			for (const expected of states.slice(1)) {
				expect((await redo(effects)).ok).toBe(true);
				expect(await names(effects)).toEqual(expected);
			}
			expect((await redo(effects)).ok).toBe(false);
		}),
		{ numRuns: 40 }
	);
});
