// Bins of equal width that several columns of numbers are counted in, so that their histograms stand side by side.
import type { NumberSketch } from '../sketch/number-sketch.ts';
import { quantilesOf } from '../sketch/quantiles.ts';
import { countInBins, distributionOfSketch } from './distribution.ts';

/** Bin i holds values above edges[i] up to edges[i + 1], the first its lower edge too; infinities are in the outer ones. */
export type Edges = readonly number[];

const BINS = 20;

/**
 * Edges from the least to the largest finite number of all; null where there is none.
 *
 * Few whole numbers have a bin each. Where most of the range holds hardly a row, the outer two bins are as wide as they must be,
 * and the others divide what 98 of 100 rows are in.
 */
export function commonEdges(sides: readonly NumberSketch[], bins = BINS): Edges | null {
	const bounded = sides.flatMap(({ min, max, quantiles }) =>
		min === null || max === null ? [] : [{ min, max, quantiles }]
	);
	if (bounded.length === 0) return null;
	const low = Math.min(...bounded.map(({ min }) => min));
	const high = Math.max(...bounded.map(({ max }) => max));
	const inner = bounded.map(({ quantiles }) => quantilesOf(quantiles, [0.01, 0.99]));
	const [from, to] = [
		Math.max(low, Math.min(...inner.map(([first = low]) => first))),
		Math.min(high, Math.max(...inner.map(([, last = high]) => last)))
	];
	const isWhole = Number.isSafeInteger(low) && Number.isSafeInteger(high) && bounded.every(isOfWholeNumbers);
	const isLong = to > from && high - low > 4 * (to - from);
	if (!isLong) return isWhole ? wholeEdges(low, high, bins) : evenEdges(low, high, bins);
	const middle = isWhole ? wholeEdges(from, to, bins - 2) : evenEdges(from, to, bins - 2);
	return [...(low < (middle[0] ?? low) ? [low] : []), ...middle, ...(high > (middle.at(-1) ?? high) ? [high] : [])];
}

/** Rows in each bin. */
export function countWithin({ quantiles }: NumberSketch, edges: Edges): readonly number[] {
	return countInBins(distributionOfSketch(quantiles), edges.slice(1, -1));
}

export function isOfWholeNumbers({ quantiles }: Pick<NumberSketch, 'quantiles'>): boolean {
	return quantiles.levels.every((level) => level.every(Number.isInteger));
}

/** Half a number beside each whole one. */
function wholeEdges(low: number, high: number, bins: number): Edges {
	const width = Math.ceil((high - low + 1) / bins);
	const count = Math.ceil((high - low + 1) / width);
	return Array.from({ length: count + 1 }, (_, at) => low - 0.5 + at * width);
}

function evenEdges(low: number, high: number, bins: number): Edges {
	if (low === high) return [low, high];
	const width = high / bins - low / bins;
	return Array.from({ length: bins + 1 }, (_, at) => (at === bins ? high : low + at * width));
}
