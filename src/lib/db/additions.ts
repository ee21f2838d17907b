// What a version adds to the store besides its manifest: segments, and packs with the places of the parts in them.
import { inBatches } from '#core/batches.ts';
import type { PackId, PartId } from '#core/ids.ts';
import type { Place } from '#core/version/pack.ts';
import type { Segment } from '#core/version/segment.ts';
import type { WorkspaceDb } from './schema.ts';

/** Only what is not stored yet. */
export type Additions = {
	readonly segments: readonly Segment[];
	readonly packs: ReadonlyMap<PackId, Blob>;
	readonly places: readonly Place[];
	/** Parts that are stored already; if they are not any more, the commit is refused. */
	readonly reused: readonly PartId[];
};

/** A large table has thousands of parts: asked for at once, they would hold the page for a quarter of a second. */
export const BATCH = 40;

/** Inside a transaction over packs, places and segments. */
export async function addParts(db: WorkspaceDb, { packs, places, segments }: Additions): Promise<void> {
	await db.packs.bulkPut([...packs].map(([id, blob]) => ({ id, blob })));
	for (const some of inBatches(places, BATCH)) await db.places.bulkPut(some);
	for (const some of inBatches(segments, BATCH)) await db.segments.bulkPut(some);
}
