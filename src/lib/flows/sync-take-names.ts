// A device that joins takes the names of the workspace over: what it has is named anew under the workspace's id key, as a restored backup
// is, and keeps its datasets, branches, tags, documents and undo.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { partSizesOf, versionsOf } from '../core/version/snapshot.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { planAdditions } from './plan-commit.ts';
import { nameAnew, nameDocuments } from './name-restored.ts';
import { upgradeWorkspace } from './upgrade-workspace.ts';

/** What this device would bring along. */
export type JoinPreview = {
	readonly datasets: readonly { readonly name: string; readonly versions: number; readonly sizeBytes: number }[];
	readonly documents: number;
	/** Of all of it, each part once: it is read and named anew. */
	readonly sizeBytes: number;
};

export async function previewJoin(effects: Effects): Promise<Result<JoinPreview, SyncFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const { datasets, segments, versions, documents } = stored.value;
	const byId = new Map(segments.map((segment) => [segment.id, segment]));
	const sizeOf = (of: typeof versions): number =>
		[...partSizesOf(of, byId).values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0);
	return ok({
		datasets: datasets.map((dataset) => {
			const own = versionsOf(dataset, stored.value);
			return { name: dataset.name, versions: own.length, sizeBytes: sizeOf(own) };
		}),
		documents: documents.length,
		sizeBytes: sizeOf(versions)
	});
}

/**
 * `idKey` names everything here from now on. Fails: workspace-not-empty, where there is something and `mayRename` is false · moved, when
 * something was added meanwhile
 */
export async function takeNames(
	idKey: CryptoKey,
	mayRename: boolean,
	job: Pick<JobHandle, 'signal' | 'progress'>,
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const own = await effects.store.idKey(effects.makeIdKey);
	if (!own.ok) return own;
	const [mine, theirs] = [await effects.exportIdKey(own.value), await effects.exportIdKey(idKey)];
	if (mine.every((byte, at) => byte === theirs[at])) return ok(undefined);
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const { packs, ...snapshot } = stored.value;
	const { versions, documents, documentVersions, datasets, operations } = snapshot;
	const isEmpty =
		versions.length + documentVersions.length + datasets.length + operations.length + documents.length === 0;
	if (!isEmpty && !mayRename) return err({ kind: 'workspace-not-empty' });
	const naming = { key: idKey, job, effects, isEmpty: true };
	const texts = await nameDocuments({ snapshot }, versions, [], naming);
	const named = await nameAnew({ snapshot }, versions, packs, { ...naming, texts });
	if (!named.ok)
		return named.error.kind === 'cancelled'
			? err({ kind: 'cancelled' })
			: err({ kind: 'storage-unavailable', reason: 'bytes of a version are damaged: verify says which' });
	const { segments, parts, renamed } = named.value;
	const additions = await planAdditions(segments, parts, idKey, effects);
	if (!additions.ok) return additions;
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	const ids = new Map<string, string>();
	for (const [old, { id }] of [...renamed, ...texts.renamed]) ids.set(old, id);
	return effects.sync.takeNames({
		idKey,
		ids,
		versions: [...renamed.values()],
		documentVersions: [...texts.renamed.values()],
		additions: additions.value
	});
}
