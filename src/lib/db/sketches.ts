// Sketches of segments and of versions. They are derived from rows: no backup has them, and what is lost or damaged is built again.
import { inBatches } from '#core/batches.ts';
import { sketchedSegment, versionSketchKey, type SketchKey } from '#core/check/sketch/plan-sketches.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { storeFailure } from './failures.ts';
import { relaxed } from './relaxed.ts';
import type { WorkspaceDb } from './schema.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type SketchStore = {
	/** Which of these are kept. */
	kept(keys: readonly SketchKey[]): Promise<Result<ReadonlySet<SketchKey>, StoreFailure>>;
	/** In the order asked for; null for one that is not kept. */
	read(keys: readonly SketchKey[]): Promise<Result<readonly (Bytes | null)[], StoreFailure>>;
	/** Not waited for until the disk has them. */
	save(sketches: ReadonlyMap<SketchKey, Bytes>): Promise<Result<void, StoreFailure>>;
	drop(keys: readonly SketchKey[]): Promise<Result<void, StoreFailure>>;
};

const BATCH = 1000;

export function createSketchStore(db: WorkspaceDb): SketchStore {
	const attempt = async <T>(work: () => Promise<T>, neededBytes = 0): Promise<Result<T, StoreFailure>> => {
		try {
			return ok(await work());
		} catch (error) {
			return err(storeFailure(error, neededBytes));
		}
	};
	return {
		kept: (keys) =>
			attempt(async () => {
				const found = new Set<SketchKey>();
				for (const some of inBatches([...new Set(keys)], BATCH))
					for (const key of await db.sketches.where('key').anyOf(some).primaryKeys()) found.add(key);
				return found;
			}),
		read: (keys) => attempt(async () => (await db.sketches.bulkGet([...keys])).map((row) => row?.bytes ?? null)),
		save: (sketches) => {
			const rows = [...sketches].map(([key, bytes]) => ({ key, bytes }));
			const neededBytes = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
			return attempt(
				() =>
					relaxed(db, ['sketches'], async ({ put }) => {
						await Promise.all(rows.map((row) => put('sketches', row)));
					}),
				neededBytes
			);
		},
		drop: (keys) => attempt(() => db.sketches.bulkDelete([...keys]))
	};
}

/** Those of segments and versions that are not stored any more. Inside a transaction over versions and sketches. */
export async function dropDeadSketches(db: WorkspaceDb): Promise<void> {
	const live = new Set<string>();
	await db.versions.each(({ id, table }) => {
		live.add(versionSketchKey(id));
		for (const segment of table.segments) live.add(sketchedSegment(segment));
	});
	const keys = await db.sketches.toCollection().primaryKeys();
	await db.sketches.bulkDelete(keys.filter((key) => !live.has(key) && !live.has(key.split('/')[0] ?? key)));
}
