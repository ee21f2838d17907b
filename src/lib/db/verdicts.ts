// Verdicts in the store: one of each suite for a version, the newest; they go with their version.
import type { SuiteVerdict } from '#core/check/verdict.ts';
import type { DatasetId, VersionId } from '#core/ids.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

/** Inside a transaction over versions and verdicts. Refused when the version is not stored any more. */
export async function putVerdict(db: WorkspaceDb, verdict: SuiteVerdict): Promise<void> {
	if (!(await db.versions.get(verdict.version))) throw new Refused({ kind: 'moved', name: verdict.suite });
	await db.verdicts.put({ ...verdict, key: verdict.suite.toLowerCase() });
}

/** Newest first. */
export async function readVerdicts(db: WorkspaceDb, dataset: DatasetId): Promise<readonly SuiteVerdict[]> {
	const rows = await db.verdicts.where('dataset').equals(dataset).toArray();
	return rows.map(withoutKey).toSorted((one, other) => other.atMs - one.atMs);
}

export async function allVerdicts(db: WorkspaceDb): Promise<readonly SuiteVerdict[]> {
	return (await db.verdicts.toArray()).map(withoutKey);
}

export async function restoreVerdicts(db: WorkspaceDb, verdicts: readonly SuiteVerdict[]): Promise<void> {
	await db.verdicts.bulkPut(verdicts.map((verdict) => ({ ...verdict, key: verdict.suite.toLowerCase() })));
}

export async function dropVerdicts(db: WorkspaceDb, versions: readonly VersionId[]): Promise<void> {
	for (const version of versions) await db.verdicts.where('version').equals(version).delete();
}

function withoutKey({ key: _key, ...verdict }: SuiteVerdict & { readonly key: string }): SuiteVerdict {
	return verdict;
}
