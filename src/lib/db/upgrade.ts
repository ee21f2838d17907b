// Takes over what a page of format 1 stored: versions as lists of Parquet files, in pieces cut by byte position.
import type { VersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { isDatasetOperation, type Dataset, type Version } from '#core/version/version.ts';
import { addParts, type Additions } from './additions.ts';
import { storeFailure } from './failures.ts';
import { FIRST_FORMAT, type WorkspaceDb } from './schema.ts';

export type OldFile = {
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly parts: readonly { readonly id: string; readonly sizeBytes: number }[];
};

export type OldVersion = Omit<Version, 'table' | 'rejects'> & {
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly files: readonly OldFile[];
	readonly rejects: { readonly rowCount: number; readonly files: readonly OldFile[] } | null;
};

export type Upgrade = {
	/** Cheap once it was answered with no. */
	isNeeded(): Promise<Result<boolean, StoreFailure>>;
	/** Runs while no other tab does the same. */
	alone<T>(work: () => Promise<T>): Promise<T>;
	/** Parents before children. */
	oldVersions(): Promise<Result<readonly OldVersion[], StoreFailure>>;
	oldFile(file: OldFile): Promise<Result<Blob, StoreFailure>>;
	/** Stores what a version will need, ahead of it: whoever is interrupted begins again without harm. */
	add(additions: Additions): Promise<Result<void, StoreFailure>>;
	/** Puts new versions in the place of old ones, wherever those are named, and drops the old bytes. */
	replace(versions: ReadonlyMap<VersionId, Version>): Promise<Result<void, StoreFailure>>;
};

export function createUpgrade(db: WorkspaceDb): Upgrade {
	let isDone = false;
	return {
		isNeeded: async () => {
			if (isDone) return ok(false);
			return attempt(async () => {
				const isOld = (await db.settings.get('format'))?.value === 1;
				isDone = !isOld;
				return isOld;
			});
		},
		alone: (work) => navigator.locks.request(`${db.name}:upgrade`, work),
		oldVersions: () =>
			attempt(async () => {
				const versions = (await db.versions.toArray()) as unknown as OldVersion[];
				return parentsFirst(versions.filter(({ format }) => format === 1));
			}),
		oldFile: (file) =>
			attempt(async () => {
				const rows = await db.parts.bulkGet(file.parts.map(({ id }) => id));
				return new Blob(rows.flatMap((row) => (row ? [row.blob] : [])));
			}),
		add: (additions) =>
			attempt(async () => {
				await db.transaction('rw', [db.packs, db.places, db.segments], () => addParts(db, additions));
			}),
		replace: (versions) =>
			attempt(async () => {
				const tables = [db.parts, db.versions, db.datasets, db.operations, db.profiles, db.settings];
				await db.transaction('rw', tables, () => replaceAll(db, versions));
				isDone = true;
			})
	};
}

async function replaceAll(db: WorkspaceDb, versions: ReadonlyMap<VersionId, Version>): Promise<void> {
	const heads = <D extends Dataset>(dataset: D): D => ({
		...dataset,
		head: versions.get(dataset.head)?.id ?? dataset.head
	});
	await db.datasets.bulkPut((await db.datasets.toArray()).map(heads));
	const operations = await db.operations.toArray();
	await db.operations.bulkPut(
		operations
			.filter(isDatasetOperation)
			.map((row) => ({ ...row, before: row.before && heads(row.before), after: row.after && heads(row.after) }))
	);
	const profiles = await db.profiles.toArray();
	await db.profiles.clear();
	await db.profiles.bulkPut(
		profiles.map((row) => ({ ...row, version: versions.get(row.version as VersionId)?.id ?? row.version }))
	);
	await db.versions.bulkDelete([...versions.keys()]);
	await db.versions.bulkPut([...versions.values()]);
	await db.parts.clear();
	await db.settings.put({ key: 'format', value: FIRST_FORMAT });
}

function parentsFirst(versions: readonly OldVersion[]): readonly OldVersion[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const ordered = new Map<VersionId, OldVersion>();
	const visit = (version: OldVersion): void => {
		const path: OldVersion[] = [];
		for (let at: OldVersion | undefined = version; at && !ordered.has(at.id); at = byId.get(at.parents[0] ?? at.id)) {
			if (path.includes(at)) break;
			path.push(at);
		}
		for (const found of path.reverse()) ordered.set(found.id, found);
	};
	versions.forEach(visit);
	return [...ordered.values()];
}

async function attempt<T>(work: () => Promise<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}
