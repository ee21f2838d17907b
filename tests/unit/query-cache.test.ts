// What is kept of named queries: the cache against a model of it, and the flow over an engine that answers as told.
import { describe, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { ResultCache, type CacheEntry } from '#core/query/result-cache.ts';
import { err, invariant, ok } from '#core/result.ts';
import { askQuery, defineQuery, planQuery } from '#lib/flows/ask-query.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { pageQuery, readBatches } from '#lib/flows/read-asked.ts';
import type { EngineApi, RunInput } from '#workers/engine/api.ts';
import { seeded } from '../seeded.ts';
import { arrowOf } from './arrow.ts';
import { lineage, tableOf, testEffects } from './effects.ts';

type Kept = CacheEntry<number>;

/** Written without regard to speed: a list, from the one used longest ago on. */
class Model {
	entries: Kept[] = [];
	dropped: number[] = [];
	budgetBytes = 1000;

	find(key: string, version: string, nowMs: number): number | null {
		const entry = this.entries.find((one) => one.key === key);
		if (!entry) return null;
		this.#without(entry);
		if (entry.versions[0] !== version || (entry.expiresAtMs ?? Infinity) <= nowMs) {
			this.dropped.push(entry.held);
			return null;
		}
		this.entries.push(entry);
		return entry.held;
	}

	keep(entry: Kept, nowMs: number): void {
		for (const one of [...this.entries])
			if (one.key === entry.key || (entry.sizeBytes <= this.budgetBytes && (one.expiresAtMs ?? Infinity) <= nowMs))
				this.#drop(one);
		if (entry.sizeBytes > this.budgetBytes) this.dropped.push(entry.held);
		else this.entries.push(entry);
		this.trim();
	}

	trim(): void {
		while (this.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > this.budgetBytes) {
			const [oldest] = this.entries;
			if (oldest) this.#drop(oldest);
		}
	}

	#drop(entry: Kept): void {
		this.#without(entry);
		this.dropped.push(entry.held);
	}

	#without(entry: Kept): void {
		this.entries = this.entries.filter((one) => one !== entry);
	}
}

/** The first step at which a cache answers otherwise than the model; null when there is none. */
function differs(seed: number, make: (drop: (held: number) => void) => ResultCache<number>): string | null {
	const random = seeded(seed);
	const below = (end: number): number => Math.floor(random() * end);
	const dropped: number[] = [];
	const [model, cache] = [new Model(), make((held) => dropped.push(held))];
	const versions = new Map(['a', 'b', 'c'].map((dataset) => [dataset, 0]));
	let nowMs = 0;
	for (let step = 0; step < 200; step++) {
		const dataset = ['a', 'b', 'c'][below(3)] ?? 'a';
		const key = `${dataset}${below(4)}`;
		const version = `${dataset}@${versions.get(dataset)}`;
		const roll = below(20);
		if (roll === 0) versions.set(dataset, (versions.get(dataset) ?? 0) + 1);
		else if (roll === 1) nowMs += below(100);
		else if (roll === 2) {
			model.budgetBytes = 200 + below(1000);
			model.trim();
			cache.setBudget(model.budgetBytes);
		} else {
			const [wanted, found] = [model.find(key, version, nowMs), cache.find(key, [version], nowMs)];
			if (wanted !== found) return `seed ${seed}, step ${step}: ${key} is ${found}, not ${wanted}`;
			if (found === null) {
				const expiresAtMs = below(3) === 0 ? nowMs + below(150) : null;
				const entry = { key, versions: [version], held: step, sizeBytes: 1 + below(400), expiresAtMs };
				model.keep(entry, nowMs);
				cache.keep(entry, nowMs);
			}
		}
		const { sizeBytes, entryCount } = cache.figures;
		const bytes = model.entries.reduce((sum, one) => sum + one.sizeBytes, 0);
		if (sizeBytes !== bytes || entryCount !== model.entries.length || sizeBytes > model.budgetBytes)
			return `seed ${seed}, step ${step}: ${sizeBytes} bytes in ${entryCount}, not ${bytes}`;
		if (dropped.join() !== model.dropped.join()) return `seed ${seed}, step ${step}: dropped ${dropped.join()}`;
	}
	return null;
}

describe('the cache', () => {
	test('does what a plain model of it does, over 300 random histories', () => {
		for (let seed = 1; seed <= 300; seed++) expect(differs(seed, (drop) => new ResultCache(1000, drop))).toBeNull();
	});

	test.each([
		[
			'serves rows of an older version',
			class extends ResultCache<number> {
				override find(key: string, _versions: readonly string[], nowMs: number): number | null {
					return super.find(key, [`${key.charAt(0)}@0`], nowMs);
				}
			}
		],
		[
			'forgets the time',
			class extends ResultCache<number> {
				override find(key: string, versions: readonly string[]): number | null {
					return super.find(key, versions, 0);
				}
			}
		],
		[
			'lets everything go where one must',
			class extends ResultCache<number> {
				override keep(entry: Kept, nowMs: number): boolean {
					const kept = super.keep(entry, nowMs);
					if (this.figures.evictions > 0) this.clear();
					return kept;
				}
			}
		]
	])('would be found out if it %s', (_bug, Planted) => {
		const found = Array.from({ length: 100 }, (_one, seed) => differs(seed, (drop) => new Planted(1000, drop)));
		expect(found.some((one) => one !== null)).toBe(true);
	});
});

/** Answers every run with rows, and tells what is still there. */
function countingEngine(sizeBytes = 100) {
	const runs: RunInput[] = [];
	const there = new Set<string>();
	const released: string[] = [];
	let gate: Promise<unknown> = Promise.resolve();
	const engine: Partial<EngineApi> = {
		answer: () => Promise.resolve(ok(arrowOf(['name', 'zone'], [['sum', 'UTC']]))),
		run: async (input) => {
			runs.push(input);
			there.add(input.id);
			await gate;
			return ok({ columns: [{ name: 'a', type: 'BIGINT' }], rowCount: 25, elapsedMs: 1, sizeBytes });
		},
		window: (id, startRow, endRow) =>
			Promise.resolve(there.has(id) ? ok(new Uint8Array([startRow, endRow])) : err({ kind: 'unknown-result' })),
		release: (id) => {
			there.delete(id);
			released.push(id);
			return Promise.resolve();
		}
	};
	return { engine, runs, there, released, wait: (until: Promise<unknown>) => (gate = until) };
}

async function world(text: string, sizeBytes?: number) {
	const counted = countingEngine(sizeBytes);
	const effects = testEffects({ engine: counted.engine });
	const commit = async (name: string) => {
		const found = await effects.store.datasets();
		invariant(found.ok, 'the store opens');
		const onto = found.value.find((dataset) => dataset.name === name) ?? null;
		const table = tableOf(`${name} ${String(effects.now())}`);
		const done = await commitTable({ name, onto, message: 'm', table, rejects: null, lineage }, effects);
		invariant(done.ok, `${name} is committed`);
	};
	await commit('flights');
	await commit('airports');
	const saved = await defineQuery({ name: 'q', text }, effects);
	invariant(saved.ok, 'the query can be read');
	const ask = async (values: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal) => {
		const asked = await askQuery({ name: 'q', values, signal }, effects);
		if (asked.ok) asked.value.done();
		return asked.ok ? asked.value.isFromCache : asked.error.kind;
	};
	return { ...counted, effects, commit, ask };
}

const text = 'parameters: { a: { type: integer, default: 1 } }\nsql: SELECT * FROM flights WHERE a = $a\n';

describe('asking a named query', () => {
	test('equal values are answered from what is kept, other ones run', async () => {
		const { ask, runs } = await world(text);
		expect([await ask(), await ask({ a: '01' }), await ask({ a: 2 }), await ask({ a: 2 })]).toEqual([
			...[false, true, false, true]
		]);
		expect(runs.map(({ sql, params }) => [sql, ...params])).toEqual([
			['SELECT * FROM flights WHERE a = CAST($1 AS BIGINT)', '1'],
			['SELECT * FROM flights WHERE a = CAST($1 AS BIGINT)', '2']
		]);
	});

	test('a new version of what it reads makes its rows stale, one of another dataset does not', async () => {
		const { ask, commit, effects } = await world(text);
		await ask();
		await commit('airports');
		expect(await ask()).toBe(true);
		await commit('flights');
		expect(await ask()).toBe(false);
		expect(effects.queries.figures).toMatchObject({ hits: 1, invalidations: 1, entryCount: 1 });
	});

	test('equal asks at one time run once, and one that is cancelled does not end the others', async () => {
		const { ask, runs, wait, effects } = await world(text);
		const open = Promise.withResolvers<undefined>();
		void wait(open.promise);
		const stop = new AbortController();
		const asks = [ask({}, stop.signal), ask(), ask()];
		while (runs.length === 0) await new Promise((resolve) => setTimeout(resolve));
		while (effects.queries.figures.joined < 2) await new Promise((resolve) => setTimeout(resolve));
		stop.abort();
		open.resolve(undefined);
		expect(await Promise.all(asks)).toEqual(['cancelled', false, false]);
		expect(runs).toHaveLength(1);
		expect(await ask()).toBe(true);
	});

	test('rows that an engine lost are made anew, and kept again', async () => {
		const { ask, there, runs, effects } = await world(text);
		await ask();
		there.clear();
		expect([await ask(), await ask()]).toEqual([false, true]);
		expect(runs).toHaveLength(2);
		expect(effects.queries.figures).toMatchObject({ hits: 1, misses: 2, entryCount: 1 });
	});

	test('rows are let go once they are neither kept nor read', async () => {
		const { there, effects } = await world(text, 60_000_000);
		const held = await askQuery({ name: 'q', values: { a: 1 } }, effects);
		const other = await askQuery({ name: 'q', values: { a: 2 } }, effects);
		invariant(held.ok && other.ok, 'both are answered');
		expect(effects.queries.figures).toMatchObject({ entryCount: 1, evictions: 1 });
		expect(there.size).toBe(2);
		held.value.done();
		held.value.done();
		expect([...there]).toEqual([other.value.held.id]);
		other.value.done();
		expect(there.size).toBe(1);
		effects.queries.clear();
		expect(there.size).toBe(0);
	});

	test('what is different each time is neither kept nor shared, and says why', async () => {
		const { ask, runs, effects, there } = await world('sql: SELECT random() FROM flights');
		await Promise.all([ask(), ask()]);
		expect(runs).toHaveLength(2);
		expect(there.size).toBe(0);
		const plan = await planQuery({ name: 'q', values: {} }, effects);
		invariant(plan.ok, 'it is planned');
		expect(plan.value).toMatchObject({
			isKept: false,
			unkept: { reason: 'may-change', why: 'it uses random(), which may give something else each time' }
		});
	});

	test('pages follow each other by cursor, and a new version refuses the cursor', async () => {
		const { effects, commit, runs } = await world(text);
		const page = (cursor?: string) => pageQuery({ name: 'q', values: {}, pageRows: 10, cursor }, effects);
		const first = await page();
		invariant(first.ok && first.value.next !== null, 'there is a second page');
		const second = await page(first.value.next);
		invariant(second.ok && second.value.next !== null, 'there is a third page');
		const third = await page(second.value.next);
		invariant(third.ok, 'the third is the last');
		expect([first, second, third].map(({ value }) => [value.startRow, value.rowCount])).toEqual([
			[0, 10],
			[10, 10],
			[20, 5]
		]);
		expect([third.value.next, runs.length]).toEqual([null, 1]);
		expect(await page('5.forged')).toMatchObject({ ok: false, error: { kind: 'page-outdated' } });
		await commit('flights');
		expect(await page(first.value.next)).toMatchObject({ ok: false, error: { kind: 'page-outdated' } });
		expect(runs).toHaveLength(1);
	});

	test('a stream reads a batch when it is asked for, and gives the rows back when the loop is left', async () => {
		const { effects, there } = await world(`${text}ttl: 0s\n`);
		const asked = await askQuery({ name: 'q', values: {} }, effects);
		invariant(asked.ok, 'it is answered');
		const seen: number[] = [];
		for await (const batch of readBatches(asked.value, { batchRows: 10 }, effects)) {
			if (batch.ok) seen.push(batch.value.startRow);
			if (seen.length === 2) break;
		}
		expect([seen, there.has(resultId(asked.value.held.id))]).toEqual([[0, 10], false]);
	});
});
