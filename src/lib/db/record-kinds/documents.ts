// Documents as records: the document, its texts, and the device on which it does something by itself. What a sync does to a document
// is an operation of its own, and so can be undone.
import type { Document, DocumentVersion } from '#core/document/document.ts';
import type { Encodable } from '#core/encoding.ts';
import { documentId, documentVersionId } from '#core/ids.ts';
import { DOCUMENT, HOME, TEXT } from '#core/sync/merge-documents.ts';
import { documentRule, homeRule, textRule } from '#core/sync/record-rules.ts';
import { piecesOfKey, recordKey } from '#core/sync/record-value.ts';
import { putDocument } from '../documents.ts';
import type { HomeRow, WorkspaceDb } from '../schema.ts';
import type { RecordKind } from './kind.ts';

const idIn = (key: string): ReturnType<typeof documentId> => documentId(piecesOfKey(key)[0] ?? '');

export const documentRecords: RecordKind = {
	...documentRule,
	tables: (db) => [db.documents, db.operations],
	read: async (db) => (await db.documents.toArray()).map((row) => [recordKey(DOCUMENT, row.id), valueOf(row)]),
	get: async (db, key) => {
		const row = await db.documents.get(idIn(key));
		return row ? valueOf(row) : null;
	},
	put: async (db, key, value, atMs) => {
		const after: Document = { id: idIn(key), ...(value as Omit<Document, 'id'>) };
		await operate(db, after.id, after, atMs);
	},
	drop: (db, key, atMs) => operate(db, idIn(key), null, atMs),
	// Two that exchange their names take them one after another.
	ready: async (db, keys) => {
		await db.documents
			.where('id')
			.anyOf(keys.map(idIn))
			.modify((row) => {
				Object.assign(row, { key: `\u0000${row.id}` });
			});
	}
};

function valueOf({ kind, name, head, createdAtMs }: Document): Omit<Document, 'id'> {
	return { kind, name, head, createdAtMs };
}

async function operate(db: WorkspaceDb, id: Document['id'], after: Document | null, atMs: number): Promise<void> {
	const row = await db.documents.get(id);
	const before = row ? { id, ...valueOf(row) } : null;
	if (after) await putDocument(db, after);
	else await db.documents.delete(id);
	await db.operations.add({ kind: 'sync-document', before, after, undone: false, atMs });
}

export const textRecords: RecordKind = {
	...textRule,
	tables: (db) => [db.documentVersions],
	read: async (db) =>
		(await db.documentVersions.toArray()).map(({ id, ...content }) => [recordKey(TEXT, content.document, id), content]),
	get: async (db, key) => {
		const row = await db.documentVersions.get(piecesOfKey(key)[1] ?? '');
		return row ? contentOf(row) : null;
	},
	put: async (db, key, value) => {
		const id = documentVersionId(piecesOfKey(key)[1] ?? '');
		await db.documentVersions.put({ id, ...(value as Omit<DocumentVersion, 'id'>) });
	},
	drop: (db, key) => db.documentVersions.delete(piecesOfKey(key)[1] ?? '')
};

function contentOf({ id: _id, ...content }: DocumentVersion): Encodable {
	return content;
}

export const homeRecords: RecordKind = {
	...homeRule,
	tables: (db) => [db.documentHomes],
	read: async (db) =>
		(await db.documentHomes.toArray()).map(({ document, ...home }) => [recordKey(HOME, document), home]),
	get: async (db, key) => {
		const row = await db.documentHomes.get(idIn(key));
		if (!row) return null;
		const { document: _document, ...home } = row;
		return home;
	},
	put: async (db, key, value) => {
		await db.documentHomes.put({ document: idIn(key), ...(value as Omit<HomeRow, 'document'>) });
	},
	drop: (db, key) => db.documentHomes.delete(idIn(key))
};
