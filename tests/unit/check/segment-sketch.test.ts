// A table's sketches, read from Arrow once: right for every kind of column, equal however the rows are cut, and damage is told.
import {
	bool,
	columnFromArray,
	dateDay,
	decimal,
	float64,
	int32,
	int64,
	list,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	timestamp,
	utf8,
	type Table
} from '@uwdata/flechette';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnPairs, correlation } from '#core/check/sketch/co-moments.ts';
import { decodeColumnSketch, encodeColumnSketch, type ColumnSketch } from '#core/check/sketch/column-sketch.ts';
import { countDistinct } from '#core/check/sketch/distinct.ts';
import { planSketches, sketchKey } from '#core/check/sketch/plan-sketches.ts';
import {
	SegmentSketchBuilder,
	decodeSegmentSketch,
	encodeSegmentSketch,
	isSegmentSketch,
	mergeSegmentSketches,
	withColumnNames,
	type SegmentSketch
} from '#core/check/sketch/segment-sketch.ts';
import { sealSketch } from '#core/check/sketch/sketch-bytes.ts';
import { columnMetrics } from '#core/check/statistics/metrics.ts';
import { datasetDrift } from '#core/check/statistics/dataset-drift.ts';
import { foreignKeyCandidates, keyCandidates } from '#core/check/meaning/keys.ts';
import { segmentId } from '#core/ids.ts';
import { invariant } from '#core/result.ts';
import { createCheck } from '#workers/check/check.ts';
import { made } from './samples.ts';

const ROWS = 20_000;
const cities = ['Łódź', 'Reykjavík', 'Oslo', '東京', 'New York'];

/** Rows from `from` on, all the same but for where they start. */
function tableOf(from: number, count: number): Table {
	const rows = Array.from({ length: count }, (_, at) => from + at);
	const column = (of: (row: number) => unknown, type: Parameters<typeof columnFromArray>[1]) =>
		columnFromArray(rows.map(of), type);
	return tableFromColumns({
		id: column((row) => row, int32()),
		amount: column((row) => (row % 10 === 0 ? null : row / 4), float64()),
		price: column((row) => BigInt(1000 + (row % 100)), decimal(9, 2, 64)),
		huge: column((row) => 2n ** 60n + BigInt(row % 3), int64()),
		city: column((row) => (row % 7 === 0 ? null : (cities[row % 5] ?? '')), utf8()),
		code: column((row) => `AB-${String(row % 1000).padStart(4, '0')}`, utf8()),
		day: column((row) => new Date(Date.UTC(2024, 0, 1 + (row % 366))), dateDay()),
		at: column((row) => new Date(Date.UTC(2024, 0, 1) + row * 1000), timestamp(2)),
		flag: column((row) => row % 4 === 0, bool()),
		tags: column((row) => [row], list(int32()))
	});
}

/** As it comes from another thread. */
function throughIpc(table: Table): Table {
	const bytes = tableToIPC(table, { format: 'stream' });
	invariant(bytes, 'a stream without a sink is returned as bytes');
	return tableFromIPC(bytes);
}

function sketchOf(...tables: readonly Table[]): SegmentSketch {
	const builder = new SegmentSketchBuilder();
	for (const table of tables) builder.add(throughIpc(table));
	return builder.finish();
}

function column({ columns }: SegmentSketch, name: string): ColumnSketch {
	const found = columns.find((other) => other.name === name);
	invariant(found, `there is a column ${name}`);
	return found.sketch;
}

const whole = sketchOf(tableOf(0, ROWS));

describe('one pass over Arrow', () => {
	test('numbers: nulls, bounds, moments, distinct', () => {
		const amount = column(whole, 'amount');
		expect(amount).toMatchObject({ kind: 'numbers', rowCount: ROWS, nullCount: ROWS / 10 });
		expect(amount.numbers).toMatchObject({ min: 0.25, max: (ROWS - 1) / 4, nanCount: 0 });
		expect(amount.numbers?.moments.count).toBe(ROWS * 0.9);
		expect(amount.numbers?.moments.mean).toBeCloseTo(2500, 6);
		expect(
			Math.abs(
				countDistinct(amount.distinct ?? { registers: new Uint8Array(), smallest: new Float64Array() }).count / 18000 -
					1
			)
		).toBeLessThan(0.05);
	});

	test('decimals are summed in their last digit, whole numbers beyond 2^53 are told apart', () => {
		const price = column(whole, 'price');
		expect(price.numbers).toMatchObject({ min: 10, max: 10.99 });
		expect(price.numbers?.moments.mean).toBeCloseTo(10.495, 12);
		// A hundred values of 200 rows each: none is more frequent than what 64 counters may be off by.
		expect(price.frequent).toMatchObject({ errorMax: 200, values: [] });
		expect(columnMetrics(column(whole, 'huge'))).toMatchObject({ distinctCount: 3, isDistinctExact: true });
	});

	test('texts: frequent ones, lengths in characters, patterns', () => {
		const city = column(whole, 'city');
		expect(city.nullCount).toBe(Math.ceil(ROWS / 7));
		expect(new Set(city.frequent?.values.map(({ value }) => value))).toEqual(new Set(cities));
		expect(city.frequent?.errorMax).toBe(0);
		expect(city.texts).toMatchObject({ shortest: 2, longest: 9 });
		expect(city.texts?.patterns.values.map(({ value }) => value)).toEqual(expect.arrayContaining(['Aa', 'é', 'Aa_Aa']));
		expect(column(whole, 'code').texts?.patterns.values).toEqual([
			{ key: expect.any(Number) as number, value: 'A-9', count: ROWS }
		]);
	});

	test('times are milliseconds, booleans two values, lists only counted', () => {
		expect(column(whole, 'day').numbers).toMatchObject({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2024, 11, 31) });
		expect(column(whole, 'at').numbers).toMatchObject({
			min: Date.UTC(2024, 0, 1),
			max: Date.UTC(2024, 0, 1) + (ROWS - 1) * 1000
		});
		expect(column(whole, 'flag').frequent?.values).toMatchObject([
			{ value: 0, count: ROWS * 0.75 },
			{ value: 1, count: ROWS / 4 }
		]);
		expect(column(whole, 'tags')).toMatchObject({ kind: 'others', rowCount: ROWS, numbers: null, distinct: null });
	});

	test('pairs of numeric columns have their correlation', () => {
		expect(whole.correlated).toEqual(['id', 'amount', 'price', 'huge']);
		const pairs = columnPairs(4).map(([x, y], at) => [
			x,
			y,
			correlation(whole.pairs[at] ?? { count: 0, meanX: 0, meanY: 0, m2X: 0, m2Y: 0, product: 0 })
		]);
		expect(pairs[0]?.[2]).toBeCloseTo(1, 12);
		expect(Math.abs(Number(pairs[1]?.[2]))).toBeLessThan(0.02);
	});
});

test('segments merge to what the whole table has', () => {
	const parts = [tableOf(0, 4096), tableOf(4096, 1), tableOf(4097, 9000), tableOf(13_097, ROWS - 13_097)];
	const merged = mergeSegmentSketches(parts.map((part) => sketchOf(part)));
	invariant(merged, 'there are parts');
	expect(merged.rowCount).toBe(ROWS);
	for (const { name, sketch } of whole.columns) {
		const found = columnMetrics(column(merged, name));
		const right = columnMetrics(sketch);
		for (const measure of ['rowCount', 'nullRatio', 'distinctCount', 'min', 'max', 'meanLength'] as const)
			expect(found[measure]).toEqual(right[measure]);
		expect(found.mean ?? 0).toBeCloseTo(right.mean ?? 0, 4);
		const [deviation, rightDeviation] = [found.standardDeviation ?? 0, right.standardDeviation ?? 0];
		expect(Math.abs(deviation - rightDeviation)).toBeLessThanOrEqual(1e-9 * rightDeviation);
	}
	expect(datasetDrift(whole, merged).filter(({ hasDrifted }) => hasDrifted)).toEqual([]);
});

test('batches of one table may come one by one', () => {
	const streamed = sketchOf(tableOf(0, 5000), tableOf(5000, 5000));
	expect(streamed.rowCount).toBe(10_000);
	expect(column(streamed, 'id').distinct).toEqual(column(sketchOf(tableOf(0, 10_000)), 'id').distinct);
});

test('decoding inverts encoding; every damaged byte and every cut is told', () => {
	const sketch = sketchOf(tableOf(0, 300));
	const bytes = encodeSegmentSketch(sketch);
	expect(decodeSegmentSketch(bytes)).toEqual({ ok: true, value: sketch });
	expect(decodeSegmentSketch(encodeSegmentSketch(whole))).toEqual({ ok: true, value: whole });
	for (const { sketch: one } of whole.columns)
		expect(decodeColumnSketch(encodeColumnSketch(one))).toEqual({ ok: true, value: one });
	for (let at = 0; at < bytes.length; at += 997) {
		const damaged = bytes.map((byte, index) => (index === at ? byte ^ 0xff : byte));
		expect(decodeSegmentSketch(damaged)).toMatchObject({ ok: false, error: { kind: 'broken-sketch' } });
		expect(decodeSegmentSketch(bytes.subarray(0, at))).toMatchObject({ ok: false, error: { kind: 'broken-sketch' } });
	}
});

test('bytes of a right checksum that no writer wrote are refused or read, and never throw', () => {
	const bytes = encodeSegmentSketch(sketchOf(tableOf(0, 40)));
	const content = bytes.subarray(2, -4);
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat(content.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
			(changes) => {
				const changed = content.slice();
				for (const [at, byte] of changes) changed[at] = byte;
				const sealed = sealSketch('S', 1, (writer) => changed.forEach((byte) => writer.byte(byte)));
				const found = decodeSegmentSketch(sealed);
				if (!found.ok) expect(found.error.kind).toBe('broken-sketch');
			}
		),
		{ numRuns: 300 }
	);
	expect(decodeSegmentSketch(sealSketch('S', 2, () => undefined))).toEqual({
		ok: false,
		error: { kind: 'broken-sketch', reason: 'newer-version' }
	});
});

test('a table without rows is a value, not an exception', () => {
	const empty = sketchOf(tableOf(0, 0));
	expect(empty.rowCount).toBe(0);
	expect(columnMetrics(column(empty, 'amount'))).toMatchObject({
		nullRatio: null,
		mean: null,
		min: null,
		quantiles: null
	});
	expect(decodeSegmentSketch(encodeSegmentSketch(empty))).toEqual({ ok: true, value: empty });
	expect(mergeSegmentSketches([])).toBeNull();
});

test('NaN and infinities are counted apart from nulls and leave the moments alone', () => {
	const values = [1, NaN, Infinity, -Infinity, null, 3];
	const sketch = column(sketchOf(tableFromColumns({ x: columnFromArray(values, float64()) })), 'x');
	expect(sketch.nullCount).toBe(1);
	expect(sketch.numbers).toMatchObject({ nanCount: 1, positiveInfinities: 1, negativeInfinities: 1, min: 1, max: 3 });
	expect(sketch.numbers?.moments).toMatchObject({ count: 2, mean: 2 });
	expect(sketch.numbers?.quantiles.count).toBe(4);
});

test('whole numbers beyond 2^53 are told apart, and from smaller ones that came before them', () => {
	const bigs = (of: (row: number) => bigint): Table =>
		tableFromColumns({
			x: columnFromArray(
				Array.from({ length: 3000 }, (_, row) => of(row)),
				int64()
			)
		});
	const sketch = column(
		sketchOf(
			bigs((row) => BigInt(row % 5)),
			bigs((row) => 2n ** 60n + BigInt(row % 3))
		),
		'x'
	);
	expect(columnMetrics(sketch)).toMatchObject({ distinctCount: 8, isDistinctExact: true, min: 0, max: 2 ** 60 });
	expect(sketch.frequent?.values.map(({ count }) => count)).toEqual([1000, 1000, 1000, 600, 600, 600, 600, 600]);
});

test('NaN is a value that is counted, and so is a number whose zero has a sign', () => {
	const values = Array.from({ length: 4000 }, (_, row) => [NaN, 0, -0, 2.5][row % 4] ?? 0);
	const { frequent, distinct } = column(sketchOf(tableFromColumns({ x: columnFromArray(values, float64()) })), 'x');
	expect(frequent?.values.map(({ value, count }) => [value, count])).toEqual(
		expect.arrayContaining([
			[expect.closeTo(0), 2000],
			[NaN, 1000],
			[2.5, 1000]
		])
	);
	expect(distinct?.smallest).toHaveLength(3);
});

test('an append reads none but its own segments', () => {
	const segments = ['a', 'b', 'a'].map((id) => ({ id: segmentId(id), rowCount: 10 }));
	const patched = { id: segmentId('b'), rowCount: 9, patch: { id: segmentId('p'), rowCount: 1 } };
	expect(planSketches({ segments }, 't', () => false)).toEqual({
		missing: [
			{ key: 'a/t', segment: 0, rowCount: 10 },
			{ key: 'b/t', segment: 1, rowCount: 10 }
		],
		keys: ['a/t', 'b/t', 'a/t'],
		rowCountToRead: 20
	});
	const known = new Set(segments.map((segment) => sketchKey(segment, 't')));
	const appended = planSketches({ segments: [...segments, patched] }, 't', (key) => known.has(key));
	expect(appended.missing).toEqual([{ key: 'b+p/t', segment: 3, rowCount: 9 }]);
	expect(appended.rowCountToRead).toBe(9);
	expect(planSketches({ segments }, 'other types', (key) => known.has(key)).missing).toHaveLength(2);
});

test('key candidates are unique without nulls, and what points to them is found', () => {
	expect(keyCandidates(whole.columns).map(({ column: name }) => name)).toEqual(['id', 'at']);
	const orders = sketchOf(
		tableFromColumns({
			customer: columnFromArray([...made({ count: 5000, seed: 3, levels: ROWS })], int64()),
			other: columnFromArray(
				[...made({ count: 5000, seed: 4, levels: 1000 })].map((value) => value + 1e9),
				int64()
			)
		})
	);
	const found = foreignKeyCandidates(orders.columns, whole.columns);
	expect(found.map(({ column: name, references }) => [name, references])).toEqual([['customer', 'id']]);
	expect(found[0]?.share).toBe(1);
});

test('texts are sampled by their hashes: the same ones however the rows are cut, and all of few', () => {
	const halves = mergeSegmentSketches([sketchOf(tableOf(0, 7000)), sketchOf(tableOf(7000, ROWS - 7000))]);
	invariant(halves, 'there are parts');
	for (const name of ['city', 'code']) {
		const sample = column(whole, name).texts?.sample;
		expect(sample).toHaveLength(name === 'city' ? cities.length : 32);
		expect(column(halves, name).texts?.sample).toEqual(sample);
	}
	expect(new Set(column(whole, 'city').texts?.sample.map(({ text }) => text))).toEqual(new Set(cities));
});

test('a sketch takes the names that its columns have elsewhere, and no others than as many as they are', () => {
	const names = whole.columns.map(({ name }) => `the ${name}`);
	const renamed = withColumnNames(whole, names);
	expect(renamed?.columns.map(({ name }) => name)).toEqual(names);
	expect(renamed?.correlated).toEqual(whole.correlated.map((name) => `the ${name}`));
	expect(withColumnNames(whole, names.slice(1))).toBeNull();
});

test('the worker says what it cannot read', async () => {
	const check = createCheck();
	const bytes = (): Uint8Array<ArrayBuffer> =>
		tableToIPC(tableOf(0, 500), { format: 'stream' }) as Uint8Array<ArrayBuffer>;
	const encoded = await check.sketch(bytes());
	invariant(encoded.ok, 'the rows were read');
	expect(isSegmentSketch(encoded.value)).toBe(true);
	expect(decodeSegmentSketch(encoded.value)).toMatchObject({ ok: true, value: { rowCount: 500 } });
	const names = whole.columns.map(({ name }) => name);
	expect(await check.merge([encoded.value, encoded.value], names)).toMatchObject({ ok: true });
	const cut = encoded.value.slice(0, 50);
	expect(isSegmentSketch(cut)).toBe(false);
	expect(await check.merge([encoded.value, cut], names)).toEqual({
		ok: false,
		error: { kind: 'broken-sketches', at: [1] }
	});
	expect(await check.merge([encoded.value], ['one'])).toMatchObject({ error: { kind: 'broken-sketches', at: [0] } });
	expect(await check.sketch(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toMatchObject({ error: { kind: 'broken-arrow' } });
	expect(await check.statistics(cut, [])).toMatchObject({ error: { kind: 'broken-sketch' } });
});
