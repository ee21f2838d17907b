// Pearson's chi-square tests of counts by category.
import { upperGamma } from './gamma.ts';

export type ChiSquare = { readonly statistic: number; readonly degrees: number; readonly pValue: number };

/**
 * Whether two samples' counts by category may come from one distribution; no continuity correction. As SciPy's
 * `chi2_contingency([before, after], correction=False)`; a category that neither has is left out.
 *
 * Null when a side has no rows.
 */
export function chiSquareOfSamples(before: readonly number[], after: readonly number[]): ChiSquare | null {
	const total = { before: sum(before), after: sum(after) };
	const all = total.before + total.after;
	if (total.before === 0 || total.after === 0) return null;
	let statistic = 0;
	let categories = 0;
	for (let at = 0; at < Math.max(before.length, after.length); at++) {
		const [a, b] = [before[at] ?? 0, after[at] ?? 0];
		if (a + b === 0) continue;
		categories++;
		const expectedA = ((a + b) * total.before) / all;
		const expectedB = ((a + b) * total.after) / all;
		statistic += (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
	}
	return tested(statistic, categories - 1);
}

/**
 * Whether counts fit expected ones, which are scaled to the same sum. As SciPy's `chisquare`.
 *
 * Null when either sums to nothing. A category that is expected nowhere yet is there makes the statistic infinite.
 */
export function chiSquareOfFit(observed: readonly number[], expected: readonly number[]): ChiSquare | null {
	const scale = sum(observed) / sum(expected);
	if (!Number.isFinite(scale) || scale === 0) return null;
	const terms = observed.map((count, at) => {
		const fit = (expected[at] ?? 0) * scale;
		return count === fit ? 0 : (count - fit) ** 2 / fit;
	});
	return tested(sum(terms), observed.length - 1);
}

function tested(statistic: number, degrees: number): ChiSquare {
	return { statistic, degrees, pValue: degrees === 0 ? 1 : upperGamma(degrees / 2, statistic / 2) };
}

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}
