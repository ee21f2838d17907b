// How good a model is on rows that were held out, with intervals, beside what knowing nothing would give.
import { bootstrap, type Interval } from '../metrics/bootstrap.ts';
import { calibration, confusionOf, decisionMetrics, shareMetrics, type CalibrationBin } from '../metrics/binary.ts';
import { classMetrics, confusionMatrix, macroAucOf } from '../metrics/classes.ts';
import { rankRows, rankingMetrics, thresholdCounts, type ThresholdCounts } from '../metrics/ranking.ts';
import { medianErrorOf, regressionMetrics } from '../metrics/regression.ts';
import { chosenClasses } from '../predict.ts';

export type Evaluation = {
	readonly rowCount: number;
	/** By name, such as `r2` or `auc`; which is the main one says `mainMetric`. */
	readonly metrics: Readonly<Record<string, Interval>>;
	/** The same of always telling the mean, or the share of each class. */
	readonly baseline: Readonly<Record<string, number>>;
	readonly detail: RegressionDetail | BinaryDetail | ClassesDetail;
};

export type RegressionDetail = {
	readonly kind: 'regression';
	/** Predicted minus true: counts between the edges, of which there is one more. */
	readonly residuals: { readonly edges: readonly number[]; readonly counts: readonly number[] };
	/** True and predicted of up to 1,000 rows. */
	readonly points: readonly (readonly [wanted: number, predicted: number])[];
};

export type BinaryDetail = {
	readonly kind: 'binary';
	readonly positives: number;
	readonly negatives: number;
	/** Of up to 200 thresholds, for curves and for the table of any threshold. */
	readonly thresholds: readonly ThresholdCounts[];
	readonly calibration: readonly CalibrationBin[];
};

export type ClassesDetail = {
	readonly kind: 'multiclass';
	/** [is, said], row-major. */
	readonly confusion: readonly number[];
};

/** What is looked at first, and whether more of it is better. */
export const mainMetric = {
	regression: { name: 'r2', isMoreBetter: true },
	binary: { name: 'auc', isMoreBetter: true },
	multiclass: { name: 'logLoss', isMoreBetter: false }
} as const;

/** Row draws of a bootstrap, over all rounds. */
const DRAWS = 5e6;
const ROUNDS_MAX = 200;
const ROUNDS_MIN = 40;
const THRESHOLDS = 200;
const POINTS = 1000;
const RESIDUAL_BINS = 30;

const drawing = (rowCount: number, seed: number): { rounds: number; seed: number } => ({
	rounds: Math.max(ROUNDS_MIN, Math.min(ROUNDS_MAX, Math.floor(DRAWS / Math.max(1, rowCount)))),
	seed
});

/** `trainMean` is what the baseline tells. */
export function evaluateRegression(
	wanted: Float32Array,
	predicted: Float32Array,
	trainMean: number,
	seed: number
): Evaluation {
	const rowCount = wanted.length;
	const medianError = medianErrorOf(wanted, predicted);
	const metrics = bootstrap(
		(weights) => ({ ...regressionMetrics(wanted, predicted, weights), medianError: medianError(weights) }),
		rowCount,
		drawing(rowCount, seed)
	);
	const step = Math.max(1, Math.ceil(rowCount / POINTS));
	return {
		rowCount,
		metrics,
		baseline: { ...regressionMetrics(wanted, new Float32Array(rowCount).fill(trainMean)) },
		detail: {
			kind: 'regression',
			residuals: histogramOf(wanted.map((value, row) => (predicted[row] ?? 0) - value)),
			points: Array.from({ length: Math.ceil(rowCount / step) }, (_, at) => [
				wanted[at * step] ?? 0,
				predicted[at * step] ?? 0
			])
		}
	};
}

/** `shares` are of the second class, `trainShare` what the baseline tells of it. */
export function evaluateBinary(
	isPositive: Float32Array,
	shares: Float32Array,
	trainShare: number,
	seed: number
): Evaluation {
	const rowCount = isPositive.length;
	const ranked = rankRows(isPositive, shares);
	const measure = (weights: Float64Array | null) => ({
		...rankingMetrics(ranked, weights),
		...shareMetrics(isPositive, shares, weights),
		...decisionMetrics(confusionOf(isPositive, shares, 0.5, weights)),
		calibrationError: calibration(isPositive, shares, weights).error
	});
	const always = new Float32Array(rowCount).fill(trainShare);
	const positives = isPositive.reduce((sum, is) => sum + is, 0);
	return {
		rowCount,
		metrics: bootstrap(measure, rowCount, drawing(rowCount, seed)),
		baseline: {
			...rankingMetrics(rankRows(isPositive, always)),
			...shareMetrics(isPositive, always),
			...decisionMetrics(confusionOf(isPositive, always, 0.5))
		},
		detail: {
			kind: 'binary',
			positives,
			negatives: rowCount - positives,
			thresholds: thresholdCounts(ranked, THRESHOLDS),
			calibration: calibration(isPositive, shares).bins
		}
	};
}

/** `trainShares` are what the baseline tells of each class. */
export function evaluateClasses(
	classes: Float32Array,
	shares: readonly Float32Array[],
	trainShares: readonly number[],
	seed: number
): Evaluation {
	const rowCount = classes.length;
	const chosen = chosenClasses(shares);
	const macroAuc = macroAucOf(classes, shares);
	const always = trainShares.map((share) => new Float32Array(rowCount).fill(share));
	return {
		rowCount,
		metrics: {
			...bootstrap(
				(weights) => ({ ...classMetrics(classes, chosen, shares, weights) }),
				rowCount,
				drawing(rowCount, seed)
			),
			...bootstrap((weights) => ({ macroAuc: macroAuc(weights) }), rowCount, {
				...drawing(rowCount * shares.length, seed),
				...(rowCount * shares.length > DRAWS ? { rounds: 0 } : {})
			})
		},
		baseline: { ...classMetrics(classes, chosenClasses(always), always), macroAuc: 0.5 },
		detail: { kind: 'multiclass', confusion: [...confusionMatrix(classes, chosen, shares.length)] }
	};
}

function histogramOf(values: Float32Array): RegressionDetail['residuals'] {
	let [low, high] = [Infinity, -Infinity];
	for (const value of values) {
		low = Math.min(low, value);
		high = Math.max(high, value);
	}
	if (!(low < high)) return { edges: [low, low], counts: [values.length] };
	const width = (high - low) / RESIDUAL_BINS;
	const counts = new Array<number>(RESIDUAL_BINS).fill(0);
	for (const value of values) {
		const bin = Math.min(RESIDUAL_BINS - 1, Math.floor((value - low) / width));
		counts[bin] = (counts[bin] ?? 0) + 1;
	}
	return { edges: Array.from({ length: RESIDUAL_BINS + 1 }, (_, at) => low + at * width), counts };
}
