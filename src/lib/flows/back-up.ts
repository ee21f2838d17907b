// Makes one file of the whole workspace. Its data are the stored packs themselves, which are read only when the file is.
import { BACKUP_FORMAT, encodeHeader, encodePreamble, type BackupPack } from '../core/backup/backup-file.ts';
import { writeBackupModels } from '../core/backup/backup-models.ts';
import type { PartId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { rootHash } from '../core/version/root-hash.ts';
import { partSizesOf, versionsOf } from '../core/version/snapshot.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { bytesOf, partReader } from './stored-parts.ts';
import { upgradeWorkspace, type UpgradeEffects } from './upgrade-workspace.ts';

export type Backup = { readonly file: Blob; readonly rootHash: string; readonly datasetCount: number };

export type BackUpFailure =
	| StoreFailure
	| { readonly kind: 'cancelled' }
	/** A backup of damaged data would hide the damage: `verify` says what it is. */
	| { readonly kind: 'damaged-version'; readonly version: string };

export async function backUp(
	{ signal }: { readonly signal?: AbortSignal | undefined },
	effects: UpgradeEffects & Pick<Effects, 'exportIdKey' | 'now' | 'models'>
): Promise<Result<Backup, BackUpFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	return asJob(effects.jobs, 'Back up', signal, async (job) => {
		const stored = await effects.store.workspace();
		if (!stored.ok) return stored;
		const key = await effects.store.idKey(effects.makeIdKey);
		if (!key.ok) return key;
		const { packs, ...snapshot } = stored.value;
		const { datasets, versions, segments, places } = snapshot;
		const reached = datasets.flatMap((dataset) => versionsOf(dataset, snapshot));
		const byId = new Map(segments.map((segment) => [segment.id, segment]));
		const readPart = partReader(places, packs);
		const packBytes = [...packs.values()].reduce((sum, blob) => sum + blob.size, 0);
		// Everything is read twice: once part by part, once pack by pack.
		const totalBytes = 2 * packBytes;
		let readBytes = 0;
		const advance = (sizeBytes: number): void => {
			readBytes += sizeBytes;
			job.progress({ fraction: Math.min(1, readBytes / totalBytes) });
		};
		const partHashes = new Map<PartId, string>();
		for (const version of new Set([...reached, ...versions])) {
			for (const [part, sizeBytes] of partSizesOf([version], byId)) {
				if (job.signal.aborted) return err({ kind: 'cancelled' });
				if (partHashes.has(part)) continue;
				const blob = readPart(part, sizeBytes);
				const bytes = blob && (await bytesOf(blob));
				if (!bytes || (await effects.keyedHash(key.value, bytes)) !== part)
					return err({ kind: 'damaged-version', version: version.id });
				partHashes.set(part, await effects.sha256(bytes));
				advance(sizeBytes);
			}
		}
		const listed: BackupPack[] = [];
		for (const [id, blob] of packs) {
			if (job.signal.aborted) return err({ kind: 'cancelled' });
			const bytes = await bytesOf(blob);
			if (!bytes) return err({ kind: 'storage-unavailable', reason: 'a pack cannot be read' });
			listed.push({ id, sizeBytes: blob.size, sha256: await effects.sha256(bytes) });
			advance(blob.size);
		}
		const { root } = await rootHash(snapshot, partHashes, effects.sha256);
		const models = await effects.models.stored();
		if (!models.ok) return models;
		const hasModels = models.value.runs.length + models.value.models.length > 0;
		const header = encodeHeader({
			rootHash: root,
			createdAtMs: effects.now(),
			idKey: await effects.exportIdKey(key.value),
			snapshot,
			...(hasModels ? { models: writeBackupModels(models.value) } : {}),
			packs: listed
		});
		const preamble = encodePreamble({
			format: BACKUP_FORMAT,
			headerBytes: header.length,
			sha256: await effects.sha256(header)
		});
		const file = new Blob([preamble, header, ...packs.values()], { type: 'application/octet-stream' });
		return ok({ file, rootHash: root, datasetCount: datasets.length });
	});
}
