// Tests and distances equal SciPy's, from the table beside reference.py, which says how it was made.
import { describe, expect, test } from 'vitest';
import { chiSquareOfFit, chiSquareOfSamples } from '#core/check/statistics/chi-square.ts';
import { correctPValues } from '#core/check/statistics/correction.ts';
import { jensenShannon, wasserstein } from '#core/check/statistics/distances.ts';
import { distributionOfSketch, distributionOfValues } from '#core/check/statistics/distribution.ts';
import { asymptoticPValue, exactPValue, kolmogorovSmirnov } from '#core/check/statistics/kolmogorov-smirnov.ts';
import { logGamma, upperGamma } from '#core/check/statistics/gamma.ts';
import { mergeQuantiles, quantilesOfSorted, rankError } from '#core/check/sketch/quantiles.ts';
import { populationStability } from '#core/diff/shift.ts';
import reference from '../../vectors/statistics/reference.json' with { type: 'json' };
import { cut, made } from './samples.ts';

/** Relative where numbers are large, absolute where they are small. */
function expectClose(found: number | null | undefined, right: number, tolerance: number): void {
	expect(found).not.toBeNull();
	expect(Math.abs((found ?? NaN) - right) / Math.max(1, Math.abs(right))).toBeLessThanOrEqual(tolerance);
}

describe.each(reference.samples.map((sample, at) => ({ ...sample, at })))(
	'sample $at',
	({ a, b, statistic, pValue, ...right }) => {
		const [x, y] = [distributionOfValues(made(a)), distributionOfValues(made(b))];

		test('Kolmogorov-Smirnov is SciPy’s, and so is its p-value', () => {
			const found = kolmogorovSmirnov(x, y);
			expectClose(found?.statistic, statistic, 1e-9);
			expectClose(found?.pValue, pValue, 1e-6);
			// Small p-values are right in their own size too.
			if (pValue > 1e-200) expect(Math.abs((found?.pValue ?? NaN) / pValue - 1)).toBeLessThan(1e-6);
			expect(kolmogorovSmirnov(y, x)?.statistic).toBe(found?.statistic);
		});

		test('Wasserstein is SciPy’s', () => {
			const found = wasserstein(x, y) ?? NaN;
			expect(Math.abs(found - right.wasserstein)).toBeLessThanOrEqual(
				1e-9 * Math.max(Math.abs(right.wasserstein), 1e-300)
			);
		});

		test('from sketches, the statistic is within their rank errors', () => {
			const sketch = (values: Float64Array) =>
				mergeQuantiles(cut(values, [16384, 5000]).map((part) => quantilesOfSorted(part.slice().sort())));
			const [old, now] = [sketch(x.values), sketch(y.values)];
			const found = kolmogorovSmirnov(distributionOfSketch(old), distributionOfSketch(now))?.statistic ?? NaN;
			expect(Math.abs(found - statistic)).toBeLessThanOrEqual(rankError(old) + rankError(now) + 1e-12);
		});
	}
);

test.each(reference.counts)('counts $before and $after: chi-square, Jensen-Shannon and PSI are SciPy’s', (row) => {
	const found = chiSquareOfSamples(row.before, row.after);
	expectClose(found?.statistic, row.chiSquare.statistic, 1e-9);
	expect(found?.degrees).toBe(row.chiSquare.degrees);
	expectClose(found?.pValue, row.chiSquare.pValue, 1e-6);
	expectClose(jensenShannon(row.before, row.after), row.jensenShannon, 1e-9);
	expectClose(populationStability(row.before, row.after), row.stability, 1e-9);
});

test.each(reference.fits)('a fit of $observed is SciPy’s', ({ observed, expected, statistic, pValue }) => {
	expectClose(chiSquareOfFit(observed, expected)?.statistic, statistic, 1e-9);
	expectClose(chiSquareOfFit(observed, expected)?.pValue, pValue, 1e-6);
	// Expected counts may be shares.
	const doubled = expected.map((count) => count * 2);
	expectClose(chiSquareOfFit(observed, doubled)?.statistic, statistic, 1e-9);
});

test.each(reference.corrections)('corrected p-values are those of statsmodels and SciPy: $pValues.length', (row) => {
	for (const correction of ['holm', 'benjamini-hochberg'] as const)
		correctPValues(row.pValues, correction).forEach((pValue, at) =>
			expectClose(pValue, row[correction][at] ?? NaN, 1e-12)
		);
	expect(correctPValues(row.pValues, 'none')).toBe(row.pValues);
});

test('no rows on a side is a value, not an exception', () => {
	const [none, one] = [distributionOfValues(new Float64Array(0)), distributionOfValues(Float64Array.of(1, NaN))];
	expect(one.total).toBe(1);
	expect([
		kolmogorovSmirnov(none, one),
		wasserstein(one, none),
		chiSquareOfSamples([], [1]),
		chiSquareOfFit([0], [1])
	]).toEqual([null, null, null, null]);
	expect([jensenShannon([], []), populationStability([0], [1]), correctPValues([], 'holm')]).toEqual([null, null, []]);
});

test('an infinity has no distance that could be told, but a rank', () => {
	const [a, b] = [distributionOfValues(Float64Array.of(1, Infinity)), distributionOfValues(Float64Array.of(1, 2))];
	expect(wasserstein(a, b)).toBeNull();
	expect(kolmogorovSmirnov(a, b)?.statistic).toBe(0.5);
});

test('exact and asymptotic p-values come together as samples grow', () => {
	for (const statistic of [0.03, 0.05, 0.08])
		expect(Math.abs(exactPValue(2000, 2003, statistic) - asymptoticPValue(2000, 2003, statistic))).toBeLessThan(0.01);
});

test('the gamma functions are what the handbook says', () => {
	expectClose(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-14);
	expectClose(logGamma(171), 706.5730622457874, 1e-14);
	// Q(½, x²/2) is the two-sided tail of a normal distribution, Q(1, x) is e^-x.
	expectClose(upperGamma(0.5, 1.959963984540054 ** 2 / 2), 0.05, 1e-14);
	expectClose(upperGamma(1, 30) / Math.exp(-30), 1, 1e-12);
	expectClose(upperGamma(5000, 5000), 0.4981194, 1e-6);
	expect([upperGamma(3, 0), upperGamma(3, Infinity)]).toEqual([1, 0]);
});
