// Lets versions go, inside one transaction: what is decided is decided on what that transaction sees.
import type { DatasetId, VersionId } from '#core/ids.ts';
import { planRetention, type RetentionRules } from '#core/version/retention.ts';
import type { WorkspaceDb } from './schema.ts';
import { dropUnreached } from './storage.ts';
import type { Swept } from './sweep.ts';
import { dropVerdicts } from './verdicts.ts';

export type Retained = {
	/** Versions that went, by the dataset's name; of one that was removed, by its id. */
	readonly gone: readonly { readonly dataset: string; readonly versionCount: number }[];
	/** Operations that can no longer be undone. */
	readonly forgottenCount: number;
	readonly swept: Swept;
};

export type RetainInput = {
	readonly rules: RetentionRules;
	readonly atMs: number;
	/** What running jobs need. */
	readonly pinned: ReadonlySet<VersionId>;
};

/** Inside a transaction over all tables. */
export async function retainInto(db: WorkspaceDb, { rules, atMs, pinned }: RetainInput): Promise<Retained> {
	const [datasets, versions, collected] = [
		await db.datasets.toArray(),
		await db.versions.toArray(),
		await db.collected.toArray()
	];
	const operations = await db.operations.orderBy('seq').toArray();
	const bases = (await db.workingCopies.toArray()).map(({ base }) => base);
	const all = new Set([...pinned, ...bases]);
	const { gone, forgotten } = planRetention({
		datasets,
		operations,
		versions,
		collected,
		rules,
		atMs,
		pinned: all
	});
	await db.operations.bulkDelete(forgotten.map(({ seq }) => seq));
	await db.collected.bulkPut(
		gone.map(({ id, dataset, parents, message, createdAtMs }) => ({
			id,
			dataset,
			parents,
			message,
			createdAtMs,
			collectedAtMs: atMs
		}))
	);
	await db.versions.bulkDelete(gone.map(({ id }) => id));
	for (const { id } of gone) await db.profiles.where('version').equals(id).delete();
	await dropVerdicts(
		db,
		gone.map(({ id }) => id)
	);
	const names = new Map<DatasetId, string>(datasets.map(({ id, name }) => [id, name]));
	const counts = new Map<string, number>();
	for (const { dataset } of gone) {
		const name = names.get(dataset) ?? dataset;
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return {
		gone: [...counts].map(([dataset, versionCount]) => ({ dataset, versionCount })),
		forgottenCount: forgotten.length,
		swept: await dropUnreached(db, all)
	};
}
