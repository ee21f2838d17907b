// How good shares of two classes are, and the decisions that follow from them.

export type Confusion = {
	readonly truePositives: number;
	readonly falsePositives: number;
	readonly trueNegatives: number;
	readonly falseNegatives: number;
};

export type DecisionMetrics = {
	readonly accuracy: number;
	readonly precision: number;
	readonly recall: number;
	readonly f1: number;
	/** Matthews' correlation coefficient. */
	readonly mcc: number;
};

export function confusionOf(
	isPositive: ArrayLike<number>,
	shares: ArrayLike<number>,
	threshold: number,
	weights: ArrayLike<number> | null = null
): Confusion {
	let [truePositives, falsePositives, trueNegatives, falseNegatives] = [0, 0, 0, 0];
	for (let row = 0; row < shares.length; row++) {
		const weight = weights?.[row] ?? 1;
		const [is, says] = [(isPositive[row] ?? 0) > 0, (shares[row] ?? 0) >= threshold];
		if (is && says) truePositives += weight;
		else if (is) falseNegatives += weight;
		else if (says) falsePositives += weight;
		else trueNegatives += weight;
	}
	return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** 0 where a ratio has nothing to divide by, as scikit-learn has it. */
export function decisionMetrics(confusion: Confusion): DecisionMetrics {
	const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = confusion;
	const ratio = (of: number, all: number): number => (all === 0 ? 0 : of / all);
	return {
		accuracy: ratio(tp + tn, tp + fp + tn + fn),
		precision: ratio(tp, tp + fp),
		recall: ratio(tp, tp + fn),
		f1: ratio(2 * tp, 2 * tp + fp + fn),
		mcc: ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))
	};
}

/** `logLoss` keeps shares a float32's step away from 0 and 1; `brier` is the mean squared distance from what came true. */
export type ShareMetrics = { readonly logLoss: number; readonly brier: number };

const LEAST = 2 ** -24;

export function shareMetrics(
	isPositive: ArrayLike<number>,
	shares: ArrayLike<number>,
	weights: ArrayLike<number> | null = null
): ShareMetrics {
	let [logs, squares, total] = [0, 0, 0];
	for (let row = 0; row < shares.length; row++) {
		const weight = weights?.[row] ?? 1;
		const is = (isPositive[row] ?? 0) > 0;
		const share = Math.min(1 - LEAST, Math.max(LEAST, shares[row] ?? 0));
		total += weight;
		logs -= weight * Math.log(is ? share : 1 - share);
		squares += weight * ((shares[row] ?? 0) - (is ? 1 : 0)) ** 2;
	}
	return { logLoss: logs / total, brier: squares / total };
}

/** Rows of like shares: the mean share they were given, and the share that came true. */
export type CalibrationBin = { readonly told: number; readonly true: number; readonly rowCount: number };

/** Ten bins of equal width, without empty ones; `error` is the mean distance of told and true over the rows. */
export function calibration(
	isPositive: ArrayLike<number>,
	shares: ArrayLike<number>,
	weights: ArrayLike<number> | null = null,
	binCount = 10
): { readonly bins: readonly CalibrationBin[]; readonly error: number } {
	const [told, came, counts] = [0, 1, 2].map(() => new Float64Array(binCount));
	if (!told || !came || !counts) return { bins: [], error: 0 };
	for (let row = 0; row < shares.length; row++) {
		const weight = weights?.[row] ?? 1;
		const bin = Math.min(binCount - 1, Math.floor((shares[row] ?? 0) * binCount));
		told[bin] = (told[bin] ?? 0) + weight * (shares[row] ?? 0);
		came[bin] = (came[bin] ?? 0) + ((isPositive[row] ?? 0) > 0 ? weight : 0);
		counts[bin] = (counts[bin] ?? 0) + weight;
	}
	const bins = Array.from(counts, (rowCount, bin) => ({
		told: (told[bin] ?? 0) / rowCount,
		true: (came[bin] ?? 0) / rowCount,
		rowCount
	})).filter(({ rowCount }) => rowCount > 0);
	const total = counts.reduce((sum, count) => sum + count, 0);
	const error = bins.reduce((sum, bin) => sum + Math.abs(bin.told - bin.true) * bin.rowCount, 0) / total;
	return { bins, error };
}
