// Renames and removes documents: both can be undone.
import type { Document, DocumentKind } from '../core/document/document.ts';
import { ok, type Result } from '../core/result.ts';
import { parseDatasetName } from '../core/version/dataset-name.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';

export async function renameDocument(
	input: { readonly kind: DocumentKind; readonly name: string; readonly to: string },
	effects: Effects
): Promise<Result<Document, StoreFailure>> {
	const to = parseDatasetName(input.to);
	if (!to.ok) return to;
	const found = await findDocument(input.kind, input.name, effects);
	if (!found.ok) return found;
	const before = found.value.document;
	if (before.name === to.value) return ok(before);
	const after = { ...before, name: to.value };
	const kind = 'rename-document';
	const committed = await effects.store.commitDocument({ kind, before, after, made: null, atMs: effects.now() });
	return committed.ok ? ok(after) : committed;
}

/** Its versions stay stored as long as the removal can be undone, or a dataset was made by them. */
export async function removeDocument(
	input: { readonly kind: DocumentKind; readonly name: string },
	effects: Effects
): Promise<Result<Document, StoreFailure>> {
	const found = await findDocument(input.kind, input.name, effects);
	if (!found.ok) return found;
	const before = found.value.document;
	const kind = 'remove-document';
	const committed = await effects.store.commitDocument({ kind, before, after: null, made: null, atMs: effects.now() });
	return committed.ok ? ok(before) : committed;
}
