// Quantile sketches keep their stated error, whatever the values and however they are merged.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	countUpTo,
	decodeQuantiles,
	encodeQuantiles,
	mergeQuantiles,
	noQuantiles,
	quantileOf,
	quantilesOf,
	quantilesOfSorted,
	rankError,
	rankOf,
	weightedValues,
	type QuantileSketch
} from '#core/check/sketch/quantiles.ts';
import { adversarial, cut } from './samples.ts';

const sketchOf = (values: Float64Array): QuantileSketch => quantilesOfSorted(values.slice().sort());
const SHARES = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** By how much a rank is off: 0 where the true ranks of a value, which are many where it is there often, hold the share. */
function offBy(sorted: Float64Array, value: number, share: number): number {
	const upTo = countUpTo(sorted, value) / sorted.length;
	const below = (sorted.indexOf(value) === -1 ? upTo * sorted.length : sorted.indexOf(value)) / sorted.length;
	return Math.max(0, below - share, share - upTo);
}

/** How the parts of a column may come together. */
const ways: Readonly<Record<string, (parts: readonly QuantileSketch[]) => QuantileSketch>> = {
	'all at once': (parts) => mergeQuantiles(parts),
	'one after another': (parts) => parts.reduce((all, part) => mergeQuantiles([all, part]), noQuantiles()),
	'as a tree': (parts) => {
		let level = parts;
		while (level.length > 1)
			level = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) =>
				mergeQuantiles(level.slice(2 * at, 2 * at + 2))
			);
		return level[0] ?? noQuantiles();
	}
};

describe.each(Object.entries(adversarial))('%s', (_name, values) => {
	const sorted = values.slice().sort();

	test.each(Object.entries(ways))('ranks are within the stated error, merged %s', (_way, merge) => {
		const sketch = merge(cut(values, [16384, 2048, 5000, 1, 700]).map(sketchOf));
		expect(sketch.count).toBe(values.length);
		expect(rankError(sketch)).toBeLessThan(0.0106);
		SHARES.forEach((share) => {
			expect(offBy(sorted, quantileOf(sketch, share) ?? NaN, share)).toBeLessThanOrEqual(rankError(sketch));
		});
		for (const at of [0, 1999, 25_000, 50_000, 75_000, 99_999]) {
			const value = sorted[at] ?? NaN;
			const upTo = countUpTo(sorted, value) / sorted.length;
			expect(Math.abs((rankOf(sketch, value) ?? NaN) - upTo)).toBeLessThanOrEqual(rankError(sketch));
		}
	});

	test('a sketch stays small', () => {
		const sketch = mergeQuantiles(cut(values, [16384]).map(sketchOf));
		expect(encodeQuantiles(sketch).length).toBeLessThan(8000);
		expect(weightedValues(sketch).weights.reduce((sum, weight) => sum + weight, 0)).toBe(values.length);
	});
});

const lists = fc.array(fc.double({ noNaN: true }), { maxLength: 2000 }).map((list) => Float64Array.from(list));

test('up to 512 values are kept as they are', () => {
	fc.assert(
		fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 512 }), (list) => {
			const sorted = Float64Array.from(list).sort();
			const sketch = quantilesOfSorted(sorted);
			expect(rankError(sketch)).toBe(0);
			expect(quantilesOf(sketch, [0.5])[0]).toBe(sorted[Math.ceil(0.5 * sorted.length) - 1]);
			expect(quantileOf(sketch, 1)).toBe(sorted.at(-1));
		})
	);
});

test('merging commutes to the bit, counts every value, and decoding inverts encoding', () => {
	fc.assert(
		fc.property(lists, lists, lists, (a, b, c) => {
			const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)];
			expect(mergeQuantiles([x, y, z])).toEqual(mergeQuantiles([z, x, y]));
			const merged = mergeQuantiles([mergeQuantiles([x, y]), z]);
			expect(merged.count).toBe(a.length + b.length + c.length);
			expect(decodeQuantiles(encodeQuantiles(merged))).toEqual({ ok: true, value: merged });
		}),
		{ numRuns: 50 }
	);
});

test('no values have no quantiles', () => {
	expect(quantileOf(noQuantiles(), 0.5)).toBeNull();
	expect(rankOf(noQuantiles(), 1)).toBeNull();
	expect(mergeQuantiles([noQuantiles(), noQuantiles()])).toEqual(noQuantiles());
	expect(decodeQuantiles(encodeQuantiles(noQuantiles()))).toEqual({ ok: true, value: noQuantiles() });
});
