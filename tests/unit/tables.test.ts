// Tables are read back in one transaction, however many looks that takes.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { versionId } from '#core/ids.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { readTable } from '#lib/db/tables.ts';
import { storeTable } from '../browser/store-table.ts';
import { parquetOf } from './parquet.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Two segments of the columns `c0` and `c1`. */
async function store(db: WorkspaceDb, id: string, ...texts: readonly [string, string, string, string]): Promise<void> {
	const [a, b, c, d] = texts;
	const blob = parquetOf([
		[bytes(a), bytes(b)],
		[bytes(c), bytes(d)]
	]);
	const schema = ['c0', 'c1'].map((name) => ({ name, type: 'BIGINT' }));
	await storeTable(db, versionId(id), { schema, statistics: [], rowCount: 4, files: [{ rowCount: 4, blob }] });
}

test('columns of two versions are read beside each other', async () => {
	const db = new WorkspaceDb('weir-tables');
	await store(db, 'from', 'key-1', 'old-1', 'key-2', 'old-2');
	await store(db, 'to', 'key-1', 'new-1', 'key-2', 'new-2');
	const columns = [
		{ from: 'kept', column: 1, name: 'f' },
		{ from: 'written', column: 1, name: 't' }
	] as const;
	const beside = { version: versionId('from'), segments: [0, 1], columns };
	const read = await readTable(db, { version: versionId('to'), rows: 'data', segments: [0, 1], beside });
	expect(read.ok && (await read.value.file?.text())).toContain('old-1new-1old-2new-2');
});
