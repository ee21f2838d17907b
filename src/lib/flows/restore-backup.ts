// Brings a backup in: into an empty workspace as it was, else beside the datasets that are there.
import {
	PREAMBLE_BYTES,
	parseHeader,
	parsePreamble,
	type BackupFailure,
	type BackupHeader,
	type Preamble
} from '../core/backup/backup-file.ts';
import { restoredWhole } from '../core/alert/alert-history.ts';
import type { PackId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rootHash } from '../core/version/root-hash.ts';
import { versionsOf } from '../core/version/snapshot.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { alertsBeside, collectedOf, nameAnew, nameDocuments, renameDatasets, verdictsOf } from './name-restored.ts';
import { planAdditions } from './plan-commit.ts';
import { modelsToRestore } from './restore-models.ts';
import { bytesOf } from './stored-parts.ts';
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
