// Whatever was done is undone step by step to where it began, and redone to where it ended.
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import { testEffects, type TestEffects } from './effects.ts';
import { scriptedEngine } from './scripted-engine.ts';

const names = ['a', 'b', 'c'] as const;
const refs = ['x', 'y', 'main'] as const;
const name = fc.constantFrom(...names);
const ref = fc.constantFrom(...refs);

type Step = (weir: ReturnType<typeof createConsole>) => Promise<{ readonly ok: boolean }>;

/** Verbs of `window.weir` with arguments at random; what does not apply is refused, and is no operation. */
const steps: fc.Arbitrary<readonly Step[]> = fc
	.record({ dataset: name, other: name, ref, row: fc.nat(3), number: fc.nat(1_000_000), pick: fc.nat(1000) })
	.map(({ dataset, other, ref: refName, row, number, pick }): readonly Step[] => {
		const file = (): File => new File([], `${number}.csv`);
		const edits = { change: [{ row, cells: { a: number } }], add: [{ cells: { a: number } }] };
		const verbs: readonly Step[] = [
			(weir) => weir.ingest(file(), { name: dataset }),
			(weir) => weir.ingest(file(), { into: dataset, mode: 'replace' }),
			(weir) => weir.ingest(file(), { into: dataset, mode: 'append' }),
			(weir) => weir.ingest(file(), { into: dataset, mode: 'upsert', key: ['a'] }),
			(weir) => weir.edit(dataset, edits),
			(weir) => weir.edit(dataset, { remove: [row] }),
			async (weir) => {
				const staged = await weir.stage(dataset, edits);
				return staged.ok ? weir.commit(dataset) : weir.discard(dataset);
			},
			(weir) => weir.sql(`UPDATE ${dataset} SET a = ${number} WHERE a = ${row}`),
			(weir) => weir.sql(`DELETE FROM ${dataset} WHERE a = ${row}`),
			(weir) => weir.sql(`INSERT INTO ${dataset} VALUES (${number})`),
			(weir) => weir.save(dataset, `SELECT * FROM ${other}`, { replace: true, key: ['a'] }),
			(weir) => weir.save(dataset, `SELECT ${number} AS a`),
			(weir) => weir.setKey(dataset, number % 2 === 0 ? ['a'] : []),
			(weir) => weir.rename(dataset, other),
			(weir) => weir.remove(dataset),
			(weir) => weir.branch(dataset, refName),
			(weir) => weir.branch(dataset, refName, { at: 'v1' }),
			(weir) => weir.switchBranch(dataset, refName),
			(weir) => weir.removeBranch(dataset, refName),
			(weir) => weir.merge(dataset, refName, { key: ['a'], settle: 'ours' }),
			(weir) => weir.tag(dataset, refName, { at: 'v1' }),
			(weir) => weir.removeTag(dataset, refName),
			(weir) => weir.restore(dataset, 'v1'),
			(weir) => weir.setAuthor(`Person ${number % 3}`)
		];
		const branched: readonly Step[] = [
			(weir) => weir.branch(dataset, refName),
			(weir) => weir.edit(dataset, edits),
			(weir) => weir.switchBranch(dataset, 'main'),
			(weir) => weir.sql(`INSERT INTO ${dataset} VALUES (${number})`),
			(weir) => weir.merge(dataset, refName, { key: ['a'], settle: 'ours' })
		];
		const verb = verbs[pick % (verbs.length + 1)];
		return verb ? [verb] : branched;
	});

/** Datasets with their branches and tags, and what each version that they name holds. */
async function look({ store }: TestEffects): Promise<string> {
	const catalogue = await store.catalogue();
	if (!catalogue.ok) throw new Error(catalogue.error.kind);
	const datasets = catalogue.value.map(({ dataset }) => dataset);
	const named = datasets.flatMap(({ head, branches, tags }) => [
		head,
		...Object.values(branches),
		...Object.values(tags)
	]);
	const versions = [];
	for (const stored of catalogue.value) {
		versions.push(
			stored.versions.filter((version) => named.includes(version.id)).map((version) => version.contentHash)
		);
	}
	const sorted = (record: Readonly<Record<string, string>>) => Object.entries(record).sort();
	return JSON.stringify([
		datasets.map((one) => [one.id, one.name, one.head, one.branch, sorted(one.branches), sorted(one.tags)]),
		versions
	]);
}

async function rootHashOf(effects: TestEffects): Promise<string> {
	const backup = await backUp({}, effects);
	if (!backup.ok) throw new Error(JSON.stringify(backup.error));
	return backup.value.rootHash;
}

const OPERATIONS = 200;

test('200 random operations of every kind, then 200 undos, then as many redos, give the same states and root hashes', async () => {
	const kinds = new Set<string>();
	await fc.assert(
		fc.asyncProperty(fc.array(steps, { minLength: 1500, maxLength: 1500 }), async (taken) => {
			const effects = testEffects({ engine: scriptedEngine() });
			const weir = createConsole(effects);
			const first = await rootHashOf(effects);
			const states = [await look(effects)];
			for (const take of taken.flat()) {
				await take(weir);
				const now = await effects.store.operations();
				// Refused steps, and those that had nothing to do, are no operations.
				if (now.ok && now.value.length >= states.length) states.push(await look(effects));
				if (states.length > OPERATIONS) break;
			}
			expect(states.length).toBeGreaterThan(OPERATIONS);
			const last = await rootHashOf(effects);
			for (const { lineage } of await effects.db.versions.toArray()) kinds.add(lineage.operation);
			for (const state of states.toReversed().slice(1)) {
				expect((await weir.undo()).ok).toBe(true);
				expect(await look(effects)).toBe(state);
			}
			expect(await weir.undo()).toMatchObject({ error: { kind: 'nothing-to-undo' } });
			expect(await rootHashOf(effects)).toBe(first);
			for (const state of states.slice(1)) {
				expect((await weir.redo()).ok).toBe(true);
				expect(await look(effects)).toBe(state);
			}
			expect(await weir.redo()).toMatchObject({ error: { kind: 'nothing-to-redo' } });
			expect(await rootHashOf(effects)).toBe(last);
		}),
		{ numRuns: 1, seed: 3 }
	);
	expect([...kinds].sort()).toEqual(['edit', 'ingest', 'key', 'merge', 'restore', 'sql']);
}, 240_000);
