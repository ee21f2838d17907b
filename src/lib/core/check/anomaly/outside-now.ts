// Which metrics of a dataset's newest version are outside the band that the versions before it tell: what an overview begins with.
import { bandAt, BAND_OPTIONS, judgeAgainst, type Band } from './band.ts';
import {
	datasetMetrics,
	metricPoints,
	metricsOfColumn,
	type SeriesMetric,
	type VersionMetrics
} from './metric-series.ts';

export type OutsideNow = {
	readonly metric: SeriesMetric;
	/** Null of a metric of the dataset. */
	readonly column: string | null;
	readonly value: number;
	readonly band: Band;
	/** In standard deviations, with its sign. */
	readonly score: number;
};

/** `versions` are in their order, the oldest first. Farthest out first. */
export function outsideNow(versions: readonly VersionMetrics[]): readonly OutsideNow[] {
	const newest = versions.at(-1);
	if (!newest) return [];
	const columns = [...(newest.columns?.keys() ?? [])];
	const wanted = [
		...datasetMetrics.map((metric) => ({ metric, column: null })),
		...columns.flatMap((column) => metricsOfColumn([newest], column).map((metric) => ({ metric, column })))
	];
	return wanted
		.flatMap((one): readonly OutsideNow[] => {
			const points = metricPoints(versions, one);
			const last = points.at(-1);
			// The newest version may not have it.
			if (last?.of !== newest) return [];
			const band = bandAt(
				points.map(({ point }) => point),
				points.length - 1,
				BAND_OPTIONS
			);
			const { isAnomaly, score } = judgeAgainst(last.point, band);
			return isAnomaly && band && score !== null ? [{ ...one, value: last.point.value, band, score }] : [];
		})
		.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score));
}
