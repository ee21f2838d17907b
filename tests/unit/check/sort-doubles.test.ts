// Doubles sort by their bits as they do by their size.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DoubleSorter } from '#core/check/sketch/sort-doubles.ts';
import { adversarial } from './samples.ts';

test.each(Object.entries(adversarial))('%s', (_name, values) => {
	const sorter = new DoubleSorter();
	const sorted = values.slice();
	sorter.sort(sorted);
	expect(sorted).toEqual(values.slice().sort());
});

test('any doubles, in a part of a larger array, with one sorter', () => {
	const sorter = new DoubleSorter();
	fc.assert(
		fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1200, maxLength: 3000 }), (list) => {
			const room = Float64Array.of(7, ...list, 7);
			sorter.sort(room.subarray(1, -1));
			expect(room).toEqual(Float64Array.of(7, ...Float64Array.from(list).sort(), 7));
		}),
		{ numRuns: 30 }
	);
});
