// Detectors over a metric's history: they learn from the past alone, and find what was put there.
import { describe, expect, test } from 'vitest';
import {
	BAND_OPTIONS,
	bandAt,
	judgeAgainst,
	judgePoints,
	type BandOptions,
	type MetricPoint
} from '#core/check/anomaly/band.ts';
import { changePoints } from '#core/check/anomaly/change-point.ts';
import { growForest, scoreRows } from '#core/check/anomaly/isolation-forest.ts';
import { median, robustSpread } from '#core/check/anomaly/robust.ts';
import { seasonOf } from '#core/check/anomaly/season.ts';
import { SLOW_DRIFT_OPTIONS, slowDrifts } from '#core/check/anomaly/slow-drift.ts';
import nile from '../../vectors/anomaly/nile.json' with { type: 'json' };
import { DAY_MS, HOUR_MS, MONDAY, daily, hourly, noise } from './samples.ts';

const weekly: BandOptions = { ...BAND_OPTIONS, seasonality: 'hour-of-week' };

describe('bands', () => {
	test('nothing leaks: the judged point and all later ones may be anything, and the band is the same', () => {
		const points = hourly(1);
		for (const at of [200, 500, 1000, points.length - 1]) {
			const band = bandAt(points, at, weekly);
			const shifted = points.map((point, index) =>
				index < at ? point : { ...point, value: point.value * 1e6 + 12345 }
			);
			expect(bandAt(shifted, at, weekly)).toEqual(band);
			expect(judgeAgainst(shifted[at] ?? { atMs: 0, value: 0 }, band).isAnomaly).toBe(true);
		}
	});

	test('a jump of 25 % is told at its first point, and a quiet week gives no alarm', () => {
		const points = daily(noise(60, 3, 2).map((part, at) => 100 + part + (at >= 50 ? 25 : 0)));
		const judged = judgePoints(points);
		expect(judged.flatMap(({ isAnomaly }, at) => (isAnomaly ? [at] : []))[0]).toBe(50);
		expect(judged.slice(0, 50).some(({ isAnomaly }) => isAnomaly)).toBe(false);
	});

	test('with a weekly season, 25 % more is found at quiet hours and busy ones; without, it is not', () => {
		const points = hourly(2);
		for (const at of [50 * 24 + 3, 51 * 24 + 12, 54 * 24 + 20]) {
			const raised = points.map((point, index) => (index === at ? { ...point, value: point.value * 1.25 } : point));
			const isAnomaly = (options: BandOptions): boolean =>
				judgeAgainst(raised[at] ?? { atMs: 0, value: 0 }, bandAt(raised, at, options)).isAnomaly;
			expect(isAnomaly(weekly)).toBe(true);
			expect(isAnomaly(BAND_OPTIONS)).toBe(false);
		}
	});

	test('labelled anomalies among eight noisy weeks: precision and recall', () => {
		const points = hourly(4);
		const labelled = new Map(Array.from({ length: 24 }, (_, at) => [28 * 24 + at * 27 + 5, at % 2 === 0 ? 1.4 : 0.6]));
		const changed = points.map((point, at) => ({ ...point, value: point.value * (labelled.get(at) ?? 1) }));
		const alarms = judgePoints(changed, weekly).flatMap(({ isAnomaly }, at) =>
			isAnomaly && at >= 28 * 24 ? [at] : []
		);
		const found = alarms.filter((at) => labelled.has(at)).length;
		const [precision, recall] = [found / alarms.length, found / labelled.size];
		console.log(`labelled spikes: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${labelled.size}`);
		expect(precision).toBeGreaterThan(0.9);
		expect(recall).toBeGreaterThan(0.9);
	});

	test('days of the month are alike', () => {
		const points = Array.from({ length: 400 }, (_, at): MetricPoint => {
			const atMs = MONDAY + at * DAY_MS;
			return { atMs, value: (seasonOf('day-of-month', atMs) === 1 ? 5000 : 1000) + (at % 7) };
		});
		const first = points.findLastIndex(({ atMs }) => seasonOf('day-of-month', atMs) === 1);
		const monthly = { ...BAND_OPTIONS, seasonality: 'day-of-month' } as const;
		expect(judgePoints(points.slice(0, first + 1), monthly).at(-1)?.isAnomaly).toBe(false);
		const lost = points.map((point, at) => (at === first ? { ...point, value: 1000 } : point));
		expect(judgePoints(lost.slice(0, first + 1), monthly).at(-1)?.isAnomaly).toBe(true);
	});

	test('too few points have no band; a season too short falls back to a coarser one, and says so', () => {
		const points = hourly(5);
		expect(bandAt(points, 6)).toBeNull();
		expect(bandAt(points, 7)).not.toBeNull();
		// Five days know no weekend: other days say nothing of one. Then a coarser band covers all that it has seen.
		expect(bandAt(points, 24 * 5, weekly)).toBeNull();
		const coarser = bandAt(points, 24 * 12, weekly);
		expect(coarser?.seasonality).toBe('hour-of-day');
		const sundays = points.slice(0, 24 * 12).filter((_, at) => at % 24 === 0);
		expect(coarser?.low).toBeLessThanOrEqual(Math.min(...sundays.map(({ value }) => value)));
		expect(bandAt(points, 24 * 30, weekly)?.seasonality).toBe('hour-of-week');
	});

	test('a metric that never moved may move by the floor; one that is no number is an anomaly', () => {
		const points = daily(new Float64Array(20).fill(100));
		const band = bandAt(points, 19);
		expect(judgeAgainst({ atMs: 0, value: 101.9 }, band).isAnomaly).toBe(false);
		expect(judgeAgainst({ atMs: 0, value: 102.1 }, band).isAnomaly).toBe(true);
		expect(judgeAgainst({ atMs: 0, value: NaN }, band).isAnomaly).toBe(true);
		expect(judgeAgainst({ atMs: 0, value: 1 }, null)).toMatchObject({ isAnomaly: false, score: null });
	});

	test('local time decides the season', () => {
		const at = Date.UTC(2024, 0, 1, 23, 30);
		expect([seasonOf('hour-of-week', at), seasonOf('hour-of-week', at, HOUR_MS)]).toEqual([23, 24]);
		expect(seasonOf('day-of-week', Date.UTC(1969, 11, 29))).toBe(0);
		expect(seasonOf('day-of-month', Date.UTC(2024, 1, 29))).toBe(29);
	});
});

describe('change points', () => {
	test('the Nile’s level fell after 1898, and at no other time', () => {
		const [change, ...others] = changePoints(nile.values);
		expect(others).toEqual([]);
		expect(nile.startsAt + (change?.index ?? 0)).toBe(nile.firstOfNewLevel);
		expect(change?.relative).toBeCloseTo(-0.23, 1);
	});

	test('a level shift of 25 % is one change, noise and single wild points are none', () => {
		const quiet = noise(300, 7, 5).map((part) => 100 + part);
		expect(changePoints([...quiet])).toEqual([]);
		expect(changePoints(Array.from(quiet, (value, at) => (at % 97 === 50 ? value * 4 : value)))).toEqual([]);
		const shifted = changePoints(Array.from(quiet, (value, at) => (at >= 180 ? value * 1.25 : value)));
		expect(shifted).toHaveLength(1);
		expect(Math.abs((shifted[0]?.index ?? 0) - 180)).toBeLessThanOrEqual(2);
		expect(shifted[0]?.relative).toBeCloseTo(0.25, 1);
	});

	test('a series that creeps by a few rows has no change, and one of 25 % is still found in it', () => {
		const creeping = Array.from({ length: 30 }, (_, at) => 2000 + Math.floor(at / 3));
		expect(changePoints(creeping)).toEqual([]);
		const found = changePoints(creeping.map((value, at) => (at < 12 ? value : value * 1.25)));
		expect(found.map(({ index }) => index)).toEqual([12]);
	});

	test('several changes are all found, in order; constants and short series have none', () => {
		const steps = Array.from(noise(400, 8, 1), (part, at) => part + ([10, 20, 5, 30][Math.floor(at / 100)] ?? 0));
		expect(changePoints(steps).map(({ index }) => Math.round(index / 10))).toEqual([10, 20, 30]);
		expect(changePoints(new Array<number>(50).fill(3))).toEqual([]);
		expect(changePoints(Array.from({ length: 50 }, (_, at) => (at < 25 ? 3 : 4))).map(({ index }) => index)).toEqual([
			25
		]);
		expect(changePoints([1, 2])).toEqual([]);
	});
});

describe('slow drift', () => {
	test('half a per cent a day is found, though no day is out of its band', () => {
		const points = daily(noise(120, 9, 3).map((part, at) => (100 + part) * (1 + Math.max(0, at - 40) * 0.005)));
		const [drift] = slowDrifts(points);
		expect(drift?.direction).toBe('up');
		expect(drift?.foundIndex).toBeLessThan(70);
		expect(
			judgePoints(points)
				.slice(0, drift?.foundIndex ?? 0)
				.some(({ isAnomaly }) => isAnomaly)
		).toBe(false);
	});

	test('a jump of 25 % is found too, and what goes down as well', () => {
		const jump = (factor: number) => daily(noise(100, 10, 3).map((part, at) => (100 + part) * (at >= 60 ? factor : 1)));
		for (const [factor, direction] of [
			[1.25, 'up'],
			[0.75, 'down']
		] as const) {
			const [drift] = slowDrifts(jump(factor));
			expect(drift?.direction).toBe(direction);
			expect(Math.abs((drift?.startIndex ?? 0) - 60)).toBeLessThanOrEqual(3);
		}
	});

	test('noise and single wild points are none, and no later point changes what was told', () => {
		const quiet = noise(400, 11, 3).map((part) => 100 + part);
		expect(slowDrifts(daily(quiet))).toEqual([]);
		expect(slowDrifts(daily(quiet.map((value, at) => (at % 60 === 59 ? value * 10 : value))))).toEqual([]);
		const drifting = daily(quiet.map((value, at) => value + Math.max(0, at - 100)));
		const found = slowDrifts(drifting)[0]?.foundIndex ?? 0;
		expect(slowDrifts(drifting.slice(0, found + 1))).toEqual(slowDrifts(drifting).slice(0, 1));
		expect(slowDrifts(daily([1, 2]), SLOW_DRIFT_OPTIONS)).toEqual([]);
	});
});

describe('isolation forest', () => {
	const count = 2000;
	const columns = [noise(count, 20, 1), noise(count, 23, 1), noise(count, 26, 1)];
	const outliers = [100, 700, 1500];
	const withOutliers = columns.map((column, at) =>
		column.map((value, row) => (outliers.includes(row) ? 8 + at : value))
	);

	test('rows that stand apart score highest, and equal seeds score equally', () => {
		const scores = scoreRows(growForest(withOutliers, { seed: 1 }), withOutliers);
		const ranked = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
		expect(ranked.slice(0, 3).sort((a, b) => a - b)).toEqual(outliers);
		expect(scores[100]).toBeGreaterThan(0.65);
		expect(median(scores)).toBeLessThan(0.5);
		expect(scoreRows(growForest(withOutliers, { seed: 1 }), withOutliers)).toEqual(scores);
		expect(scoreRows(growForest(withOutliers, { seed: 2 }), withOutliers)).not.toEqual(scores);
	});

	test('missing, constant and no rows are values, not exceptions', () => {
		expect([...scoreRows(growForest([], { seed: 1 }), [])]).toEqual([]);
		expect([...scoreRows(growForest([new Float64Array(0)], { seed: 1 }), [new Float64Array(0)])]).toEqual([]);
		const constant = [new Float64Array(10).fill(5)];
		expect(new Set(scoreRows(growForest(constant, { seed: 1 }), constant)).size).toBe(1);
		const holes = [Float64Array.from({ length: 100 }, (_, at) => (at % 3 === 0 ? NaN : at))];
		expect(scoreRows(growForest(holes, { seed: 1 }), holes).every((score) => score > 0 && score < 1)).toBe(true);
	});
});

test('robust location and scale do not follow wild values', () => {
	expect(median([3, 1, 2, 100])).toBe(2.5);
	expect(robustSpread([1, 2, 3, 4, 1000])).toBeCloseTo(1.4826, 4);
	expect([median([]), robustSpread([])]).toEqual([null, null]);
});
