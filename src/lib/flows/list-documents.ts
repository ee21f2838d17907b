// The documents of a workspace with their texts, and the version of one that a text names.
import { documentHistory, type Document, type DocumentKind, type DocumentVersion } from '../core/document/document.ts';
import { err, ok, type Result } from '../core/result.ts';
import { resolveRef } from '../core/version/resolve-ref.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { upgradeWorkspace, type UpgradeEffects } from './upgrade-workspace.ts';

export type DocumentItem = {
	readonly document: Document;
	/** The head. */
	readonly version: DocumentVersion;
	/** Oldest first; the last is the head. */
	readonly history: readonly DocumentVersion[];
};

/** By kind and name; of one kind, when it is given. */
export async function listDocuments(
	kind: DocumentKind | null,
	effects: UpgradeEffects
): Promise<Result<readonly DocumentItem[], StoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const documents = await effects.store.documents();
	if (!documents.ok) return documents;
	const items: DocumentItem[] = [];
	for (const document of documents.value) {
		if (kind !== null && document.kind !== kind) continue;
		const versions = await effects.store.documentVersions(document.id);
		if (!versions.ok) return versions;
		const history = documentHistory(document.head, versions.value);
		const version = history.at(-1);
		if (!version) return err({ kind: 'storage-unavailable', reason: `the text of ${document.name} is missing` });
		items.push({ document, version, history });
	}
	return ok(items);
}

export async function findDocument(
	kind: DocumentKind,
	name: string,
	effects: UpgradeEffects
): Promise<Result<DocumentItem, StoreFailure>> {
	const items = await listDocuments(kind, effects);
	if (!items.ok) return items;
	const found = items.value.find(({ document }) => document.name.toLowerCase() === name.toLowerCase());
	return found ? ok(found) : err({ kind: 'unknown-document', document: kind, name, at: null });
}

/** `at` is `v2`, the start of an id, or a time. */
export function documentVersionAt(
	{ document, history }: DocumentItem,
	at: string
): Result<DocumentVersion, StoreFailure> {
	const id = resolveRef({ history, refs: {}, reached: history }, at);
	const version = history.find((one) => one.id === id);
	return version ? ok(version) : err({ kind: 'unknown-document', document: document.kind, name: document.name, at });
}
