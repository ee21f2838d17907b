// Where the values of a feature are told apart: up to 254 thresholds, from rows of the training.
import { randomOf } from '../random.ts';

const SAMPLE_ROWS = 200_000;
/** Of a missing value. */
export const MISSING_BIN = 255;
/** Codes of a native category are their own bins. */
const categoryEdges = Float32Array.from({ length: MISSING_BIN - 1 }, (_, code) => code + 0.5);

/** Rows to place thresholds by: all, or one at random of each of so many equal stretches. */
export function sampleRows(rows: Uint32Array, seed: number): Uint32Array {
	if (rows.length <= SAMPLE_ROWS) return rows;
	const random = randomOf(seed, 0);
	const stretch = rows.length / SAMPLE_ROWS;
	return Uint32Array.from({ length: SAMPLE_ROWS }, (_, at) => rows[Math.floor((at + random()) * stretch)] ?? 0);
}

/**
 * Ascending thresholds: bin b holds what is above threshold b - 1 and not above threshold b. Each is a float32 q with a ≤ q < b between
 * two neighbours among the rows, so that x ≤ q in float32 answers alike in the training and wherever the model is served.
 */
export function edgesOf(
	values: Float32Array,
	rows: Uint32Array,
	categoryCount: number | null,
	binCount: number
): Float32Array {
	if (categoryCount !== null) return categoryEdges.slice(0, Math.max(0, categoryCount - 1));
	const sample = sorted(sampleOf(values, rows));
	const distinct = distinctUpTo(sample, binCount);
	if (distinct) return distinct.subarray(1).map((value, at) => between(distinct[at] ?? 0, value));
	const edges: number[] = [];
	for (let k = 1; k < binCount; k++) {
		const at = Math.min(sample.length - 2, Math.floor((k * sample.length) / binCount));
		const value = sample[at] ?? 0;
		let next = at + 1;
		while (next < sample.length && sample[next] === value) next++;
		if (next === sample.length) break;
		const edge = between(value, sample[next] ?? 0);
		if (edges.length === 0 || edge > (edges.at(-1) ?? 0)) edges.push(edge);
	}
	return Float32Array.from(edges);
}

/** Without missing values. */
function sampleOf(values: Float32Array, rows: Uint32Array): Float32Array {
	const sample = new Float32Array(rows.length);
	let count = 0;
	for (let at = 0; at < rows.length; at++) {
		const value = values[rows[at] ?? 0] ?? NaN;
		// Adding 0 makes -0 the 0 it equals.
		if (!Number.isNaN(value)) sample[count++] = value + 0;
	}
	return sample.subarray(0, count);
}

/** Ascending, eleven bits at a time: no number is compared with another. */
function sorted(values: Float32Array): Float32Array {
	let keys = new Uint32Array(values.length);
	const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
	// Bits of positive numbers ascend with them, those of negative ones descend.
	for (let at = 0; at < keys.length; at++) {
		const own = bits[at] ?? 0;
		keys[at] = own >>> 31 === 1 ? ~own : own | 0x80000000;
	}
	let moved = new Uint32Array(values.length);
	for (const shift of [0, 11, 22]) {
		const next = new Uint32Array(2049);
		for (let at = 0; at < keys.length; at++) {
			const digit = (((keys[at] ?? 0) >>> shift) & 2047) + 1;
			next[digit] = (next[digit] ?? 0) + 1;
		}
		for (let digit = 1; digit < next.length; digit++) next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
		for (let at = 0; at < keys.length; at++) {
			const key = keys[at] ?? 0;
			const digit = (key >>> shift) & 2047;
			const place = next[digit] ?? 0;
			next[digit] = place + 1;
			moved[place] = key;
		}
		[keys, moved] = [moved, keys];
	}
	for (let at = 0; at < keys.length; at++) {
		const key = keys[at] ?? 0;
		bits[at] = key >>> 31 === 1 ? key ^ 0x80000000 : ~key;
	}
	return values;
}

/** Null where there are more. */
function distinctUpTo(ascending: Float32Array, most: number): Float32Array | null {
	const distinct = new Float32Array(most);
	let count = 0;
	for (let at = 0; at < ascending.length; at++) {
		const value = ascending[at] ?? 0;
		if (at > 0 && value === ascending[at - 1]) continue;
		if (count === most) return null;
		distinct[count++] = value;
	}
	return distinct.subarray(0, count);
}

function between(a: number, b: number): number {
	const middle = Math.fround(a / 2 + b / 2);
	return middle >= b || middle < a ? a : middle;
}
