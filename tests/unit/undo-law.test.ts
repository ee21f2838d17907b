// Whatever was done is undone step by step to where it began, and redone to where it ended.
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConsole } from '#lib/flows/console.ts';
import { testEffects, type TestEffects } from './effects.ts';

const names = ['a', 'b', 'c'] as const;
const refs = ['x', 'y', 'main'] as const;
const name = fc.constantFrom(...names);
const ref = fc.constantFrom(...refs);

type Step = (weir: ReturnType<typeof createConsole>) => Promise<{ readonly ok: boolean }>;

const step: fc.Arbitrary<Step> = fc.oneof(
	fc.tuple(name, fc.nat(1000)).map(
		([dataset, text]): Step =>
			(weir) =>
				weir.ingest(new Blob([`${text}`]), { name: dataset })
	),
	fc.tuple(name, fc.nat(1000)).map(
		([dataset, text]): Step =>
			(weir) =>
				weir.ingest(new File([], `${text}.csv`), { into: dataset, mode: 'replace' })
	),
	fc.tuple(name, name).map(
		([dataset, to]): Step =>
			(weir) =>
				weir.rename(dataset, to)
	),
	name.map(
		(dataset): Step =>
			(weir) =>
				weir.remove(dataset)
	),
	fc.tuple(name, ref).map(
		([dataset, branch]): Step =>
			(weir) =>
				weir.branch(dataset, branch)
	),
	fc.tuple(name, ref).map(
		([dataset, branch]): Step =>
			(weir) =>
				weir.switchBranch(dataset, branch)
	),
	fc.tuple(name, ref).map(
		([dataset, branch]): Step =>
			(weir) =>
				weir.removeBranch(dataset, branch)
	),
	fc.tuple(name, ref).map(
		([dataset, tag]): Step =>
			(weir) =>
				weir.tag(dataset, tag, { at: 'v1' })
	),
	fc.tuple(name, ref).map(
		([dataset, tag]): Step =>
			(weir) =>
				weir.removeTag(dataset, tag)
	),
	name.map(
		(dataset): Step =>
			(weir) =>
				weir.restore(dataset, 'v1')
	)
);

/** Datasets with their branches and tags, and what each version that they name holds. */
async function look({ store }: TestEffects): Promise<string> {
	const datasets = await store.datasets();
	if (!datasets.ok) throw new Error(datasets.error.kind);
	const versions = [];
	for (const { id } of datasets.value) {
		const stored = await store.versions(id);
		if (!stored.ok) throw new Error(stored.error.kind);
		const named = datasets.value.flatMap(({ head, branches, tags }) => [
			head,
			...Object.values(branches),
			...Object.values(tags)
		]);
		versions.push(stored.value.filter((version) => named.includes(version.id)).map((version) => version.contentHash));
	}
	const sorted = (record: Readonly<Record<string, string>>) => Object.entries(record).sort();
	return JSON.stringify([
		datasets.value.map((one) => [one.id, one.name, one.head, one.branch, sorted(one.branches), sorted(one.tags)]),
		versions
	]);
}

test('200 random operations, then 200 undos, then as many redos', async () => {
	let longest = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 200, maxLength: 200 }), async (steps) => {
			const effects = testEffects();
			const weir = createConsole(effects);
			const states = [await look(effects)];
			for (const take of steps) {
				const operations = await effects.store.operations();
				await take(weir);
				const now = await effects.store.operations();
				// Refused steps, and those that had nothing to do, are no operations.
				if (operations.ok && now.ok && now.value.length > operations.value.length) states.push(await look(effects));
			}
			longest = Math.max(longest, states.length - 1);
			for (const state of states.toReversed().slice(1)) {
				expect((await weir.undo()).ok).toBe(true);
				expect(await look(effects)).toBe(state);
			}
			expect(await weir.undo()).toMatchObject({ error: { kind: 'nothing-to-undo' } });
			for (const state of states.slice(1)) {
				expect((await weir.redo()).ok).toBe(true);
				expect(await look(effects)).toBe(state);
			}
			expect(await weir.redo()).toMatchObject({ error: { kind: 'nothing-to-redo' } });
		}),
		{ numRuns: 3, seed: 3 }
	);
	expect(longest).toBeGreaterThan(50);
});
