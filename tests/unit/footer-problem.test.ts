import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { footerProblem } from '#core/parquet/footer-problem.ts';

/** The footer of a Parquet file that ships with the app. */
function realFooter(): Uint8Array {
	const bytes = readFileSync(new URL('../../static/samples/flights-3m.parquet', import.meta.url));
	const length = bytes.readUInt32LE(bytes.length - 8);
	return new Uint8Array(bytes.subarray(bytes.length - 8 - length, bytes.length - 8));
}

test('a real footer has no problem', () => {
	expect(footerProblem(realFooter())).toBeNull();
});

test('a footer that is cut anywhere is damaged', () => {
	const footer = realFooter();
	for (let end = 0; end < footer.length; end += 7)
		expect(footerProblem(footer.subarray(0, end)), `cut at ${end}`).toMatch(/damaged/);
});

test('a list that claims more than there is, and one without end, are damage', () => {
	// version, then a schema of 2^31 structs.
	const claims = Uint8Array.from([0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7, 0, 0]);
	expect(footerProblem(claims)).toMatch(/more members/);
	expect(footerProblem(new Uint8Array(400).fill(0x1c))).toMatch(/nested too deeply/);
	expect(footerProblem(Uint8Array.from([0x15, 2, 0]))).toMatch(/no schema/);
});

test('random bytes end in a problem, at once', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (bytes) => {
			expect(footerProblem(bytes)).not.toBeNull();
		}),
		{ numRuns: 3000 }
	);
});
