// What rules let go, and what nothing lets go: branches, tags, undo steps, open tabs, running jobs; and what stays of a version.
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import { KEEP_EVERYTHING, parseRetention } from '#core/version/retention.ts';
import { createLeases } from '#lib/db/leases.ts';
import { STORED_FORMAT } from '#lib/db/schema.ts';
import { readTable } from '#lib/db/tables.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { undo } from '#lib/flows/change-dataset.ts';
import { addTag, createBranch, restoreVersion, switchBranch, versionAt } from '#lib/flows/change-refs.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { leaseEngine } from '#lib/flows/lease-engine.ts';
import { findDataset, numberOf } from '#lib/flows/list-datasets.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { previewRetention, saveRetention } from '#lib/flows/retention.ts';
import { bindSql } from '#lib/flows/run-sql.ts';
import { pruneDataset, tidyDaily, tidyLog, tidyStorage } from '#lib/flows/tidy-storage.ts';
import { verifyWorkspace } from '#lib/flows/verify-workspace.ts';
import { onPut } from './on-put.ts';
import { parquetOf } from './parquet.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

async function put(effects: TestEffects, name: string, text: string, table = tableOf(text)) {
	const found = await findDataset(name, effects);
	const onto = found.ok ? found.value.dataset : null;
	return value(await commitTable({ name, onto, message: text, table, rejects: null, lineage }, effects));
}

async function withVersions(count: number): Promise<TestEffects> {
	const effects = testEffects();
	for (let number = 1; number <= count; number++) await put(effects, 'a', `version ${number}`);
	return effects;
}

/** Of `a`, such as `v2 v9`. */
async function numbers(effects: TestEffects): Promise<string> {
	const item = value(await findDataset('a', effects));
	return item.history.map((version) => `v${numberOf(version, item)}`).join(' ');
}

const newest = (keepVersions: number, keepDays = 0) => ({ keepVersions, keepDays });
const DAY_MS = 86_400_000;

test('numbers do not shift after a prune, and a version that went says when', async () => {
	const effects = await withVersions(9);
	value(await addTag({ dataset: 'a', name: 'kept', at: 'v2' }, effects));
	const { versionCount } = value(await pruneDataset({ name: 'a', keep: 2 }, effects));
	expect(versionCount).toBe(6);
	expect(await numbers(effects)).toBe('v2 v8 v9');
	const item = value(await findDataset('a', effects));
	expect(value(versionAt(item, 'v8')).message).toBe('version 8');
	expect(value(versionAt(item, 'v2')).message).toBe('version 2');
	expect(versionAt(item, 'v10')).toMatchObject({ error: { kind: 'unknown-ref' } });
	const collected = item.collected.find(({ message }) => message === 'version 5');
	for (const name of ['v5', collected?.id.slice(0, 8) ?? ''])
		expect(versionAt(item, name)).toEqual({
			ok: false,
			error: {
				kind: 'version-collected',
				dataset: 'a',
				version: name,
				collectedAtMs: collected?.collectedAtMs,
				position: null
			}
		});
	expect(await bindSql('select * from a@v5', effects)).toMatchObject({
		error: { kind: 'version-collected', version: 'v5', position: 16 }
	});
	expect(value(await bindSql('from a@v8', effects)).sql).toBe('from "a@v8"');
	expect(await restoreVersion({ dataset: 'a', at: 'v5' }, effects)).toMatchObject({
		error: { kind: 'version-collected' }
	});
	await put(effects, 'a', 'version 10');
	expect(await numbers(effects)).toBe('v2 v8 v9 v10');
	const facts = value(await createConsole(effects).history('a'));
	expect(facts.map(({ number, collectedAtMs }) => [number, collectedAtMs !== null])).toEqual([
		[10, false],
		[9, false],
		[8, true],
		[2, true]
	]);
	expect(value(await verifyWorkspace({}, effects)).damages).toEqual([]);
});

test('a backup keeps the numbers, and the root hash of what is left', async () => {
	const effects = await withVersions(4);
	value(await pruneDataset({ name: 'a', keep: 1 }, effects));
	const backup = value(await backUp({}, effects));
	for (const other of [testEffects(), await withVersions(1)]) {
		const restored = value(await restoreBackup({ file: backup.file }, other));
		expect(restored.rootHash).toBe(backup.rootHash);
		const item = value(await findDataset(restored.datasets[0]?.name ?? '', other));
		expect(item.history.map((version) => numberOf(version, item))).toEqual([4]);
		expect(versionAt(item, 'v1')).toMatchObject({ error: { kind: 'version-collected' } });
	}
});

test('rules keep the newest, the young, the tagged, where branches parted, and what undo steps lead to', async () => {
	const effects = await withVersions(6);
	value(await createBranch({ dataset: 'a', name: 'side', at: 'v3' }, effects));
	await put(effects, 'a', 'aside');
	value(await switchBranch({ dataset: 'a', name: 'main' }, effects));
	const gone = async (rules: Partial<typeof KEEP_EVERYTHING>): Promise<readonly string[]> => {
		const preview = await previewRetention({ ...KEEP_EVERYTHING, ...rules }, effects);
		return value(preview)
			.gone.flatMap(({ versions }) => versions.map(({ message }) => message.replace('version ', 'v')))
			.sort();
	};
	expect(await gone({})).toEqual([]);
	expect(await gone({ rule: newest(1), undoSteps: 0 })).toEqual(['v1', 'v2', 'v4', 'v5']);
	expect(await gone({ rule: newest(2), undoSteps: 0 })).toEqual(['v1', 'v2', 'v4']);
	expect(await gone({ rule: newest(1, 1), undoSteps: 0 })).toEqual([]);
	// Switch, commit, branch and the commit of v6 lead back to v5.
	expect(await gone({ rule: newest(1), undoSteps: 4 })).toEqual(['v1', 'v2', 'v4']);
	const { id } = value(await findDataset('a', effects)).dataset;
	expect(await gone({ rule: newest(1), overrides: { [id]: null }, undoSteps: 0 })).toEqual([]);
	expect(await gone({ overrides: { [id]: newest(1) }, undoSteps: 0 })).toEqual(['v1', 'v2', 'v4', 'v5']);
});

test('the last undo steps still work after the rules ran, and those before are forgotten', async () => {
	const effects = await withVersions(6);
	value(await saveRetention({ ...KEEP_EVERYTHING, rule: newest(1), undoSteps: 2 }, effects));
	const tidied = value(await tidyStorage({ cause: 'request' }, effects));
	expect(tidied).toMatchObject({ gone: [{ dataset: 'a', versionCount: 3 }], versionCount: 3, forgottenCount: 4 });
	expect(await numbers(effects)).toBe('v4 v5 v6');
	for (const left of ['v4 v5', 'v4']) {
		expect((await undo(effects)).ok).toBe(true);
		expect(await numbers(effects)).toBe(left);
	}
	expect(await undo(effects)).toMatchObject({ error: { kind: 'nothing-to-undo' } });
});

test('a dataset that was removed goes with the undo steps that could bring it back', async () => {
	const effects = await withVersions(3);
	const weir = createConsole(effects);
	value(await weir.remove('a'));
	value(await saveRetention({ ...KEEP_EVERYTHING, rule: newest(1), undoSteps: 1 }, effects));
	expect(value(await tidyStorage({ cause: 'request' }, effects)).versionCount).toBe(2);
	for (const text of ['x', 'y']) await put(effects, 'b', text);
	expect(value(await tidyStorage({ cause: 'request' }, effects)).versionCount).toBe(1);
	expect(await effects.db.versions.count()).toBe(2);
	expect(await effects.db.collected.count()).toBe(0);
});

test('what a running job or an open tab needs stays until they end', async () => {
	const effects = await withVersions(5);
	const item = value(await findDataset('a', effects));
	const [first, second] = item.history;
	// As another tab of the same workspace has it.
	const lease = await createLeases(effects.db.name).hold([first?.id ?? item.version.id]);
	const tab = { datasetId: item.dataset.id, versionNumber: 2, versionId: '' };
	await effects.store.saveSetting('tabs', { activeId: '', list: [tab, { datasetId: 'other', versionNumber: 1 }] });
	expect(value(await pruneDataset({ name: 'a', keep: 1 }, effects)).versionCount).toBe(2);
	expect(await numbers(effects)).toBe('v1 v2 v5');
	expect((await readTable(effects.db, { version: first?.id ?? item.version.id, rows: 'data' })).ok).toBe(true);
	await lease.end();
	await effects.store.saveSetting('tabs', {
		activeId: '',
		list: [{ ...tab, versionNumber: 0, versionId: second?.id }]
	});
	expect(value(await pruneDataset({ name: 'a', keep: 1 }, effects)).versionCount).toBe(1);
	expect(await numbers(effects)).toBe('v2 v5');
});

test('a version that was undone and is read by a job goes when the job has ended', async () => {
	const effects = await withVersions(2);
	const { id } = value(await findDataset('a', effects)).version;
	await undo(effects);
	const lease = await effects.leases.hold([id]);
	await put(effects, 'a', 'another');
	expect(value(await effects.store.version(id))).not.toBeNull();
	await lease.end();
	value(await effects.store.collect());
	expect(value(await effects.store.version(id))).toBeNull();
});

test('rules run once a day, by one tab, and log what went', async () => {
	const effects = await withVersions(4);
	let now = 1_800_000_000_000;
	const page = { ...effects, now: () => now };
	value(await saveRetention({ ...KEEP_EVERYTHING, rule: newest(2), undoSteps: 0 }, page));
	const ran = await Promise.all([tidyDaily(page), tidyDaily(page)]);
	expect(ran.map((one) => value(one)?.versionCount ?? 0).toSorted()).toEqual([0, 2]);
	await put(effects, 'a', 'more');
	expect(value(await tidyDaily(page))).toBeNull();
	now += DAY_MS;
	expect(value(await tidyDaily(page))).toMatchObject({ cause: 'rules', versionCount: 1 });
	expect(value(await tidyLog(page)).map(({ versionCount, cause }) => [versionCount, cause])).toEqual([
		[1, 'rules'],
		[2, 'rules']
	]);
	now += DAY_MS;
	expect(value(await tidyDaily(page))).toBeNull();
	expect(effects.jobs.list()).toHaveLength(2);
});

test('packs that are mostly dead are written again, and every row is what it was', async () => {
	const effects = testEffects();
	const bytes = (size: number, from: number) => Uint8Array.from({ length: size }, (_, at) => (at * 7 + from) % 251);
	const tableWith = (...chunks: Uint8Array<ArrayBuffer>[]) => ({
		...tableOf(''),
		rowCount: 2 * chunks.length,
		files: [{ rowCount: 2 * chunks.length, blob: parquetOf(chunks.map((chunk) => [chunk])) }]
	});
	const [small, large] = [bytes(1000, 1), bytes(9000, 2)];
	await put(effects, 'a', 'both', tableWith(small, large));
	await put(effects, 'a', 'small', tableWith(small, bytes(10, 3)));
	const before = value(await findDataset('a', effects)).version;
	const read = async () => {
		const { file } = value(await readTable(effects.db, { version: before.id, rows: 'data' }));
		return new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
	};
	const was = await read();
	const tidied = value(await pruneDataset({ name: 'a', keep: 1 }, effects));
	expect(tidied).toMatchObject({ versionCount: 1, repackedCount: 1, freedBytes: 9000 });
	expect((await effects.db.packs.toArray()).reduce((sum, { blob }) => sum + blob.size, 0)).toBe(1010);
	expect(await read()).toEqual(was);
	expect(value(await verifyWorkspace({}, effects)).damages).toEqual([]);
});

test('a pack with a damaged part is left as it is', async () => {
	const effects = testEffects();
	const table = {
		...tableOf(''),
		rowCount: 4,
		files: [{ rowCount: 4, blob: parquetOf([[new Uint8Array(10)], [new Uint8Array(90)]]) }]
	};
	await put(effects, 'a', 'first', table);
	await put(effects, 'a', 'second', { ...table, files: [{ rowCount: 2, blob: parquetOf([[new Uint8Array(10)]]) }] });
	const [pack] = await effects.db.packs.toArray();
	if (!pack) throw new Error('no pack');
	await effects.db.packs.put({ id: pack.id, blob: new Blob([new Uint8Array(100).fill(1)]) });
	expect(value(await pruneDataset({ name: 'a', keep: 1 }, effects)).repackedCount).toBe(0);
	expect((await effects.db.packs.toArray()).map(({ blob }) => blob.size)).toEqual([100]);
});

test('a disk that is full at any put of a prune or a repack leaves everything as it was before that step', async () => {
	const effects = testEffects();
	const part = (size: number, from: number) => Uint8Array.from({ length: size }, (_, at) => (at + from) % 251);
	const table = {
		...tableOf(''),
		rowCount: 4,
		files: [{ rowCount: 4, blob: parquetOf([[part(10, 1)], [part(90, 2)]]) }]
	};
	await put(effects, 'a', 'first', table);
	await put(effects, 'a', 'second', { ...table, files: [{ rowCount: 2, blob: parquetOf([[part(10, 1)]]) }] });
	const left = async () => [await effects.db.versions.count(), await effects.db.packs.count()].join();
	const seen = new Set<string>();
	for (let full = 1; ; full++) {
		let puts = 0;
		const stop = onPut(() => {
			puts++;
			if (puts === full) throw new DOMException('full', 'QuotaExceededError');
		});
		const pruned = await pruneDataset({ name: 'a', keep: 1 }, effects);
		stop();
		expect(value(await verifyWorkspace({}, effects)).damages).toEqual([]);
		seen.add(await left());
		if (pruned.ok) break;
		expect(pruned).toMatchObject({ error: { kind: 'storage-full' } });
	}
	// Nothing; old versions alone; and the pack that they shared written again.
	expect([...seen]).toEqual(['2,1', '1,1']);
	expect((await effects.db.packs.toArray()).map(({ blob }) => blob.size)).toEqual([10]);
});

test('an older page collects, prunes and packs nothing in a newer format', async () => {
	const effects = await withVersions(3);
	await effects.db.settings.put({ key: 'format', value: STORED_FORMAT + 1 });
	const refused = { ok: false, error: { kind: 'newer-format' } };
	expect(await pruneDataset({ name: 'a', keep: 1 }, effects)).toMatchObject(refused);
	expect(await effects.store.collect()).toMatchObject(refused);
	expect(await effects.store.repack({ before: [], after: [], packs: new Map(), emptied: [] })).toMatchObject(refused);
	expect(await effects.db.versions.count()).toBe(3);
});

test('parts that were moved or swept since they were read are not moved again', async () => {
	const effects = await withVersions(2);
	const { places, packs } = value(await effects.store.packing());
	const [place] = places;
	if (!place) throw new Error('no part');
	const moved = { before: [{ ...place, pieces: [] }], after: [], packs: new Map(), emptied: [] };
	expect(await effects.store.repack(moved)).toMatchObject({ error: { kind: 'moved' } });
	const emptied = { before: [], after: [], packs: new Map(), emptied: [...packs.keys()] };
	expect(await effects.store.repack(emptied)).toMatchObject({ error: { kind: 'moved' } });
	expect(await effects.db.packs.count()).toBe(2);
});

test('the engine holds what it reads, and tells of a version that went before as collected', async () => {
	const effects = await withVersions(2);
	const item = value(await findDataset('a', effects));
	const [first] = item.history;
	if (!first) throw new Error('no version');
	const relation = { name: 'a@v1', version: first.id, rows: 'data' } as const;
	const held = async () => value(await effects.store.needed()).has(first.id);
	const seen: boolean[] = [];
	const shape = { columns: [], rowCount: 0, elapsedMs: 0, sizeBytes: 0 };
	const engine = leaseEngine(
		{
			...effects.engine,
			run: async () => {
				seen.push(await held());
				const there = value(await effects.store.version(first.id));
				return there ? ok(shape) : err({ kind: 'damaged-version', version: first.id });
			},
			browse: () => Promise.resolve(ok(shape)),
			release: () => Promise.resolve()
		},
		effects
	);
	const input = { id: resultId('x'), sql: '', params: [], relations: [relation] };
	expect((await engine.run(input, () => undefined)).ok).toBe(true);
	await engine.browse(resultId('tab'), relation);
	expect(value(await pruneDataset({ name: 'a', keep: 1 }, effects)).versionCount).toBe(0);
	await engine.release(resultId('tab'));
	while (await held()) await new Promise((resolve) => setTimeout(resolve, 1));
	expect(value(await pruneDataset({ name: 'a', keep: 1 }, effects)).versionCount).toBe(1);
	expect(await engine.run(input, () => undefined)).toMatchObject({
		error: { kind: 'version-collected', dataset: 'a', version: 'v1' }
	});
	expect(seen).toEqual([true, true]);
});

test('what is stored as rules and is none keeps everything', () => {
	fc.assert(
		fc.property(fc.anything(), (stored) => {
			expect(parseRetention(stored).rule).toBeNull();
		})
	);
	expect(parseRetention({ rule: newest(0) }).rule).toBeNull();
	expect(parseRetention({ rule: newest(3, 4), overrides: { a: null, b: { keepDays: 1 } }, undoSteps: 7 })).toEqual({
		rule: newest(3, 4),
		overrides: { a: null },
		undoSteps: 7
	});
});
