// Which packs are worth writing again: those that are mostly dead, so that their space comes back without much being copied.
import type { PackId, PartId } from '../ids.ts';
import { PACK_MAX_BYTES, type Place } from './pack.ts';

export type RepackPlan = {
	readonly packs: readonly PackId[];
	/** Everything that still lies in them, in their order. */
	readonly places: readonly Place[];
	/** Of those parts. */
	readonly liveBytes: number;
	readonly deadBytes: number;
};

/**
 * Packs of which less than half is a part that has a place, the emptiest first, as many as make up one new pack. Null when there
 * are none.
 *
 * `packSizes`: bytes of every pack.
 */
export function planRepack(
	places: readonly Place[],
	packSizes: ReadonlyMap<PackId, number>,
	without: ReadonlySet<PackId> = new Set()
): RepackPlan | null {
	const live = new Map<PackId, number>();
	const placesByPack = new Map<PackId, Place[]>();
	for (const place of places)
		for (const { pack, sizeBytes } of place.pieces) {
			live.set(pack, (live.get(pack) ?? 0) + sizeBytes);
			const there = placesByPack.get(pack);
			if (there) there.push(place);
			else placesByPack.set(pack, [place]);
		}
	const liveOf = (pack: PackId): number => live.get(pack) ?? 0;
	const sparse = [...packSizes]
		.filter(([pack, sizeBytes]) => 2 * liveOf(pack) < sizeBytes && !without.has(pack))
		.sort(([one], [other]) => liveOf(one) - liveOf(other) || (one < other ? -1 : 1));
	const packs: PackId[] = [];
	const moved = new Map<PartId, Place>();
	let liveBytes = 0;
	let deadBytes = 0;
	for (const [pack, sizeBytes] of sparse) {
		const own = (placesByPack.get(pack) ?? []).filter(({ id }) => !moved.has(id));
		const ownBytes = own.reduce(
			(sum, { pieces }) => sum + pieces.reduce((size, piece) => size + piece.sizeBytes, 0),
			0
		);
		if (packs.length > 0 && liveBytes + ownBytes > PACK_MAX_BYTES) break;
		packs.push(pack);
		for (const place of inOrder(own, pack)) moved.set(place.id, place);
		liveBytes += ownBytes;
		deadBytes += sizeBytes - liveOf(pack);
	}
	return packs.length === 0 ? null : { packs, places: [...moved.values()], liveBytes, deadBytes };
}

function inOrder(places: readonly Place[], pack: PackId): readonly Place[] {
	const start = ({ pieces }: Place): number => pieces.find((piece) => piece.pack === pack)?.startByte ?? 0;
	return [...places].sort((one, other) => start(one) - start(other));
}
