// Where the level of a series changed for good: a look back over all of it, by exact search.
import { median, robustSpread } from './robust.ts';

export type ChangePoint = {
	/** The first point of the new level. */
	readonly index: number;
	readonly before: number;
	readonly after: number;
	/** As a share of the level before; null where that is 0. */
	readonly relative: number | null;
};

/** A series that hardly moves is taken to move by this share of its level, as bands do: less is no change that anybody acts on. */
const NOISE_FLOOR = 0.005;

/**
 * Changes of the mean, in the order of the series. `penalty` is what a further change must save, in units of the noise's variance
 * times the logarithm of the number of points: 3 finds few that are not there. The noise is told from neighbouring points, and
 * single wild points are drawn in to 4 standard deviations of it from the median around them, so that they are no change.
 * Source: Killick, Fearnhead, Eckley, "Optimal detection of changepoints with a linear computational cost" (2012): PELT.
 */
export function changePoints(series: readonly number[], { penalty = 3, lengthMin = 3 } = {}): readonly ChangePoint[] {
	const count = series.length;
	if (count < 2 * lengthMin) return [];
	// Distances from a middle keep the digits that sums of large squares would lose.
	const middle = median(series) ?? 0;
	const noise = Math.max(noiseOf(series), NOISE_FLOOR * Math.abs(middle));
	const values = drawnIn(series, noise).map((value) => value - middle);
	const sums = prefixSums(values);
	const squares = prefixSums(values.map((value) => value * value));
	const cost = (from: number, to: number): number => {
		const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
		return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from);
	};
	const fee = penalty * Math.log(count) * Math.max(noise * noise, Number.MIN_VALUE);
	const best = new Float64Array(count + 1);
	const last = new Int32Array(count + 1);
	best[0] = -fee;
	let candidates = [0];
	for (let to = lengthMin; to <= count; to++) {
		let least = Infinity;
		for (const from of candidates) {
			if (to - from < lengthMin) continue;
			const total = (best[from] ?? 0) + cost(from, to) + fee;
			if (total < least) {
				least = total;
				last[to] = from;
			}
		}
		best[to] = least;
		const found = least;
		candidates = candidates.filter((from) => to - from < lengthMin || (best[from] ?? 0) + cost(from, to) <= found);
		// The shortest stretch that ends here may begin one.
		if (to - lengthMin + 1 >= lengthMin) candidates.push(to - lengthMin + 1);
	}
	return told(series, [...ends(last, count)].reverse());
}

function* ends(last: Int32Array, count: number): Generator<number> {
	for (let at = last[count] ?? 0; at > 0; at = last[at] ?? 0) yield at;
}

function told(series: readonly number[], starts: readonly number[]): readonly ChangePoint[] {
	return starts.map((index, at) => {
		const before = median(series.slice(starts[at - 1] ?? 0, index)) ?? 0;
		const after = median(series.slice(index, starts[at + 1] ?? series.length)) ?? 0;
		return { index, before, after, relative: before === 0 ? null : (after - before) / Math.abs(before) };
	});
}

/** Neighbours differ by noise twice, whatever the level; a series of few different steps tells it from its own spread. */
function noiseOf(series: readonly number[]): number {
	const steps = series.slice(1).map((value, at) => value - (series[at] ?? 0));
	const byStep = (robustSpread(steps, 0) ?? 0) / Math.SQRT2;
	return byStep > 0 ? byStep : (robustSpread(series) ?? 0) / 10;
}

function drawnIn(series: readonly number[], noise: number): readonly number[] {
	const reach = 4 * noise;
	return series.map((value, at) => {
		const around = median(series.slice(Math.max(0, at - 3), at + 4)) ?? value;
		return noise === 0 ? value : Math.min(around + reach, Math.max(around - reach, value));
	});
}

function prefixSums(values: readonly number[]): Float64Array {
	const sums = new Float64Array(values.length + 1);
	for (const [at, value] of values.entries()) sums[at + 1] = (sums[at] ?? 0) + value;
	return sums;
}
