// Distances between two distributions that say how far, not how likely: Wasserstein's of numbers, Jensen-Shannon's of counts.
import { walkTogether, type Distribution } from './distribution.ts';

/**
 * How far each row would have to move, on average, to make one distribution the other; in the numbers' own unit. As SciPy's
 * `wasserstein_distance`. Null when a side has no rows, or an infinity among them.
 */
export function wasserstein(a: Distribution, b: Distribution): number | null {
	if (a.total === 0 || b.total === 0) return null;
	let distance = 0;
	let last = NaN;
	let apart = 0;
	walkTogether(a, b, (value, shareA, shareB) => {
		if (apart !== 0) distance += apart * (value - last);
		last = value;
		apart = Math.abs(shareA - shareB);
	});
	return Number.isFinite(distance) && Number.isFinite(last) && Number.isFinite(a.values[0] ?? 0) ? distance : null;
}

/**
 * From 0, the same, to √ln 2 = 0.8326, nothing in common; of counts in the same bins or categories, in any scale. As SciPy's
 * `jensenshannon` with natural logarithms. Null when a side sums to nothing.
 */
export function jensenShannon(before: readonly number[], after: readonly number[]): number | null {
	const [all, allAfter] = [sum(before), sum(after)];
	if (all === 0 || allAfter === 0) return null;
	let divergence = 0;
	for (let at = 0; at < Math.max(before.length, after.length); at++) {
		const p = (before[at] ?? 0) / all;
		const q = (after[at] ?? 0) / allAfter;
		const middle = (p + q) / 2;
		divergence += (entropyTerm(p, middle) + entropyTerm(q, middle)) / 2;
	}
	return Math.sqrt(Math.max(0, divergence));
}

function entropyTerm(share: number, middle: number): number {
	return share === 0 ? 0 : share * Math.log(share / middle);
}

function sum(values: readonly number[]): number {
	return values.reduce((all, value) => all + value, 0);
}
