// Quantiles of a column in a few kilobytes, mergeable: a KLL sketch, whose sorted levels stand for 1, 2, 4, … rows a value.
import type { Result } from '../../result.ts';
import {
	openSketch,
	refuseSketch,
	sealSketch,
	type BrokenSketch,
	type SketchReader,
	type SketchWriter
} from './sketch-bytes.ts';

/**
 * Note: how far a rank may be off
 *
 * A rank is the share of rows up to a value. With `k` = 256 it is off by at most RANK_ERROR in 99 of 100 sketches, whatever the
 * values and their order; a batch of up to 2k values is kept whole, so that its ranks are exact. Which of two neighbours stays
 * is decided by a hash of what is compacted and of a seed, not by chance: equal rows give equal bytes, and the order in which
 * two sketches are merged does not tell.
 * Source: Karnin, Lang, Liberty, "Optimal Quantile Approximation in Streams" (2016); the bound is DataSketches' fit for KLL.
 */
export type QuantileSketch = {
	readonly k: number;
	readonly count: number;
	/** Each ascending; a value at level h stands for 2^h rows. */
	readonly levels: readonly Float64Array[];
};

export const QUANTILES_K = 256;

/** Of ranks, 99 %: 2.296 / k^0.9723. */
export function rankError({ k, levels }: QuantileSketch): number {
	return levels.length <= 1 ? 0 : 2.296 / k ** 0.9723;
}

export function noQuantiles(k = QUANTILES_K): QuantileSketch {
	return { k, count: 0, levels: [] };
}

/** Of numbers in ascending order, none of them NaN. */
export function quantilesOfSorted(sorted: Float64Array, k = QUANTILES_K): QuantileSketch {
	const count = sorted.length;
	if (count <= 2 * k) return { k, count, levels: count === 0 ? [] : [sorted.slice()] };
	const height = Math.ceil(Math.log2(count / (2 * k)));
	const group = 2 ** height;
	const kept = new Float64Array(Math.floor(count / group));
	// The middle one of each group, so that ranks are off by half a group at most.
	const offset = group / 2 - (coin(sorted, height) ? 1 : 0);
	for (let at = 0; at < kept.length; at++) kept[at] = sorted[at * group + offset] ?? 0;
	const rest = sorted.slice(kept.length * group);
	const levels = Array.from({ length: height + 1 }, (_, level) => (level === 0 ? rest : new Float64Array(0)));
	levels[height] = kept;
	return { k, count, levels };
}

/** Of all together. The order of the sketches does not tell; how they are grouped does, within the error. */
export function mergeQuantiles(sketches: readonly QuantileSketch[]): QuantileSketch {
	const filled = sketches.filter(({ count }) => count > 0);
	const [first] = filled;
	if (!first) return noQuantiles(sketches.reduce((k, sketch) => Math.min(k, sketch.k), sketches[0]?.k ?? QUANTILES_K));
	if (filled.length === 1) return first;
	// The coarsest decides: what it left out is gone.
	const k = filled.reduce((least, sketch) => Math.min(least, sketch.k), first.k);
	const height = Math.max(...filled.map(({ levels }) => levels.length));
	const levels = Array.from({ length: height }, (_, level) => joined(filled.map((sketch) => sketch.levels[level])));
	compact(levels, k);
	return { k, count: filled.reduce((sum, { count }) => sum + count, 0), levels };
}

/** Values of a sketch in ascending order, and the rows each stands for. */
export type WeightedValues = { readonly values: Float64Array; readonly weights: Float64Array };

export function weightedValues({ levels }: QuantileSketch): WeightedValues {
	let merged: WeightedValues = { values: new Float64Array(0), weights: new Float64Array(0) };
	// Lower levels are shorter, so that what is merged again and again is little.
	for (const [height, level] of levels.entries()) if (level.length > 0) merged = withLevel(merged, level, 2 ** height);
	return merged;
}

function withLevel({ values, weights }: WeightedValues, level: Float64Array, weight: number): WeightedValues {
	if (values.length === 0) return { values: level, weights: new Float64Array(level.length).fill(weight) };
	const length = values.length + level.length;
	const joined = { values: new Float64Array(length), weights: new Float64Array(length) };
	let [at, next] = [0, 0];
	for (let to = 0; to < length; to++) {
		const [value, other] = [values[at] ?? Infinity, level[next] ?? Infinity];
		const isOther = at === values.length || (next < level.length && other < value);
		joined.values[to] = isOther ? other : value;
		joined.weights[to] = isOther ? weight : (weights[at] ?? 0);
		if (isOther) next++;
		else at++;
	}
	return joined;
}

/** The least value that at least `share` of the rows do not exceed, 0 ≤ share ≤ 1; null of no rows. */
export function quantileOf(sketch: QuantileSketch, share: number): number | null {
	return quantilesOf(sketch, [share])[0] ?? null;
}

/** As `quantileOf`, for shares in ascending order; none of no rows. */
export function quantilesOf(sketch: QuantileSketch, shares: readonly number[]): readonly number[] {
	const { values, weights } = weightedValues(sketch);
	if (values.length === 0) return [];
	let at = 0;
	let below = weights[0] ?? 0;
	return shares.map((share) => {
		while (below < share * sketch.count && at < values.length - 1) below += weights[++at] ?? 0;
		return values[at] ?? 0;
	});
}

/** The share of rows that do not exceed a value; null of no rows. */
export function rankOf({ count, levels }: QuantileSketch, value: number): number | null {
	if (count === 0) return null;
	return levels.reduce((sum, level, height) => sum + 2 ** height * countUpTo(level, value), 0) / count;
}

/** How many of ascending numbers do not exceed a value. */
export function countUpTo(ascending: Float64Array, value: number): number {
	let [low, high] = [0, ascending.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((ascending[middle] ?? 0) <= value) low = middle + 1;
		else high = middle;
	}
	return low;
}

function joined(pieces: readonly (Float64Array | undefined)[]): Float64Array {
	const all = new Float64Array(pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0));
	let at = 0;
	for (const piece of pieces) {
		if (piece) all.set(piece, at);
		at += piece?.length ?? 0;
	}
	return all.sort();
}

/** Halves the lowest level that is over its share, again and again, until all fit. */
function compact(levels: Float64Array[], k: number): void {
	const capacity = (level: number): number => Math.max(2, Math.ceil(k * (2 / 3) ** (levels.length - 1 - level)));
	for (;;) {
		const size = levels.reduce((sum, level) => sum + level.length, 0);
		const room = levels.reduce((sum, _, level) => sum + capacity(level), 0);
		const full = levels.findIndex((level, height) => level.length > capacity(height));
		const level = levels[full];
		// A lone level holds what one batch may hold.
		if (level === undefined || size <= (levels.length === 1 ? 2 * k : room)) return;
		const isOdd = level.length % 2 === 1;
		const keepsFirst = coin(level, full + 64);
		const pairs = isOdd && keepsFirst ? level.subarray(1) : level.subarray(0, level.length - (isOdd ? 1 : 0));
		const takesUpper = coin(pairs, full) ? 1 : 0;
		const half = new Float64Array(pairs.length / 2);
		for (let at = 0; at < half.length; at++) half[at] = pairs[2 * at + takesUpper] ?? 0;
		const odd = keepsFirst ? level.slice(0, 1) : level.slice(-1);
		levels[full] = isOdd ? odd : new Float64Array(0);
		levels[full + 1] = joined([levels[full + 1], half]);
	}
}

/** Heads or tails, as what is compacted says: see the note. */
function coin(values: Float64Array, salt: number): boolean {
	const picked = new Float64Array(4);
	for (let at = 0; at < 4; at++) picked[at] = values[Math.floor(((values.length - 1) * at) / 3)] ?? 0;
	let hash = Math.imul(values.length ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35);
	for (const word of new Int32Array(picked.buffer)) {
		hash = Math.imul(hash ^ word, 0x85ebca6b);
		hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
		hash ^= hash >>> 16;
	}
	return (hash & 1) === 1;
}

export function encodeQuantiles(sketch: QuantileSketch): Uint8Array<ArrayBuffer> {
	return sealSketch('q', 1, (writer) => writeQuantiles(writer, sketch));
}

export function decodeQuantiles(bytes: Uint8Array): Result<QuantileSketch, BrokenSketch> {
	return openSketch(bytes, 'q', 1, readQuantiles);
}

/** k, number of levels, and each level's values, ascending. */
export function writeQuantiles(writer: SketchWriter, { k, levels }: QuantileSketch): void {
	writer.count(k);
	writer.count(levels.length);
	for (const level of levels) writer.ascending(level);
}

export function readQuantiles(reader: SketchReader): QuantileSketch {
	const k = reader.count();
	const height = reader.count();
	if (k < 2 || height > 53) return refuseSketch();
	const levels = Array.from({ length: height }, () => reader.ascending());
	if (levels.some((level) => level.some((value, at) => Number.isNaN(value) || value < (level[at - 1] ?? -Infinity))))
		return refuseSketch();
	return { k, count: levels.reduce((sum, level, at) => sum + level.length * 2 ** at, 0), levels };
}
