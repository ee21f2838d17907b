// Numbers in ascending order with the rows each stands for: what distances between columns are told from, raw or from sketches.
import { weightedValues, type QuantileSketch } from '../sketch/quantiles.ts';

export type Distribution = {
	/** Ascending, without NaN. */
	readonly values: Float64Array;
	/** Rows of each; null where each is one row. */
	readonly weights: Float64Array | null;
	readonly total: number;
};

/** Of numbers in any order; NaN is left out. */
export function distributionOfValues(values: Float64Array): Distribution {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort();
	return { values: sorted, weights: null, total: sorted.length };
}

/** Of a sketch: its ranks are off by its `rankError`. */
export function distributionOfSketch(sketch: QuantileSketch): Distribution {
	return { ...weightedValues(sketch), total: sketch.count };
}

/**
 * Calls with each value that is in one of two distributions, ascending, and the shares of rows up to it in both.
 *
 * Owner: allocates nothing.
 */
export function walkTogether(
	a: Distribution,
	b: Distribution,
	visit: (value: number, shareA: number, shareB: number) => void
): void {
	let [atA, atB, sumA, sumB] = [0, 0, 0, 0];
	while (atA < a.values.length || atB < b.values.length) {
		const nextA = a.values[atA] ?? Infinity;
		const nextB = b.values[atB] ?? Infinity;
		const value = nextA < nextB ? nextA : nextB;
		for (; atA < a.values.length && (a.values[atA] ?? 0) <= value; atA++) sumA += a.weights?.[atA] ?? 1;
		for (; atB < b.values.length && (b.values[atB] ?? 0) <= value; atB++) sumB += b.weights?.[atB] ?? 1;
		visit(value, sumA / a.total, sumB / b.total);
	}
}

/** The least value that at least `share` of the rows do not exceed; null of no rows. */
export function quantileOfDistribution({ values, weights, total }: Distribution, share: number): number | null {
	let below = 0;
	for (let at = 0; at < values.length; at++) {
		below += weights?.[at] ?? 1;
		if (below >= share * total) return values[at] ?? null;
	}
	return values.at(-1) ?? null;
}

/** Inner bounds of at most `bins` bins that hold about as many rows each; fewer where values are there often. */
export function equalBounds({ values, weights, total }: Distribution, bins: number): readonly number[] {
	const bounds: number[] = [];
	let below = 0;
	let next = 1;
	for (let at = 0; at < values.length && next < bins; at++) {
		below += weights?.[at] ?? 1;
		if (below < (next / bins) * total) continue;
		const value = values[at] ?? 0;
		if (bounds.at(-1) !== value) bounds.push(value);
		while (next < bins && below >= (next / bins) * total) next++;
	}
	return bounds;
}

/** Rows up to the first bound, from there up to the second, and so on, and beyond the last; each bound belongs to the bin before it. */
export function countInBins({ values, weights }: Distribution, bounds: readonly number[]): readonly number[] {
	const counts = new Array<number>(bounds.length + 1).fill(0);
	let bin = 0;
	for (let at = 0; at < values.length; at++) {
		while (bin < bounds.length && (values[at] ?? 0) > (bounds[bin] ?? 0)) bin++;
		counts[bin] = (counts[bin] ?? 0) + (weights?.[at] ?? 1);
	}
	return counts;
}
