// The bytes of parts in a workspace that was read whole: slices of its packs, lazily.
import type { PackId, PartId } from '../core/ids.ts';
import { joinPieces, type Place } from '../core/version/pack.ts';

/** Null when a part has no place, or a pack is missing or too short. */
export function partReader(
	places: readonly Place[],
	packs: ReadonlyMap<PackId, Blob>
): (part: PartId, sizeBytes: number) => Blob | null {
	const placeById = new Map(places.map((place) => [place.id, place]));
	return (part, sizeBytes) => {
		const slices: Blob[] = [];
		for (const { pack, startByte, sizeBytes: length } of joinPieces(placeById.get(part)?.pieces ?? [])) {
			const blob = packs.get(pack);
			if (!blob || startByte + length > blob.size) return null;
			slices.push(blob.slice(startByte, startByte + length));
		}
		const only = slices.length === 1 ? slices[0] : undefined;
		const blob = only ?? new Blob(slices);
		return blob.size === sizeBytes ? blob : null;
	};
}

/** Null when the browser cannot read it: the file behind it is gone or damaged. */
export async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
	try {
		return new Uint8Array(await blob.arrayBuffer());
	} catch (error) {
		if (error instanceof DOMException) return null;
		throw error;
	}
}
