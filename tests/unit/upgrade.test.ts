// A workspace of format 1 opens for ever: its rows, names, history and undo are what they were.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import Dexie from 'dexie';
import { expect, test } from 'vitest';
import { parseParquet, TRAILER_BYTES, footerLength } from '#core/parquet/parquet-file.ts';
import { undo } from '#lib/flows/change-dataset.ts';
import { listDatasets } from '#lib/flows/list-datasets.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { readTable } from '#lib/db/tables.ts';
import type { Dataset } from '#core/version/version.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

let workspaces = 0;

type Row = { readonly id: string; readonly base64: string };
type Dump = { readonly idKey: string; readonly parts: readonly Row[] } & Record<
	'versions' | 'datasets' | 'operations' | 'profiles' | 'settings',
	readonly never[]
>;
const dump = JSON.parse(readFileSync(new URL('../vectors/format-1.json', import.meta.url), 'utf8')) as Dump;
const bytesOf = ({ base64 }: Pick<Row, 'base64'>): Uint8Array<ArrayBuffer> =>
	new Uint8Array(Buffer.from(base64, 'base64'));

async function oldWorkspace(): Promise<TestEffects> {
	const name = `weir-format-1-${workspaces++}`;
	const db = new Dexie(name);
	db.version(1).stores({
		parts: 'id',
		versions: 'id, dataset',
		datasets: 'id, &key',
		operations: '++seq',
		profiles: '[version+column], version',
		settings: 'key'
	});
	const key = await crypto.subtle.importKey(
		'raw',
		bytesOf({ base64: dump.idKey }),
		{ name: 'HMAC', hash: 'SHA-256' },
		true,
		['sign']
	);
	await db.table('parts').bulkPut(dump.parts.map((row) => ({ id: row.id, blob: new Blob([bytesOf(row)]) })));
	for (const table of ['versions', 'datasets', 'operations', 'profiles', 'settings'] as const)
		await db.table(table).bulkPut([...dump[table]]);
	await db.table('settings').put({ key: 'id-key', value: key });
	db.close();
	return testEffects({}, name);
}

/** Row counts of a file's row groups, by its footer. */
async function groupsOf(file: Blob | null): Promise<readonly number[]> {
	const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
	const end = bytes.length - TRAILER_BYTES;
	const length = footerLength(bytes.subarray(end)) ?? 0;
	return parseParquet(bytes.subarray(end - length, end)).groups.map(({ rowCount }) => rowCount);
}

test('what format 1 stored is listed, read, committed onto, and undone', async () => {
	const effects = await oldWorkspace();
	const listed = await listDatasets(effects);
	if (!listed.ok) throw new Error(listed.error.kind);
	const [item] = listed.value;
	expect(item?.history.map(({ message, format, table }) => [message, format, table.rowCount])).toEqual([
		['Import names.csv', 2, 500],
		['Halve', 2, 500]
	]);
	const [first, second] = item?.history ?? [];
	if (!first || !second || !item) throw new Error('two versions');
	expect(second.parents).toEqual([first.id]);
	expect(second.lineage.inputs).toEqual([first.id]);
	expect(first.rejects?.rowCount).toBe(1);
	expect(await effects.db.parts.count()).toBe(0);
	expect(await effects.db.versions.count()).toBe(2);
	const read = await readTable(effects.db, { version: first.id, rows: 'data' });
	expect(read.ok && (await groupsOf(read.value.file))).toEqual([300, 200]);
	expect(await effects.store.profiles(second.id)).toMatchObject({ ok: true, value: [{ column: 'id' }] });

	const next = { name: 'names', onto: item.dataset, message: 'm', table: tableOf('more'), rejects: null, lineage };
	expect((await commitTable(next, effects)).ok).toBe(true);
	const refs = ({ dataset }: { dataset: Dataset }) => [dataset.branch, dataset.branches, dataset.tags];
	expect(listed.value.map(refs)).toEqual([['main', {}, {}]]);
	for (const left of ['names:2', 'names:1', 'nams:1', '']) {
		expect((await undo(effects)).ok).toBe(true);
		const now = await listDatasets(effects);
		expect(now.ok && now.value.map(({ dataset, history }) => `${dataset.name}:${history.length}`).join()).toBe(left);
	}
});

test('an upgrade that is interrupted begins again; a damaged file leaves everything as it was', async () => {
	const effects = await oldWorkspace();
	const { upgrade } = effects;
	const broken = { ...effects, upgrade: { ...upgrade, replace: () => Promise.reject(new Error('killed')) } };
	await expect(listDatasets(broken)).rejects.toThrow('killed');
	expect(await effects.db.parts.count()).toBe(4);
	const whole = await effects.db.parts.toArray();
	await effects.db.parts.put({ id: whole[0]?.id ?? '', blob: new Blob(['gone']) });
	expect(await listDatasets(effects)).toMatchObject({ ok: false, error: { kind: 'storage-unavailable' } });
	expect(await effects.db.versions.toArray()).toEqual(dump.versions);
	await effects.db.parts.bulkPut(whole);
	expect(await listDatasets(effects)).toMatchObject({ ok: true, value: [{ dataset: { name: 'names' } }] });
});
