// Moves parts from packs that are mostly dead into new ones, a bounded step in one transaction: a killed browser leaves either.
import type { PackId } from '#core/ids.ts';
import type { Place } from '#core/version/pack.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

export type Packing = {
	readonly places: readonly Place[];
	/** Nothing of a pack is read before it is sliced. */
	readonly packs: ReadonlyMap<PackId, Blob>;
};

export type Repack = {
	/** As they were when their bytes were read. */
	readonly before: readonly Place[];
	readonly after: readonly Place[];
	readonly packs: ReadonlyMap<PackId, Blob>;
	readonly emptied: readonly PackId[];
};

export function readPacking(db: WorkspaceDb): Promise<Packing> {
	return db.transaction('r', [db.places, db.packs], async () => ({
		places: await db.places.toArray(),
		packs: new Map((await db.packs.toArray()).map(({ id, blob }) => [id, blob]))
	}));
}

/**
 * Refused when a part was moved or swept since it was read, or something else came to lie in a pack that is to go.
 *
 * Inside a transaction over packs and places.
 */
export async function repackInto(db: WorkspaceDb, { before, after, packs, emptied }: Repack): Promise<void> {
	const moved = new Refused({ kind: 'moved', name: 'the packs' });
	const stored = await db.places.bulkGet(before.map(({ id }) => id));
	if (before.some((place, at) => !isSame(place, stored[at]))) throw moved;
	await db.packs.bulkPut([...packs].map(([id, blob]) => ({ id, blob })));
	await db.places.bulkPut([...after]);
	const going = new Set(emptied.filter((id) => !packs.has(id)));
	let isInUse = false;
	await db.places.each(({ pieces }) => {
		isInUse ||= pieces.some(({ pack }) => going.has(pack));
	});
	if (isInUse) throw moved;
	await db.packs.bulkDelete([...going]);
}

function isSame(one: Place, other: Place | undefined): boolean {
	return JSON.stringify(one.pieces) === JSON.stringify(other?.pieces);
}
