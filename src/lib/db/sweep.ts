// Garbage collection: what no stored version reaches any more goes. A pack goes when its last part does, a sketch with its rows.
import type { PackId, PartId, SegmentId } from '#core/ids.ts';
import { segmentIdsOf } from '#core/version/snapshot.ts';
import type { WorkspaceDb } from './schema.ts';
import { dropDeadSketches } from './sketches.ts';

export type Swept = {
	readonly segments: number;
	readonly parts: number;
	readonly packs: number;
	readonly freedBytes: number;
};

/** Runs inside a transaction over packs, places, segments, versions and sketches, and so either whole or not at all. */
export async function sweep(db: WorkspaceDb): Promise<Swept> {
	const liveSegments = new Set<SegmentId>();
	await db.versions.each((version) => {
		for (const id of segmentIdsOf([version])) liveSegments.add(id);
	});
	const liveParts = new Set<PartId>();
	const deadSegments: SegmentId[] = [];
	await db.segments.each(({ id, chunks }) => {
		if (liveSegments.has(id)) for (const { part } of chunks) liveParts.add(part);
		else deadSegments.push(id);
	});
	const livePacks = new Set<PackId>();
	const deadParts: PartId[] = [];
	await db.places.each(({ id, pieces }) => {
		if (liveParts.has(id)) for (const { pack } of pieces) livePacks.add(pack);
		else deadParts.push(id);
	});
	const deadPacks: PackId[] = [];
	let freedBytes = 0;
	await db.packs.each(({ id, blob }) => {
		if (livePacks.has(id)) return;
		deadPacks.push(id);
		freedBytes += blob.size;
	});
	await db.segments.bulkDelete(deadSegments);
	await db.places.bulkDelete(deadParts);
	await db.packs.bulkDelete(deadPacks);
	await dropDeadSketches(db);
	return { segments: deadSegments.length, parts: deadParts.length, packs: deadPacks.length, freedBytes };
}
