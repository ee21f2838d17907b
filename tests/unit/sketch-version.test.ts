// Sketches of versions, kept with their segments: what is read, what is built again, and how it ends when it cannot go on.
import { columnFromArray, float64, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette';
import { expect, test } from 'vitest';
import { decodeSegmentSketch } from '#core/check/sketch/segment-sketch.ts';
import { versionSketchKey } from '#core/check/sketch/plan-sketches.ts';
import { datasetId, segmentId, versionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import { VERSION_FORMAT, type Column, type Version } from '#core/version/version.ts';
import { sketchVersion } from '#lib/flows/sketch-version.ts';
import { statistics } from '#lib/flows/statistics.ts';
import type { EngineApi } from '#workers/engine/api.ts';
import { lineage, testEffects, type TestEffects } from './effects.ts';

function valueOf<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const schema: readonly Column[] = [
	{ name: 'n', type: 'DOUBLE' },
	{ name: 'word', type: 'VARCHAR' }
];

/** A segment's name says where its numbers begin; each has ten rows. */
function versionOf(id: string, segments: readonly number[], columns = schema): Version {
	return {
		format: VERSION_FORMAT,
		id: versionId(id),
		dataset: datasetId('d'),
		parents: [],
		message: '',
		createdAtMs: 0,
		schema: columns,
		statistics: [],
		table: {
			rowCount: 10 * segments.length,
			sizeBytes: 0,
			shell: new Uint8Array(),
			segments: segments.map((start) => ({ id: segmentId(`s${start}`), rowCount: 10 }))
		},
		rejects: null,
		lineage,
		contentHash: ''
	};
}

function rowsOf(starts: readonly number[], startRow: number, endRow: number): Uint8Array<ArrayBuffer> {
	const rows = starts.flatMap((start) => Array.from({ length: 10 }, (_, at) => start + at)).slice(startRow, endRow);
	const table = tableFromColumns({
		n: columnFromArray(rows, float64()),
		word: columnFromArray(
			rows.map((row) => `w${row % 7}`),
			utf8()
		)
	});
	return tableToIPC(table, { format: 'stream' }) as Uint8Array<ArrayBuffer>;
}

/** An engine over such versions, and the numbers at which the segments begin that it was asked for. */
function worldOf(versions: readonly Version[]): { readonly effects: TestEffects; readonly read: number[] } {
	const read: number[] = [];
	const held = new Map<string, readonly number[]>();
	const engine: Partial<EngineApi> = {
		run: ({ id, relations: [relation] }) => {
			const version = versions.find((one) => one.id === relation?.version);
			const starts = (relation?.segments ?? []).map((at) => Number(version?.table.segments[at]?.id.slice(1)));
			held.set(id, starts);
			read.push(...starts);
			return Promise.resolve(ok({ columns: schema, rowCount: 10 * starts.length, elapsedMs: 0, sizeBytes: 0 }));
		},
		window: (id, startRow, endRow) => Promise.resolve(ok(rowsOf(held.get(id) ?? [], startRow, endRow))),
		release: (id) => {
			held.delete(id);
			return Promise.resolve();
		}
	};
	return { effects: testEffects({ engine }), read };
}

const ask = async (version: Version, { effects }: { readonly effects: TestEffects }) =>
	valueOf(await sketchVersion({ dataset: { name: 'd' }, version }, effects));

test('an append reads its own segments alone, and a version that is known reads none', async () => {
	const [first, second] = [versionOf('a', [0, 10, 20]), versionOf('b', [0, 10, 20, 30])];
	const world = worldOf([first, second]);
	await ask(first, world);
	expect(world.read.splice(0)).toEqual([0, 10, 20]);
	const appended = await ask(second, world);
	expect(world.read.splice(0)).toEqual([30]);
	expect(await ask(second, world)).toEqual(appended);
	expect(world.read).toEqual([]);
	// Rows that are read at once have the same sketch as rows that came one after another.
	const fresh = worldOf([second]);
	expect(await ask(second, fresh)).toEqual(appended);
	expect(fresh.read).toEqual([0, 10, 20, 30]);
});

test('many segments are merged to what their rows are, and a segment that is there twice counts twice', async () => {
	const starts = [...Array.from({ length: 70 }, (_, at) => at * 10), 0];
	const version = versionOf('many', starts);
	const sketch = valueOf(decodeSegmentSketch(await ask(version, worldOf([version]))));
	expect(sketch.rowCount).toBe(710);
	expect(sketch.columns[0]?.sketch.numbers).toMatchObject({ min: 0, max: 699, moments: { count: 710 } });
});

test('the names of columns are those of the version; other types are other values', async () => {
	const renamed = versionOf(
		'c',
		[0],
		[
			{ name: 'm', type: 'DOUBLE' },
			{ name: 'word', type: 'VARCHAR' }
		]
	);
	const retyped = versionOf(
		'd',
		[0],
		[
			{ name: 'n', type: 'TIMESTAMP' },
			{ name: 'word', type: 'VARCHAR' }
		]
	);
	const first = versionOf('a', [0]);
	const world = worldOf([first, renamed, retyped]);
	for (const version of [first, renamed]) await ask(version, world);
	expect(world.read.splice(0)).toEqual([0]);
	const told = valueOf(await statistics({ dataset: { name: 'd' }, version: renamed }, world.effects));
	expect(told.columns.map(({ name, type }) => [name, type])).toEqual([
		['m', 'DOUBLE'],
		['word', 'VARCHAR']
	]);
	expect(told.keyCandidates.map(({ column }) => column)).toEqual(['m']);
	await ask(retyped, world);
	expect(world.read).toEqual([0]);
});

test('kept sketches that are damaged are built again, and nobody is told', async () => {
	const [first, second] = [versionOf('a', [0, 10]), versionOf('b', [0, 10, 20])];
	const world = worldOf([first, second]);
	const { sketches } = world.effects.db;
	const whole = await ask(first, world);
	const damage = async (key: string): Promise<void> => {
		const bytes = (await sketches.get(key))?.bytes ?? new Uint8Array();
		await sketches.put({ key, bytes: bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) });
	};
	await damage(versionSketchKey(first.id));
	expect(await ask(first, world)).toEqual(whole);
	expect(world.read.splice(0)).toEqual([0, 10]);
	const keys = (await sketches.toCollection().primaryKeys()).filter((key) => key.startsWith('s10/'));
	expect(keys).toHaveLength(1);
	for (const key of keys) await damage(key);
	const rebuilt = await ask(second, world);
	expect(world.read).toEqual([20, 10]);
	expect(rebuilt).toEqual(await ask(second, worldOf([second])));
});

test('a version without rows has its columns', async () => {
	const version = versionOf('none', []);
	const told = valueOf(await statistics({ dataset: { name: 'd' }, version }, worldOf([version]).effects));
	expect(told).toMatchObject({ rowCount: 0, correlations: [], keyCandidates: [] });
	expect(told.columns.map(({ name, metrics }) => [name, metrics.mean])).toEqual([
		['n', null],
		['word', null]
	]);
});

test('a worker that dies is started anew and goes on; one that dies again and again is told', async () => {
	const version = versionOf('a', [0, 10, 20, 30]);
	const { effects, read } = worldOf([version]);
	const crash = err({ kind: 'check-crashed', reason: 'ended' } as const);
	let calls = 0;
	const once: TestEffects = {
		...effects,
		check: {
			...effects.check,
			sketch: async (bytes) => (++calls === 3 ? crash : effects.check.sketch(bytes))
		}
	};
	const sketch = await ask(version, { effects: once });
	expect(sketch).toEqual(await ask(version, worldOf([version])));
	expect(read[0]).toBe(0);
	expect(read.filter((start) => start === 0)).toHaveLength(1);

	const never: TestEffects = {
		...worldOf([version]).effects,
		check: { ...effects.check, sketch: () => Promise.resolve(crash) }
	};
	expect(await sketchVersion({ dataset: { name: 'd' }, version }, never)).toEqual(crash);
	expect(never.jobs.list().map(({ state }) => state)).toEqual(['failed']);
});

test('what was sketched before a cancellation is kept', async () => {
	const version = versionOf('a', [0, 10, 20]);
	const world = worldOf([version]);
	const { effects } = world;
	const controller = new AbortController();
	const cancelling: TestEffects = {
		...effects,
		sketches: {
			...effects.sketches,
			save: async (made) => {
				const saved = await effects.sketches.save(made);
				controller.abort();
				return saved;
			}
		}
	};
	const input = { dataset: { name: 'd' }, version, signal: controller.signal };
	expect(await sketchVersion(input, cancelling)).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
	expect(effects.jobs.list().map(({ state }) => state)).toEqual(['cancelled']);
	world.read.splice(0);
	await ask(version, world);
	expect(world.read).not.toContain(0);
});

test('a collection takes sketches with their segments and versions', async () => {
	const [kept, gone] = [versionOf('kept', [0, 10]), versionOf('gone', [10, 20])];
	const world = worldOf([kept, gone]);
	const { effects } = world;
	for (const version of [kept, gone]) await ask(version, world);
	await effects.db.versions.put(kept);
	await effects.db.datasets.put({
		id: datasetId('d'),
		name: 'd',
		key: 'd',
		head: kept.id,
		branch: 'main',
		branches: {},
		tags: {},
		createdAtMs: 0
	});
	valueOf(await effects.store.collect());
	const left = await effects.db.sketches.toCollection().primaryKeys();
	expect(left.map((key) => key.replace(/(s\d+)\/.*/, '$1')).sort()).toEqual(['s0', 's10', 'version/kept']);
});
