// Patches: rows of a segment that were changed or removed since it was written, beside it until it is written whole.
import type { SegmentId } from '../ids.ts';
import type { SegmentRef, TableTree } from './version.ts';

/** A patch removes at most this share of its segment's rows; more of them, and the segment is written whole. */
export const PATCH_SHARE = 0.1;

/** What a chunk of few rows takes: its pages' headers, and its own names and places in the storage. */
const CHUNK_BYTES = 160;
/** A removed row is its position alone. */
const REMOVED_BYTES = 2;

/** Rows that go from a segment. */
export type Removal = {
	/** As the segment was written, without its patch. */
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly columnCount: number;
	/** With those of the patch it has already. */
	readonly removedRows: number;
};

/** Whether the rows are to go by a patch: it stays small, and costs less than the segment written again. */
export function isPatchWorthwhile({ rowCount, sizeBytes, columnCount, removedRows }: Removal): boolean {
	if (removedRows > rowCount * PATCH_SHARE) return false;
	return removedRows * REMOVED_BYTES + (columnCount + 2) * CHUNK_BYTES < sizeBytes;
}

/** Whether a patch has new rows, beside those it removes: Weir makes none, but wrote such ones in format 3. */
export function changesRows({ rowCount, patch }: Pick<SegmentRef, 'rowCount' | 'patch'>, baseRows: number): boolean {
	return patch !== undefined && patch.rowCount !== baseRows - rowCount;
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
