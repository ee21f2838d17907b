// Names everything of a backup anew for a workspace with another id key: documents, parts, segments, versions, datasets, and what is known of them.
import { restoredBeside, type AlertHistory } from '../core/alert/alert-history.ts';
import type { BackupFailure, BackupHeader } from '../core/backup/backup-file.ts';
import { documentHistory, type Document, type DocumentVersion } from '../core/document/document.ts';
import {
	datasetId,
	documentId,
	partId,
	type DatasetId,
	type DocumentVersionId,
	type PackId,
	type PartId,
	type SegmentId,
	type VersionId
} from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { freeName } from '../core/version/dataset-name.ts';
import type { CollectedVersion } from '../core/version/history.ts';
import { nameSegment, type Segment } from '../core/version/segment.ts';
import { originsFirst, reachedDocumentVersions, segmentIdsOf } from '../core/version/snapshot.ts';
import type { Dataset, TableTree, Version } from '../core/version/version.ts';
import type { Part } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { nameVersion } from './plan-commit.ts';
import { nameDocumentVersion } from './save-document.ts';
import { bytesOf, partReader } from './stored-parts.ts';

export type Named = {
	readonly segments: readonly Segment[];
	readonly parts: readonly Part[];
	readonly partHashes: ReadonlyMap<PartId, string>;
	/** By the ids of the backup. */
	readonly renamed: ReadonlyMap<VersionId, Version>;
	readonly datasetIds: ReadonlyMap<DatasetId, DatasetId>;
};

export type Naming = {
	readonly key: CryptoKey;
	readonly job: Pick<JobHandle, 'signal' | 'progress'>;
	readonly effects: Pick<Effects, 'keyedHash' | 'sha256' | 'randomId'>;
	readonly isEmpty: boolean;
};

export type NamedDocuments = {
	/** By the ids of the backup. */
	readonly renamed: ReadonlyMap<DocumentVersionId, DocumentVersion>;
	readonly documents: readonly { readonly document: Document; readonly was: string }[];
};

export async function nameDocuments(
	{ snapshot }: Pick<BackupHeader, 'snapshot'>,
	versions: readonly Version[],
	present: readonly Document[],
	{ key, effects, isEmpty }: Naming
): Promise<NamedDocuments> {
	const { documents, documentVersions, verdicts } = snapshot;
	const kept = isEmpty
		? documentVersions
		: reachedDocumentVersions({ documents, documentVersions, versions, verdicts });
	const ids = new Map(kept.map(({ document }) => [document, isEmpty ? document : documentId(effects.randomId())]));
	const renamed = new Map<DocumentVersionId, DocumentVersion>();
	for (const { id, ...content } of parentsFirst(kept)) {
		const document = ids.get(content.document) ?? content.document;
		const parents = content.parents.map((old) => renamed.get(old)?.id ?? old);
		renamed.set(id, await nameDocumentVersion({ ...content, document, parents }, key, effects));
	}
	const taken = [...present];
	const named = documents.map((old) => {
		const others = taken.filter(({ kind }) => kind === old.kind).map(({ name }) => name);
		const document = {
			...old,
			id: ids.get(old.id) ?? old.id,
			name: isEmpty ? old.name : freeName(old.name, others),
			head: renamed.get(old.head)?.id ?? old.head
		};
		taken.push(document);
		return { document, was: old.name };
	});
	return { renamed, documents: named };
}

function parentsFirst(versions: readonly DocumentVersion[]): readonly DocumentVersion[] {
	return [...new Set(versions.flatMap(({ id }) => documentHistory(id, versions)))];
}

/** Versions, segments and parts under another id key. */
export async function nameAnew(
	{ snapshot }: Pick<BackupHeader, 'snapshot'>,
	versions: readonly Version[],
	packs: ReadonlyMap<PackId, Blob>,
	{ key, job, effects, isEmpty, texts }: Naming & { readonly texts: NamedDocuments }
): Promise<Result<Named, BackupFailure | { readonly kind: 'cancelled' }>> {
	const damaged = err({ kind: 'damaged-backup', where: 'data' } as const);
	const readPart = partReader(snapshot.places, packs);
	const oldSegments = new Map(snapshot.segments.map((segment) => [segment.id, segment]));
	const segmentById = new Map<SegmentId, Segment>();
	const partById = new Map<PartId, Part>();
	const partHashes = new Map<PartId, string>();
	const wanted = [...segmentIdsOf(versions)];
	for (const [index, id] of wanted.entries()) {
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		job.progress({ fraction: 0.5 + index / wanted.length / 2 });
		const old = oldSegments.get(id);
		if (!old) return damaged;
		const chunks: Segment['chunks'][number][] = [];
		for (const chunk of old.chunks) {
			const part = partById.get(chunk.part) ?? (await namePart(chunk));
			if (!part) return damaged;
			partById.set(chunk.part, part);
			chunks.push({ ...chunk, part: part.id });
		}
		segmentById.set(
			id,
			await nameSegment({ rowCount: old.rowCount, chunks }, (bytes) => effects.keyedHash(key, bytes))
		);
	}
	const datasetIds = new Map<DatasetId, DatasetId>();
	const renamed = new Map<VersionId, Version>();
	for (const { id, format: _format, contentHash: _hash, ...content } of originsFirst(versions)) {
		const dataset = datasetIds.get(content.dataset) ?? (isEmpty ? content.dataset : datasetId(effects.randomId()));
		datasetIds.set(content.dataset, dataset);
		const idOf = (old: VersionId): VersionId => renamed.get(old)?.id ?? old;
		const { recipe } = content.lineage;
		const manifest = {
			...content,
			dataset,
			parents: content.parents.map(idOf),
			lineage: {
				...content.lineage,
				inputs: content.lineage.inputs.map(idOf),
				...(recipe === undefined ? {} : { recipe: texts.renamed.get(recipe)?.id ?? recipe })
			},
			table: withSegments(content.table, segmentById),
			rejects: content.rejects && withSegments(content.rejects, segmentById)
		};
		renamed.set(id, await nameVersion(manifest, key, effects));
	}
	return ok({ segments: [...segmentById.values()], parts: [...partById.values()], partHashes, renamed, datasetIds });

	async function namePart({ part, sizeBytes }: Segment['chunks'][number]): Promise<Part | null> {
		const blob = readPart(part, sizeBytes);
		const bytes = blob && (await bytesOf(blob));
		if (!blob || !bytes) return null;
		const id = partId(await effects.keyedHash(key, bytes));
		partHashes.set(id, await effects.sha256(bytes));
		return { id, file: blob, startByte: 0, sizeBytes };
	}
}

function withSegments(tree: TableTree, segmentById: ReadonlyMap<SegmentId, Segment>): TableTree {
	const idOf = (id: SegmentId): SegmentId => segmentById.get(id)?.id ?? id;
	const segments = tree.segments.map(({ id, rowCount, patch }) => ({
		id: idOf(id),
		rowCount,
		...(patch ? { patch: { ...patch, id: idOf(patch.id) } } : {})
	}));
	return { ...tree, segments };
}

export function renameDatasets(
	{ snapshot }: BackupHeader,
	{ renamed, datasetIds }: Named,
	present: readonly string[]
): readonly { readonly dataset: Dataset; readonly was: string }[] {
	const taken = [...present];
	const idOf = (old: VersionId): VersionId => renamed.get(old)?.id ?? old;
	const refs = (of: Dataset['tags']): Dataset['tags'] =>
		Object.fromEntries(Object.entries(of).map(([name, id]) => [name, idOf(id)]));
	return snapshot.datasets.map((old) => {
		const name = freeName(old.name, taken);
		taken.push(name);
		const dataset = {
			...old,
			id: datasetIds.get(old.id) ?? old.id,
			name,
			head: idOf(old.head),
			branches: refs(old.branches),
			tags: refs(old.tags)
		};
		return { dataset, was: old.name };
	});
}

/** Of datasets that are restored. Their ids stay: what they were of is gone. */
export function collectedOf({ snapshot }: BackupHeader, { renamed, datasetIds }: Named): readonly CollectedVersion[] {
	return snapshot.collected.flatMap((one) => {
		const dataset = datasetIds.get(one.dataset);
		return dataset ? [{ ...one, dataset, parents: one.parents.map((id) => renamed.get(id)?.id ?? id) }] : [];
	});
}

/** Of versions that are restored. */
export function verdictsOf(
	{ snapshot }: BackupHeader,
	{ renamed, datasetIds }: Named,
	texts: NamedDocuments
): BackupHeader['snapshot']['verdicts'] {
	return snapshot.verdicts.flatMap((one) => {
		const [version, dataset] = [renamed.get(one.version)?.id, datasetIds.get(one.dataset)];
		if (version === undefined || dataset === undefined) return [];
		const suiteVersion = one.suiteVersion && (texts.renamed.get(one.suiteVersion)?.id ?? one.suiteVersion);
		return [{ ...one, version, dataset, suiteVersion }];
	});
}

/** Under the names that rules and datasets have here. */
export function alertsBeside(
	{ snapshot: { alerts, documents } }: BackupHeader,
	datasets: ReturnType<typeof renameDatasets>,
	texts: NamedDocuments,
	{ randomId }: Pick<Effects, 'randomId'>
): AlertHistory {
	const rules = new Map(documents.map(({ id }, at) => [String(id), texts.documents[at]?.document]));
	const names = new Map(datasets.map(({ dataset, was }) => [was.toLowerCase(), dataset.name]));
	return restoredBeside(alerts, {
		ruleOf: (rule) => rules.get(rule) ?? null,
		datasetOf: (name) => names.get(name.toLowerCase()) ?? name,
		newId: randomId
	});
}
