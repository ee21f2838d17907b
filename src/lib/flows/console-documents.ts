// The console's verbs for documents: recipes, pipelines, suites and reports as texts with a history.
import { documentKinds, isDocumentKind, type Document, type DocumentVersion } from '../core/document/document.ts';
import { ok } from '../core/result.ts';
import { removeDocument, renameDocument } from './change-document.ts';
import type { DocumentConsole, DocumentFacts, DocumentVersionFacts } from './console-document-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { documentVersionAt, findDocument, listDocuments, type DocumentItem } from './list-documents.ts';
import { restoreDocument, saveDocument, type SavedDocument } from './save-document.ts';

type DocumentVerb =
	| 'saveDocument'
	| 'documents'
	| 'document'
	| 'documentHistory'
	| 'restoreDocument'
	| 'renameDocument'
	| 'removeDocument';

const kindNames = documentKinds.join(', ');

export function documentVerbs(effects: Effects): Pick<DocumentConsole, DocumentVerb> {
	return {
		saveDocument: async (kind, name, text, options = {}) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof text !== 'string') return invalid('text', 'the text of the document');
			const saved = await saveDocument({ kind, name, text, message: options.message }, effects);
			return saved.ok ? ok(savedFacts(saved.value)) : saved;
		},
		documents: async (kind) => {
			if (kind !== undefined && !isDocumentKind(kind)) return invalid('kind', kindNames);
			const items = await listDocuments(kind ?? null, effects);
			return items.ok ? ok(items.value.map((item) => documentFacts(item, item.version))) : items;
		},
		document: async (kind, name, at) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (at !== undefined && typeof at !== 'string') return invalid('at', 'v2, the start of an id, or a time');
			const found = await findDocument(kind, name, effects);
			if (!found.ok) return found;
			const version = at === undefined ? ok(found.value.version) : documentVersionAt(found.value, at);
			return version.ok ? ok(documentFacts(found.value, version.value)) : version;
		},
		documentHistory: async (kind, name) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			const found = await findDocument(kind, name, effects);
			return found.ok ? ok(found.value.history.map((one, at) => versionFacts(one, at + 1))) : found;
		},
		restoreDocument: async (kind, name, at) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof at !== 'string') return invalid('at', 'v2, the start of an id, or a time');
			const restored = await restoreDocument({ kind, name, at }, effects);
			return restored.ok ? ok(savedFacts(restored.value)) : restored;
		},
		renameDocument: async (kind, name, to) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof to !== 'string') return invalid('to', 'the new name');
			const renamed = await renameDocument({ kind, name, to }, effects);
			return renamed.ok ? ok(plain(renamed.value)) : renamed;
		},
		removeDocument: async (kind, name) => {
			if (!isDocumentKind(kind)) return invalid('kind', kindNames);
			if (typeof name !== 'string') return invalid('name', 'a name');
			const removed = await removeDocument({ kind, name }, effects);
			return removed.ok ? ok(plain(removed.value)) : removed;
		}
	};
}

function plain({ kind, name }: Document): Pick<Document, 'kind' | 'name'> {
	return { kind, name };
}

function savedFacts({ document, version, isChanged }: SavedDocument) {
	return { ...plain(document), version: version.id, isChanged };
}

export function documentFacts({ document, history }: DocumentItem, version: DocumentVersion): DocumentFacts {
	const number = history.findIndex(({ id }) => id === version.id) + 1;
	return { ...plain(document), ...versionFacts(version, number), versionCount: history.length };
}

function versionFacts({ id, text, message, createdAtMs }: DocumentVersion, number: number): DocumentVersionFacts {
	return { version: id, number, text, message, createdAtMs };
}
