// Mean and the central moments up to the fourth of numbers, exact to rounding, mergeable.
import {
	openSketch,
	refuseSketch,
	sealSketch,
	type BrokenSketch,
	type SketchReader,
	type SketchWriter
} from './sketch-bytes.ts';
import type { Result } from '../../result.ts';

/** Sums of powers of the deviations from the mean: m2 of squares, m3 of cubes, m4 of fourth powers. */
export type Moments = {
	readonly count: number;
	readonly mean: number;
	readonly m2: number;
	readonly m3: number;
	readonly m4: number;
};

export const NO_MOMENTS: Moments = { count: 0, mean: 0, m2: 0, m3: 0, m4: 0 };

/**
 * Of the first `count` numbers, which are finite. `unit` is what they count in: 0.01 for a DECIMAL(9,2) given as whole numbers.
 *
 * Two passes: the second takes the deviations from the first's mean, and what they still sum to corrects mean and moments. The
 * mean of numbers near the largest double is right; their moments are infinite.
 * Source: Chan, Golub, LeVeque, "Algorithms for Computing the Sample Variance" (1983).
 */
export function momentsOf(values: Float64Array, count: number, unit = 1): Moments {
	if (count === 0) return NO_MOMENTS;
	let sum = 0;
	for (let at = 0; at < count; at++) sum += values[at] ?? 0;
	let mean = sum / count;
	if (!Number.isFinite(mean)) {
		mean = 0;
		for (let at = 0; at < count; at++) mean += (values[at] ?? 0) / count;
	}
	let [s1, s2, s3, s4] = [0, 0, 0, 0];
	for (let at = 0; at < count; at++) {
		const deviation = (values[at] ?? 0) - mean;
		const square = deviation * deviation;
		s1 += deviation;
		s2 += square;
		s3 += square * deviation;
		s4 += square * square;
	}
	const rest = s1 / count;
	if (!Number.isFinite(rest * s3))
		return { count, mean: mean * unit, m2: s2 * unit * unit, m3: Infinity, m4: Infinity };
	const scale = unit * unit;
	return {
		count,
		mean: (mean + rest) * unit,
		m2: Math.max(0, s2 - count * rest * rest) * scale,
		m3: (s3 - 3 * rest * s2 + 2 * count * rest ** 3) * scale * unit,
		m4: Math.max(0, s4 - 4 * rest * s3 + 6 * rest * rest * s2 - 3 * count * rest ** 4) * scale * scale
	};
}

/** Of whole numbers that are there several times: they are small, so that their sum is exact. */
export function momentsOfCounted(values: Float64Array, rows: Int32Array, count: number): Moments {
	let all = 0;
	let sum = 0;
	for (let at = 0; at < count; at++) {
		all += rows[at] ?? 0;
		sum += (rows[at] ?? 0) * (values[at] ?? 0);
	}
	if (all === 0) return NO_MOMENTS;
	const mean = sum / all;
	let [m2, m3, m4] = [0, 0, 0];
	for (let at = 0; at < count; at++) {
		const deviation = (values[at] ?? 0) - mean;
		const square = (rows[at] ?? 0) * deviation * deviation;
		m2 += square;
		m3 += square * deviation;
		m4 += square * deviation * deviation;
	}
	return { count: all, mean, m2, m3, m4 };
}

/** Of both together. Source: Pébay, SAND2008-6212, equations 2.1 and 3.1. */
export function mergeMoments(a: Moments, b: Moments): Moments {
	if (a.count === 0) return b;
	if (b.count === 0) return a;
	// The larger one first, so that the order of the two does not tell.
	if (a.count < b.count || (a.count === b.count && a.mean > b.mean)) return mergeMoments(b, a);
	const count = a.count + b.count;
	const delta = b.mean - a.mean;
	const share = b.count / count;
	const mean = Number.isFinite(delta) ? a.mean + delta * share : a.mean * (1 - share) + b.mean * share;
	const square = delta * delta;
	const product = a.count * share;
	const difference = a.count - b.count;
	return {
		count,
		mean,
		m2: a.m2 + b.m2 + square * product,
		m3:
			a.m3 +
			b.m3 +
			(square * delta * product * difference) / count +
			(3 * delta * (a.count * b.m2 - b.count * a.m2)) / count,
		m4:
			a.m4 +
			b.m4 +
			(square * square * product * (a.count * a.count - a.count * b.count + b.count * b.count)) / count ** 2 +
			(6 * square * (a.count * a.count * b.m2 + b.count * b.count * a.m2)) / count ** 2 +
			(4 * delta * (a.count * b.m3 - b.count * a.m3)) / count
	};
}

/** With n − 1 below; null of fewer than two numbers, and where it is beyond the largest double. */
export function standardDeviation({ count, m2 }: Moments): number | null {
	return count < 2 ? null : finite(Math.sqrt(m2 / (count - 1)));
}

/** Of the population, as SciPy's `skew`: 0 is symmetric. Null where all numbers are equal. */
export function skewness({ count, m2, m3 }: Moments): number | null {
	return count === 0 || m2 === 0 ? null : finite(m3 / count / (m2 / count) ** 1.5);
}

/** Of the population in excess of a normal distribution's, as SciPy's `kurtosis`. Null where all numbers are equal. */
export function excessKurtosis({ count, m2, m4 }: Moments): number | null {
	return count === 0 || m2 === 0 ? null : finite((count * m4) / (m2 * m2) - 3);
}

function finite(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

export function encodeMoments(moments: Moments): Uint8Array<ArrayBuffer> {
	return sealSketch('m', 1, (writer) => writeMoments(writer, moments));
}

export function decodeMoments(bytes: Uint8Array): Result<Moments, BrokenSketch> {
	return openSketch(bytes, 'm', 1, readMoments);
}

/** Count, mean, m2, m3, m4; nothing after a count of 0. */
export function writeMoments(writer: SketchWriter, { count, mean, m2, m3, m4 }: Moments): void {
	writer.count(count);
	if (count > 0) for (const value of [mean, m2, m3, m4]) writer.double(value);
}

export function readMoments(reader: SketchReader): Moments {
	const count = reader.count();
	if (count === 0) return NO_MOMENTS;
	const moments = { count, mean: reader.double(), m2: reader.double(), m3: reader.double(), m4: reader.double() };
	return moments.m2 < 0 ? refuseSketch() : moments;
}
