// The two-sample Kolmogorov-Smirnov test: the largest distance between two distributions, and how likely it is by chance.
import { invariant } from '../../result.ts';
import { walkTogether, type Distribution } from './distribution.ts';
import { kolmogorovSurvival } from './kolmogorov.ts';

export type KolmogorovSmirnov = {
	/** From 0, the same, to 1, nothing in common. */
	readonly statistic: number;
	/** Two-sided. */
	readonly pValue: number;
	readonly method: 'exact' | 'asymptotic';
};

/** How far it goes for digits of the p-value. */
export type Effort = {
	/** Rows of the larger sample; of more, an exact p-value takes long. */
	readonly exactRows: number;
	/** Rows up to which small p-values are summed; of more they are expanded, whose relative error is some tens over the rows. */
	readonly summedRows?: number;
};

/** As SciPy's `ks_2samp`, two-sided, whose p-value is exact up to `exactRows`. Null when a side has no rows. */
export function kolmogorovSmirnov(
	a: Distribution,
	b: Distribution,
	{ exactRows, summedRows }: Effort = { exactRows: 10_000 }
): KolmogorovSmirnov | null {
	if (a.total === 0 || b.total === 0) return null;
	let statistic = 0;
	walkTogether(a, b, (_value, shareA, shareB) => {
		statistic = Math.max(statistic, Math.abs(shareA - shareB));
	});
	const method = Math.max(a.total, b.total) <= exactRows ? 'exact' : 'asymptotic';
	const pValue =
		method === 'exact'
			? exactPValue(a.total, b.total, statistic)
			: asymptoticPValue(a.total, b.total, statistic, summedRows);
	return { statistic, pValue, method };
}

/** The share of all orders of two samples in which the distance is at least as large. */
export function exactPValue(rowsA: number, rowsB: number, statistic: number): number {
	const common = greatestCommon(rowsA, rowsB);
	// Distances are whole multiples of one over the least common multiple.
	const steps = Math.round(statistic * ((rowsA / common) * rowsB));
	if (steps === 0) return 1;
	const outside = rowsA === rowsB ? outsideSquare(rowsA, steps) : outsideBand(rowsA, rowsB, common, steps);
	return Math.min(1, Math.max(0, outside));
}

export function asymptoticPValue(rowsA: number, rowsB: number, statistic: number, summedRows?: number): number {
	const rows = (rowsA * rowsB) / (rowsA + rowsB);
	return kolmogorovSurvival(roundHalfEven(rows), statistic, summedRows);
}

/**
 * Twice Σ (−1)^(k−1) C(2n, n − kh) / C(2n, n) for k = 1, 2, …, summed from the smallest term.
 * Source: Gnedenko, Korolyuk (1951); Hodges, "The significance probability of the Smirnov two-sample test" (1958).
 */
function outsideSquare(n: number, h: number): number {
	let share = 0;
	for (let k = Math.floor(n / h); k >= 0; k--) {
		let ratio = 1;
		for (let j = 0; j < h; j++) ratio *= (n - k * h - j) / (n + k * h + j + 1);
		share = ratio * (1 - share);
	}
	return 2 * share;
}

/**
 * The share of lattice paths from (0, 0) to (m, n) that touch |n·x − m·y| ≥ h·common somewhere: of the paths to a point inside, a
 * share x/(x + y) comes from its left and y/(x + y) from below; outside, all have touched.
 * Source: Hodges (1958), section 2.
 */
function outsideBand(rowsA: number, rowsB: number, common: number, h: number): number {
	const [m, n] = rowsA > rowsB ? [rowsA, rowsB] : [rowsB, rowsA];
	const [stepX, stepY] = [n / common, m / common];
	const isInside = (x: number, y: number): boolean => Math.abs(stepX * x - stepY * y) < h;
	let column = new Float64Array(n + 1).fill(1);
	let from = 0;
	for (let y = 0; y <= n && isInside(0, y); y++) column[y] = 0;
	for (let x = 1; x <= m; x++) {
		const next = column;
		const low = Math.max(0, Math.floor((stepX * x - h) / stepY) + 1);
		const high = Math.min(n, Math.ceil((stepX * x + h) / stepY) - 1);
		if (high < low) return 1;
		for (let y = from; y < low; y++) next[y] = 1;
		for (let y = low; y <= high; y++) {
			const below = y === 0 ? 0 : (next[y - 1] ?? 1);
			next[y] = ((column[y] ?? 1) * x + below * y) / (x + y);
		}
		for (let y = high + 1; y <= n && next[y] !== 1; y++) next[y] = 1;
		from = low;
		column = next;
	}
	const share = column[n];
	invariant(share !== undefined, 'a path ends at the last point');
	return share;
}

function greatestCommon(a: number, b: number): number {
	return b === 0 ? a : greatestCommon(b, a % b);
}

function roundHalfEven(value: number): number {
	const floor = Math.floor(value);
	const rest = value - floor;
	return rest === 0.5 ? floor + (floor % 2) : Math.round(value);
}
