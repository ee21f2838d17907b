import { expect, test } from 'vitest';
import { summariseChart } from '#core/report/chart-summary.ts';
import { countryFinder } from '#core/report/countries.ts';
import { numberAxis } from '#core/report/number-axis.ts';
import { proposeCharts, type ProposedColumn } from '#core/report/propose-charts.ts';
import { stack } from '#core/report/stack.ts';
import { avg, chartBlock, chartRows, samples } from '../../chart-samples.ts';

const said = (name: string): string => {
	const sample = samples[name];
	return sample ? summariseChart(sample.block, sample.table, sample.table.rowCount).text : '';
};

test('a summary says what stands over what, how far it goes, and where it is highest and lowest', () => {
	expect(said('bar')).toBe(
		'Bar chart of Sum of sales by country. 7 categories. Lowest 21K at (none), highest 1.82M at Germany.'
	);
	expect(said('box')).toContain(
		'Box plot of delay by site. 4 categories. Lowest 5\u202fmin at South, highest 11\u202fmin at West.'
	);
	expect(said('density')).toContain('Density plot of fare by distance. From 0 to 20.');
	expect(said('line')).toContain('3 series: Basel, Köln, Rotterdam.');
	expect(said('facets')).toContain('5 panels, one for each station.');
});

test('a summary says which way a line goes, and does not call noise a trend', () => {
	const line = (values: readonly (number | null)[]): string =>
		summariseChart(
			chartBlock('line', { x: 'day', y: [avg('level')] }),
			chartRows({ x: ['number', values.map((_, at) => at)], y: ['number', values] }),
			values.length
		).text;
	expect(line([1, 2, 3, 4])).toContain('rising');
	expect(line([4, 3, null, 1])).toContain('falling');
	expect(line([1, 4, 1, 4, 1])).toContain('without a clear trend');
	expect(line([2, 2, 2])).toContain('Always 2.');
	expect(line([null, null])).toContain('Every value is missing.');
	expect(line([])).toContain('There are no rows.');
});

test('an axis holds its values between round numbers, whatever they are', () => {
	const axis = (low: number, high: number, isFromZero = false): readonly number[] =>
		numberAxis({ low, high }, { scale: 'linear', isFromZero, count: 5 }).ticks;
	expect(axis(3, 97, true)).toEqual([0, 20, 40, 60, 80, 100]);
	expect(axis(0.1, 0.31)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
	expect(axis(-5, 12)).toEqual([-5, 0, 5, 10, 15]);
	expect(axis(1e-12, 5e-12)).toEqual([1e-12, 2e-12, 3e-12, 4e-12, 5e-12]);
	for (const [low, high] of [
		[0, 0],
		[7, 7],
		[-1e308, 1e308],
		[1e15, 1e15 + 1],
		[5e-324, 1e-323]
	] as const) {
		const {
			low: first,
			high: last,
			ticks
		} = numberAxis({ low, high }, { scale: 'linear', isFromZero: false, count: 5 });
		expect([low, high, first <= low, last >= high, ticks.length < 50]).toEqual([low, high, true, true, true]);
		expect(ticks.every(Number.isFinite)).toBe(true);
	}
	expect(numberAxis({ low: 3, high: 4000 }, { scale: 'log', isFromZero: false, count: 5 }).ticks).toEqual([
		1, 10, 100, 1000, 10_000
	]);
	expect(numberAxis(null, { scale: 'log', isFromZero: false, count: 5 }).low).toBeGreaterThan(0);
});

test('what is below zero is stacked downwards', () => {
	expect(stack([2, -1, 3, -4, 5], [0, 0, 0, 0, 1])).toEqual([
		{ from: 0, to: 2 },
		{ from: 0, to: -1 },
		{ from: 2, to: 5 },
		{ from: -1, to: -5 },
		{ from: 0, to: 5 }
	]);
});

test('a country is found by its codes and its names, and nothing else is', () => {
	const find = countryFinder([
		{ id: '276', name: 'Germany' },
		{ id: '384', name: "Côte d'Ivoire" },
		{ id: null, name: 'Kosovo' },
		{ id: '840', name: 'United States of America' },
		{ id: '004', name: 'Afghanistan' }
	]);
	expect(['DE', 'deu', '276', 'Germany', ' germany '].map(find)).toEqual([0, 0, 0, 0, 0]);
	expect(["Cote d'Ivoire", 'Ivory Coast', 'Kosovo', 'USA', 'United States', '4'].map(find)).toEqual([1, 1, 2, 3, 3, 4]);
	expect(['', 'Atlantis', '999', 'constructor', 'FR'].map(find)).toEqual([null, null, null, null, null]);
});

test('charts are proposed by what columns hold, the most telling first', () => {
	const known = (
		name: string,
		type: string,
		distinct: number,
		change: Partial<ProposedColumn> = {}
	): ProposedColumn => ({
		name,
		type,
		distinct,
		nullRatio: 0,
		low: null,
		high: null,
		...change
	});
	const kinds = (...columns: ProposedColumn[]): readonly string[] =>
		proposeCharts(columns).map(({ block }) => `${block.type}${block.color === null ? '' : ` by ${block.color}`}`);
	expect(
		kinds(known('day', 'DATE', 300), known('level', 'DOUBLE', 900), known('station', 'VARCHAR', 3)).slice(0, 2)
	).toEqual(['line', 'line by station']);
	expect(kinds(known('weight', 'DOUBLE', 900), known('length', 'DOUBLE', 900))[0]).toBe('scatter');
	expect(kinds(known('weight', 'DOUBLE', 900))).toEqual(['histogram']);
	expect(kinds(known('kind', 'VARCHAR', 5))).toEqual(['bar']);
	expect(
		kinds(known('lat', 'DOUBLE', 900, { low: -3, high: 60 }), known('lon', 'DOUBLE', 900, { low: -9, high: 170 }))[0]
	).toBe('points');
	expect(
		kinds(known('lat', 'DOUBLE', 900, { low: -3, high: 600 }), known('lon', 'DOUBLE', 900, { low: -9, high: 170 }))
	).toEqual([]);
	expect(kinds(known('country', 'VARCHAR', 80), known('sales', 'DOUBLE', 900))[0]).toBe('regions');
	expect(kinds(known('id', 'BIGINT', 900), known('note', 'VARCHAR', 900), known('empty', 'DOUBLE', 0))).toEqual([]);
	const [first] = proposeCharts([known('day', 'DATE', 300), known('level', 'DOUBLE', 900)]);
	expect(first?.reason).toBe('day is a time, and level a number.');
	const half = kinds(
		known('old', 'DATE', 300, { nullRatio: 0.9 }),
		known('a', 'DOUBLE', 900),
		known('b', 'DOUBLE', 900)
	);
	expect(half[0]).toBe('scatter');
});
