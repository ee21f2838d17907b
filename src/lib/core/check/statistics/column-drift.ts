// How far one column is from its baseline: the measures that its kind has, told from two sketches and no row.
import { populationStability } from '../../diff/shift.ts';
import type { ColumnSketch } from '../sketch/column-sketch.ts';
import { QUANTILES_K, rankError } from '../sketch/quantiles.ts';
import { categoryDrift, type CategoryDrift } from './category-drift.ts';
import { chiSquareOfSamples, type ChiSquare } from './chi-square.ts';
import { jensenShannon, wasserstein } from './distances.ts';
import {
	countInBins,
	distributionOfSketch,
	equalBounds,
	quantileOfDistribution,
	type Distribution
} from './distribution.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';

/** What a measure's threshold means is told beside its default. */
export type DriftMeasure =
	'psi' | 'kolmogorov-smirnov' | 'jensen-shannon' | 'wasserstein' | 'chi-square' | 'null-ratio';

export type ColumnDrift = {
	/** Measures of this kind of column, those that could be told. */
	readonly measures: Readonly<Partial<Record<DriftMeasure, number>>>;
	/** Of the test of this kind, Kolmogorov-Smirnov or chi-square; null where there is none. */
	readonly pValue: number | null;
	/** By how much the Kolmogorov-Smirnov statistic may be off, since it is told from sketches. */
	readonly rankError: number;
	readonly categories: CategoryDrift | null;
	/** Rows in bins that hold about as many of the baseline's rows each; null of texts. */
	readonly bins: {
		readonly bounds: readonly number[];
		readonly before: readonly number[];
		readonly after: readonly number[];
	} | null;
};

/** Bins of the baseline's deciles, as PSI is usually told. */
const BINS = 10;

/** A sketch of so many rows is exact itself; of more, the sketch is farther off than what is left out. */
const EFFORT = { exactRows: 2 * QUANTILES_K, summedRows: 2000 };

/** Null where the two are not of one kind: that is a change of the schema. */
export function columnDrift(before: ColumnSketch, after: ColumnSketch): ColumnDrift | null {
	if (before.kind !== after.kind) return null;
	const nulls = nullRatioChange(before, after);
	const isCounted = before.kind === 'texts' || before.kind === 'booleans';
	if (isCounted) return { ...categorical(before, after, nulls), rankError: 0, bins: null };
	if (!before.numbers || !after.numbers)
		return { measures: nulls, pValue: null, rankError: 0, categories: null, bins: null };
	const [old, now] = [distributionOfSketch(before.numbers.quantiles), distributionOfSketch(after.numbers.quantiles)];
	const error = rankError(before.numbers.quantiles) + rankError(after.numbers.quantiles);
	return { ...numeric(old, now, nulls), rankError: error, categories: null };
}

function numeric(
	before: Distribution,
	after: Distribution,
	nulls: ColumnDrift['measures']
): Pick<ColumnDrift, 'measures' | 'pValue' | 'bins'> {
	const bounds = equalBounds(before, BINS);
	const bins = { bounds, before: countInBins(before, bounds), after: countInBins(after, bounds) };
	const test = kolmogorovSmirnov(before, after, EFFORT);
	const measures = {
		psi: populationStability(bins.before, bins.after),
		'kolmogorov-smirnov': test?.statistic ?? null,
		'jensen-shannon': jensenShannon(bins.before, bins.after),
		wasserstein: scaledWasserstein(before, after),
		...nulls
	};
	return { measures: told(measures), pValue: test?.pValue ?? null, bins };
}

function categorical(
	before: ColumnSketch,
	after: ColumnSketch,
	nulls: ColumnDrift['measures']
): Pick<ColumnDrift, 'measures' | 'pValue' | 'categories'> {
	if (!before.frequent || !after.frequent) return { measures: nulls, pValue: null, categories: null };
	const categories = categoryDrift(
		{ frequent: before.frequent, valueCount: before.rowCount - before.nullCount },
		{ frequent: after.frequent, valueCount: after.rowCount - after.nullCount }
	);
	const test = chiSquareOfSamples(categories.before, categories.after);
	const measures = {
		psi: populationStability(categories.before, categories.after),
		'jensen-shannon': jensenShannon(categories.before, categories.after),
		'chi-square': cramersV(test, categories),
		...nulls
	};
	return { measures: told(measures), pValue: test?.pValue ?? null, categories };
}

/** Chi-square as a strength of 0 to 1, which the number of rows does not raise. Source: Cramér (1946), for a table of two rows. */
function cramersV(test: ChiSquare | null, { before, after }: CategoryDrift): number | null {
	const rows = [...before, ...after].reduce((sum, count) => sum + count, 0);
	return test === null || rows === 0 ? null : Math.sqrt(test.statistic / rows);
}

/** In units of the baseline's spread, so that columns compare: the distance of its 5 % and 95 % quantiles over that of a normal's. */
function scaledWasserstein(before: Distribution, after: Distribution): number | null {
	const distance = wasserstein(before, after);
	const [low, high] = [quantileOfDistribution(before, 0.05), quantileOfDistribution(before, 0.95)];
	if (distance === null || low === null || high === null) return null;
	const spread = (high - low) / 3.2897;
	if (distance === 0) return 0;
	return spread > 0 ? distance / spread : null;
}

function nullRatioChange(before: ColumnSketch, after: ColumnSketch): { readonly 'null-ratio'?: number } {
	if (before.rowCount === 0 || after.rowCount === 0) return {};
	return { 'null-ratio': Math.abs(after.nullCount / after.rowCount - before.nullCount / before.rowCount) };
}

function told(measures: Readonly<Partial<Record<DriftMeasure, number | null>>>): ColumnDrift['measures'] {
	return Object.fromEntries(
		Object.entries(measures).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
	);
}
