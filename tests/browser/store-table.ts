// Stores a written table under a version's id, as a commit would.
import { datasetId, packId, type VersionId } from '#core/ids.ts';
import { VERSION_FORMAT } from '#core/version/version.ts';
import { makeIdKey } from '#lib/crypto/hash.ts';
import type { WorkspaceDb } from '#lib/db/schema.ts';
import { createCutter } from '#workers/cutter/cutter.ts';
import type { WrittenTable } from '#workers/engine/api.ts';

const key = makeIdKey();

export async function storeTable(db: WorkspaceDb, id: VersionId, table: WrittenTable): Promise<void> {
	const cut = await createCutter().cut(
		table.files.map(({ blob }) => blob),
		await key
	);
	if (!cut.ok) throw new Error(JSON.stringify(cut.error));
	const { tree, segments, parts } = cut.value;
	await db.packs.bulkPut(
		parts.map(({ id: part, file, startByte, sizeBytes }) => ({
			id: packId(part),
			blob: file.slice(startByte, startByte + sizeBytes)
		}))
	);
	await db.places.bulkPut(
		parts.map(({ id: part, sizeBytes }) => ({
			id: part,
			pieces: [{ pack: packId(part), startByte: 0, sizeBytes }]
		}))
	);
	await db.segments.bulkPut([...segments]);
	await db.versions.put({
		format: VERSION_FORMAT,
		id,
		dataset: datasetId('events'),
		parents: [],
		message: '',
		createdAtMs: 0,
		schema: table.schema,
		statistics: table.statistics,
		table: tree,
		rejects: null,
		lineage: { operation: 'sql', source: null, options: null, sql: '', inputs: [], engine: '' },
		contentHash: ''
	});
}
