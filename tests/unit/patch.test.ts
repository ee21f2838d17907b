// Which changes become patches, and where the rows of patched segments are.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { columnOfChunks, schemaOf } from '#core/parquet/parquet-file.ts';
import { numberedShell, patchShell } from '#core/parquet/patch-shell.ts';
import {
	PATCH_SHARE,
	changesRows,
	isPatchWorthwhile,
	patchedRange,
	segmentName,
	type Removal
} from '#core/version/patch.ts';
import { segmentId } from '#core/ids.ts';

const removal: fc.Arbitrary<Removal> = fc.record({
	rowCount: fc.integer({ min: 1, max: 65_536 }),
	sizeBytes: fc.integer({ min: 1, max: 10_000_000 }),
	columnCount: fc.integer({ min: 1, max: 50 }),
	removedRows: fc.integer({ min: 0, max: 6000 })
});

test('a patch removes at most a tenth of the rows, and what goes by one for many rows does for fewer', () => {
	fc.assert(
		fc.property(removal, (of) => {
			if (!isPatchWorthwhile(of)) return;
			expect(of.removedRows).toBeLessThanOrEqual(of.rowCount * PATCH_SHARE);
			expect(isPatchWorthwhile({ ...of, removedRows: of.removedRows >> 1 })).toBe(true);
			expect(isPatchWorthwhile({ ...of, sizeBytes: of.sizeBytes * 2 })).toBe(true);
		}),
		{ numRuns: 2000 }
	);
});

test.each([
	['a row', { removedRows: 1 }, true],
	['one row in a hundred', { removedRows: 164 }, true],
	['one row in nine', { removedRows: 1820 }, false],
	['a row of a segment that takes nothing', { removedRows: 1, sizeBytes: 900 }, false]
])('%s', (_what, of, isPatch) => {
	expect(isPatchWorthwhile({ rowCount: 16_384, sizeBytes: 520_000, columnCount: 12, ...of })).toBe(isPatch);
});

test('a patch that has more rows than its segment lost has changed rows', () => {
	const patch = { id: segmentId('p'), rowCount: 3 };
	expect([changesRows({ rowCount: 97, patch }, 100), changesRows({ rowCount: 98, patch }, 100)]).toEqual([false, true]);
	expect(changesRows({ rowCount: 100 }, 100)).toBe(false);
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
