// The most frequent values of a column with how often they are there, mergeable, in bounded memory.
import type { Result } from '../../result.ts';
import {
	openSketch,
	refuseSketch,
	sealSketch,
	type BrokenSketch,
	type SketchReader,
	type SketchWriter
} from './sketch-bytes.ts';
import type { ValueHashes } from './value-hash.ts';

export type FrequentValue = {
	/** The value's hash. */
	readonly key: number;
	readonly value: string | number;
	/** At most the rows that have it, and too few by no more than `errorMax`. */
	readonly count: number;
};

/**
 * Note: how far a count may be off
 *
 * Every value in more than `errorMax` rows is here, and its count is too low by at most `errorMax`, which is 0 as long as there
 * were no more different values than fit. It never exceeds (rows with a value) / (capacity + 1).
 * Source: Misra, Gries, "Finding repeated elements" (1982); Agarwal et al., "Mergeable summaries" (2012), section 2.
 */
export type FrequentSketch = {
	readonly capacity: number;
	readonly errorMax: number;
	/** Most frequent first, then by key. */
	readonly values: readonly FrequentValue[];
};

export const FREQUENT_VALUES = 64;

export function noFrequent(capacity = FREQUENT_VALUES): FrequentSketch {
	return { capacity, errorMax: 0, values: [] };
}

/** Counters while a column is read: so many more than are kept that what is kept is hardly off. */
const COUNTERS = 256;
const TABLE = 1024;

/** Takes hashes in; belongs to one column. Values are looked up only where a counter lasts to the end of its batch. */
export class FrequentBuilder {
	readonly #keys = new Float64Array(TABLE).fill(-1);
	readonly #counts = new Float64Array(TABLE);
	/** Row of the value in the batch at hand; -1 where `#values` has it. */
	readonly #rows = new Int32Array(TABLE);
	readonly #values = new Array<string | number>(TABLE).fill(0);
	#size = 0;
	#errorMax = 0;
	/** Slots whose value is not looked up yet; all that have a row, once a shrink has moved them. */
	readonly #fresh = new Int32Array(2 * COUNTERS);
	#freshCount = 0;
	#hasMoved = false;
	/** Room for what outlasts a shrink. */
	readonly #kept = {
		keys: new Float64Array(2 * COUNTERS),
		counts: new Float64Array(2 * COUNTERS),
		rows: new Int32Array(2 * COUNTERS),
		values: new Array<string | number>(2 * COUNTERS).fill(0)
	};

	/** `valueAt` tells a row's value; it is asked for few. */
	add({ count, key, low, row, rows }: ValueHashes, valueAt: (row: number) => string | number): void {
		const keys = this.#keys;
		const counts = this.#counts;
		for (let at = 0; at < count; at++) {
			const hash = key[at] ?? 0;
			let slot = (low[at] ?? 0) & (TABLE - 1);
			let found = keys[slot];
			while (found !== hash && found !== -1) {
				slot = (slot + 1) & (TABLE - 1);
				found = keys[slot];
			}
			counts[slot] = (counts[slot] ?? 0) + (rows[at] ?? 1);
			if (found === hash) continue;
			keys[slot] = hash;
			this.#rows[slot] = row[at] ?? 0;
			if (!this.#hasMoved) this.#fresh[this.#freshCount++] = slot;
			this.#size++;
			if (this.#size === 2 * COUNTERS) this.#shrink(COUNTERS);
		}
		this.#lookUp(valueAt);
	}

	/**
	 * Takes all rows of many values in at once: one is told by its hash and how many rows have it. More than fit are left out, and
	 * the rest counts for as many rows less as the most frequent of those has.
	 */
	addCounted({ count, key, low, rows }: ValueHashes, valueAt: (at: number) => number): void {
		const least = leastLeftOut(rows, count);
		this.#errorMax += least;
		for (let at = 0; at < count; at++) {
			const more = (rows[at] ?? 0) - least;
			if (more <= 0) continue;
			const hash = key[at] ?? 0;
			let slot = (low[at] ?? 0) & (TABLE - 1);
			while (this.#keys[slot] !== hash && this.#keys[slot] !== -1) slot = (slot + 1) & (TABLE - 1);
			this.#counts[slot] = (this.#counts[slot] ?? 0) + more;
			if (this.#keys[slot] === hash) continue;
			this.#keys[slot] = hash;
			this.#rows[slot] = -1;
			this.#values[slot] = valueAt(at);
			this.#size++;
			if (this.#size === 2 * COUNTERS) this.#shrink(COUNTERS);
		}
	}

	finish(capacity = FREQUENT_VALUES): FrequentSketch {
		const values: FrequentValue[] = [];
		this.#keys.forEach((key, slot) => {
			if (key !== -1) values.push({ key, value: this.#values[slot] ?? 0, count: this.#counts[slot] ?? 0 });
		});
		return shrunk({ capacity, errorMax: this.#errorMax, values });
	}

	#lookUp(valueAt: (row: number) => string | number): void {
		const [keys, rows] = [this.#keys, this.#rows];
		const count = this.#hasMoved ? TABLE : this.#freshCount;
		for (let at = 0; at < count; at++) {
			const slot = this.#hasMoved ? at : (this.#fresh[at] ?? 0);
			const row = rows[slot] ?? -1;
			if (keys[slot] === -1 || row < 0) continue;
			this.#values[slot] = valueAt(row);
			rows[slot] = -1;
		}
		this.#freshCount = 0;
		this.#hasMoved = false;
	}

	/** Takes from each counter what the first that does not fit has, and forgets those that are left with nothing. */
	#shrink(capacity: number): void {
		const [keys, counts, rows, values] = [this.#keys, this.#counts, this.#rows, this.#values];
		const least = this.#leastToTake(capacity);
		const kept = this.#kept;
		let size = 0;
		for (let slot = 0; slot < TABLE; slot++) {
			const key = keys[slot] ?? -1;
			const count = (counts[slot] ?? 0) - least;
			if (key === -1 || count <= 0) continue;
			kept.keys[size] = key;
			kept.counts[size] = count;
			kept.rows[size] = rows[slot] ?? -1;
			kept.values[size++] = values[slot] ?? 0;
		}
		keys.fill(-1);
		counts.fill(0);
		for (let at = 0; at < size; at++) {
			const key = kept.keys[at] ?? 0;
			let slot = (key >>> 0) & (TABLE - 1);
			while (keys[slot] !== -1) slot = (slot + 1) & (TABLE - 1);
			keys[slot] = key;
			counts[slot] = kept.counts[at] ?? 0;
			rows[slot] = kept.rows[at] ?? -1;
			values[slot] = kept.values[at] ?? 0;
		}
		this.#size = size;
		this.#errorMax += least;
		this.#hasMoved = true;
	}

	/** The largest count of those that do not fit: 1 where most are, as in a column of different values. */
	#leastToTake(capacity: number): number {
		const counts = this.#counts;
		let ones = 0;
		for (let slot = 0; slot < TABLE; slot++) if (counts[slot] === 1) ones++;
		if (this.#size - ones <= capacity) return 1;
		const sorted = counts.filter((count) => count > 0).sort();
		return sorted[sorted.length - 1 - capacity] ?? 0;
	}
}

/** The largest count of those that do not fit. */
function leastLeftOut(counts: Int32Array, count: number): number {
	if (count <= COUNTERS) return 0;
	let ones = 0;
	for (let at = 0; at < count; at++) if (counts[at] === 1) ones++;
	if (count - ones <= COUNTERS) return 1;
	return counts.slice(0, count).sort()[count - 1 - COUNTERS] ?? 0;
}

/** Of all together. The order of the sketches does not tell. */
export function mergeFrequent(sketches: readonly FrequentSketch[]): FrequentSketch {
	const byKey = new Map<number, FrequentValue>();
	for (const { values } of sketches)
		for (const value of values) {
			const known = byKey.get(value.key);
			byKey.set(value.key, known ? { ...known, count: known.count + value.count } : value);
		}
	const capacity = sketches.reduce(
		(least, sketch) => Math.min(least, sketch.capacity),
		sketches[0]?.capacity ?? FREQUENT_VALUES
	);
	const errorMax = sketches.reduce((sum, sketch) => sum + sketch.errorMax, 0);
	return shrunk({ capacity, errorMax, values: [...byKey.values()] });
}

/** How many rows have a value: between `least` and `most`. */
export function frequencyOf(
	{ values, errorMax }: FrequentSketch,
	key: number
): { readonly least: number; readonly most: number } {
	const count = values.find((value) => value.key === key)?.count ?? 0;
	return { least: count, most: count + errorMax };
}

function shrunk({ capacity, errorMax, values }: FrequentSketch): FrequentSketch {
	const sorted = values.toSorted((a, b) => b.count - a.count || a.key - b.key);
	const least = sorted[capacity]?.count ?? 0;
	const kept = least === 0 ? sorted : sorted.map((value) => ({ ...value, count: value.count - least }));
	return { capacity, errorMax: errorMax + least, values: kept.filter(({ count }) => count > 0) };
}

export function encodeFrequent(sketch: FrequentSketch): Uint8Array<ArrayBuffer> {
	return sealSketch('f', 1, (writer) => writeFrequent(writer, sketch));
}

export function decodeFrequent(bytes: Uint8Array): Result<FrequentSketch, BrokenSketch> {
	return openSketch(bytes, 'f', 1, readFrequent);
}

/** Capacity, errorMax, and of each value its key, its count, and it: 0 and a double, or 1 and a text. */
export function writeFrequent(writer: SketchWriter, { capacity, errorMax, values }: FrequentSketch): void {
	writer.count(capacity);
	writer.count(errorMax);
	writer.count(values.length);
	for (const { key, value, count } of values) {
		writer.count(key);
		writer.count(count);
		writer.byte(typeof value === 'number' ? 0 : 1);
		if (typeof value === 'number') writer.double(value);
		else writer.text(value);
	}
}

export function readFrequent(reader: SketchReader): FrequentSketch {
	const capacity = reader.count();
	const errorMax = reader.count();
	const values: FrequentValue[] = [];
	for (let left = reader.count(); left > 0; left--) {
		const key = reader.count();
		const count = reader.count();
		values.push({ key, count, value: reader.byte() === 0 ? reader.double() : reader.text() });
	}
	return values.length > capacity ? refuseSketch() : { capacity, errorMax, values };
}
