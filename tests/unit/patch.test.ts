// Which changes become patches, and where the rows of patched segments are.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { columnOfChunks, schemaOf } from '#core/parquet/parquet-file.ts';
import { numberedShell, patchShell } from '#core/parquet/patch-shell.ts';
import { PATCH_SHARE, isPatchWorthwhile, patchedRange, segmentName, type SegmentChange } from '#core/version/patch.ts';
import { segmentId } from '#core/ids.ts';

const change: fc.Arbitrary<SegmentChange> = fc.record({
	rowCount: fc.integer({ min: 1, max: 65_536 }),
	sizeBytes: fc.integer({ min: 1, max: 10_000_000 }),
	columnCount: fc.integer({ min: 1, max: 50 }),
	patchedRows: fc.integer({ min: 0, max: 6000 }),
	changedRows: fc.integer({ min: 0, max: 6000 }),
	removedRows: fc.integer({ min: 0, max: 6000 }),
	writtenBytes: fc.integer({ min: 0, max: 10_000_000 })
});

test('a patch has at most a tenth of the rows, and what a change gets for many rows it gets for fewer', () => {
	fc.assert(
		fc.property(change, fc.constantFrom('patchedRows', 'changedRows', 'removedRows'), (of, field) => {
			if (!isPatchWorthwhile(of)) return;
			expect(of.patchedRows + of.changedRows + of.removedRows).toBeLessThanOrEqual(of.rowCount * PATCH_SHARE);
			expect(isPatchWorthwhile({ ...of, [field]: of[field] >> 1 })).toBe(true);
			expect(isPatchWorthwhile({ ...of, writtenBytes: of.writtenBytes * 2 })).toBe(true);
		}),
		{ numRuns: 2000 }
	);
});

test.each([
	['one row in a hundred of one column in twelve', { changedRows: 164 }, true],
	['one row in a hundred, removed', { removedRows: 164, writtenBytes: 520_000 }, true],
	['a row', { changedRows: 1 }, true],
	['one row in twenty of one column in twelve, which costs as much', { changedRows: 1640 }, false],
	['one row in nine, removed', { removedRows: 1820, writtenBytes: 520_000 }, false],
	['what makes an old patch too long', { patchedRows: 1500, changedRows: 164, writtenBytes: 520_000 }, false],
	['a row of a column that takes nothing', { changedRows: 1, writtenBytes: 900 }, false]
])('%s', (_what, of, isPatch) => {
	const segment = { rowCount: 16_384, sizeBytes: 520_000, columnCount: 12, writtenBytes: 43_000 };
	expect(isPatchWorthwhile({ patchedRows: 0, changedRows: 0, removedRows: 0, ...segment, ...of })).toBe(isPatch);
});

test('a range of rows is found in the segments that hold it, and in no others', () => {
	const segments = fc.array(
		fc.tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 })),
		{
			minLength: 1,
			maxLength: 6
		}
	);
	fc.assert(
		fc.property(segments, fc.nat(50), fc.nat(50), (made, one, other) => {
			const tables = made.map(([baseRows, gone]) =>
				Array.from({ length: baseRows }, (_, at) => at).filter((at) => at === 0 || gone[at] !== true)
			);
			const rowCount = tables.reduce((sum, rows) => sum + rows.length, 0);
			const [from, to] = [one % rowCount, (other % rowCount) + 1].sort((a, b) => a - b) as [number, number];
			if (from === to) return;
			const parts = made.map(([baseRows], at) => {
				const left = tables[at]?.length ?? 0;
				return { rowCount: left, baseRows, patchRows: baseRows - left };
			});
			let start = 0;
			const places = tables.flatMap((rows, at) => {
				const own = rows.map((row) => start + row);
				start += made[at]?.[0] ?? 0;
				return own;
			});
			const { offset, baseStart, baseEnd } = patchedRange(parts, from, to);
			const inRange = places.filter((place) => place >= baseStart && place < baseEnd);
			expect(inRange.slice(offset, offset + to - from)).toEqual(places.slice(from, to));
			expect(offset).toBeLessThan(9);
			expect(inRange.length - offset - (to - from)).toBeLessThan(9);
		})
	);
});

test('the shell of patches is that of the table with two columns more, whatever its columns are called', () => {
	const vector = JSON.parse(readFileSync(new URL('../vectors/format-2.json', import.meta.url), 'utf8')) as {
		readonly versions: readonly { readonly table: { readonly shell: { readonly base64: string } } }[];
	};
	const shell = new Uint8Array(Buffer.from(vector.versions[0]?.table.shell.base64 ?? '', 'base64'));
	const count = new Set(columnOfChunks(shell)).size;
	expect(new Set(columnOfChunks(patchShell(shell))).size).toBe(count + 2);
	const numbered = numberedShell(patchShell(shell));
	expect(numbered).toEqual(numberedShell(patchShell(numberedShell(shell))));
	expect(schemaOf(numbered)).not.toEqual(schemaOf(numberedShell(shell)));
});

test('segments are one only with the same patch', () => {
	const [id, one, other] = ['s', 'p', 'q'].map(segmentId) as [never, never, never];
	const names = [{ id }, { id, patch: { id: one, rowCount: 1 } }, { id, patch: { id: other, rowCount: 1 } }];
	expect(new Set(names.map(segmentName)).size).toBe(3);
});
