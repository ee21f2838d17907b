// What changed between two versions, told from sketches: how far, how likely by chance, and what most.
import {
	columnFromArray,
	float64,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	utf8,
	type Table
} from '@uwdata/flechette';
import { describe, expect, test } from 'vitest';
import { SegmentSketchBuilder, type SegmentSketch } from '#core/check/sketch/segment-sketch.ts';
import { DRIFT_THRESHOLDS, datasetDrift } from '#core/check/statistics/dataset-drift.ts';
import { columnDrift } from '#core/check/statistics/column-drift.ts';
import { deviationFrom } from '#core/check/statistics/deviation.ts';
import { columnMetrics } from '#core/check/statistics/metrics.ts';
import { hasSchemaDrift, schemaDrift } from '#core/check/statistics/schema-drift.ts';
import { invariant } from '#core/result.ts';
import { made, type Rule } from './samples.ts';

function sketchOf(columns: Readonly<Record<string, readonly (number | string | null)[]>>): SegmentSketch {
	const table = tableFromColumns(
		Object.fromEntries(
			Object.entries(columns).map(([name, values]) => [
				name,
				columnFromArray([...values], values.some((value) => typeof value === 'string') ? utf8() : float64())
			])
		)
	);
	const builder = new SegmentSketchBuilder();
	builder.add(throughIpc(table));
	return builder.finish();
}

function throughIpc(table: Table): Table {
	const bytes = tableToIPC(table, { format: 'stream' });
	invariant(bytes, 'a stream without a sink is returned as bytes');
	return tableFromIPC(bytes);
}

const numbers = (rule: Rule): readonly number[] => [...made(rule)];
const texts = (rule: Rule, of: readonly string[]): readonly string[] =>
	numbers({ ...rule, levels: of.length }).map((at) => of[at] ?? '');
const COUNT = 20_000;

const baseline = sketchOf({
	same: numbers({ count: COUNT, seed: 1 }),
	moved: numbers({ count: COUNT, seed: 2 }),
	kind: texts({ count: COUNT, seed: 3 }, ['a', 'b', 'c']),
	emptied: numbers({ count: COUNT, seed: 4 }),
	gone: numbers({ count: COUNT, seed: 5 })
});
const current = sketchOf({
	same: numbers({ count: COUNT, seed: 11 }),
	moved: numbers({ count: COUNT, seed: 12, shift: 0.15 }),
	kind: texts({ count: COUNT, seed: 13 }, ['a', 'b', 'd', 'a']),
	emptied: numbers({ count: COUNT, seed: 14 }).map((value, at) => (at % 5 === 0 ? null : value)),
	added: numbers({ count: COUNT, seed: 15 })
});

describe('drift of a dataset', () => {
	const found = datasetDrift(baseline, current);
	const of = (column: string) => found.find((other) => other.column === column);

	test('columns that drifted come first, what changed most before the rest', () => {
		expect(found.map(({ column }) => column)).toEqual(['kind', 'moved', 'emptied', 'same']);
		expect(found.map(({ hasDrifted }) => hasDrifted)).toEqual([true, true, true, false]);
	});

	test('each kind of column has its measures', () => {
		expect(of('moved')?.measures['kolmogorov-smirnov']).toBeCloseTo(0.15, 1);
		expect(of('moved')?.measures.wasserstein).toBeCloseTo(0.15 / (0.9 / 3.2897), 1);
		expect(of('moved')?.over).toContain('kolmogorov-smirnov');
		expect(of('kind')?.measures).not.toHaveProperty('kolmogorov-smirnov');
		expect(of('emptied')?.over).toEqual(['null-ratio']);
		expect(of('emptied')?.measures['null-ratio']).toBeCloseTo(0.2, 12);
		expect(of('same')?.correctedPValue).toBeGreaterThan(DRIFT_THRESHOLDS.significance);
	});

	test('new and missing categories are told with their rows', () => {
		const { added, missing, isComplete } = of('kind')?.categories ?? { added: [], missing: [], isComplete: false };
		expect(isComplete).toBe(true);
		expect(added.map(({ value }) => value)).toEqual(['d']);
		expect(added[0]?.before).toBe(0);
		expect(missing.map(({ value }) => value)).toEqual(['c']);
	});

	test('bins compare side by side and hold every row', () => {
		const { bins } = of('moved') ?? {};
		expect(bins?.bounds).toHaveLength(9);
		for (const counts of [bins?.before, bins?.after])
			expect(counts?.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
		bins?.before.forEach((count) => expect(Math.abs(count / COUNT - 0.1)).toBeLessThan(0.02));
	});

	test('equal tables have no drift, whatever their size', () => {
		for (const verdict of datasetDrift(baseline, baseline))
			expect(verdict).toMatchObject({ severity: 0, hasDrifted: false, over: [], correctedPValue: 1 });
	});
});

test('a difference that may be chance is not drift', () => {
	const few = (seed: number) => sketchOf({ x: numbers({ count: 12, seed }) });
	const [verdict] = datasetDrift(few(1), few(2));
	expect(verdict?.over.length).toBeGreaterThan(0);
	expect(verdict?.hasDrifted).toBe(false);
});

test('an empty side, a constant side and a changed kind are values, not exceptions', () => {
	const [none, constant, wide] = [[], [5, 5, 5], numbers({ count: 100, seed: 1 })].map(
		(x) => sketchOf({ x }).columns[0]?.sketch
	);
	const text = sketchOf({ x: ['a'] }).columns[0]?.sketch;
	invariant(none && constant && wide && text, 'each has its column');
	expect(columnDrift(none, wide)).toMatchObject({ measures: {}, pValue: null });
	expect(columnDrift(constant, constant)).toMatchObject({ measures: { psi: 0, wasserstein: 0 }, pValue: 1 });
	expect(columnDrift(constant, wide)?.measures['kolmogorov-smirnov']).toBe(1);
	expect(columnDrift(text, wide)).toBeNull();
});

test('schema drift: columns that came, went, changed type or place', () => {
	const [id, name, price] = [
		{ name: 'id', type: 'BIGINT' },
		{ name: 'name', type: 'VARCHAR' },
		{ name: 'price', type: 'DOUBLE' }
	];
	invariant(id && name && price, 'three were made');
	expect(schemaDrift([id, name], [{ ...id, type: 'VARCHAR' }, price])).toEqual({
		added: [price],
		removed: [name],
		retyped: [{ column: 'id', from: 'BIGINT', to: 'VARCHAR' }],
		isReordered: false
	});
	expect(schemaDrift([id, name], [name, price, id])).toMatchObject({ added: [price], isReordered: true });
	expect(hasSchemaDrift(schemaDrift([id, name], [id, name]))).toBe(false);
});

describe('deviation from a baseline', () => {
	const rule = { relative: 0.1, floor: 0.02 };

	test.each([
		[100, 110, false],
		[100, 110.1, true],
		[100, 89.9, true],
		[-100, -105, false],
		[-100, -111, true],
		[0, 0.02, false],
		[0, -0.021, true],
		[0, 0, false],
		[5, NaN, true],
		[NaN, NaN, false],
		[Infinity, Infinity, false]
	])('from %d to %d: deviates %s', (before, after, deviates) => {
		expect(deviationFrom(before, after, rule).deviates).toBe(deviates);
	});

	test('the numbers used are told', () => {
		expect(deviationFrom(-200, -150, rule)).toEqual({
			value: -150,
			baseline: -200,
			difference: 50,
			allowed: 20,
			relative: 0.25,
			deviates: true
		});
		expect(deviationFrom(0, 1, rule)).toMatchObject({ allowed: 0.02, relative: null });
	});

	test('a column’s metrics have what the threshold rule asks for', () => {
		const normal = Array.from({ length: 900 }, (_, at) => 100 + ((at * 37) % 21) - 10);
		const outliers = Array.from({ length: 9 }, () => 1000);
		const sketch = sketchOf({ x: [...normal, ...outliers, null] }).columns[0]?.sketch;
		invariant(sketch, 'it has its column');
		const metrics = columnMetrics(sketch);
		expect(metrics.zScoreOutlierRatio).toBeCloseTo(9 / 909, 2);
		expect(metrics.iqrOutlierRatio).toBeCloseTo(9 / 909, 2);
		expect(metrics.nullRatio).toBeCloseTo(1 / 910, 12);
		expect(metrics.uniqueRatio).toBeCloseTo(22 / 909, 12);
		expect(metrics.quantiles?.[2]).toBe(100);
	});
});
