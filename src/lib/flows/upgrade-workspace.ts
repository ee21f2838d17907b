// Takes over a workspace that a page of format 1 stored: the same rows, cut into segments and parts.
import type { VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { OldFile, OldVersion } from '../db/upgrade.ts';
import type { CutTable } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { nameVersion, planAdditions } from './plan-commit.ts';

export type UpgradeEffects = Pick<
	Effects,
	'store' | 'upgrade' | 'jobs' | 'keyedHash' | 'sha256' | 'makeIdKey' | 'cutter'
>;

/**
 * Does nothing when there is nothing to take over. Interrupted, it begins again at the next call; until it is done the old
 * versions stay as they are.
 *
 * Fails: storage-unavailable, too, when a stored file is not what it was
 */
export async function upgradeWorkspace(effects: UpgradeEffects): Promise<Result<void, StoreFailure>> {
	const needed = await effects.upgrade.isNeeded();
	if (!needed.ok) return needed;
	if (!needed.value) return ok(undefined);
	return effects.upgrade.alone(async () => {
		const still = await effects.upgrade.isNeeded();
		if (!still.ok) return still;
		if (!still.value) return ok(undefined);
		return asJob(effects.jobs, 'Take over what an earlier Weir stored', undefined, async (job) => {
			const key = await effects.store.idKey(effects.makeIdKey);
			if (!key.ok) return key;
			const old = await effects.upgrade.oldVersions();
			if (!old.ok) return old;
			const made = new Map<VersionId, Version>();
			for (const [index, version] of old.value.entries()) {
				job.progress({ fraction: index / old.value.length });
				const next = await takeOver(version, made, key.value, effects);
				if (!next.ok) return next;
				made.set(version.id, next.value);
			}
			return effects.upgrade.replace(made);
		});
	});
}

async function takeOver(
	{ files, rejects: refused, rowCount: _rows, sizeBytes: _size, ...old }: OldVersion,
	made: ReadonlyMap<VersionId, Version>,
	key: CryptoKey,
	effects: UpgradeEffects
): Promise<Result<Version, StoreFailure>> {
	const table = await cutOld(files, key, effects);
	if (!table.ok) return table;
	const rejects = refused === null ? ok(null) : await cutOld(refused.files, key, effects);
	if (!rejects.ok) return rejects;
	const cut = rejects.value === null ? [table.value] : [table.value, rejects.value];
	const additions = await planAdditions(
		cut.flatMap(({ segments }) => segments),
		cut.flatMap(({ parts }) => parts),
		key,
		effects
	);
	if (!additions.ok) return additions;
	const added = await effects.upgrade.add(additions.value);
	if (!added.ok) return added;
	const renamed = (id: VersionId): VersionId => made.get(id)?.id ?? id;
	return ok(
		await nameVersion(
			{
				...old,
				parents: old.parents.map(renamed),
				lineage: { ...old.lineage, inputs: old.lineage.inputs.map(renamed) },
				table: table.value.tree,
				rejects: rejects.value?.tree ?? null
			},
			key,
			effects
		)
	);
}

async function cutOld(
	files: readonly OldFile[],
	key: CryptoKey,
	effects: UpgradeEffects
): Promise<Result<CutTable, StoreFailure>> {
	const blobs: Blob[] = [];
	for (const file of files) {
		const blob = await effects.upgrade.oldFile(file);
		if (!blob.ok) return blob;
		blobs.push(blob.value);
	}
	return effects.cutter.cut(blobs, key);
}
