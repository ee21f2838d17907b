// Workspaces that earlier formats stored open for ever: everything in them is what it was named for.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { undo } from '#lib/flows/change-dataset.ts';
import { listDatasets } from '#lib/flows/list-datasets.ts';
import { verifyWorkspace } from '#lib/flows/verify-workspace.ts';
import { readTable } from '#lib/db/tables.ts';
import { importIdKey } from '#lib/crypto/hash.ts';
import { testEffects, type TestEffects } from './effects.ts';

type Stored = null | boolean | number | string | readonly Stored[] | { readonly [key: string]: Stored };
type Vector = { readonly idKey: string } & Readonly<Record<Table, readonly Stored[]>>;
const tables = ['packs', 'places', 'segments', 'versions', 'datasets', 'operations', 'profiles', 'settings'] as const;
type Table = (typeof tables)[number];

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64, 'base64'));

/** `{ base64 }` is bytes; a pack's are a Blob's. */
function revive(value: Stored, key = ''): unknown {
	if (Array.isArray(value)) return value.map((member: Stored) => revive(member));
	if (value === null || typeof value !== 'object') return value;
	const base64 = 'base64' in value ? value['base64'] : null;
	if (typeof base64 === 'string') return key === 'blob' ? new Blob([bytesOf(base64)]) : bytesOf(base64);
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revive(inner, name)]));
}

async function opened(format: number): Promise<TestEffects> {
	const text = readFileSync(new URL(`../vectors/format-${format}.json`, import.meta.url), 'utf8');
	const vector = JSON.parse(text) as Vector;
	const effects = testEffects();
	for (const table of tables) await effects.db.table(table).bulkPut(vector[table].map((row) => revive(row)));
	await effects.db.settings.put({ key: 'id-key', value: await importIdKey(bytesOf(vector.idKey)) });
	return effects;
}

const summary = async (effects: TestEffects) => {
	const listed = await listDatasets(effects);
	if (!listed.ok) throw new Error(listed.error.kind);
	return listed.value.map(({ dataset, version, history }) => ({
		name: dataset.name,
		branch: dataset.branch,
		refs: [...Object.keys(dataset.branches), ...Object.keys(dataset.tags)],
		key: version.primaryKey,
		formats: history.map(({ format }) => format),
		rows: history.map(({ table }) => table.rowCount)
	}));
};

test('what format 2 stored is listed, whole and read, and undone', async () => {
	const effects = await opened(2);
	expect(await summary(effects)).toEqual([
		{
			name: 'orders',
			branch: 'what-if',
			refs: ['main', 'first'],
			key: ['id'],
			formats: [2, 2, 2, 2],
			rows: [299, 299, 299, 299]
		}
	]);
	const verified = await verifyWorkspace({}, effects);
	expect(verified.ok && [verified.value.versionCount, verified.value.damages]).toEqual([4, []]);
	const [version] = await effects.db.versions.toArray();
	const read = version && (await readTable(effects.db, { version: version.id, rows: 'data' }));
	expect(read?.ok && read.value.file?.size).toBeGreaterThan(1000);
	for (let step = 0; step < 3; step++) expect((await undo(effects)).ok).toBe(true);
	expect((await summary(effects))[0]?.rows).toEqual([299, 299]);
});

test('what format 3 stored is listed, whole and read with its patches, and undone', async () => {
	const effects = await opened(3);
	expect(await summary(effects)).toEqual([
		{
			name: 'orders',
			branch: 'main',
			refs: ['changed'],
			key: undefined,
			formats: [2, 2, 3, 3],
			rows: [800, 800, 796, 795]
		}
	]);
	const verified = await verifyWorkspace({}, effects);
	expect(verified.ok && [verified.value.versionCount, verified.value.damages]).toEqual([4, []]);
	const listed = await listDatasets(effects);
	const version = listed.ok ? listed.value[0]?.version : undefined;
	const read = version && (await readTable(effects.db, { version: version.id, rows: 'data' }));
	expect(read?.ok && read.value.patches?.segments).toEqual([{ rowCount: 795, baseRows: 800, patchRows: 6 }]);
	expect(read?.ok && read.value.patches?.file?.size).toBeGreaterThan(100);
	for (let step = 0; step < 3; step++) expect((await undo(effects)).ok).toBe(true);
	expect((await summary(effects))[0]?.rows).toEqual([800, 800]);
});
