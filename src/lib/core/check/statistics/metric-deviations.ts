// The threshold rule over a column's numbers: which of them are farther from the baseline's than is allowed.
import type { SketchKind } from '../sketch/arrow-column.ts';
import { deviationFrom, type Deviation, type DeviationRule } from './deviation.ts';
import type { ColumnMetrics } from './metrics.ts';

/** `median` is the 50 % quantile. */
export const comparedMetrics = [
	'nullRatio',
	'distinctCount',
	'uniqueRatio',
	'mean',
	'standardDeviation',
	'min',
	'median',
	'max',
	'meanLength'
] as const;
export type ComparedMetric = (typeof comparedMetrics)[number];

export type MetricDeviation = Deviation & { readonly metric: ComparedMetric };

/** A tenth of the baseline's value; where that is 0, a tenth of one. */
export const DEVIATION_RULE: DeviationRule = { relative: 0.1, floor: 0.1 };

const ofTimes: ReadonlySet<ComparedMetric> = new Set(['nullRatio', 'distinctCount', 'uniqueRatio']);

/** Those that both sides have. Of times no share is told, since where they begin is chance. */
export function metricDeviations(
	kind: SketchKind,
	before: ColumnMetrics,
	after: ColumnMetrics,
	rule: DeviationRule
): readonly MetricDeviation[] {
	return comparedMetrics.flatMap((metric): MetricDeviation[] => {
		if (kind === 'times' && !ofTimes.has(metric)) return [];
		const [baseline, value] = [metricOf(before, metric), metricOf(after, metric)];
		return baseline === null || value === null ? [] : [{ metric, ...deviationFrom(baseline, value, rule) }];
	});
}

export function metricOf(metrics: ColumnMetrics, metric: ComparedMetric): number | null {
	return metric === 'median' ? (metrics.quantiles?.[2] ?? null) : metrics[metric];
}
