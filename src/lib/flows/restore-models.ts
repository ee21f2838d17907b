// The models of a backup as they are to be stored: checked, and under names that are free.
import type { BackupFailure, BackupHeader } from '../core/backup/backup-file.ts';
import { parseBackupModels, renamedModels, type ModelsWithFiles } from '../core/backup/backup-models.ts';
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';

/** Null where there are none. Their files must be what their ids say. */
export async function modelsToRestore(
	header: BackupHeader,
	/** By the ids of the backup. */
	renamed: ReadonlyMap<VersionId, Version>,
	effects: Pick<Effects, 'models' | 'sha256'>
): Promise<Result<ModelsWithFiles | null, StoreFailure | BackupFailure>> {
	if (!header.models) return ok(null);
	const damaged = err({ kind: 'damaged-backup', where: 'data' } as const);
	const models = parseBackupModels(header.models);
	if (!models) return damaged;
	for (const { id, bytes } of models.objects) if ((await effects.sha256(bytes)) !== id) return damaged;
	const present = await effects.models.registry();
	if (!present.ok) return present;
	const { models: known, removed } = present.value;
	const taken = [...known.map(({ name }) => name), ...removed.map(({ model }) => model)];
	return ok(renamedModels(models, taken, (old) => renamed.get(old)?.id ?? old));
}
