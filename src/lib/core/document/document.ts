// What a document is: a named text with a history. Recipes, pipelines, suites, alerts and reports are documents; what their texts say is
// none of this file's business.
import type { DocumentId, DocumentVersionId } from '../ids.ts';

export const documentKinds = ['recipe', 'pipeline', 'suite', 'alert', 'report'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export type Document = {
	readonly id: DocumentId;
	readonly kind: DocumentKind;
	readonly name: string;
	readonly head: DocumentVersionId;
	readonly createdAtMs: number;
};

export type DocumentVersion = {
	/** Keyed hash of the rest's canonical bytes. */
	readonly id: DocumentVersionId;
	readonly document: DocumentId;
	readonly parents: readonly DocumentVersionId[];
	readonly text: string;
	readonly message: string;
	/** UTC epoch; for display only, never for order. */
	readonly createdAtMs: number;
};

/** What a person did to a document; undo puts `before` back, redo `after`, in one log with what was done to datasets. */
export type DocumentOperation = {
	readonly seq: number;
	readonly kind: 'create-document' | 'save-document' | 'rename-document' | 'remove-document';
	readonly before: Document | null;
	readonly after: Document | null;
	readonly undone: boolean;
	readonly atMs: number;
};

export function isDocumentOperation(operation: { readonly kind: string }): operation is DocumentOperation {
	return operation.kind.endsWith('-document');
}

export function isDocumentKind(text: unknown): text is DocumentKind {
	return documentKinds.some((kind) => kind === text);
}

/** Oldest first, the head last; `v1` is the first. */
export function documentHistory(
	head: DocumentVersionId,
	versions: readonly DocumentVersion[]
): readonly DocumentVersion[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const chain = new Set<DocumentVersion>();
	for (let at = byId.get(head); at && !chain.has(at); at = byId.get(at.parents[0] ?? at.id)) chain.add(at);
	return [...chain].reverse();
}
