import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { err } from '#core/result.ts';
import { parseRefName } from '#core/version/ref-name.ts';
import { resolveRef } from '#core/version/resolve-ref.ts';
import { versionId } from '#core/ids.ts';
import { createConsole } from '#lib/flows/console.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { operationWords } from '#lib/state/operation-words.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

/** A dataset `people` with as many versions as texts. */
async function people(...texts: string[]): Promise<TestEffects> {
	const effects = testEffects();
	for (const text of texts) await commit(effects, text);
	return effects;
}

async function commit(effects: TestEffects, text: string): Promise<void> {
	const found = await findDataset('people', effects);
	const onto = found.ok ? found.value.dataset : null;
	const made = await commitTable(
		{ name: 'people', onto, message: text, table: tableOf(text), rejects: null, lineage },
		effects
	);
	if (!made.ok) throw new Error(made.error.kind);
}

async function messages(effects: TestEffects): Promise<readonly string[]> {
	const versions = await createConsole(effects).versions('people');
	return versions.ok ? versions.value.map(({ message }) => message) : [versions.error.kind];
}

test('a branch begins where it is told, takes the next versions, and leaves the others as they were', async () => {
	const effects = await people('one', 'two');
	const weir = createConsole(effects);
	expect(await weir.branch('people', 'clean-up', { at: 'v1' })).toMatchObject({
		ok: true,
		value: { branch: 'clean-up' }
	});
	await commit(effects, 'cleaned');
	expect(await messages(effects)).toEqual(['one', 'cleaned']);
	await weir.switchBranch('people', 'main');
	expect(await messages(effects)).toEqual(['one', 'two']);
	const refs = await weir.refs('people');
	expect(refs.ok && Object.keys(refs.value.branches).sort()).toEqual(['clean-up', 'main']);
});

test('undo takes back branch, switch and tag, and redo makes them again, to the same dataset', async () => {
	const effects = await people('one', 'two');
	const weir = createConsole(effects);
	const states: string[] = [];
	const note = async (): Promise<void> => {
		const { refs } = { refs: await weir.refs('people') };
		states.push(JSON.stringify(refs));
	};
	await note();
	await weir.branch('people', 'b');
	await note();
	await weir.tag('people', 't', { at: 'v1' });
	await note();
	await weir.switchBranch('people', 'main');
	await note();
	await weir.removeBranch('people', 'b');
	await note();
	await weir.removeTag('people', 't');
	await note();
	const forward = [...states];
	for (let step = 0; step < 5; step++) {
		expect((await weir.undo()).ok).toBe(true);
		expect(JSON.stringify(await weir.refs('people'))).toBe(forward[4 - step]);
	}
	for (let step = 0; step < 5; step++) expect((await weir.redo()).ok).toBe(true);
	expect(JSON.stringify(await weir.refs('people'))).toBe(forward[5]);
});

test('a version that only a branch or a tag names outlives the loss of its undo', async () => {
	const effects = await people('one', 'two');
	const weir = createConsole(effects);
	await weir.tag('people', 'kept');
	await weir.branch('people', 'other', { at: 'v1' });
	await weir.removeBranch('people', 'main');
	await weir.undo();
	await weir.undo();
	await weir.undo();
	// A new change drops what was undone: `two` is named by main alone again.
	await weir.tag('people', 'also');
	expect(await messages(effects)).toEqual(['one', 'two']);
	expect(await effects.db.versions.count()).toBe(2);
});

test('going back is a new version with the same rows and no new bytes', async () => {
	const effects = await people('one', 'two');
	const weir = createConsole(effects);
	const packs = await effects.db.packs.count();
	expect(await weir.restore('people', 'v1')).toMatchObject({ ok: true, value: { dataset: 'people' } });
	const versions = await weir.versions('people');
	if (!versions.ok) throw new Error(versions.error.kind);
	expect(versions.value.map(({ message }) => message)).toEqual(['one', 'two', 'Go back to v1: one']);
	expect(versions.value[2]?.contentHash).toBe(versions.value[0]?.contentHash);
	expect(versions.value[2]?.lineage).toMatchObject({ operation: 'restore', inputs: [versions.value[0]?.id] });
	expect(await effects.db.packs.count()).toBe(packs);
	await weir.undo();
	expect(await messages(effects)).toEqual(['one', 'two']);
});

test('names that are taken, unknown, open or no names are told apart', async () => {
	const weir = createConsole(await people('one'));
	expect(await weir.branch('people', 'MAIN')).toEqual(err({ kind: 'ref-taken', name: 'MAIN' }));
	expect(await weir.branch('people', 'v2')).toEqual(err({ kind: 'invalid-ref', name: 'v2', rule: 'reserved' }));
	expect(await weir.tag('people', 'a b')).toEqual(err({ kind: 'invalid-ref', name: 'a b', rule: 'letters' }));
	expect(await weir.tag('people', 't', { at: 'v9' })).toEqual(
		err({ kind: 'unknown-ref', dataset: 'people', name: 'v9' })
	);
	expect(await weir.switchBranch('people', 'x')).toEqual(err({ kind: 'unknown-ref', dataset: 'people', name: 'x' }));
	expect(await weir.switchBranch('people', 'main')).toMatchObject({ ok: true, value: { branch: 'main' } });
	expect(await weir.removeBranch('people', 'main')).toEqual(err({ kind: 'branch-open', name: 'main' }));
	expect(await weir.removeTag('people', 'constructor')).toMatchObject(err({ kind: 'unknown-ref' }));
	expect(await weir.restore('people', 'soon')).toEqual(err({ kind: 'unknown-ref', dataset: 'people', name: 'soon' }));
	expect(await weir.refs('nobody')).toEqual(err({ kind: 'unknown-dataset', name: 'nobody' }));
	expect(await weir.branch('people', 7 as never)).toMatchObject(err({ kind: 'invalid-argument', argument: 'branch' }));
});

test('a change of a dataset that another tab changed meanwhile is refused', async () => {
	const effects = await people('one');
	const [first, second] = [createConsole(effects), createConsole(effects)];
	const answers = await Promise.all([first.tag('people', 'a'), second.tag('people', 'b')]);
	expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.kind)).sort()).toEqual(['moved', 'ok']);
});

test('what an operation was is said in words', async () => {
	const effects = await people('one');
	const weir = createConsole(effects);
	await weir.branch('people', 'b');
	await weir.switchBranch('people', 'main');
	await weir.removeBranch('people', 'b');
	await weir.tag('people', 't');
	const operations = await effects.store.operations();
	expect(operations.ok && operations.value.map(operationWords)).toEqual([
		'add people',
		'add branch b to people',
		'switch people to main',
		'remove branch b of people',
		'add tag t to people'
	]);
});

test('a name that a branch may have is never taken for a number, an id or a time', () => {
	const history = [{ id: versionId('a'.repeat(43)), createdAtMs: 0 }];
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 70 }), (name) => {
			if (!parseRefName(name).ok) return;
			const id = versionId('meant');
			expect(resolveRef({ history, refs: { [name]: id }, reached: history }, name)).toBe(id);
		}),
		{ numRuns: 2000 }
	);
});
