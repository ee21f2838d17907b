// Brings a backup in: into an empty workspace as it was, else beside the datasets that are there.
import {
	PREAMBLE_BYTES,
	parseHeader,
	parsePreamble,
	type BackupFailure,
	type BackupHeader,
	type Preamble
} from '../core/backup/backup-file.ts';
import { restoredBeside, restoredWhole, type AlertHistory } from '../core/alert/alert-history.ts';
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
import { documentHistory, type Document, type DocumentVersion } from '../core/document/document.ts';
import { freeName } from '../core/version/dataset-name.ts';
import type { CollectedVersion } from '../core/version/history.ts';
import { rootHash } from '../core/version/root-hash.ts';
import { originsFirst, reachedDocumentVersions, segmentIdsOf, versionsOf } from '../core/version/snapshot.ts';
import { nameSegment, type Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, TableTree, Version } from '../core/version/version.ts';
import type { Part } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { nameVersion, planAdditions } from './plan-commit.ts';
import { modelsToRestore } from './restore-models.ts';
import { nameDocumentVersion } from './save-document.ts';
import { bytesOf, partReader } from './stored-parts.ts';
import { upgradeWorkspace, type UpgradeEffects } from './upgrade-workspace.ts';

export type Restored = {
	/** Names as they are now; a taken one became another. */
	readonly datasets: readonly { readonly name: string; readonly was: string }[];
	readonly versionCount: number;
	readonly documentCount: number;
	/** As the backup says it and as it was computed from what was restored. */
	readonly rootHash: string;
};

export type RestoreFailure = StoreFailure | BackupFailure | { readonly kind: 'cancelled' };
type RestoreEffects = UpgradeEffects & Pick<Effects, 'importIdKey' | 'randomId' | 'models'>;

/**
 * Everything is checked before anything is stored, and all of it is stored in one transaction.
 *
 * Under another id key every part, segment and version has another name, so all are named anew; under the same key, as in an
 * empty workspace, which takes the backup's key over, that gives the names they had.
 */
export async function restoreBackup(
	{ file, signal }: { readonly file: Blob; readonly signal?: AbortSignal | undefined },
	effects: RestoreEffects
): Promise<Result<Restored, RestoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	return asJob(effects.jobs, 'Restore a backup', signal, async (job) => {
		const opened = await openBackup(file, job, effects);
		if (!opened.ok) return opened;
		const { header, packs, format } = opened.value;
		const present = await effects.store.workspace();
		if (!present.ok) return present;
		const { datasets, versions, operations, documents } = present.value;
		const isEmpty = datasets.length + versions.length + operations.length + documents.length === 0;
		const idKey = isEmpty ? await effects.importIdKey(header.idKey) : null;
		const key = idKey ? ok(idKey) : await effects.store.idKey(effects.makeIdKey);
		if (!key.ok) return key;
		const kept = isEmpty ? header.snapshot.versions : reachedVersions(header);
		const naming = { key: key.value, job, effects, isEmpty };
		const texts = await nameDocuments(header, kept, documents, naming);
		const named = await nameAnew(header, kept, packs, { ...naming, texts });
		if (!named.ok) return named;
		const { segments, parts, partHashes, renamed } = named.value;
		const restored = renameDatasets(header, named.value, isEmpty ? [] : datasets.map(({ name }) => name));
		const collected = collectedOf(header, named.value);
		// Under the names of the backup: those that were taken are no part of the proof.
		const proof = await rootHash(
			{
				datasets: restored.map((one) => ({ ...one.dataset, name: one.was })),
				versions: [...renamed.values()],
				collected,
				segments,
				documents: texts.documents.map((one) => ({ ...one.document, name: one.was })),
				documentVersions: [...texts.renamed.values()]
			},
			partHashes,
			effects.sha256,
			format === 1 ? 1 : 2
		);
		if (proof.root !== header.rootHash) return err({ kind: 'damaged-backup', where: 'data' });
		const additions = await planAdditions(segments, parts, key.value, effects);
		if (!additions.ok) return additions;
		const models = await modelsToRestore(header, renamed, effects);
		if (!models.ok) return models;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const stored = await effects.store.restore({
			models: models.value,
			idKey,
			additions: additions.value,
			versions: [...renamed.values()],
			collected,
			datasets: restored.map(({ dataset }) => dataset),
			documents: texts.documents.map(({ document }) => document),
			documentVersions: [...texts.renamed.values()],
			verdicts: verdictsOf(header, named.value, texts),
			alerts: isEmpty ? restoredWhole(header.snapshot.alerts) : alertsBeside(header, restored, texts, effects),
			operations: isEmpty ? header.snapshot.operations : []
		});
		if (!stored.ok) return stored;
		return ok({
			datasets: restored.map(({ dataset, was }) => ({ name: dataset.name, was })),
			versionCount: renamed.size,
			documentCount: texts.documents.length,
			rootHash: proof.root
		});
	});
}

type Opened = {
	readonly format: Preamble['format'];
	readonly header: BackupHeader;
	readonly packs: ReadonlyMap<PackId, Blob>;
};

async function openBackup(
	file: Blob,
	job: JobHandle,
	effects: Pick<Effects, 'sha256'>
): Promise<Result<Opened, BackupFailure | { readonly kind: 'cancelled' }>> {
	const damaged = (where: 'length' | 'header' | 'data') => err({ kind: 'damaged-backup', where } as const);
	const first = await bytesOf(file.slice(0, PREAMBLE_BYTES));
	if (!first) return damaged('data');
	const preamble = parsePreamble(first);
	if (!preamble.ok) return preamble;
	let startByte = PREAMBLE_BYTES + preamble.value.headerBytes;
	if (startByte > file.size) return damaged('length');
	const encoded = await bytesOf(file.slice(PREAMBLE_BYTES, startByte));
	if (!encoded || (await effects.sha256(encoded)) !== preamble.value.sha256) return damaged('header');
	const header = parseHeader(encoded);
	if (!header.ok) return header;
	const packBytes = header.value.packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	if (startByte + packBytes !== file.size) return damaged('length');
	const packs = new Map<PackId, Blob>();
	for (const { id, sizeBytes, sha256 } of header.value.packs) {
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const blob = file.slice(startByte, startByte + sizeBytes);
		const bytes = await bytesOf(blob);
		if (!bytes || (await effects.sha256(bytes)) !== sha256) return damaged('data');
		packs.set(id, blob);
		startByte += sizeBytes;
		job.progress({ fraction: startByte / file.size / 2 });
	}
	return ok({ format: preamble.value.format, header: header.value, packs });
}

function reachedVersions({ snapshot }: BackupHeader): readonly Version[] {
	return [...new Set(snapshot.datasets.flatMap((dataset) => versionsOf(dataset, snapshot)))];
}

/** Of datasets that are restored. Their ids stay: what they were of is gone. */
function collectedOf({ snapshot }: BackupHeader, { renamed, datasetIds }: Named): readonly CollectedVersion[] {
	return snapshot.collected.flatMap((one) => {
		const dataset = datasetIds.get(one.dataset);
		return dataset ? [{ ...one, dataset, parents: one.parents.map((id) => renamed.get(id)?.id ?? id) }] : [];
	});
}

/** Of versions that are restored. */
function verdictsOf(
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
function alertsBeside(
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
	readonly effects: Pick<RestoreEffects, 'keyedHash' | 'sha256' | 'randomId'>;
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

function renameDatasets(
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
