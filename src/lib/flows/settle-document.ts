// Settles a document that two devices changed at one time: either text stands from now on, the other stays in its history.
import type { DocumentKind } from '../core/document/document.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { otherText } from '../core/sync/merge-documents.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';
import { nameDocumentVersion, type SavedDocument } from './save-document.ts';

/** A new version, and so it can be undone. `take` is the text that stands now, or the other one. */
export async function settleDocument(
	{ kind, name, take }: { readonly kind: DocumentKind; readonly name: string; readonly take: 'this' | 'other' },
	effects: Effects
): Promise<Result<SavedDocument, SyncFailure>> {
	const found = await findDocument(kind, name, effects);
	if (!found.ok) return found;
	const { document: before, version: head, history } = found.value;
	const other = otherText(head, history);
	if (!other) return err({ kind: 'nothing-to-settle', document: kind, name: before.name });
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const atMs = effects.now();
	const version = await nameDocumentVersion(
		{
			document: before.id,
			parents: [head.id],
			text: take === 'this' ? head.text : other.text,
			message: take === 'this' ? 'Keep the text that stands' : 'Take the text of the other device',
			createdAtMs: atMs
		},
		key.value,
		effects
	);
	const after = { ...before, head: version.id };
	const commit = { kind: 'save-document', before, after, made: version, atMs } as const;
	const committed = await effects.store.commitDocument(commit);
	return committed.ok ? ok({ document: after, version, isChanged: true }) : committed;
}
