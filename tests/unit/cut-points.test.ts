// Where segments of a keyed table end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmentBounds, segmentRows, type Candidate } from '#core/version/cut-points.ts';
import { SEGMENT_ROWS } from '#core/version/segment.ts';

const { minRows: MIN_ROWS, maxRows: MAX_ROWS } = segmentBounds(SEGMENT_ROWS);

const candidates = (rowCount: number): fc.Arbitrary<readonly Candidate[]> =>
	fc
		.uniqueArray(fc.integer({ min: 0, max: Math.max(0, rowCount - 1) }), { maxLength: 60 })
		.chain((rows) =>
			fc
				.array(fc.boolean(), { minLength: rows.length, maxLength: rows.length })
				.map((old) => rows.sort((a, b) => a - b).map((row, index) => ({ row, isOld: old[index] ?? false })))
		);
const tables = fc
	.integer({ min: 0, max: 400_000 })
	.chain((rowCount) => candidates(rowCount).map((found) => ({ rowCount, found })));

/** The rows that segments begin with. */
function starts(counts: readonly number[]): readonly number[] {
	let row = 0;
	return counts.map((count) => {
		row += count;
		return row - count;
	});
}

describe('segments of a keyed table', () => {
	test('hold every row once, none too many, and only the last few', () => {
		fc.assert(
			fc.property(tables, fc.boolean(), ({ rowCount, found }, isFirst) => {
				const counts = segmentRows(rowCount, found, isFirst);
				expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rowCount);
				expect(Math.max(0, ...counts)).toBeLessThanOrEqual(MAX_ROWS);
				const old = found.filter(({ isOld }) => isOld).map(({ row }) => row);
				const forced = (start: number): boolean => old.includes(start) || start === rowCount;
				for (const [index, start] of starts(counts).entries()) {
					const count = counts[index] ?? 0;
					expect(count >= MIN_ROWS || forced(start + count)).toBe(true);
				}
			})
		);
	});

	test('of a first version begin where hashes say', () => {
		const found = [3000, 10_000, 12_000, 30_000].map((row) => ({ row, isOld: false }));
		expect(starts(segmentRows(40_000, found, true))).toEqual([0, 10_000, 30_000]);
		expect(segmentRows(150_000, [], true)).toEqual([MAX_ROWS, MAX_ROWS, 150_000 - 2 * MAX_ROWS]);
	});

	test('of a later version begin where the earlier ones did, wherever their rows are now', () => {
		const old = [0, 16_384, 32_769, 49_153].map((row) => ({ row, isOld: true }));
		const hashed = [8000, 20_000, 40_000].map((row) => ({ row, isOld: false }));
		const found = [...old, ...hashed].sort((a, b) => a.row - b.row);
		expect(segmentRows(60_000, found, false)).toEqual([16_384, 16_385, 16_384, 10_847]);
	});

	test('a long run of new rows is cut where hashes say', () => {
		const found = [
			{ row: 0, isOld: true },
			{ row: 50_000, isOld: false },
			{ row: 100_000, isOld: true }
		];
		expect(segmentRows(110_000, found, false)).toEqual([50_000, 50_000, 10_000]);
	});

	test('rows moved by an insertion keep their segments', () => {
		fc.assert(
			fc.property(tables, fc.nat(3), ({ rowCount, found }, at) => {
				const before = starts(segmentRows(rowCount, found, true));
				const inserted = Math.floor((rowCount * at) / 4);
				const moved = before.map((row) => ({ row: row > inserted ? row + 1 : row, isOld: true }));
				const after = starts(segmentRows(rowCount + 1, moved, false));
				const kept = moved.filter(({ row }) => after.includes(row));
				// One more row may make one segment too long, which then is two.
				expect(kept.length).toBeGreaterThanOrEqual(before.length - 1);
			})
		);
	});
});
