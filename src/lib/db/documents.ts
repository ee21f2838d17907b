// Documents in the store: their swap within a commit, and what of them nothing reaches any more.
import { documentHistory, isDocumentOperation, type Document } from '#core/document/document.ts';
import type { DocumentVersionId } from '#core/ids.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

/** Compare and set: the document must stand as `from` says, and the new name must be free among its kind. */
export async function swapDocument(db: WorkspaceDb, from: Document | null, to: Document | null): Promise<void> {
	const id = from?.id ?? to?.id;
	if (id === undefined) return;
	const current = await db.documents.get(id);
	const stands = from === null ? !current : current?.name === from.name && current.head === from.head;
	if (!stands) throw new Refused({ kind: 'moved', name: from?.name ?? to?.name ?? '' });
	if (to) await putDocument(db, to);
	else await db.documents.delete(id);
}

export async function putDocument(db: WorkspaceDb, document: Document): Promise<void> {
	const { id, kind, name } = document;
	const key = `${kind}/${name.toLowerCase()}`;
	const holder = await db.documents.where('key').equals(key).first();
	if (holder && holder.id !== id) throw new Refused({ kind: 'document-taken', document: kind, name });
	await db.documents.put({ ...document, key });
}

/** Drops versions that neither a document, an operation, a verdict, nor a dataset made by them reaches. Inside a transaction over all tables. */
export async function dropUnreachedDocuments(db: WorkspaceDb): Promise<void> {
	const versions = await db.documentVersions.toArray();
	if (versions.length === 0) return;
	const heads = new Set<DocumentVersionId>();
	await db.documents.each(({ head }) => void heads.add(head));
	await db.operations.each((row) => {
		if (!isDocumentOperation(row)) return;
		for (const state of [row.before, row.after]) if (state) heads.add(state.head);
	});
	await db.versions.each(({ lineage }) => {
		if (lineage.recipe !== undefined) heads.add(lineage.recipe);
	});
	await db.verdicts.each(({ suiteVersion }) => {
		if (suiteVersion !== null) heads.add(suiteVersion);
	});
	const kept = new Set([...heads].flatMap((head) => documentHistory(head, versions)));
	await db.documentVersions.bulkDelete(versions.filter((version) => !kept.has(version)).map(({ id }) => id));
}
