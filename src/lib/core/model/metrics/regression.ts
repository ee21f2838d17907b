// How far predicted numbers are from what came true.
import { quantileOf } from '../quantile.ts';

export type RegressionMetrics = {
	/** The share of the variance that is explained; below 0, the mean would have been better. */
	readonly r2: number;
	readonly rmse: number;
	readonly mae: number;
	/** The mean of predicted minus true. */
	readonly bias: number;
	readonly maxError: number;
};

/** `weights` count rows, as a bootstrap draws them; null counts each once. */
export function regressionMetrics(
	wanted: ArrayLike<number>,
	predicted: ArrayLike<number>,
	weights: ArrayLike<number> | null = null
): RegressionMetrics {
	let [total, sum] = [0, 0];
	for (let row = 0; row < wanted.length; row++) {
		const weight = weights?.[row] ?? 1;
		total += weight;
		sum += weight * (wanted[row] ?? 0);
	}
	const mean = sum / total;
	let [squares, absolute, signed, spread, maxError] = [0, 0, 0, 0, 0];
	for (let row = 0; row < wanted.length; row++) {
		const weight = weights?.[row] ?? 1;
		const off = (predicted[row] ?? 0) - (wanted[row] ?? 0);
		squares += weight * off * off;
		absolute += weight * Math.abs(off);
		signed += weight * off;
		spread += weight * ((wanted[row] ?? 0) - mean) ** 2;
		if (weight > 0) maxError = Math.max(maxError, Math.abs(off));
	}
	return {
		r2: spread === 0 ? (squares === 0 ? 1 : 0) : 1 - squares / spread,
		rmse: Math.sqrt(squares / total),
		mae: absolute / total,
		bias: signed / total,
		maxError
	};
}

/** The error that half of the rows do not exceed; errors are ordered once for all draws of a bootstrap. */
export function medianErrorOf(
	wanted: ArrayLike<number>,
	predicted: ArrayLike<number>
): (weights: Float64Array | null) => number {
	const errors = Float64Array.from(wanted, (value, row) => Math.abs((predicted[row] ?? 0) - value));
	const order = Uint32Array.from(errors, (_, row) => row).sort((a, b) => (errors[a] ?? 0) - (errors[b] ?? 0));
	return (weights) => {
		if (!weights) return quantileOf(errors.slice(), null, 0.5);
		const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
		let reached = 0;
		for (const row of order) {
			reached += weights[row] ?? 0;
			if (reached >= half) return errors[row] ?? 0;
		}
		return 0;
	};
}
