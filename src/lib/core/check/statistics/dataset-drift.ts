// Which columns drifted from the baseline, what changed most first.
import type { SegmentSketch } from '../sketch/segment-sketch.ts';
import { columnDrift, type ColumnDrift, type DriftMeasure } from './column-drift.ts';
import { correctPValues, type Correction } from './correction.ts';

export type DriftThresholds = {
	/**
	 * From where a measure counts as drift. The defaults mean:
	 * - psi 0.25: a large shift as credit scoring reads it (0.1 is a moderate one);
	 * - kolmogorov-smirnov 0.1: at some value, the shares of rows up to it are ten points apart;
	 * - jensen-shannon 0.1: 0 is the same, 0.83 nothing in common;
	 * - wasserstein 0.1: rows moved by a tenth of the baseline's standard deviation, on average;
	 * - chi-square 0.1: Cramér's V, a weak association of value and version;
	 * - null-ratio 0.05: five points more or fewer nulls.
	 */
	readonly measures: Readonly<Partial<Record<DriftMeasure, number>>>;
	/** A column whose test's corrected p-value is above it did not drift, whatever its distances: they may be chance. */
	readonly significance: number;
	readonly correction: Correction;
};

export const DRIFT_THRESHOLDS: DriftThresholds = {
	measures: {
		psi: 0.25,
		'kolmogorov-smirnov': 0.1,
		'jensen-shannon': 0.1,
		wasserstein: 0.1,
		'chi-square': 0.1,
		'null-ratio': 0.05
	},
	significance: 0.05,
	correction: 'holm'
};

export type ColumnVerdict = ColumnDrift & {
	readonly column: string;
	/** Corrected for the number of columns; null where there is no test. */
	readonly correctedPValue: number | null;
	/** Measures at or over their threshold, farthest over first. */
	readonly over: readonly DriftMeasure[];
	/** The largest measure in units of its threshold: what columns are ranked by. */
	readonly severity: number;
	readonly hasDrifted: boolean;
};

/** Of the columns that both have in one kind, what changed most first. */
export function datasetDrift(
	before: SegmentSketch,
	after: SegmentSketch,
	thresholds: DriftThresholds = DRIFT_THRESHOLDS
): readonly ColumnVerdict[] {
	const sketchAfter = new Map(after.columns.map(({ name, sketch }) => [name, sketch]));
	const drifts = before.columns.flatMap(({ name, sketch }) => {
		const now = sketchAfter.get(name);
		const drift = now ? columnDrift(sketch, now) : null;
		return drift ? [{ column: name, drift }] : [];
	});
	const tested = drifts.flatMap(({ column, drift: { pValue } }) => (pValue === null ? [] : [{ column, pValue }]));
	const corrected = correctPValues(
		tested.map(({ pValue }) => pValue),
		thresholds.correction
	);
	const correctedByColumn = new Map(tested.map(({ column }, at) => [column, corrected[at] ?? 1]));
	return drifts
		.map(({ column, drift }) => verdict(column, drift, correctedByColumn.get(column) ?? null, thresholds))
		.sort(
			(a, b) => Number(b.hasDrifted) - Number(a.hasDrifted) || b.severity - a.severity || (a.column < b.column ? -1 : 1)
		);
}

function verdict(
	column: string,
	drift: ColumnDrift,
	correctedPValue: number | null,
	{ measures: limits, significance }: DriftThresholds
): ColumnVerdict {
	const ratios = (Object.keys(drift.measures) as DriftMeasure[])
		.flatMap((measure) => {
			const [value, limit] = [drift.measures[measure], limits[measure]];
			return value === undefined || limit === undefined ? [] : [{ measure, ratio: value / limit }];
		})
		.sort((a, b) => b.ratio - a.ratio);
	const over = ratios.filter(({ ratio }) => ratio >= 1).map(({ measure }) => measure);
	const isChance = correctedPValue !== null && correctedPValue > significance;
	// Nulls are no part of the test of the values.
	const counted = over.filter((measure) => measure === 'null-ratio' || !isChance);
	return { ...drift, column, correctedPValue, over, severity: ratios[0]?.ratio ?? 0, hasDrifted: counted.length > 0 };
}
