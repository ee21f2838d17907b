// Documents: texts with a history, in one undo log, one backup and one garbage collection with the datasets.
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DocumentKind } from '#core/document/document.ts';
import type { Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import { verifyWorkspace } from '#lib/flows/verify-workspace.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(result.error.kind);
	return result.value;
}

const save = async (effects: TestEffects, name: string, text: string, kind: DocumentKind = 'recipe') =>
	value(await saveDocument({ kind, name, text }, effects));

async function texts(effects: TestEffects): Promise<readonly string[]> {
	const items = value(await createConsole(effects).documents());
	return items.map(({ kind, name, text, versionCount }) => `${kind} ${name}: ${text} (${versionCount})`);
}

/** As `commitTable`, by a recipe. */
async function makeBy(effects: TestEffects, name: string, text: string) {
	const { version } = await save(effects, name, text);
	const made = { ...lineage, operation: 'recipe' as const, recipe: version.id };
	const input = { name, onto: null, message: 'm', table: tableOf(text), rejects: null, lineage: made };
	value(await commitTable(input, effects));
	return version;
}

test('a save makes a version, a save without a change makes none, and kinds do not share names', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	expect(value(await weir.saveDocument('recipe', 'a', 'one')).isChanged).toBe(true);
	expect(value(await weir.saveDocument('recipe', 'A', 'one')).isChanged).toBe(false);
	await weir.saveDocument('recipe', 'a', 'two', { message: 'Say two' });
	await weir.saveDocument('report', 'a', 'prose');
	expect(await texts(effects)).toEqual(['recipe a: two (2)', 'report a: prose (1)']);
	const history = value(await weir.documentHistory('recipe', 'a'));
	expect(history.map(({ number, text, message }) => [number, text, message])).toEqual([
		[1, 'one', 'Write a'],
		[2, 'two', 'Say two']
	]);
	expect(value(await weir.document('recipe', 'a', 'v1')).text).toBe('one');
	expect(value(await weir.document('recipe', 'a', history[0]?.version.slice(0, 8))).number).toBe(1);
	value(await weir.restoreDocument('recipe', 'a', 'v1'));
	expect(await texts(effects)).toEqual(['recipe a: one (3)', 'report a: prose (1)']);
});

test('names are held to the rules of datasets, and what is not there is a failure that says so', async () => {
	const weir = createConsole(testEffects());
	expect(await weir.saveDocument('recipe', 'a@b', '')).toMatchObject({ error: { kind: 'invalid-name' } });
	await weir.saveDocument('recipe', 'a', '');
	await weir.saveDocument('recipe', 'b', '');
	expect(await weir.renameDocument('recipe', 'b', 'A')).toMatchObject({ error: { kind: 'document-taken' } });
	expect(await weir.document('suite', 'a')).toMatchObject({ error: { kind: 'unknown-document', at: null } });
	expect(await weir.document('recipe', 'a', 'v2')).toMatchObject({ error: { kind: 'unknown-document', at: 'v2' } });
	expect(await weir.saveDocument('novel' as never, 'a', '')).toMatchObject({ error: { kind: 'invalid-argument' } });
});

test('the text of a report has a history, is read as it was then, and is undone and redone', async () => {
	const weir = createConsole(testEffects());
	await weir.setAuthor('Ada');
	const [first, second] = ['# Weekly\n', '# Weekly\n\n{{ count(sales) }} sales.\n'];
	expect(await weir.saveDocument('report', 'weekly', first, { message: 'Begin' })).toMatchObject({ ok: true });
	expect(await weir.saveDocument('report', 'weekly', second, { message: 'Count' })).toMatchObject({ ok: true });
	expect(value(await weir.documentHistory('report', 'weekly')).map(({ number, message }) => [number, message])).toEqual(
		[
			[1, 'Begin'],
			[2, 'Count']
		]
	);
	const textAt = async (at?: string): Promise<string> => value(await weir.document('report', 'weekly', at)).text;
	expect([await textAt(), await textAt('v1')]).toEqual([second, first]);
	expect(value(await weir.undo())).toMatchObject({ kind: 'save-document', document: 'weekly' });
	expect(await textAt()).toBe(first);
	expect(value(await weir.redo())).toMatchObject({ kind: 'save-document', document: 'weekly' });
	expect(await textAt()).toBe(second);
	await weir.removeDocument('report', 'weekly');
	await weir.undo();
	expect(await textAt('v1')).toBe(first);
});

test('datasets and documents share one undo log, in the order things were done', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	await weir.saveDocument('recipe', 'r', 'one');
	await weir.ingest(new Blob(['x']), { name: 'd' });
	await weir.saveDocument('recipe', 'r', 'two');
	await weir.rename('d', 'e');
	await weir.renameDocument('recipe', 'r', 's');
	await weir.removeDocument('recipe', 's');
	const undone = [];
	for (let left = 6; left > 0; left--) undone.push(value(await weir.undo()));
	expect(undone.map(({ kind, dataset, document }) => [kind, dataset, document])).toEqual([
		['remove-document', '', 's'],
		['rename-document', '', 's'],
		['rename', 'e', ''],
		['save-document', '', 'r'],
		['create', 'd', ''],
		['create-document', '', 'r']
	]);
	expect(await weir.undo()).toMatchObject({ error: { kind: 'nothing-to-undo' } });
	for (let left = 5; left > 0; left--) value(await weir.redo());
	expect(await texts(effects)).toEqual(['recipe s: two (2)']);
	expect((await findDataset('e', effects)).ok).toBe(true);
});

test('what was undone goes with the next change, but not the text that a dataset was made by', async () => {
	const effects = testEffects();
	await makeBy(effects, 'a', 'one');
	await save(effects, 'b', 'two');
	await effects.store.undo();
	await save(effects, 'c', 'three');
	const weir = createConsole(effects);
	await weir.removeDocument('recipe', 'a');
	expect(await effects.db.documentVersions.count()).toBe(2);
	await effects.db.operations.clear();
	value(await weir.collect());
	const left = await effects.db.documentVersions.toArray();
	expect(left.map(({ text }) => text).sort()).toEqual(['one', 'three']);
});

test('a backup holds documents, and an empty workspace that takes it in is the same one', async () => {
	const effects = testEffects();
	const version = await makeBy(effects, 'a', 'one');
	await save(effects, 'a', 'two');
	const backup = value(await backUp({}, effects));
	const other = testEffects();
	const restored = value(await restoreBackup({ file: backup.file }, other));
	expect(restored).toMatchObject({ documentCount: 1, rootHash: backup.rootHash });
	expect(value(await backUp({}, other)).rootHash).toBe(backup.rootHash);
	expect(await texts(other)).toEqual(['recipe a: two (2)']);
	expect(value(await findDataset('a', other)).version.lineage.recipe).toBe(version.id);
	value(await other.store.undo());
	expect(await texts(other)).toEqual(['recipe a: one (1)']);
});

test('beside others, documents are restored under free names, and datasets still name the text they were made by', async () => {
	const effects = testEffects();
	await makeBy(effects, 'a', 'one');
	const backup = value(await backUp({}, effects));
	const other = testEffects();
	await save(other, 'a', 'mine');
	value(await restoreBackup({ file: backup.file }, other));
	expect(await texts(other)).toEqual(['recipe a: mine (1)', 'recipe a_2: one (1)']);
	const { lineage: made } = value(await findDataset('a', other)).version;
	const stored = await other.db.documentVersions.get(made.recipe ?? '');
	expect(stored?.text).toBe('one');
	expect(value(await verifyWorkspace({}, other)).damages).toEqual([]);
});

test('verify names a text that is not what it was', async () => {
	const effects = testEffects();
	const { version } = await save(effects, 'a', 'one');
	await effects.db.documentVersions.put({ ...version, text: 'forged' });
	expect(value(await verifyWorkspace({}, effects)).damages).toMatchObject([{ dataset: 'recipe a', what: 'document' }]);
});

test('whatever is done to documents, undo leads back step by step', async () => {
	const name = fc.constantFrom('a', 'b');
	const act = fc.oneof(
		fc.record({ kind: fc.constant('save' as const), name, text: fc.constantFrom('x', 'y', 'z') }),
		fc.record({ kind: fc.constant('rename' as const), name, to: fc.constantFrom('a', 'b', 'c') }),
		fc.record({ kind: fc.constant('remove' as const), name })
	);
	await fc.assert(
		fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
			const effects = testEffects();
			const weir = createConsole(effects);
			const states = [await texts(effects)];
			let count = 0;
			for (const one of acts) {
				if (one.kind === 'save') await weir.saveDocument('recipe', one.name, one.text);
				else if (one.kind === 'rename') await weir.renameDocument('recipe', one.name, one.to);
				else await weir.removeDocument('recipe', one.name);
				const operations = value(await effects.store.operations());
				if (operations.length > count) states.push(await texts(effects));
				count = operations.length;
			}
			for (const state of states.toReversed().slice(1)) {
				value(await weir.undo());
				expect(await texts(effects)).toEqual(state);
			}
		}),
		{ numRuns: 20 }
	);
});
