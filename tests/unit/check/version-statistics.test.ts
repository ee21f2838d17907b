// What sketches tell of a version, of how far two are apart, and of columns that point to another table.
import {
	columnFromArray,
	float64,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	timestamp,
	utf8
} from '@uwdata/flechette';
import { describe, expect, test } from 'vitest';
import { parseSuite } from '#core/check/parse-suite.ts';
import { relationCandidates } from '#core/check/meaning/relations.ts';
import { SegmentSketchBuilder, type SegmentSketch } from '#core/check/sketch/segment-sketch.ts';
import { compareSketches } from '#core/check/statistics/compare-sketches.ts';
import { DRIFT_THRESHOLDS } from '#core/check/statistics/dataset-drift.ts';
import { commonEdges, countWithin } from '#core/check/statistics/histogram.ts';
import { DEVIATION_RULE } from '#core/check/statistics/metric-deviations.ts';
import { versionStatistics } from '#core/check/statistics/version-statistics.ts';
import { likelyKeys, suggestSuite } from '#core/check/suggest-suite.ts';
import { writeSuite } from '#core/check/write-suite.ts';
import { invariant } from '#core/result.ts';
import { made } from './samples.ts';

type Values = readonly (number | string | Date | null)[];

function sketchOf(columns: Readonly<Record<string, Values>>): SegmentSketch {
	const typeOf = (values: Values) => {
		const value = values.find((one) => one !== null);
		return value instanceof Date ? timestamp(1) : typeof value === 'string' ? utf8() : float64();
	};
	const built = Object.entries(columns).map(
		([name, values]) => [name, columnFromArray([...values], typeOf(values))] as const
	);
	const bytes = tableToIPC(tableFromColumns(Object.fromEntries(built)), { format: 'stream' });
	invariant(bytes, 'a stream without a sink is returned as bytes');
	const builder = new SegmentSketchBuilder();
	builder.add(tableFromIPC(bytes));
	return builder.finish();
}

const rows = <T>(count: number, of: (row: number) => T): readonly T[] =>
	Array.from({ length: count }, (_, at) => of(at));

describe('statistics of a version', () => {
	const sketch = sketchOf({
		id: rows(1000, (row) => row),
		mail: rows(1000, (row) => `user${row}@example.org`),
		card: rows(1000, (row) => [4111111111111111, 5500000000000004, 378282246310005][row % 3] ?? null),
		kind: rows(1000, (row) => (row % 10 === 0 ? null : ['a', 'b', 'b', 'b'][row % 4]) ?? null),
		double: rows(1000, (row) => row * 2 + 1),
		at: rows(1000, (row) => new Date(Date.UTC(2026, 0, 1) + row * 60_000))
	});
	const schema = ['BIGINT', 'VARCHAR', 'BIGINT', 'VARCHAR', 'BIGINT', 'TIMESTAMP'].map((type, at) => ({
		name: sketch.columns[at]?.name ?? '',
		type
	}));
	const told = versionStatistics(sketch, schema);
	const of = (name: string) => told.columns.find((column) => column.name === name);

	test('columns have their type, their numbers and what their values mean', () => {
		expect(told.rowCount).toBe(1000);
		expect(told.columns.map(({ name, type }) => ({ name, type }))).toEqual(schema);
		expect(of('id')?.metrics).toMatchObject({ mean: 499.5, min: 0, max: 999 });
		// A thousand different values leave no frequent one, and yet their meaning is told.
		expect(of('mail')).toMatchObject({ topValues: [], meaning: { meaning: 'e-mail', share: 1, sampleCount: 32 } });
		expect(of('card')?.meaning).toMatchObject({ meaning: 'card-number', share: 1 });
		expect(of('id')?.meaning).toBeNull();
		expect(of('kind')).toMatchObject({ nullCount: 100, topValues: [{ value: 'b' }, { value: 'a' }], countErrorMax: 0 });
		expect(of('mail')?.texts).toMatchObject({ patterns: [{ pattern: 'a9@a.a', count: 1000 }] });
		expect(of('at')?.metrics.min).toBe(Date.UTC(2026, 0, 1));
	});

	test('pairs come with their correlation, and columns that may be keys', () => {
		expect(told.correlations[0]).toEqual({ first: 'id', second: 'double', correlation: 1, rowCount: 1000 });
		expect(told.keyCandidates.map(({ column }) => column)).toEqual(['id', 'mail', 'double', 'at']);
	});

	test('histograms hold every row', () => {
		for (const { histogram, metrics, nullCount } of told.columns) {
			if (!histogram) continue;
			expect(histogram.counts).toHaveLength(histogram.edges.length - 1);
			expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(metrics.rowCount - nullCount);
		}
	});
});

describe('edges that columns share', () => {
	const numbers = (values: Values) => {
		const found = sketchOf({ x: values }).columns[0]?.sketch.numbers;
		invariant(found, 'it has numbers');
		return found;
	};

	test('few whole numbers have a bin each, many have bins of equal width', () => {
		const few = [numbers([1, 2, 2, 3]), numbers([5])];
		const edges = commonEdges(few);
		expect(edges).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]);
		expect(few.map((side) => countWithin(side, edges ?? []))).toEqual([
			[1, 2, 1, 0, 0],
			[0, 0, 0, 0, 1]
		]);
		const many = commonEdges([numbers(rows(100, (row) => row))]) ?? [];
		expect(new Set(many.slice(1).map((edge, at) => edge - (many[at] ?? 0)))).toEqual(new Set([5]));
	});

	test('the range of both is covered, and one value is a bin', () => {
		const edges = commonEdges([numbers([0.5, 1]), numbers([2.25])]);
		expect(edges).toHaveLength(21);
		expect([edges?.[0], edges?.at(-1)]).toEqual([0.5, 2.25]);
		expect(commonEdges([numbers([0.5, 0.5])])).toEqual([0.5, 0.5]);
		expect(countWithin(numbers([0.5, 0.5]), [0.5, 0.5])).toEqual([2]);
	});

	test('an outlier does not press all other rows into one bin', () => {
		const values = [...made({ count: 10_000, seed: 7 }), 1e6];
		const edges = commonEdges([numbers(values)]) ?? [];
		expect(edges.at(-1)).toBe(1e6);
		const counts = countWithin(numbers(values), edges);
		expect(Math.max(...counts)).toBeLessThan(1500);
		expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_001);
		expect(edges.every((edge, at) => at === 0 || edge > (edges[at - 1] ?? 0))).toBe(true);
	});

	test('infinities are in the outer bins; without a finite number there are no edges', () => {
		const side = numbers([-Infinity, 0.5, 1.5, Infinity]);
		const counts = countWithin(side, commonEdges([side]) ?? []);
		expect([counts[0], counts.at(-1)]).toEqual([2, 2]);
		expect(commonEdges([numbers([Infinity, NaN])])).toBeNull();
	});
});

test('two versions stand side by side: bins, values and numbers beyond the threshold rule', () => {
	const before = sketchOf({
		x: [...made({ count: 5000, seed: 1 })],
		word: rows(5000, (row) => (row % 5 === 0 ? 'rare' : 'usual')),
		at: rows(5000, (row) => new Date(row * 1000))
	});
	const after = sketchOf({
		x: [...made({ count: 6000, seed: 2, shift: 0.5 })],
		word: rows(6000, (row) => (row % 2 === 0 ? 'rare' : 'new')),
		at: rows(6000, (row) => new Date(1e12 + row * 1000))
	});
	const rules = { thresholds: DRIFT_THRESHOLDS, rule: DEVIATION_RULE };
	const { rowCount, columns } = compareSketches(before, after, rules);
	expect(rowCount).toEqual({ before: 5000, after: 6000 });
	const of = (name: string) => columns.find(({ column }) => column === name);
	const total = (counts: readonly number[] = []) => counts.reduce((sum, count) => sum + count, 0);
	expect([total(of('x')?.histogram?.before), total(of('x')?.histogram?.after)]).toEqual([5000, 6000]);
	expect(of('word')?.histogram).toBeNull();
	expect(of('word')?.topValues).toEqual([
		{ value: 'usual', before: 4000, after: 0 },
		{ value: 'rare', before: 1000, after: 3000 },
		{ value: 'new', before: 0, after: 3000 }
	]);
	const deviating = of('x')?.deviations.filter(({ deviates }) => deviates);
	expect(deviating?.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['mean', 'median', 'max']));
	// Where time begins is chance, so that no share of it is told.
	expect(of('at')?.deviations.map(({ metric }) => metric)).toEqual(['nullRatio', 'distinctCount', 'uniqueRatio']);
	expect(columns.every(({ hasDrifted }) => hasDrifted)).toBe(true);
});

test('a column of one dataset points to a key of another, in whichever direction that is', () => {
	const datasets = [
		{ name: 'people', sketch: sketchOf({ id: rows(500, (row) => row * 3), name: rows(500, (row) => `n${row}`) }) },
		{
			name: 'orders',
			sketch: sketchOf({ person: rows(2000, (row) => (row % 400) * 3), size: rows(2000, (row) => row % 7) })
		},
		{ name: 'alone', sketch: sketchOf({ code: rows(50, (row) => `x${row}`) }) }
	];
	const found = relationCandidates(datasets);
	expect(found).toMatchObject([
		{ dataset: 'orders', column: 'person', referencedDataset: 'people', references: 'id', share: 1 }
	]);
	expect(relationCandidates(datasets, 'people')).toEqual(found);
	expect(relationCandidates(datasets, 'alone')).toEqual([]);
});

test('consecutive numbers are pointed to by what is named so, not by whatever is small', () => {
	const columns = (names: readonly string[]) =>
		sketchOf(Object.fromEntries(names.map((name) => [name, rows(900, (row) => (row * 7) % 90)])));
	const names = ['customer', 'home_customer', 'customerId', 'payer id', 'rating', 'id'];
	const found = relationCandidates([
		{ name: 'customers', sketch: sketchOf({ id: rows(100, (row) => row) }) },
		{ name: 'orders', sketch: columns(names) }
	]);
	expect(found.map(({ column }) => column).toSorted()).toEqual(names.slice(0, 4).toSorted());
});

test('a suggested suite is one that can be read, and holds what the statistics tell', () => {
	const sketch = sketchOf({
		order_id: rows(1000, (row) => row),
		other_id: rows(1000, (row) => row % 500),
		kind: rows(1000, (row) => (row % 25 === 0 ? null : ['a', 'b'][row % 2]) ?? null),
		mail: rows(1000, (row) => `user${row}@example.org`),
		code: rows(1000, (row) => `K${row % 900}`.padEnd(4, '-')),
		empty: rows(1000, () => null)
	});
	const types = ['BIGINT', 'BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'DOUBLE'];
	const schema = types.map((type, at) => ({ name: sketch.columns[at]?.name ?? '', type }));
	const told = versionStatistics(sketch, schema);
	expect(likelyKeys(told)).toEqual(['order_id']);
	const parsed = parseSuite(writeSuite(suggestSuite('orders', told, { key: [], unique: ['order_id'] })));
	invariant(parsed.ok, 'what was suggested can be read');
	const { checks, dataset } = parsed.value;
	expect(dataset).toBe('orders');
	expect(checks.map(({ expectation, kwargs, severity }) => [expectation, kwargs['column'], severity])).toEqual([
		['expect_table_columns_to_match_set', undefined, 'fail'],
		['expect_table_row_count_to_be_between', undefined, 'fail'],
		['expect_column_values_to_be_of_type', 'order_id', 'fail'],
		['expect_column_values_to_not_be_null', 'order_id', 'fail'],
		['expect_column_values_to_be_unique', 'order_id', 'fail'],
		['expect_column_values_to_be_between', 'order_id', 'warn'],
		['expect_column_values_to_be_of_type', 'other_id', 'fail'],
		['expect_column_values_to_not_be_null', 'other_id', 'fail'],
		['expect_column_values_to_be_between', 'other_id', 'warn'],
		['expect_column_values_to_be_of_type', 'kind', 'fail'],
		['expect_column_values_to_not_be_null', 'kind', 'warn'],
		['expect_column_values_to_be_in_set', 'kind', 'warn'],
		['expect_column_values_to_be_of_type', 'mail', 'fail'],
		['expect_column_values_to_not_be_null', 'mail', 'fail'],
		['expect_column_values_to_match_regex', 'mail', 'warn'],
		['expect_column_values_to_be_of_type', 'code', 'fail'],
		['expect_column_values_to_not_be_null', 'code', 'fail'],
		['expect_column_value_lengths_to_equal', 'code', 'warn']
	]);
	expect(checks[10]?.kwargs).toMatchObject({ mostly: 0.92 });
	expect(checks[11]?.kwargs).toMatchObject({ value_set: ['a', 'b'] });
	expect(checks[17]?.kwargs).toMatchObject({ value: 4 });
});
