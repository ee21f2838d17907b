// Packs: blobs that hold many parts one after another, since a store of many small blobs is slow and of a few large ones is not.
import type { PackId, PartId } from '../ids.ts';

/** IndexedDB on SQLite refuses values over 127 MiB, and small ones make better use of a quota. */
export const PACK_MAX_BYTES = 16 * 1024 * 1024;

/** A run of bytes in a pack. */
export type Piece = { readonly pack: PackId; readonly startByte: number; readonly sizeBytes: number };

/** Where a part's bytes are: nearly always one piece, several when it is longer than a pack. */
export type Place = { readonly id: PartId; readonly pieces: readonly Piece[] };

/** What goes into one pack: runs of parts' bytes, in order. */
export type PackPlan = {
	readonly runs: readonly { readonly part: PartId; readonly startByte: number; readonly sizeBytes: number }[];
};

/** Distributes parts over packs in the order given, so that a table read from front to back reads packs from front to back. */
export function planPacks(parts: readonly { readonly id: PartId; readonly sizeBytes: number }[]): readonly PackPlan[] {
	const packs: { part: PartId; startByte: number; sizeBytes: number }[][] = [];
	let left = 0;
	for (const { id, sizeBytes } of parts) {
		if (sizeBytes > left) left = 0;
		for (let startByte = 0; startByte < sizeBytes;) {
			if (left === 0) {
				packs.push([]);
				left = PACK_MAX_BYTES;
			}
			const size = Math.min(left, sizeBytes - startByte);
			packs.at(-1)?.push({ part: id, startByte, sizeBytes: size });
			startByte += size;
			left -= size;
		}
	}
	return packs.map((runs) => ({ runs }));
}

/** Joins pieces that touch: fewer, longer reads. */
export function joinPieces(pieces: readonly Piece[]): readonly Piece[] {
	const joined: Piece[] = [];
	for (const piece of pieces) {
		const last = joined.at(-1);
		if (last && last.pack === piece.pack && last.startByte + last.sizeBytes === piece.startByte)
			joined[joined.length - 1] = { ...last, sizeBytes: last.sizeBytes + piece.sizeBytes };
		else joined.push(piece);
	}
	return joined;
}
