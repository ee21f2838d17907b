// Patches: rows of a segment that were changed or removed since it was written, beside it until it is written whole.
import type { SegmentId } from '../ids.ts';
import type { SegmentRef, TableTree } from './version.ts';

/** A patch has at most this share of its segment's rows; a change that makes it more writes the segment whole. */
export const PATCH_SHARE = 0.1;

/** What a chunk of few rows takes: its pages' headers, and its own names and places in the storage. */
const CHUNK_BYTES = 160;
/** A removed row is its position alone. */
const REMOVED_BYTES = 2;

/** A change of one segment. */
export type SegmentChange = {
	/** As the segment was written, without its patch. */
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly columnCount: number;
	/** Rows of the patch it has already: the new one holds them too. */
	readonly patchedRows: number;
	readonly changedRows: number;
	readonly removedRows: number;
	/** Of the chunks that are written when there is to be no patch. */
	readonly writtenBytes: number;
};

/** Whether the change is to be a patch: it stays small, and costs less than the chunks that it spares. */
export function isPatchWorthwhile(change: SegmentChange): boolean {
	const { rowCount, sizeBytes, columnCount, patchedRows, changedRows, removedRows, writtenBytes } = change;
	// Rows that were in the patch before and are meant again count twice: nobody has looked which.
	if (patchedRows + changedRows + removedRows > rowCount * PATCH_SHARE) return false;
	const rowBytes = sizeBytes / Math.max(1, rowCount);
	const patchBytes =
		(patchedRows + changedRows) * rowBytes + removedRows * REMOVED_BYTES + (columnCount + 2) * CHUNK_BYTES;
	return patchBytes < writtenBytes;
}

/** Equal for segments with the same rows, whatever table they are in. */
export function segmentName({ id, patch }: Pick<SegmentRef, 'id' | 'patch'>): string {
	return patch ? `${id} ${patch.id}` : id;
}

/** The segments a table names: those with its rows, and patches. */
export function segmentIdsIn({ segments }: Pick<TableTree, 'segments'>): readonly SegmentId[] {
	return segments.flatMap(({ id, patch }) => (patch ? [id, patch.id] : [id]));
}

export function isPatched({ segments }: Pick<TableTree, 'segments'>): boolean {
	return segments.some(({ patch }) => patch !== undefined);
}

/** In one go: of more, the engine would split what belongs to one file. */
const SPLIT_ROWS = 200_000;

/** Runs of segments, as numbers `from` to `to` (exclusive), whose rows the engine writes in one go as a file each. */
export function splitRuns(rowCounts: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
	const runs: { from: number; to: number }[] = [];
	let rows = 0;
	for (const [at, count] of rowCounts.entries()) {
		const last = runs.at(-1);
		rows += count;
		if (last && rows <= SPLIT_ROWS) last.to = at + 1;
		else {
			runs.push({ from: at, to: at + 1 });
			rows = count;
		}
	}
	return runs;
}

/** Of a segment: its rows, those it was written with, and those of its patch. */
export type PatchedRows = { readonly rowCount: number; readonly baseRows: number; readonly patchRows: number };

/** Rows of whole segments as they were written. */
export type PatchedRange = {
	/** Of the first row asked for, after the rows of those segments that patches leave. */
	readonly offset: number;
	readonly baseStart: number;
	readonly baseEnd: number;
};

/** The segments that hold rows `startRow` to `endRow` (exclusive). */
export function patchedRange(segments: readonly PatchedRows[], startRow: number, endRow: number): PatchedRange {
	let [row, base] = [0, 0];
	let first: Omit<PatchedRange, 'baseEnd'> | null = null;
	for (const { rowCount, baseRows } of segments) {
		if (row >= endRow) break;
		if (first === null && startRow < row + rowCount) first = { offset: startRow - row, baseStart: base };
		row += rowCount;
		base += baseRows;
	}
	return { ...(first ?? { offset: 0, baseStart: base }), baseEnd: base };
}
