// Where the rows of some segments stand in their version, and the other way round.
import type { SegmentRef } from '../version/version.ts';

/** Rows from `row` on, until the next range, are those from `at` on elsewhere. */
export type RowRange = { readonly row: number; readonly at: number };

/** From rows of the segments with these numbers, one after another, to rows of the version. */
export function rowsInVersion(refs: readonly SegmentRef[], numbers: readonly number[]): readonly RowRange[] {
	const starts = startsOf(refs);
	let row = 0;
	return joined(
		numbers.map((number) => {
			const range = { row, at: starts[number] ?? 0 };
			row += refs[number]?.rowCount ?? 0;
			return range;
		})
	);
}

/** The way back. */
export function rowsInSegments(refs: readonly SegmentRef[], numbers: readonly number[]): readonly RowRange[] {
	const ranges = rowsInVersion(refs, numbers);
	return joined(ranges.map(({ row, at }) => ({ row: at, at: row })).sort((one, other) => one.row - other.row));
}

/** The numbers of the segments in which rows stand, ascending. */
export function segmentsOfRows(refs: readonly SegmentRef[], rows: readonly number[]): readonly number[] {
	const starts = startsOf(refs);
	const numbers = new Set<number>();
	for (const row of rows) {
		let [low, high] = [0, starts.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((starts[middle] ?? 0) <= row) low = middle + 1;
			else high = middle;
		}
		numbers.add(low - 1);
	}
	return [...numbers].sort((one, other) => one - other);
}

/** A row's number moved by its range: of many ranges each row is compared with few. */
export function movedRowSql(row: string, ranges: readonly RowRange[]): string {
	const middle = ranges.length >> 1;
	const [first, after] = [ranges[0], ranges[middle]];
	if (!first) return row;
	if (!after || middle === 0) return first.at === first.row ? row : `${row} + ${first.at - first.row}`;
	return `CASE WHEN ${row} < ${after.row} THEN ${movedRowSql(row, ranges.slice(0, middle))} ELSE ${movedRowSql(row, ranges.slice(middle))} END`;
}

function startsOf(refs: readonly SegmentRef[]): readonly number[] {
	let start = 0;
	return refs.map(({ rowCount }) => {
		start += rowCount;
		return start - rowCount;
	});
}

/** Ranges that go on where the one before ends are one. */
function joined(ranges: readonly RowRange[]): readonly RowRange[] {
	return ranges.filter((range, index) => {
		const before = ranges[index - 1];
		return !before || range.at - range.row !== before.at - before.row;
	});
}
