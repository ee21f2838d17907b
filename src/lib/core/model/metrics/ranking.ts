// How well scores put the rows of a class before the others: ROC, precision and recall, and what each threshold would do.

/** Rows by descending score. */
export type Ranked = {
	readonly order: Uint32Array;
	readonly scores: ArrayLike<number>;
	readonly isPositive: ArrayLike<number>;
};

export function rankRows(isPositive: ArrayLike<number>, scores: ArrayLike<number>): Ranked {
	const order = Uint32Array.from({ length: scores.length }, (_, row) => row);
	order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
	return { order, scores, isPositive };
}

/** Rows at or above a threshold, by what they are. */
export type ThresholdCounts = {
	readonly threshold: number;
	readonly truePositives: number;
	readonly falsePositives: number;
};

export type RankingMetrics = {
	/** The area under the ROC curve. */
	readonly auc: number;
	/** The area under precision by recall, in steps. */
	readonly averagePrecision: number;
};

/** NaN where one of the classes has no rows. `weights` count rows, as a bootstrap draws them. */
export function rankingMetrics(ranked: Ranked, weights: ArrayLike<number> | null = null): RankingMetrics {
	let [area, precisions] = [0, 0];
	let [positives, negatives] = [0, 0];
	eachThreshold(ranked, weights, ({ truePositives, falsePositives }) => {
		area += ((falsePositives - negatives) * (truePositives + positives)) / 2;
		const all = truePositives + falsePositives;
		if (all > 0) precisions += ((truePositives - positives) * truePositives) / all;
		[positives, negatives] = [truePositives, falsePositives];
	});
	return { auc: area / (positives * negatives), averagePrecision: precisions / positives };
}

/** The counts at up to so many thresholds, evenly among the rows, from above all scores to the least. */
export function thresholdCounts(ranked: Ranked, most: number): readonly ThresholdCounts[] {
	const told: ThresholdCounts[] = [{ threshold: Infinity, truePositives: 0, falsePositives: 0 }];
	const step = ranked.order.length / most;
	let last: ThresholdCounts | null = null;
	eachThreshold(ranked, null, (counts) => {
		last = counts;
		const before = told.at(-1);
		const rows = counts.truePositives + counts.falsePositives;
		if (before && rows - before.truePositives - before.falsePositives >= step) told.push(counts);
	});
	if (last !== null && told.at(-1) !== last) told.push(last);
	return told;
}

/** Once for every different score, from the greatest. */
function eachThreshold(
	{ order, scores, isPositive }: Ranked,
	weights: ArrayLike<number> | null,
	tell: (counts: ThresholdCounts) => void
): void {
	let [truePositives, falsePositives] = [0, 0];
	for (let at = 0; at < order.length;) {
		const threshold = scores[order[at] ?? 0] ?? 0;
		for (; at < order.length && scores[order[at] ?? 0] === threshold; at++) {
			const row = order[at] ?? 0;
			const weight = weights?.[row] ?? 1;
			if ((isPositive[row] ?? 0) > 0) truePositives += weight;
			else falsePositives += weight;
		}
		tell({ threshold, truePositives, falsePositives });
	}
}
