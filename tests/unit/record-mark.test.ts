// Whatever changes a record leaves another mark, and nothing else does; and a sync reads no record where the mark is as it was.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import type { RecordKind } from '#lib/db/record-kinds/kind.ts';
import { recordTables } from '#lib/db/record-mark.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createConsole } from '#lib/flows/console.ts';
import { testEffects, type TestEffects } from './effects.ts';
import { inStep, oneDevice } from './sync-two.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(result.error.kind);
	return result.value;
}

const markOf = async ({ sync }: TestEffects): Promise<string> => value(await sync.rows.records.standing()).mark;

test('every table that a kind of record is read from is marked, however it is changed', async () => {
	const effects = testEffects({}, `marks-${Date.now()}`);
	const { db } = effects;
	const kinds = effects.sync.rows.records.rules as readonly RecordKind[];
	const read = new Set(kinds.flatMap((kind) => kind.tables(db).map(({ name }) => name)));
	// Written to by what a sync changes, and read by none.
	read.delete('operations');
	expect([...recordTables].sort()).toEqual([...read].sort());
	for (const name of recordTables) {
		const table = db.table(name);
		const { keyPath } = table.schema.primKey;
		const row = Object.fromEntries([keyPath ?? []].flat().map((path) => [path, path === 'seq' ? 7 : 'x']));
		const marks = [await markOf(effects)];
		for (const change of [
			() => table.put(row),
			() => table.toCollection().modify({ changed: true }),
			() => table.clear(),
			() => db.transaction('rw', table, async () => void (await table.bulkPut([row, row])))
		]) {
			await change();
			marks.push(await markOf(effects));
		}
		expect(new Set(marks).size, name).toBe(5);
		await db
			.transaction('rw', table, async (transaction) => {
				await table.put({ ...row, more: 1 });
				transaction.abort();
			})
			.catch(() => undefined);
		await table.toArray();
		await db.settings.put({ key: 'other', value: 1 });
		expect(await markOf(effects), name).toBe(marks.at(-1));
	}
});

test('a sync reads no record where none changed, and those of another tab are noticed', async () => {
	const save = async (effects: TestEffects, text: string) =>
		value(await createConsole(effects).saveDocument('recipe', 'clean', text));
	const { one } = await oneDevice((effects) => save(effects, 'first').then(() => undefined));
	const { records } = one.sync.rows;
	const [local, changes] = [records.local.bind(records), records.changes.bind(records)];
	let reads = 0;
	Object.assign(records, {
		local: (kinds?: readonly string[]) => {
			if (!kinds) reads++;
			return local(kinds);
		},
		changes: (since: string) => {
			reads++;
			return changes(since);
		}
	});
	const readsOf = async (work: () => Promise<unknown>): Promise<number> => {
		reads = 0;
		await work();
		return reads;
	};
	expect(await readsOf(() => inStep(one, one))).toBe(0);
	expect(await readsOf(() => createConsole(one).syncState())).toBe(0);
	await save(one, 'second');
	expect(await readsOf(() => createConsole(one).syncState())).toBe(1);
	expect(await readsOf(() => inStep(one))).toBeGreaterThan(0);
	expect(await readsOf(() => inStep(one))).toBe(0);
	const tab = new WorkspaceDb(one.db.name);
	await tab.documents.toCollection().modify({ name: 'cleaner' });
	tab.close();
	const state = value(await createConsole(one).syncState());
	expect(state).toMatchObject({ records: { waiting: [{ what: 'recipe', count: 1 }] } });
	expect(await readsOf(() => inStep(one))).toBeGreaterThan(0);
	// What a tab of an older Weir changed has no mark: once a day all is looked at.
	const { now } = one;
	Object.assign(one, { now: () => now() + 25 * 3_600_000 });
	expect(await readsOf(() => inStep(one))).toBe(1);
	expect(await readsOf(() => inStep(one))).toBe(0);
});
