// How pairs of numeric columns vary together, mergeable: what their correlation is told from.
import type { Result } from '../../result.ts';
import { openSketch, sealSketch, type BrokenSketch, type SketchReader, type SketchWriter } from './sketch-bytes.ts';

/** Of the rows that have a finite number in both columns: means, sums of squared deviations, and of their products. */
export type CoMoments = {
	readonly count: number;
	readonly meanX: number;
	readonly meanY: number;
	readonly m2X: number;
	readonly m2Y: number;
	readonly product: number;
};

export const NO_CO_MOMENTS: CoMoments = { count: 0, meanX: 0, meanY: 0, m2X: 0, m2Y: 0, product: 0 };

/** Columns whose pairs are told: 32 of them have 496 pairs, and a wider table would take longer over its pairs than its columns. */
export const CORRELATED_COLUMNS = 32;

/** Pairs of the first `width` columns, in the order in which they are kept: (0, 1), (0, 2), (1, 2), (0, 3), … */
export function columnPairs(width: number): readonly (readonly [number, number])[] {
	return Array.from({ length: width }, (_, second) => second).flatMap((second) =>
		Array.from({ length: second }, (_, first) => [first, second] as const)
	);
}

/** Numbers as distances from a centre nearby, which keep the digits that products of the numbers themselves would lose. */
export type Deviations = {
	/** NaN where a row has no finite number. */
	readonly deviations: Float64Array;
	readonly centre: number;
	/** Of all rows; null where one has no finite number. */
	readonly sums: { readonly sum: number; readonly squares: number } | null;
};

/** In the place of the numbers. */
export function deviationsOf(values: Float64Array, rowCount: number, centre: number): Deviations {
	let sum = 0;
	let squares = 0;
	for (let row = 0; row < rowCount; row++) {
		const deviation = (values[row] ?? NaN) - centre;
		// Infinities become NaN, as what is missing is.
		const finite = deviation + (deviation - deviation);
		values[row] = finite;
		sum += finite;
		squares += finite * finite;
	}
	return { deviations: values, centre, sums: Number.isFinite(squares) ? { sum, squares } : null };
}

/** Of the first `rowCount` rows of two columns. */
export function coMomentsOf(x: Deviations, y: Deviations, rowCount: number): CoMoments {
	if (!x.sums || !y.sums) return coMomentsOfBoth(x, y, rowCount);
	if (rowCount === 0) return NO_CO_MOMENTS;
	const [a, b] = [x.deviations, y.deviations];
	let products = 0;
	for (let row = 0; row < rowCount; row++) products += (a[row] ?? 0) * (b[row] ?? 0);
	const [meanX, meanY] = [x.sums.sum / rowCount, y.sums.sum / rowCount];
	return {
		count: rowCount,
		meanX: x.centre + meanX,
		meanY: y.centre + meanY,
		m2X: Math.max(0, x.sums.squares - x.sums.sum * meanX),
		m2Y: Math.max(0, y.sums.squares - y.sums.sum * meanY),
		product: products - x.sums.sum * meanY
	};
}

/** Of the rows that have both numbers. */
function coMomentsOfBoth(x: Deviations, y: Deviations, rowCount: number): CoMoments {
	let count = 0;
	let sumX = 0;
	let sumY = 0;
	let squaresX = 0;
	let squaresY = 0;
	let products = 0;
	for (let row = 0; row < rowCount; row++) {
		const a = x.deviations[row] ?? NaN;
		const b = y.deviations[row] ?? NaN;
		const both = a * b;
		if (both !== both) continue;
		count++;
		sumX += a;
		sumY += b;
		squaresX += a * a;
		squaresY += b * b;
		products += both;
	}
	if (count === 0) return NO_CO_MOMENTS;
	const [meanX, meanY] = [sumX / count, sumY / count];
	return {
		count,
		meanX: x.centre + meanX,
		meanY: y.centre + meanY,
		m2X: Math.max(0, squaresX - sumX * meanX),
		m2Y: Math.max(0, squaresY - sumY * meanY),
		product: products - sumX * meanY
	};
}

/** Of both together. Source: Chan, Golub, LeVeque (1983); Pébay, SAND2008-6212, equation 3.6. */
export function mergeCoMoments(a: CoMoments, b: CoMoments): CoMoments {
	if (a.count === 0) return b;
	if (b.count === 0) return a;
	if (a.count < b.count || (a.count === b.count && a.meanX > b.meanX)) return mergeCoMoments(b, a);
	const count = a.count + b.count;
	const [deltaX, deltaY] = [b.meanX - a.meanX, b.meanY - a.meanY];
	const share = b.count / count;
	const weight = a.count * share;
	return {
		count,
		meanX: a.meanX + deltaX * share,
		meanY: a.meanY + deltaY * share,
		m2X: a.m2X + b.m2X + deltaX * deltaX * weight,
		m2Y: a.m2Y + b.m2Y + deltaY * deltaY * weight,
		product: a.product + b.product + deltaX * deltaY * weight
	};
}

/** Pearson's, from -1 to 1; null where a column has but one value, or beyond the largest double. */
export function correlation({ m2X, m2Y, product }: CoMoments): number | null {
	const both = Math.sqrt(m2X) * Math.sqrt(m2Y);
	if (both === 0 || !Number.isFinite(both) || !Number.isFinite(product)) return null;
	return Math.min(1, Math.max(-1, product / both));
}

export function encodeCoMoments(moments: CoMoments): Uint8Array<ArrayBuffer> {
	return sealSketch('c', 1, (writer) => writeCoMoments(writer, moments));
}

export function decodeCoMoments(bytes: Uint8Array): Result<CoMoments, BrokenSketch> {
	return openSketch(bytes, 'c', 1, readCoMoments);
}

export function writeCoMoments(writer: SketchWriter, moments: CoMoments): void {
	writer.count(moments.count);
	if (moments.count === 0) return;
	for (const value of [moments.meanX, moments.meanY, moments.m2X, moments.m2Y, moments.product]) writer.double(value);
}

export function readCoMoments(reader: SketchReader): CoMoments {
	const count = reader.count();
	if (count === 0) return NO_CO_MOMENTS;
	const next = (): number => reader.double();
	return { count, meanX: next(), meanY: next(), m2X: next(), m2Y: next(), product: next() };
}
