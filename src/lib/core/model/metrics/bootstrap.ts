// Intervals of metrics: what they would be on rows drawn anew from the same ones.
import { quantileOf } from '../quantile.ts';
import { randomOf } from '../random.ts';

export type Interval = { readonly value: number; readonly low: number; readonly high: number };

/**
 * Of each metric its value on all rows, and between which values it lies in 95 of 100 draws with replacement.
 *
 * `measure` gets how often each row was drawn; null for all once. Source: Efron, Tibshirani, "An Introduction to the Bootstrap", 13.3.
 */
export function bootstrap<Name extends string>(
	measure: (weights: Float64Array | null) => Readonly<Record<Name, number>>,
	rowCount: number,
	{ rounds, seed }: { readonly rounds: number; readonly seed: number }
): Readonly<Record<Name, Interval>> {
	const whole = measure(null);
	const random = randomOf(seed, 5);
	const weights = new Float64Array(rowCount);
	const drawn = Array.from({ length: rounds }, () => {
		weights.fill(0);
		for (let draw = 0; draw < rowCount; draw++) {
			const row = Math.floor(random() * rowCount);
			weights[row] = (weights[row] ?? 0) + 1;
		}
		return measure(weights);
	});
	return drawnIntervals(whole, drawn);
}

/** Of each metric its value, and between which values it lies in 95 of 100 draws; a draw that does not tell it does not count. */
export function drawnIntervals<Name extends string>(
	whole: Readonly<Record<Name, number>>,
	drawn: readonly Readonly<Record<Name, number>>[]
): Readonly<Record<Name, Interval>> {
	const intervals = (Object.keys(whole) as Name[]).map((name): readonly [Name, Interval] => {
		const values = Float64Array.from(drawn.map((metrics) => metrics[name]).filter((value) => !Number.isNaN(value)));
		const at = (share: number): number => (values.length === 0 ? whole[name] : quantileOf(values, null, share));
		// What draws raise, as errors that cannot be below 0, may lie outside of them.
		const [low, high] = [Math.min(whole[name], at(0.025)), Math.max(whole[name], at(0.975))];
		return [name, { value: whole[name], low, high }];
	});
	return Object.fromEntries(intervals) as Record<Name, Interval>;
}
