// What the detectors find of anomalies that people labelled, and of shifts and drifts that were put there: the tables of DETECTORS.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BAND_OPTIONS, judgePoints, type BandOptions, type MetricPoint } from '#core/check/anomaly/band.ts';
import { changePoints } from '#core/check/anomaly/change-point.ts';
import { withoutSeasons } from '#core/check/anomaly/band.ts';
import { median } from '#core/check/anomaly/robust.ts';
import { SLOW_DRIFT_OPTIONS, slowDrifts } from '#core/check/anomaly/slow-drift.ts';
import nab from '../../vectors/anomaly/nab.json' with { type: 'json' };
import { HOUR_MS, daily, hourly, noise } from './samples.ts';

const written = readFileSync(new URL('../../bench/DETECTORS.md', import.meta.url), 'utf8');
const share = (part: number, of: number): string => (of === 0 ? '–' : (part / of).toFixed(2));

describe('labelled series (NAB)', () => {
	// One rule for all of them: hours of the week where there are more than four weeks, else hours of the day.
	const optionsOf = (hours: number): BandOptions => ({
		...BAND_OPTIONS,
		seasonality: hours > 28 * 24 ? 'hour-of-week' : 'hour-of-day'
	});
	const found = nab.series.map(({ name, startsAt, windows, values }) => {
		const startMs = Date.parse(startsAt);
		const points = values.flatMap((value, at): MetricPoint[] =>
			value < 0 ? [] : [{ atMs: startMs + at * HOUR_MS, value }]
		);
		const alarms = judgePoints(points, optionsOf(points.length)).flatMap(({ isAnomaly, atMs }) =>
			isAnomaly ? [(atMs - startMs) / HOUR_MS] : []
		);
		const isIn = (at: number, [from = 0, to = 0]: readonly number[]): boolean => at >= from && at <= to;
		return {
			name,
			hours: points.length,
			alarms: alarms.length,
			right: alarms.filter((at) => windows.some((window) => isIn(at, window))).length,
			windows: windows.length,
			found: windows.filter((window) => alarms.some((at) => isIn(at, window))).length
		};
	});
	const sum = (of: 'hours' | 'alarms' | 'right' | 'windows' | 'found'): number =>
		found.reduce((all, one) => all + one[of], 0);

	test('precision and recall of each are those that DETECTORS.md tells', () => {
		const all = ['hours', 'alarms', 'right', 'windows', 'found'].map((of) => [of, sum(of as 'hours')]);
		const rows = [...found, { name: '**all**', ...(Object.fromEntries(all) as Omit<(typeof found)[number], 'name'>) }];
		const table = rows
			.map(
				(row) =>
					`| ${row.name} | ${row.hours} | ${row.alarms} | ${share(row.right, row.alarms)} | ${row.found} of ${row.windows} | ${share(row.found, row.windows)} |`
			)
			.join('\n');
		console.log(table);
		expect(written).toContain(table);
	});

	test('three of four labelled windows are found, and more than half of the alarms are in one', () => {
		expect(sum('found') / sum('windows')).toBeGreaterThanOrEqual(0.75);
		expect(sum('right') / sum('alarms')).toBeGreaterThanOrEqual(0.6);
	});

	test('of a season that repeats, a series without an anomaly gives no alarm', () => {
		expect(found.find(({ name }) => name.endsWith('art_daily_small_noise'))?.alarms).toBe(0);
	});
});

describe('what was put there', () => {
	const seedsOf = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
	type Found = { readonly at: number | null; readonly before: number };

	/** The first index at or after `from`, and how many were told before it. */
	function first(told: readonly number[], from: number): Found {
		return { at: told.find((at) => at >= from) ?? null, before: told.filter((at) => at < from).length };
	}
	const bands = (points: readonly MetricPoint[], options: BandOptions, from: number): Found =>
		first(
			judgePoints(points, options).flatMap(({ isAnomaly }, at) => (isAnomaly ? [at] : [])),
			from
		);
	const days = (seed: number, change: (at: number) => number): MetricPoint[] =>
		daily(noise(120, seed, 3).map((part, at) => (100 + part) * change(at)));
	const hours = (seed: number, change: (at: number) => number): MetricPoint[] =>
		hourly(seed).map(({ atMs, value }, at) => ({ atMs, value: value * change(at) }));
	const weekly: BandOptions = { ...BAND_OPTIONS, seasonality: 'hour-of-week' };
	const SHIFT_DAY = 60;
	const SHIFT_HOUR = 42 * 24;
	const shift = (from: number) => (at: number) => (at >= from ? 1.25 : 1);
	const drift = (from: number, each: number) => (at: number) => 1 + Math.max(0, at - from) * each;
	const creeping = { ...SLOW_DRIFT_OPTIONS, seasonality: 'hour-of-week', referenceCount: 21 * 24 } as const;
	/** The nearest change to where it was put, and all others. */
	function nearest(starts: readonly number[], at: number): Found {
		const sorted = [...starts].sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
		return { at: sorted[0] ?? null, before: Math.max(0, sorted.length - 1) };
	}

	const cases: readonly (readonly [string, number, (seed: number) => Found])[] = [
		[
			'25 % more, each day a value: band',
			SHIFT_DAY,
			(seed) => bands(days(seed, shift(SHIFT_DAY)), BAND_OPTIONS, SHIFT_DAY)
		],
		[
			'25 % more, each day a value: change point',
			SHIFT_DAY,
			(seed) =>
				nearest(
					changePoints(days(seed, shift(SHIFT_DAY)).map(({ value }) => value)).map(({ index }) => index),
					SHIFT_DAY
				)
		],
		[
			'25 % more, each hour a value, a weekly season: band',
			SHIFT_HOUR,
			(seed) => bands(hours(seed, shift(SHIFT_HOUR)), weekly, SHIFT_HOUR)
		],
		[
			'25 % more, each hour a value, a weekly season: change point',
			SHIFT_HOUR,
			(seed) => {
				const level = withoutSeasons(hours(seed, shift(SHIFT_HOUR)), 'hour-of-week');
				return nearest(
					changePoints(level.map(({ value }) => value)).map(({ index }) => index),
					SHIFT_HOUR
				);
			}
		],
		[
			'0.5 % a day more, each day a value: slow drift',
			SHIFT_DAY,
			(seed) =>
				first(
					slowDrifts(days(seed, drift(SHIFT_DAY, 0.005))).map(({ foundIndex }) => foundIndex),
					SHIFT_DAY
				)
		],
		[
			'0.5 % a day more, each hour a value, a weekly season: slow drift',
			SHIFT_HOUR,
			(seed) =>
				first(
					slowDrifts(hours(seed, drift(SHIFT_HOUR, 0.005 / 24)), creeping).map(({ foundIndex }) => foundIndex),
					SHIFT_HOUR
				)
		]
	];

	test('is found, and how late, as DETECTORS.md tells', () => {
		const table = cases
			.map(([what, from, find]) => {
				const seeds = seedsOf(from === SHIFT_DAY ? 40 : 4);
				const all = seeds.map(find);
				const hits = all.flatMap(({ at }) => (at === null ? [] : [Math.abs(at - from)]));
				const others = all.reduce((count, { before }) => count + before, 0);
				expect(hits.length, what).toBe(seeds.length);
				return `| ${what} | ${hits.length} of ${seeds.length} | ${median(hits) ?? 0} | ${Math.max(...hits)} | ${others} |`;
			})
			.join('\n');
		console.log(table);
		expect(written).toContain(table);
	});
});
