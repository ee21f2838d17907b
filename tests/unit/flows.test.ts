import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import { exportRelation } from '#lib/flows/export-relation.ts';
import { ingestSource } from '#lib/flows/ingest-source.ts';
import { resultId } from '#core/ids.ts';
import { tableOf, testEffects } from './effects.ts';

const source = (name: string) => ({ kind: 'blob' as const, name, blob: new Blob(['a\n1\n']) });

test('an import is named after its file, and numbered when that is taken', async () => {
	const effects = testEffects();
	const input = { source: source('2024 Sales (EU).csv.gz'), name: null, overrides: {} };
	const [first, second] = [await ingestSource(input, effects), await ingestSource(input, effects)];
	expect(first.ok && first.value.dataset.name).toBe('t_2024_sales_eu');
	expect(second.ok && second.value.dataset.name).toBe('t_2024_sales_eu_2');
});

test('a chosen name that is taken is refused before anything is read', async () => {
	let reads = 0;
	const effects = testEffects({
		ingest: {
			read: () => {
				reads++;
				return Promise.resolve(
					ok({
						table: tableOf('x'),
						rejects: null,
						options: {} as never,
						notes: [],
						sha256: '0'.repeat(64),
						engine: 'test engine'
					})
				);
			}
		}
	});
	const input = { source: source('a.csv'), name: 'sales', overrides: {} };
	await ingestSource(input, effects);
	expect(await ingestSource(input, effects)).toEqual(err({ kind: 'name-taken', name: 'sales' }));
	expect(reads).toBe(1);
});

test('a cancelled import stores nothing and ends its worker', async () => {
	const controller = new AbortController();
	const effects = testEffects({
		ingest: {
			read: () => {
				controller.abort();
				return Promise.resolve(
					ok({
						table: tableOf('x'),
						rejects: null,
						options: {} as never,
						notes: [],
						sha256: '0'.repeat(64),
						engine: 'test engine'
					})
				);
			}
		}
	});
	const input = { source: source('a.csv'), name: null, overrides: {}, signal: controller.signal };
	expect(await ingestSource(input, effects)).toEqual(err({ kind: 'cancelled' }));
	expect(await effects.db.packs.count()).toBe(0);
	expect(effects.ended()).toBeGreaterThanOrEqual(1);
	expect(effects.jobs.list().map((job) => job.state)).toEqual(['cancelled']);
});

test('the first import asks to keep the data, and a browser that said no is not asked again', async () => {
	let asked = 0;
	const effects = { ...testEffects(), persist: () => Promise.resolve(++asked > 1) };
	await ingestSource({ source: source('a.csv'), name: null, overrides: {} }, effects);
	await ingestSource({ source: source('b.csv'), name: null, overrides: {} }, effects);
	expect(asked).toBe(1);
});

test("lineage names the source without its URL's secrets", async () => {
	const effects = testEffects({
		ingest: {
			download: (url) => Promise.resolve(ok({ name: url, blob: new Blob(['a\n1\n']) }))
		}
	});
	const url = 'https://user:secret@example.org/data/a.csv?token=hidden#part';
	const made = await ingestSource({ source: { kind: 'url', url }, name: null, overrides: {} }, effects);
	expect(made.ok && made.value.version.lineage.source?.name).toBe('https://example.org/data/a.csv');
	expect(JSON.stringify([made, effects.jobs.list()])).not.toMatch(/secret|hidden/);
});

test('a sink that fails stops the export and says why', async () => {
	const cancelled: string[] = [];
	const effects = testEffects({
		engine: {
			copy: async (_input, _options, onChunk) => {
				await onChunk(new Uint8Array(3));
				return err({ kind: 'cancelled' });
			},
			cancel: (id) => Promise.resolve(void cancelled.push(id))
		}
	});
	const exported = await exportRelation(
		{
			id: resultId('r'),
			label: 'a.csv',
			sql: 'select 1',
			options: { format: 'csv', formulas: 'defuse' },
			totalRows: null,
			onChunk: () => {
				throw new Error('disk full');
			}
		},
		effects
	);
	expect(exported).toEqual(err({ kind: 'sink-failed', reason: 'disk full' }));
	expect(cancelled).toEqual(['r']);
});

test('every console verb answers a wrong argument with a value', async () => {
	const weir = createConsole(testEffects());
	const wrong: unknown = 7;
	const answers = await Promise.all([
		weir.ingest(wrong as string),
		weir.preview(wrong as string),
		weir.sql(wrong as string),
		weir.sql('select 1', wrong as []),
		weir.describe(wrong as string),
		weir.rejects(wrong as string),
		weir.versions(wrong as string),
		weir.profile(wrong as string),
		weir.rename(wrong as string, 'a'),
		weir.rename('a', wrong as string),
		weir.remove(wrong as string),
		weir.save(wrong as string, 'select 1'),
		weir.save('a', wrong as string),
		weir.export(wrong as string, 'csv'),
		weir.export('a', wrong as 'csv'),
		weir.export('a', 'toString' as 'csv'),
		weir.retype('a', wrong as string, 'INTEGER'),
		weir.load(wrong as string),
		weir.unload(wrong as string),
		weir.openSample('none')
	]);
	for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { kind: 'invalid-argument' } });
});

test('a dataset that is not there is a failure with its name', async () => {
	const weir = createConsole(testEffects());
	for (const answer of [await weir.versions('x'), await weir.remove('x'), await weir.rename('x', 'y')]) {
		expect(answer).toEqual(err({ kind: 'unknown-dataset', name: 'x' }));
	}
	expect(await weir.undo()).toEqual(err({ kind: 'nothing-to-undo' }));
});
