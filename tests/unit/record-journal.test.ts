// What is told of changed records is all that changed: with it, what was read before is what is there now; and a sync reads no more.
import { expect, test } from 'vitest';
import type { Encodable } from '#core/encoding.ts';
import { datasetId, modelRunId, versionId } from '#core/ids.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import type { Result } from '#core/result.ts';
import { kindOf } from '#core/sync/record-value.ts';
import { createConsole } from '#lib/flows/console.ts';
import { seeded } from '../seeded.ts';
import { testEffects, type TestEffects } from './effects.ts';
import { inStep, twoDevices } from './sync-two.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(result.error.kind);
	return result.value;
}

function verdict(version: number, atMs: number): SuiteVerdict & { readonly key: string } {
	return {
		...{ id: `v ${version}`, suite: 'Sound', key: 'sound', suiteVersion: null, dataset: datasetId('d') },
		...{ version: versionId(`version ${version}`), outcome: 'pass' as const, checks: [], rowCount: 2, scanCount: 1 },
		...{ counts: { pass: 0, warn: 0, fail: 0, error: 0 }, atMs, elapsedMs: 1 }
	};
}

function run(at: number, state: ModelRun['state'], startedAtMs: number): ModelRun {
	return {
		id: modelRunId(`run ${at}`),
		...{ experiment: 'e', name: 'n', state, task: null, params: {}, metrics: {}, tags: {} },
		data: { sql: 'SELECT 1', inputs: [], split: '' },
		...{ artifacts: [], failure: null, startedAtMs, endedAtMs: 2 }
	};
}

type Some = { readonly below: (limit: number) => number; readonly count: number };

/** Something that is done to records in one transaction, which may fail. */
async function change({ db }: TestEffects, { below, count }: Some): Promise<void> {
	const at = below(4);
	const states = ['running', 'finished', 'failed'] as const;
	const steps = { run: modelRunId(`run ${at}`), metric: `m${below(2)}`, steps: [count], values: [1] };
	const acts: readonly (() => PromiseLike<unknown>)[] = [
		() => db.verdicts.put(verdict(at, count)),
		() => db.verdicts.bulkPut(Array.from({ length: below(4) }, (_one, more) => verdict(at + more, count))),
		() => db.verdicts.toCollection().modify({ elapsedMs: count }),
		() => db.modelRuns.put(run(at, states[below(3)] ?? 'failed', count)),
		() => db.modelRuns.delete(modelRunId(`run ${at}`)),
		() => db.modelMetrics.put(steps),
		() => db.modelMetrics.where('run').equals(steps.run).delete(),
		() => db.models.put({ key: 'm', name: 'M', aliases: { newest: count }, createdAtMs: 1 }),
		() => (below(4) === 0 ? db.verdicts.where('dataset').equals(datasetId('d')).delete() : Promise.resolve()),
		() => (below(8) === 0 ? db.modelRuns.clear() : Promise.resolve())
	];
	const some = Array.from({ length: 1 + below(3) }, () => acts[below(acts.length)]);
	await db
		.transaction('rw', [db.verdicts, db.modelRuns, db.modelMetrics, db.models], async (transaction) => {
			if (below(2) === 0) await Promise.all(some.map(async (act) => act?.()));
			else for (const act of some) await act?.();
			if (below(6) === 0) transaction.abort();
		})
		.catch(() => undefined);
}

test('what is told since any mark makes of what was there then what is there now', async () => {
	const seed = Date.now() % 1_000_000;
	console.log(`first journal seed ${seed}`);
	let [told, unknown] = [0, 0];
	for (let round = 0; round < 6; round++) {
		const random = seeded(seed + round);
		const below = (limit: number): number => Math.floor(random() * limit);
		const effects = testEffects({}, `journal-${seed}-${round}`);
		const { records } = effects.sync.rows;
		const known = new Map<string, ReadonlyMap<string, Encodable>>();
		for (let count = 1; count <= 50; count++) {
			await change(effects, { below, count });
			const now = value(await records.local());
			const marks = [...known.keys()];
			const since = marks[below(marks.length)] ?? 'another';
			const changes = value(await records.changes(since));
			if (!changes) unknown++;
			else {
				told++;
				const then = known.get(since) ?? new Map<string, Encodable>();
				const made = new Map([...then].filter(([key]) => changes.kinds.has(kindOf(key))));
				for (const [key, one] of [...changes.changed, ...changes.records])
					if (one === null) made.delete(key);
					else made.set(key, one);
				expect([...made].sort(), `seed ${seed + round}, change ${count}`).toEqual([...now.records].sort());
				expect(changes.mark).toBe(now.mark);
			}
			known.set(now.mark, now.records);
		}
	}
	expect(told).toBeGreaterThan(200);
	expect(unknown).toBeGreaterThan(0);
}, 60_000);

test('a tab of an earlier Weir, and more changes than are kept, make all be read', async () => {
	const effects = testEffects({}, `journal-${Date.now()}-old`);
	const { db } = effects;
	const { records } = effects.sync.rows;
	const markOf = async (): Promise<string> => value(await records.standing()).mark;
	await db.verdicts.put(verdict(1, 1));
	const first = await markOf();
	await db.verdicts.put(verdict(2, 1));
	expect([...(value(await records.changes(first))?.changed.keys() ?? [])]).toEqual(['verdict/d/version 2/sound']);
	await db.settings.put({ key: 'sync-records-mark', value: 'of an earlier Weir' });
	expect(value(await records.changes(first))).toBeNull();
	await db.verdicts.put(verdict(3, 1));
	expect(value(await records.changes(first))).toBeNull();
	expect([...(value(await records.changes('of an earlier Weir'))?.changed.keys() ?? [])]).toHaveLength(1);
	const before = await markOf();
	await db.verdicts.bulkPut(Array.from({ length: 301 }, (_one, at) => verdict(at, 2)));
	expect(value(await records.changes(before))?.kinds.has('verdict')).toBe(false);
	const last = await markOf();
	for (let at = 0; at < 70; at++) await db.verdicts.put(verdict(at, 3));
	expect(value(await records.changes(last))).toBeNull();
});

test('a sync that one verdict of many goes with reads that one, and what was forgotten stays so', async () => {
	const many = Array.from({ length: 400 }, (_one, at) => verdict(at, 1));
	const { one, other } = await twoDevices((effects) => effects.db.verdicts.bulkPut(many).then(() => undefined));
	const gone = many.slice(0, 3);
	await other.db.verdicts.bulkDelete(gone.map(({ version, key }): [string, string] => [version, key]));
	await inStep(other, one, other);
	const { records } = other.sync.rows;
	const [local, changes] = [records.local.bind(records), records.changes.bind(records)];
	const read: string[] = [];
	Object.assign(records, {
		local: (kinds?: readonly string[]) => {
			read.push('all');
			return local(kinds);
		},
		changes: async (since: string) => {
			const told = await changes(since);
			if (told.ok) read.push(...(told.value?.changed.keys() ?? []), ...(told.value?.records.keys() ?? []));
			return told;
		}
	});
	const key = (at: number): string => `verdict/d/version ${at}/sound`;
	await other.db.verdicts.put(verdict(500, 2));
	await inStep(other);
	expect(read).toEqual([key(500)]);
	await one.db.verdicts.bulkPut([verdict(7, 3), verdict(501, 3)]);
	await inStep(one, other);
	expect(await one.db.verdicts.count()).toBe(402);
	expect(await other.db.verdicts.count()).toBe(399);
	expect(await other.db.verdicts.get([versionId('version 7'), 'sound'])).toMatchObject({ atMs: 3 });
	read.length = 0;
	await other.db.verdicts.put(verdict(8, 4));
	await inStep(other, one);
	expect(read).not.toContain('all');
	expect(await one.db.verdicts.get([versionId('version 8'), 'sound'])).toMatchObject({ atMs: 4 });
	expect(value(await createConsole(one).syncState())).toMatchObject({ records: { waiting: [] } });
	expect(await other.db.verdicts.count()).toBe(399);
});
