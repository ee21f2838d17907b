// The numbers that a column's sketch tells: what is compared with a baseline's, and followed over versions.
import { countDistinct } from '../sketch/distinct.ts';
import { excessKurtosis, skewness, standardDeviation } from '../sketch/moments.ts';
import { quantilesOf, rankOf, type QuantileSketch } from '../sketch/quantiles.ts';
import type { ColumnSketch } from '../sketch/column-sketch.ts';
import type { NumberSketch } from '../sketch/number-sketch.ts';

/** Ratios are of 0 to 1. Null where the column has no such number, as a text has no mean. */
export type ColumnMetrics = {
	readonly rowCount: number;
	readonly nullRatio: number | null;
	readonly distinctCount: number | null;
	/** Without it, the count is an estimate: see the note at `DistinctSketch`. */
	readonly isDistinctExact: boolean;
	/** Different values of the rows that have one. */
	readonly uniqueRatio: number | null;
	readonly mean: number | null;
	readonly standardDeviation: number | null;
	readonly skewness: number | null;
	readonly excessKurtosis: number | null;
	readonly min: number | null;
	readonly max: number | null;
	/** 5, 25, 50, 75 and 95 %. */
	readonly quantiles: readonly number[] | null;
	/** Values more than three standard deviations (of the population) from the mean. */
	readonly zScoreOutlierRatio: number | null;
	/** Values more than 1.5 times the distance of the quartiles beyond them. Source: Tukey, "Exploratory Data Analysis" (1977). */
	readonly iqrOutlierRatio: number | null;
	readonly meanLength: number | null;
};

export function columnMetrics(sketch: ColumnSketch): ColumnMetrics {
	const { rowCount, nullCount, numbers, texts, distinct } = sketch;
	const valueCount = rowCount - nullCount;
	const distinctCount = distinct && countDistinct(distinct);
	const bounded = distinctCount && Math.min(distinctCount.count, valueCount);
	const hasNumbers = numbers !== null && numbers.moments.count > 0;
	return {
		rowCount,
		nullRatio: rowCount === 0 ? null : nullCount / rowCount,
		distinctCount: bounded,
		isDistinctExact: distinctCount?.isExact ?? false,
		uniqueRatio: bounded === null || valueCount === 0 ? null : bounded / valueCount,
		mean: hasNumbers ? numbers.moments.mean : null,
		standardDeviation: numbers && standardDeviation(numbers.moments),
		skewness: numbers && skewness(numbers.moments),
		excessKurtosis: numbers && excessKurtosis(numbers.moments),
		min: numbers?.min ?? null,
		max: numbers?.max ?? null,
		quantiles: hasNumbers ? quantilesOf(numbers.quantiles, [0.05, 0.25, 0.5, 0.75, 0.95]) : null,
		zScoreOutlierRatio: hasNumbers ? zScoreOutliers(numbers) : null,
		iqrOutlierRatio: hasNumbers ? iqrOutliers(numbers.quantiles) : null,
		meanLength: texts && texts.lengths.count > 0 ? texts.lengths.mean : null
	};
}

function zScoreOutliers({ moments: { count, mean, m2 }, quantiles }: NumberSketch): number | null {
	const deviation = Math.sqrt(m2 / count);
	return Number.isFinite(deviation) ? outside(quantiles, mean - 3 * deviation, mean + 3 * deviation) : null;
}

function iqrOutliers(quantiles: QuantileSketch): number | null {
	const [low = 0, high = 0] = quantilesOf(quantiles, [0.25, 0.75]);
	const reach = 1.5 * (high - low);
	return Number.isFinite(reach) ? outside(quantiles, low - reach, high + reach) : null;
}

/** The share of values below `low` or above `high`. */
function outside(quantiles: QuantileSketch, low: number, high: number): number | null {
	const upTo = rankOf(quantiles, high);
	// The greatest number below `low`: a value at the bound is inside.
	const below = rankOf(quantiles, low - Math.max(Number.MIN_VALUE, Math.abs(low) * 2 ** -53));
	return upTo === null || below === null ? null : Math.min(1, Math.max(0, 1 - upTo + below));
}
