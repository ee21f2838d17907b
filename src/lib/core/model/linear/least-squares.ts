// Linear regression: least squares, and ridge where weights are held back.
import { invariant } from '../../result.ts';
import type { LinearModel } from '../model.ts';
import { solve } from './solve.ts';

export type LinearRows = {
	readonly features: readonly Float32Array[];
	/** Class numbers for classes. */
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
	readonly train: Uint32Array;
};

/** Rows whose sums are taken at once: their features, one after another, stay close to the processor. */
const BLOCK_ROWS = 256;

/** `l2` is what scikit-learn's Ridge calls alpha; the intercept is not held back. */
export function leastSquares(rows: LinearRows, l2: number): LinearModel {
	const width = rows.features.length;
	const { means, targetMean } = meansOf(rows);
	const { matrix, side } = normalEquations(rows, means, targetMean);
	for (let at = 0; at < width; at++) matrix[at * width + at] = (matrix[at * width + at] ?? 0) + l2;
	const [weights] = solve(matrix, width, [side]);
	invariant(weights, 'one side has one solution');
	const shift = weights.reduce((sum, weight, at) => sum + weight * (means[at] ?? 0), 0);
	return {
		kind: 'linear',
		weights: Float32Array.from(weights),
		intercept: Float32Array.of(targetMean - shift),
		link: 'identity'
	};
}

function meansOf({ features, target, weights, train }: LinearRows): {
	readonly means: Float64Array;
	readonly targetMean: number;
} {
	let [total, sum] = [0, 0];
	for (const row of train) {
		const weight = weights?.[row] ?? 1;
		total += weight;
		sum += weight * (target[row] ?? 0);
	}
	const means = Float64Array.from(features, (values) => {
		let of = 0;
		for (const row of train) of += (weights?.[row] ?? 1) * (values[row] ?? 0);
		return of / total;
	});
	return { means, targetMean: sum / total };
}

/** X'WX and X'Wy of what is left of features and target without their means. */
function normalEquations(
	{ features, target, weights, train }: LinearRows,
	means: Float64Array,
	targetMean: number
): { readonly matrix: Float64Array; readonly side: Float64Array } {
	const width = features.length;
	const matrix = new Float64Array(width * width);
	const side = new Float64Array(width);
	const block = Array.from({ length: width }, () => new Float64Array(BLOCK_ROWS));
	const scaled = new Float64Array(BLOCK_ROWS);
	for (let start = 0; start < train.length; start += BLOCK_ROWS) {
		const count = Math.min(BLOCK_ROWS, train.length - start);
		features.forEach((values, at) => {
			const mean = means[at] ?? 0;
			const own = block[at];
			for (let row = 0; own && row < count; row++) own[row] = (values[train[start + row] ?? 0] ?? 0) - mean;
		});
		for (let column = 0; column < width; column++) {
			const own = block[column] ?? scaled;
			let ofTarget = 0;
			for (let row = 0; row < count; row++) {
				const from = train[start + row] ?? 0;
				const value = (own[row] ?? 0) * (weights?.[from] ?? 1);
				scaled[row] = value;
				ofTarget += value * ((target[from] ?? 0) - targetMean);
			}
			side[column] = (side[column] ?? 0) + ofTarget;
			for (let other = column; other < width; other++) {
				const against = block[other] ?? scaled;
				let sum = 0;
				for (let row = 0; row < count; row++) sum += (scaled[row] ?? 0) * (against[row] ?? 0);
				matrix[other * width + column] = (matrix[other * width + column] ?? 0) + sum;
			}
		}
	}
	// Only the lower triangle is read.
	return { matrix, side };
}
