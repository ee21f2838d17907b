// Metrics over versions: which points a series has, how they are judged, and what is told of a level that changed.
import { expect, test } from 'vitest';
import { outsideNow } from '#core/check/anomaly/outside-now.ts';
import {
	metricSeries,
	metricsOfColumn,
	metricsOfModels,
	type VersionMetrics
} from '#core/check/anomaly/metric-series.ts';
import type { ColumnMetrics } from '#core/check/statistics/metrics.ts';
import { versionId } from '#core/ids.ts';
import { DAY_MS, MONDAY, noise } from './samples.ts';

const NO_METRICS: ColumnMetrics = {
	rowCount: 0,
	nullRatio: null,
	distinctCount: null,
	isDistinctExact: true,
	uniqueRatio: null,
	mean: null,
	standardDeviation: null,
	skewness: null,
	excessKurtosis: null,
	min: null,
	max: null,
	quantiles: null,
	zScoreOutlierRatio: null,
	iqrOutlierRatio: null,
	meanLength: null
};

function versions(rowCounts: ArrayLike<number>, column: (at: number) => Partial<ColumnMetrics> | null = () => null) {
	return Array.from(rowCounts, (rowCount, at): VersionMetrics => {
		const metrics = column(at);
		return {
			version: versionId(`v${at + 1}`),
			number: at + 1,
			atMs: MONDAY + at * DAY_MS,
			rowCount,
			sizeBytes: rowCount * 10,
			gapMs: at === 0 ? null : DAY_MS,
			columns: new Map(metrics ? [['price', { ...NO_METRICS, ...metrics }]] : [])
		};
	});
}

test('a version with a quarter more rows is outside its band, and each point says which version it is of', () => {
	const counts = noise(40, 3, 20).map((part, at) => Math.round(1000 + part + (at === 39 ? 250 : 0)));
	const { points } = metricSeries(versions(counts), { metric: 'rowCount', column: null });
	expect(points).toHaveLength(40);
	expect(points.filter(({ isAnomaly }) => isAnomaly).map(({ number }) => number)).toEqual([40]);
	expect(points.at(-1)).toMatchObject({ version: 'v40', value: counts[39] });
});

test('nothing leaks: what a version and those after it have changes no earlier judgement', () => {
	const counts = noise(30, 5, 20).map((part) => Math.round(1000 + part));
	const judged = metricSeries(versions(counts), { metric: 'rowCount', column: null }).points;
	for (const from of [10, 20, 29]) {
		const changed = counts.map((count, at) => (at < from ? count : count * 1000));
		const { points } = metricSeries(versions(changed), { metric: 'rowCount', column: null });
		expect(points.slice(0, from)).toEqual(judged.slice(0, from));
		expect(points[from]?.band).toEqual(judged[from]?.band);
	}
});

test('the first version has no time since the one before, and one without the column no point', () => {
	const made = versions(new Float64Array(12).fill(5), (at) => (at % 3 === 0 ? null : { mean: at, nullRatio: 0 }));
	expect(metricSeries(made, { metric: 'gapMs', column: null }).points).toHaveLength(11);
	const { points } = metricSeries(made, { metric: 'mean', column: 'price' });
	expect(points.map(({ number }) => number)).toEqual([2, 3, 5, 6, 8, 9, 11, 12]);
	expect(metricSeries(made, { metric: 'mean', column: 'gone' }).points).toEqual([]);
	expect(metricsOfColumn(made, 'price')).toEqual(['nullRatio', 'mean']);
});

test('a level that changed for good is a change, and one that creeps is a drift', () => {
	const counts = noise(80, 7, 10);
	const shifted = counts.map((part, at) => 1000 + part + (at >= 50 ? 250 : 0));
	expect(metricSeries(versions(shifted), { metric: 'rowCount', column: null }).changes).toMatchObject([{ index: 50 }]);
	const creeping = counts.map((part, at) => 1000 + part + Math.max(0, at - 45) * 2);
	const { drifts, points } = metricSeries(versions(creeping), { metric: 'rowCount', column: null });
	expect(drifts[0]).toMatchObject({ direction: 'up' });
	expect(points.slice(0, drifts[0]?.foundIndex).some(({ isAnomaly }) => isAnomaly)).toBe(false);
});

test('few versions have a line and no band', () => {
	for (const count of [0, 1, 7]) {
		const { points, drifts, changes } = metricSeries(versions(new Float64Array(count).fill(9)), {
			metric: 'rowCount',
			column: null
		});
		expect(points.map(({ band }) => band)).toEqual(new Array(count).fill(null));
		expect([drifts, changes]).toEqual([[], []]);
	}
});

test('an overview tells what of the newest version is outside its band, farthest out first, and nothing of older ones', () => {
	const counts = noise(20, 3, 20).map((part, at) => Math.round(1000 + part + (at === 19 ? 400 : at === 12 ? 900 : 0)));
	const made = versions(counts, (at) => ({ mean: at === 19 ? 90 : 5 + (at % 3), nullRatio: 0 }));
	const found = outsideNow(made);
	expect(found.map(({ metric, column }) => [metric, column])).toEqual([
		['mean', 'price'],
		['rowCount', null],
		['sizeBytes', null]
	]);
	expect(found[0]).toMatchObject({ value: 90, band: { expected: 6 } });
	expect(outsideNow(made.slice(0, 19))).toEqual([]);
	// What the newest version does not have is not told of an older one.
	expect(outsideNow([...made, { ...(made[0] ?? never()), columns: null }]).filter(({ column }) => column)).toEqual([]);
	expect(outsideNow([])).toEqual([]);
});

function never(): never {
	throw new Error('there are versions');
}

test('what is watched of models has a band of its own, over the versions that they scored', () => {
	const drift = noise(30, 5, 0.1).map((part, at) => 0.4 + part + (at === 29 ? 3 : 0));
	const scored = versions(drift).map((version, at) => ({ ...version, watch: { prediction_drift: drift[at] ?? 0 } }));
	const some = [...versions([1, 2]), ...scored];
	expect(metricsOfModels(some)).toEqual(['prediction_drift']);
	const { points } = metricSeries(some, { metric: 'prediction_drift', column: null });
	expect(points).toHaveLength(30);
	expect(points.filter(({ isAnomaly }) => isAnomaly).map(({ number }) => number)).toEqual([30]);
});
