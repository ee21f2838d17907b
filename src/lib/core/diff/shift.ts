// How far one distribution is from another, told from the counts in the same bins.

/** Bins that are empty on one side are taken to hold this share, as is usual; a logarithm of nothing is endless. */
const SHARE_MIN = 1e-4;

/**
 * The population stability index: the sum over all bins of (q − p) · ln(q / p), of the shares p before and q after.
 *
 * 0 for equal shares, the same in both directions, never negative. Read below 0.1 as no shift, up to 0.25 as a moderate one,
 * and above as a large one. Null when a side holds nothing.
 * Source: Siddiqi, "Credit Risk Scorecards" (2006), ch. 6; it is the Jeffreys divergence, Jeffreys (1946).
 */
export function populationStability(before: readonly number[], after: readonly number[]): number | null {
	const shares = sharesOf(before, after);
	if (!shares) return null;
	return shares.reduce((sum, [share, shareAfter]) => {
		if (share === shareAfter) return sum;
		const [p, q] = [Math.max(share, SHARE_MIN), Math.max(shareAfter, SHARE_MIN)];
		return sum + (q - p) * Math.log(q / p);
	}, 0);
}

/**
 * The total variation distance: half the sum over all bins of |q − p|, which is the share of rows that would have to change
 * bins. 0 for equal shares, 1 where nothing is common. Null when a side holds nothing.
 * Source: Levin, Peres, "Markov Chains and Mixing Times" (2017), proposition 4.2.
 */
export function totalVariation(before: readonly number[], after: readonly number[]): number | null {
	const shares = sharesOf(before, after);
	return shares && shares.reduce((sum, [p, q]) => sum + Math.abs(q - p), 0) / 2;
}

export type ShiftSize = 'none' | 'moderate' | 'large';

/** The usual reading of the index. Source: Siddiqi (2006), ch. 6. */
export function shiftSize(stability: number): ShiftSize {
	return stability < 0.1 ? 'none' : stability <= 0.25 ? 'moderate' : 'large';
}

function sharesOf(before: readonly number[], after: readonly number[]): readonly (readonly [number, number])[] | null {
	const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
	const [all, allAfter] = [total(before), total(after)];
	if (all === 0 || allAfter === 0) return null;
	return Array.from({ length: Math.max(before.length, after.length) }, (_, bin) => [
		(before[bin] ?? 0) / all,
		(after[bin] ?? 0) / allAfter
	]);
}
