// Distinct counts and frequent values keep their stated errors; hashes are equal for equal values.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	DISTINCT_STANDARD_ERROR,
	DistinctBuilder,
	KEPT_HASHES,
	containment,
	countDistinct,
	decodeDistinct,
	encodeDistinct,
	mergeDistinct,
	noDistinct,
	type DistinctSketch
} from '#core/check/sketch/distinct.ts';
import {
	FREQUENT_VALUES,
	FrequentBuilder,
	decodeFrequent,
	encodeFrequent,
	frequencyOf,
	mergeFrequent,
	noFrequent,
	type FrequentSketch
} from '#core/check/sketch/frequent.ts';
import { ValueHashes, hashNumbers, hashTexts } from '#core/check/sketch/value-hash.ts';
import { adversarial, cut, made } from './samples.ts';

const plain = { isNull: null, extra: null };

function hashesOf(values: Float64Array): ValueHashes {
	const hashes = new ValueHashes();
	hashNumbers(hashes, values, values.length, plain);
	return hashes;
}

function distinctOf(values: Float64Array): DistinctSketch {
	const builder = new DistinctBuilder();
	for (const part of cut(values, [2048])) builder.add(hashesOf(part));
	return builder.finish();
}

function frequentOf(values: Float64Array, capacity = FREQUENT_VALUES): FrequentSketch {
	const builder = new FrequentBuilder();
	for (const part of cut(values, [2048])) builder.add(hashesOf(part), (row) => part[row] ?? NaN);
	return builder.finish(capacity);
}

function counts(values: Float64Array): ReadonlyMap<number, number> {
	const byValue = new Map<number, number>();
	for (const value of values) byValue.set(value, (byValue.get(value) ?? 0) + 1);
	return byValue;
}

describe('hashes', () => {
	test('the same number has one hash: -0 and 0, NaN and NaN', () => {
		const { key } = hashesOf(Float64Array.of(0, -0, NaN, -NaN, 1, 2));
		expect(key[0]).toBe(key[1]);
		expect(key[2]).toBe(key[3]);
		expect(new Set(key.subarray(0, 6)).size).toBe(4);
	});

	test('of many whole numbers, and of texts, no two share one', () => {
		const whole = hashesOf(Float64Array.from({ length: 200_000 }, (_, at) => at - 100_000));
		expect(new Set(whole.key.subarray(0, whole.count)).size).toBe(200_000);
		const encoder = new TextEncoder();
		const texts = Array.from({ length: 100_000 }, (_, at) => encoder.encode(`id-${at}`));
		const offsets = new Int32Array(texts.length + 1);
		texts.forEach((text, at) => (offsets[at + 1] = (offsets[at] ?? 0) + text.length));
		const bytes = new Uint8Array(offsets.at(-1) ?? 0);
		texts.forEach((text, at) => bytes.set(text, offsets[at]));
		const hashes = new ValueHashes();
		hashTexts(hashes, { rowCount: texts.length, bytes, offsets, validity: null });
		expect(new Set(hashes.key.subarray(0, hashes.count)).size).toBe(texts.length);
	});

	test('every bit is set in about half of them', () => {
		const { key, count } = hashesOf(Float64Array.from({ length: 10_000 }, (_, at) => at));
		for (let bit = 0; bit < 53; bit++) {
			let set = 0;
			for (let at = 0; at < count; at++) set += Math.floor((key[at] ?? 0) / 2 ** bit) % 2;
			expect(Math.abs(set / count - 0.5)).toBeLessThan(0.025);
		}
	});
});

describe('distinct', () => {
	test.each(Object.entries(adversarial))('%s: within three standard errors, and exact while few', (_name, values) => {
		const right = new Set(values).size;
		for (const sketch of [distinctOf(values), mergeDistinct(cut(values, [30_000, 77]).map(distinctOf))]) {
			const { count, isExact } = countDistinct(sketch);
			if (right < KEPT_HASHES) expect({ count, isExact }).toEqual({ count: right, isExact: true });
			else expect(Math.abs(count / right - 1)).toBeLessThan(3 * DISTINCT_STANDARD_ERROR);
		}
	});

	test.each([256, 300, 1000, 3000, 10_000, 20_000, 50_000, 200_000])(
		'%i different values: no bias at any size',
		(size) => {
			const errors = Array.from({ length: 8 }, (_, seed) => {
				const values = Float64Array.from({ length: size }, (_value, at) => at + seed * 1e8);
				return countDistinct(distinctOf(values)).count / size - 1;
			});
			const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
			// Three standard errors of a mean of eight.
			expect(Math.abs(mean)).toBeLessThan((3 * DISTINCT_STANDARD_ERROR) / Math.sqrt(8));
		}
	);

	test('merging is associative, commutative and idempotent to the bit', () => {
		const [a, b, c] = [1, 2, 3].map((seed) => distinctOf(made({ count: 3000, seed, levels: 2000 })));
		const [x, y, z] = [a ?? noDistinct(), b ?? noDistinct(), c ?? noDistinct()];
		expect(mergeDistinct([mergeDistinct([x, y]), z])).toEqual(mergeDistinct([x, mergeDistinct([y, z])]));
		expect(mergeDistinct([x, y])).toEqual(mergeDistinct([y, x]));
		expect(mergeDistinct([x, x])).toEqual(x);
	});

	test('decoding inverts encoding, few or many, and damage is told', () => {
		for (const size of [0, 1, 100, 300, 3000, 100_000]) {
			const sketch = distinctOf(Float64Array.from({ length: size }, (_, at) => at));
			const bytes = encodeDistinct(sketch);
			expect(bytes.length).toBeLessThan(5200);
			expect(decodeDistinct(bytes)).toEqual({ ok: true, value: sketch });
			expect(decodeDistinct(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte)))).toMatchObject({ ok: false });
		}
	});

	test('how much of one column is in another is told from hashes', () => {
		const all = distinctOf(Float64Array.from({ length: 50_000 }, (_, at) => at));
		const some = distinctOf(Float64Array.from({ length: 10_000 }, (_, at) => at * 3));
		const half = distinctOf(Float64Array.from({ length: 20_000 }, (_, at) => at + 40_000));
		const few = distinctOf(Float64Array.of(1, 5, 7, 60_000));
		expect(containment(some, all)?.share).toBe(1);
		expect(Math.abs((containment(half, all)?.share ?? 0) - 0.5)).toBeLessThan(0.2);
		expect(containment(few, distinctOf(Float64Array.of(1, 5, 8)))).toEqual({ share: 0.5, hashes: 4 });
		expect(containment(noDistinct(), all)).toBeNull();
	});
});

describe('frequent values', () => {
	test.each(Object.entries(adversarial))(
		'%s: counts are too low by at most errorMax, which is bounded',
		(_name, values) => {
			const right = counts(values);
			for (const sketch of [
				frequentOf(values),
				mergeFrequent(cut(values, [30_000, 77]).map((part) => frequentOf(part)))
			]) {
				expect(sketch.errorMax).toBeLessThanOrEqual(values.length / (FREQUENT_VALUES + 1));
				for (const { value, count } of sketch.values) {
					const actual = right.get(Number(value)) ?? 0;
					expect(count).toBeLessThanOrEqual(actual);
					expect(count + sketch.errorMax).toBeGreaterThanOrEqual(actual);
				}
				const found = new Set(sketch.values.map(({ value }) => value));
				for (const [value, actual] of right) if (actual > sketch.errorMax) expect(found.has(value)).toBe(true);
			}
		}
	);

	test('few different values are counted exactly', () => {
		const values = made({ count: 100_000, seed: 9, levels: 60 });
		const sketch = mergeFrequent(cut(values, [5000]).map((part) => frequentOf(part)));
		expect(sketch.errorMax).toBe(0);
		expect(new Map(sketch.values.map(({ value, count }) => [value, count]))).toEqual(counts(values));
	});

	test('merging commutes to the bit, and decoding inverts encoding', () => {
		fc.assert(
			fc.property(fc.array(fc.array(fc.nat(200)), { maxLength: 4 }), (lists) => {
				const parts = lists.map((list) => frequentOf(Float64Array.from(list), 16));
				const merged = mergeFrequent(parts);
				expect(mergeFrequent(parts.toReversed())).toEqual(merged);
				expect(decodeFrequent(encodeFrequent(merged))).toEqual({ ok: true, value: merged });
			})
		);
	});

	test('what is not kept may be there as often as the error', () => {
		const sketch = { capacity: 1, errorMax: 3, values: [{ key: 1, value: 'a', count: 5 }] };
		expect(frequencyOf(sketch, 1)).toEqual({ least: 5, most: 8 });
		expect(frequencyOf(sketch, 2)).toEqual({ least: 0, most: 3 });
		expect(mergeFrequent([])).toEqual(noFrequent());
	});
});
