// A metric of a dataset over its versions, judged: the band of each point, slow drifts, and changes of the level.
import type { VersionId } from '../../ids.ts';
import { isWatchMeasure, watchMeasures, type WatchFacts, type WatchMeasure } from '../../model/watch/watch-facts.ts';
import type { ColumnMetrics } from '../statistics/metrics.ts';
import { comparedMetrics, metricOf, type ComparedMetric } from '../statistics/metric-deviations.ts';
import {
	BAND_OPTIONS,
	judgePoints,
	withoutSeasons,
	type BandOptions,
	type Judgement,
	type MetricPoint
} from './band.ts';
import { changePoints, type ChangePoint } from './change-point.ts';
import { SLOW_DRIFT_OPTIONS, slowDrifts, type SlowDrift } from './slow-drift.ts';

/** Of the dataset: its rows, the bytes they are stored in, and the time since the version before. */
export const datasetMetrics = ['rowCount', 'sizeBytes', 'gapMs'] as const;
export type DatasetMetric = (typeof datasetMetrics)[number];
export type SeriesMetric = DatasetMetric | ComparedMetric | WatchMeasure;

export const seriesMetrics: readonly SeriesMetric[] = [...datasetMetrics, ...comparedMetrics, ...watchMeasures];

export type VersionMetrics = {
	readonly version: VersionId;
	/** `v3` is 3. */
	readonly number: number | null;
	/** UTC epoch, when it was made. */
	readonly atMs: number;
	readonly rowCount: number;
	readonly sizeBytes: number;
	/** Null of the first. */
	readonly gapMs: number | null;
	/** By column; null where they were not asked for. */
	readonly columns: ReadonlyMap<string, ColumnMetrics> | null;
	/** Of one that a model scored, once it was looked at. */
	readonly watch?: WatchFacts['measures'];
};

export type SeriesPoint = Judgement & Pick<VersionMetrics, 'version' | 'number'>;

export type MetricSeries = {
	readonly metric: SeriesMetric;
	/** Null of a metric of the dataset. */
	readonly column: string | null;
	/** In the order of the versions, those that have the metric. */
	readonly points: readonly SeriesPoint[];
	readonly drifts: readonly SlowDrift[];
	readonly changes: readonly ChangePoint[];
};

export type SeriesOptions = Partial<Pick<BandOptions, 'seasonality' | 'sensitivity' | 'offsetMs'>>;

/** `versions` are in their order, the oldest first. */
export function metricSeries(
	versions: readonly VersionMetrics[],
	{ metric, column }: { readonly metric: SeriesMetric; readonly column: string | null },
	given: SeriesOptions = {}
): MetricSeries {
	const options = { ...BAND_OPTIONS, ...given };
	const known = metricPoints(versions, { metric, column });
	const points = known.map(({ point }) => point);
	const judged = judgePoints(points, options).map((judgement, at): SeriesPoint => {
		const { version = '' as VersionId, number = null } = known[at]?.of ?? {};
		return { ...judgement, version, number };
	});
	const { seasonality, offsetMs } = options;
	const level = seasonality === 'none' ? points : withoutSeasons(points, seasonality, offsetMs);
	return {
		metric,
		column,
		points: judged,
		drifts: slowDrifts(points, { ...SLOW_DRIFT_OPTIONS, seasonality, offsetMs }),
		changes: changePoints(level.map(({ value }) => value))
	};
}

/** Of the versions that have it. */
export function metricPoints(
	versions: readonly VersionMetrics[],
	{ metric, column }: { readonly metric: SeriesMetric; readonly column: string | null }
): readonly { readonly of: VersionMetrics; readonly point: MetricPoint }[] {
	return versions.flatMap((of) => {
		const value = valueOf(of, metric, column);
		return value === null || !Number.isFinite(value) ? [] : [{ of, point: { atMs: of.atMs, value } }];
	});
}

/** What is watched of such versions as models scored. */
export function metricsOfModels(versions: readonly VersionMetrics[]): readonly WatchMeasure[] {
	return watchMeasures.filter((metric) => versions.some(({ watch }) => watch?.[metric] !== undefined));
}

/** The metrics that a column of such versions has. */
export function metricsOfColumn(versions: readonly VersionMetrics[], column: string): readonly ComparedMetric[] {
	return comparedMetrics.filter((metric) => versions.some((one) => valueOf(one, metric, column) !== null));
}

function valueOf(version: VersionMetrics, metric: SeriesMetric, column: string | null): number | null {
	if (isWatchMeasure(metric)) return version.watch?.[metric] ?? null;
	if (metric === 'rowCount' || metric === 'sizeBytes' || metric === 'gapMs') return version[metric];
	const metrics = version.columns?.get(column ?? '');
	return metrics ? metricOf(metrics, metric) : null;
}
