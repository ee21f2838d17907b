// What `window.weir` offers for anomalies: of metrics over the versions of a dataset, and of rows.
import type { MetricSeries, SeriesMetric } from '../core/check/anomaly/metric-series.ts';
import type { Seasonality } from '../core/check/anomaly/season.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { DatasetOutside } from './outside-now.ts';
import type { RowAnomalies, RowAnomaliesFailure } from './row-anomalies.ts';
import type { SketchVersionFailure } from './sketch-version.ts';

type Unknown = { readonly kind: 'unknown-column'; readonly column: string };
export type AnomalyConsole = {
	/**
	 * Metrics over the versions of the open branch, each point judged by those before it: rows, bytes and the time between versions,
	 * and of the columns that are named whatever their kind has.
	 */
	metrics(
		name: string,
		options?: {
			readonly columns?: readonly string[];
			/** Left out, all. */
			readonly metrics?: readonly SeriesMetric[];
			/** Which points are alike; left out, all are. */
			readonly seasonality?: Seasonality;
			/** Half a band's width in standard deviations; 4, left out. */
			readonly sensitivity?: number;
			/** What local time is ahead of UTC: it says which hour and day a version is of. */
			readonly utcOffsetMinutes?: number;
			/** The newest versions; 200, left out. */
			readonly limit?: number;
			readonly signal?: AbortSignal;
		}
	): Answer<{ readonly dataset: string; readonly series: readonly MetricSeries[] }, SketchVersionFailure | Unknown>;
	/**
	 * Of all datasets with versions enough, metrics of the newest version that are outside the band of those before it, farthest out
	 * first. No row is read: metrics of columns are those of versions whose statistics were asked for.
	 */
	metricsOutside(): Answer<readonly DatasetOutside[], StoreFailure | CheckCrashed | { readonly kind: 'cancelled' }>;
	/** The rows of a dataset, or of `name@v2`, that are most easily told apart from all others, and by which columns. */
	anomalies(
		reference: string,
		options?: {
			/** Left out, numbers, truth values and texts of few values. */
			readonly columns?: readonly string[];
			/** Rows that are told; 100, left out, and 1,000 at most. */
			readonly limit?: number;
			/** Equal seeds find equal rows; 1, left out. */
			readonly seed?: number;
			readonly signal?: AbortSignal;
		}
	): Answer<RowAnomalies & { readonly dataset: string }, RowAnomaliesFailure>;
};
