// What a document is: a named text with a history. Recipes, pipelines, suites, alerts, reports, connections and queries are documents; what their texts say is
// none of this file's business.
import type { DocumentId, DocumentVersionId } from '../ids.ts';

export const documentKinds = ['recipe', 'pipeline', 'suite', 'alert', 'report', 'connection', 'query'] as const;
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
	readonly kind: 'create-document' | 'save-document' | 'rename-document' | 'remove-document' | 'sync-document';
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

/** Oldest first, the head last; `v1` is the first. A version has two parents where two devices went on with one. */
export function documentHistory(
	head: DocumentVersionId,
	versions: readonly DocumentVersion[]
): readonly DocumentVersion[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const ordered = new Set<DocumentVersion>();
	const begun = new Set<DocumentVersion>();
	// Parents before children, the first parent's line before what two devices did beside it.
	const open = [byId.get(head)];
	while (open.length > 0) {
		const at = open.at(-1);
		const parents = at && !begun.has(at) ? at.parents.map((id) => byId.get(id)) : [];
		if (at) begun.add(at);
		const next = parents.filter((parent) => parent !== undefined && !begun.has(parent));
		if (next.length > 0) open.push(...next.reverse());
		else {
			if (at) ordered.add(at);
			open.pop();
		}
	}
	return [...ordered];
}
