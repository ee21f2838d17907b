// Intervals of what is known by its counts or moments alone, each of 95 in 100.
import { randomOf } from '../random.ts';
import { drawnIntervals, type Interval } from './bootstrap.ts';

const Z = 1.959963984540054;

/** Of a share of rows. 0 to 1 where there are none. Source: Wilson, "Probable inference", JASA 22 (1927). */
export function shareInterval(hits: number, rowCount: number): Interval {
	if (rowCount === 0) return { value: 0, low: 0, high: 1 };
	const value = hits / rowCount;
	const square = (Z * Z) / rowCount;
	const middle = (value + square / 2) / (1 + square);
	const reach = (Z / (1 + square)) * Math.sqrt((value * (1 - value)) / rowCount + square / (4 * rowCount));
	return {
		value,
		low: Math.min(value, Math.max(0, middle - reach)),
		high: Math.max(value, Math.min(1, middle + reach))
	};
}

/** Of what has a standard error, within the bounds that it can have. */
export function errorInterval(
	value: number,
	standardError: number,
	{ least = -Infinity, most = Infinity }: { readonly least?: number; readonly most?: number } = {}
): Interval {
	const reach = Number.isFinite(standardError) ? Z * standardError : 0;
	return { value, low: Math.max(least, value - reach), high: Math.min(most, value + reach) };
}

/**
 * Of each metric of counts, between which values it lies in 95 of 100 draws of as many rows: each count is drawn by Poisson's distribution.
 *
 * Source: Chamandy, Muralidharan, Najmi, Naidu, "Estimating uncertainty for massive data streams" (2012).
 */
export function bootstrapCounts<Name extends string>(
	counts: Float64Array,
	measure: (counts: Float64Array) => Readonly<Record<Name, number>>,
	{ rounds, seed }: { readonly rounds: number; readonly seed: number }
): Readonly<Record<Name, Interval>> {
	const whole = measure(counts);
	const random = randomOf(seed, 7);
	const drawn = Array.from({ length: rounds }, () => measure(counts.map((count) => drawCount(count, random))));
	return drawnIntervals(whole, drawn);
}

/** From so many on, a normal distribution is as good. */
const MANY = 50;

function drawCount(mean: number, random: () => number): number {
	if (mean === 0) return 0;
	if (mean >= MANY) {
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
	}
	const floor = Math.exp(-mean);
	let count = -1;
	for (let product = 1; product > floor || count < 0; count++) product *= random();
	return Math.max(0, count);
}
