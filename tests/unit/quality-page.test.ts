// The pure parts of a dataset's quality page: its addresses, where a metric's chart stands, and its words.
import { describe, expect, test } from 'vitest';
import type { SeriesPoint } from '#core/check/anomaly/metric-series.ts';
import { versionId } from '#core/ids.ts';
import { layOutChart } from '#lib/ui/check/metric-chart.ts';
import { nearestOf } from '#lib/ui/controls/chart-axis.ts';
import { qualityPath, qualityPlaceOf } from '#lib/ui/check/quality-path.ts';
import { measuredText, metricText, pValueText, spanText } from '#lib/ui/check/quality-words.ts';

test('an address leads back to the place it was made of', () => {
	const place = {
		dataset: 'sales & more',
		tab: 'drift',
		at: 'v3',
		before: 'baseline',
		metric: null,
		column: null
	} as const;
	const path = qualityPath(place);
	expect(qualityPlaceOf(new URL(path, 'https://weir.test').searchParams)).toEqual(place);
	expect(qualityPath({ dataset: 'sales' })).toBe('/check?dataset=sales');
	expect(qualityPlaceOf(new URLSearchParams())).toBeNull();
	expect(qualityPlaceOf(new URLSearchParams({ dataset: 'a', tab: 'nonsense' }))?.tab).toBe('statistics');
});

function point(value: number, band: readonly [number, number] | null = null): SeriesPoint {
	const bounds = band && {
		expected: (band[0] + band[1]) / 2,
		low: band[0],
		high: band[1],
		spread: 1,
		seasonality: 'none' as const,
		trainedOn: 7
	};
	return { version: versionId(`v${value}`), number: 1, atMs: 0, value, band: bounds, score: null, isAnomaly: false };
}

describe('a chart', () => {
	const size = { width: 700, height: 260 };

	test('has every point inside, larger values higher, and its marks between the least and the greatest', () => {
		const { points, ticks, line } = layOutChart(
			[10, 12, 11, 40].map((value) => point(value)),
			size
		);
		for (const { x, y } of points) {
			expect(x).toBeGreaterThanOrEqual(0);
			expect(x).toBeLessThanOrEqual(size.width);
			expect(y).toBeGreaterThanOrEqual(0);
			expect(y).toBeLessThanOrEqual(size.height);
		}
		expect(points[3]?.y).toBeLessThan(points[0]?.y ?? 0);
		expect(ticks.map(({ value }) => value)).toEqual([10, 20, 30, 40]);
		expect(line.split(' L ')).toHaveLength(4);
	});

	test('has a band only where points have one, and a wide band does not flatten the line', () => {
		const series = [point(10), point(11, [0, 20]), point(10, [0, 20]), point(12), point(11, [-1e9, 1e9])];
		const { bands, points } = layOutChart(series, size);
		expect(bands).toHaveLength(2);
		const heights = points.map(({ y }) => y);
		expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(20);
	});

	test('of one value, or of none, is drawn too', () => {
		expect(layOutChart([point(5)], size).points).toHaveLength(1);
		expect(layOutChart([point(0), point(0)], size).ticks.length).toBeGreaterThan(0);
		expect(layOutChart([], size)).toMatchObject({ points: [], bands: [], line: '' });
	});

	test('is read at the point that is nearest to a place', () => {
		const { points } = layOutChart(
			[1, 2, 3].map((value) => point(value)),
			size
		);
		const places = points.map(({ x }) => x);
		expect(nearestOf(places, 0)).toBe(0);
		expect(nearestOf(places, size.width / 2 + 20)).toBe(1);
		expect(nearestOf(places, size.width)).toBe(2);
	});

	test('names no more versions than there is room for', () => {
		const many = Array.from({ length: 200 }, (_, at) => point(at));
		const { named } = layOutChart(many, { ...size, width: 360 });
		expect(named.length).toBeLessThanOrEqual(5);
		expect(named).toContain(199);
	});
});

test('numbers are told in their own units', () => {
	expect(metricText('rowCount', 3201)).toBe('3,201');
	expect(metricText('nullRatio', 0.25)).toBe('25 %');
	expect(metricText('gapMs', 90 * 60_000)).toBe('1.5 h');
	expect(metricText('mean', 1234.5678)).toBe('1,234.6');
	expect(metricText('mean', Date.UTC(2024, 1, 3), 'DATE')).toBe('2024-02-03');
	expect(metricText('standardDeviation', 3 * 86_400_000, 'TIMESTAMP')).toBe('3 d');
	expect([spanText(5000), spanText(-86_400_000 * 2.5)]).toEqual(['5.0 s', '−2.5 d']);
	expect([measuredText(0.034), measuredText(0.256), measuredText(1234.5)]).toEqual(['0.034', '0.26', '1,235']);
	expect([pValueText(0.0004), pValueText(0.04)]).toEqual(['p < 0.001', 'p = 0.040']);
});
