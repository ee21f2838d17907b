// Saves a text as a document, or as the next version of one. A text that did not change makes no version.
import type { Document, DocumentKind, DocumentVersion } from '../core/document/document.ts';
import { encodeCanonical } from '../core/encoding.ts';
import { documentId, documentVersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { parseDatasetName } from '../core/version/dataset-name.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { documentVersionAt, findDocument } from './list-documents.ts';

export type SavedDocument = {
	readonly document: Document;
	readonly version: DocumentVersion;
	readonly isChanged: boolean;
};

export async function saveDocument(
	input: {
		readonly kind: DocumentKind;
		readonly name: string;
		readonly text: string;
		readonly message?: string | undefined;
	},
	effects: Effects
): Promise<Result<SavedDocument, StoreFailure>> {
	const name = parseDatasetName(input.name);
	if (!name.ok) return name;
	const found = await findDocument(input.kind, input.name, effects);
	if (!found.ok && found.error.kind !== 'unknown-document') return found;
	const { document: before, version: head } = found.ok ? found.value : { document: null, version: null };
	if (before && head?.text === input.text) return ok({ document: before, version: head, isChanged: false });
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const atMs = effects.now();
	const id = before?.id ?? documentId(effects.randomId());
	const version = await nameDocumentVersion(
		{
			document: id,
			parents: before ? [before.head] : [],
			text: input.text,
			message: input.message ?? (before ? `Change ${name.value}` : `Write ${name.value}`),
			createdAtMs: atMs
		},
		key.value,
		effects
	);
	const after: Document = before
		? { ...before, head: version.id }
		: { id, kind: input.kind, name: name.value, head: version.id, createdAtMs: atMs };
	const committed = await effects.store.commitDocument({
		kind: before ? 'save-document' : 'create-document',
		before,
		after,
		made: version,
		atMs
	});
	return committed.ok ? ok({ document: after, version, isChanged: true }) : committed;
}

/** A new version with the text of an older one. */
export async function restoreDocument(
	{ kind, name, at }: { readonly kind: DocumentKind; readonly name: string; readonly at: string },
	effects: Effects
): Promise<Result<SavedDocument, StoreFailure>> {
	const found = await findDocument(kind, name, effects);
	if (!found.ok) return found;
	const version = documentVersionAt(found.value, at);
	if (!version.ok) return version;
	return saveDocument({ kind, name, text: version.value.text, message: `Go back to ${at}` }, effects);
}

export async function nameDocumentVersion(
	content: Omit<DocumentVersion, 'id'>,
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash'>
): Promise<DocumentVersion> {
	return { ...content, id: documentVersionId(await effects.keyedHash(key, encodeCanonical(content))) };
}
