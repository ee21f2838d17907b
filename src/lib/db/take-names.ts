// Puts a whole workspace under another id key, in one transaction: bytes, versions and documents by their new names, and every row that
// names them. See note: why nothing is lost.
//
// Note: why nothing is lost. The new names are worked out before, from what was read at one moment, and if anything has changed since, the
// transaction is refused. A page that dies in it leaves the workspace as it was; after it, all of it is there by other names.
import type { DocumentVersion } from '#core/document/document.ts';
import type { Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Version } from '#core/version/version.ts';
import { addParts, type Additions } from './additions.ts';
import { createChanges } from './changes.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

export type TakenNames = {
	readonly idKey: CryptoKey;
	/** Old ids of versions, and of versions of documents, to new ones. */
	readonly ids: ReadonlyMap<string, string>;
	readonly versions: readonly Version[];
	readonly documentVersions: readonly DocumentVersion[];
	/** All bytes there are. */
	readonly additions: Additions;
};

/** Fails: moved, when anything was added since the names were worked out. */
export async function takeNames(db: WorkspaceDb, taken: TakenNames): Promise<Result<void, StoreFailure>> {
	const { change } = createChanges(db);
	return change(0, async () => {
		const [versions, texts] = [
			await db.versions.toCollection().primaryKeys(),
			await db.documentVersions.toCollection().primaryKeys()
		];
		const isAsRead =
			versions.length === taken.versions.length &&
			texts.length === taken.documentVersions.length &&
			[...versions, ...texts].every((id) => taken.ids.has(id));
		if (!isAsRead) throw new Refused({ kind: 'moved', name: 'the workspace' });
		for (const table of [db.packs, db.places, db.segments, db.versions, db.documentVersions, db.profiles, db.sketches])
			await table.clear();
		await addParts(db, taken.additions);
		await db.versions.bulkPut([...taken.versions]);
		await db.documentVersions.bulkPut([...taken.documentVersions]);
		const naming = [
			db.datasets,
			db.operations,
			db.collected,
			db.workingCopies,
			db.runs,
			db.attempts,
			db.outputs,
			db.pieces,
			db.documents,
			db.verdicts,
			db.incidents,
			db.deliveries,
			db.modelRuns,
			db.modelMetrics,
			db.models,
			db.modelVersions,
			db.modelEvents,
			db.settings
		];
		for (const table of naming) {
			const rows: unknown[] = await table.toArray();
			await table.clear();
			// Rows of one table, as they were but for the ids in them.
			await (table as { bulkPut(rows: readonly unknown[]): PromiseLike<unknown> }).bulkPut(
				rows.map((row) => renamed(row, taken.ids))
			);
		}
		await db.settings.put({ key: 'id-key', value: taken.idKey });
	});
}

/** Wherever a text is one of the ids, the other; keys, bytes and blobs stay as they are. */
export function renamed(value: unknown, ids: ReadonlyMap<string, string>): unknown {
	if (typeof value === 'string') return ids.get(value) ?? value;
	if (Array.isArray(value)) return value.map((one) => renamed(one, ids));
	if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [ids.get(key) ?? key, renamed(one, ids)]));
}
