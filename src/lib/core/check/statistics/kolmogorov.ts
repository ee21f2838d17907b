// The distribution of Kolmogorov's one-sample statistic for n rows, which the two-sample test's asymptotic p-value is told from.
import { logGamma } from './gamma.ts';

/**
 * The probability that D of n rows is at least x.
 *
 * Exact where the distribution is simple, by Marsaglia, Tsang and Wang's matrix for few rows, twice the one-sided tail where that
 * is right to ten digits, and by Pelz and Good's expansion between.
 * Source: Simard, L'Ecuyer, "Computing the Two-Sided Kolmogorov-Smirnov Distribution" (2011).
 */
export function kolmogorovSurvival(n: number, x: number, summedRows = SUMMED_ROWS): number {
	const t = n * x;
	if (x >= 1) return 0;
	// Of so little, less than 2e-7 is missing, which the matrix would take long to tell.
	if (t <= 0.5 || (n > 140 && t * x <= 0.0625)) return 1;
	if (t <= 1) return within(1 - Math.exp(logGamma(n + 1) - n * Math.log(n) + n * Math.log(2 * t - 1)));
	if (t >= n - 1) return within(2 * (1 - x) ** n);
	const square = t * x;
	if (x >= 0.5 || square > (n <= 140 ? 4 : 2.2)) return within(2 * oneSidedSurvival(n, x, summedRows));
	if (n <= 140 || (n <= 100_000 && n * x ** 1.5 <= 1.4)) return within(1 - matrixCumulative(n, x));
	return within(1 - pelzGood(n, x));
}

function within(probability: number): number {
	return Math.min(1, Math.max(0, probability));
}

/** Above it, the sum takes long and the expansion is right to the digits that count. */
const SUMMED_ROWS = 2_000_000;

/** P(D+ ≥ x). Source: Birnbaum, Tingey (1951); for very many rows Maag, Dicaire (1971), whose relative error is of order 1/n. */
function oneSidedSurvival(n: number, x: number, summedRows: number): number {
	if (n * x * x > 370) return 0;
	if (n > summedRows) return Math.exp(-((6 * n * x + 1) ** 2) / (18 * n));
	let sum = 0;
	let choose = 0;
	for (let j = 0; j <= Math.floor(n * (1 - x)); j++) {
		const share = x + j / n;
		// At the last term the base may be 0, and its exponent with it.
		const rest = n - j === 0 ? 0 : (n - j) * Math.log(Math.max(0, 1 - share));
		sum += Math.exp(choose + (j - 1) * Math.log(share) + rest);
		choose += Math.log((n - j) / (j + 1));
	}
	return x * sum;
}

/** P(D < x). Source: Marsaglia, Tsang, Wang, "Evaluating Kolmogorov's Distribution" (2003). */
function matrixCumulative(n: number, x: number): number {
	const k = Math.floor(n * x) + 1;
	const width = 2 * k - 1;
	const h = k - n * x;
	const factorials = Array.from({ length: width + 1 }, (_, of) => Math.exp(logGamma(of + 1)));
	const matrix = new Float64Array(width * width);
	for (let row = 0; row < width; row++)
		for (let column = 0; column < width; column++) {
			if (row - column + 1 < 0) continue;
			let value = 1;
			if (column === 0) value -= h ** (row + 1);
			if (row === width - 1) value -= h ** (width - column);
			if (row === width - 1 && column === 0 && 2 * h > 1) value += (2 * h - 1) ** width;
			matrix[row * width + column] = value / (factorials[row - column + 1] ?? 1);
		}
	const { value, exponent } = powerAt(matrix, width, n, k - 1);
	return Math.exp(Math.log(value) + exponent * Math.LN2 + logGamma(n + 1) - n * Math.log(n));
}

/** The diagonal element `at` of a matrix to the power n, scaled by 2^exponent so that it neither over- nor underflows. */
function powerAt(
	matrix: Float64Array,
	width: number,
	n: number,
	at: number
): { readonly value: number; readonly exponent: number } {
	let [base, baseExponent] = [matrix, 0];
	let result: Float64Array | null = null;
	let exponent = 0;
	for (let rest = n; ; rest = Math.floor(rest / 2)) {
		if (rest % 2 === 1) {
			result = result === null ? base : multiply(result, base, width);
			exponent += baseExponent;
			const shift = Math.round(Math.log2(result[at * width + at] ?? 1));
			result = result.map((value) => value * 2 ** -shift);
			exponent += shift;
		}
		if (rest <= 1) return { value: result?.[at * width + at] ?? 0, exponent };
		base = multiply(base, base, width);
		baseExponent *= 2;
		const shift = Math.round(Math.log2(base[at * width + at] ?? 1));
		base = base.map((value) => value * 2 ** -shift);
		baseExponent += shift;
	}
}

function multiply(a: Float64Array, b: Float64Array, width: number): Float64Array {
	const product = new Float64Array(width * width);
	for (let row = 0; row < width; row++)
		for (let inner = 0; inner < width; inner++) {
			const factor = a[row * width + inner] ?? 0;
			if (factor === 0) continue;
			for (let column = 0; column < width; column++) {
				const at = row * width + column;
				product[at] = (product[at] ?? 0) + factor * (b[inner * width + column] ?? 0);
			}
		}
	return product;
}

/** P(D < x). Source: Pelz, Good (1976), as printed in Simard, L'Ecuyer (2011), equations 13 to 16. */
function pelzGood(n: number, x: number): number {
	const z = x * Math.sqrt(n);
	const z2 = z * z;
	const pi2 = Math.PI ** 2;
	let [k0, k1, k2, k3, whole2, whole3] = [0, 0, 0, 0, 0, 0];
	for (let k = 0; k < 40; k++) {
		// Both signs of k + ½ give the same.
		const half = (k + 0.5) ** 2;
		const weight = 2 * Math.exp((-pi2 * half) / (2 * z2));
		k0 += weight / 2;
		k1 += weight * (pi2 * half - z2);
		k2 += weight * (6 * z ** 6 + 2 * z ** 4 + pi2 * (2 * z ** 4 - 5 * z2) * half + pi2 ** 2 * (1 - 2 * z2) * half ** 2);
		k3 +=
			weight *
			(pi2 ** 3 * half ** 3 * (5 - 30 * z2) +
				pi2 ** 2 * half ** 2 * (-60 * z2 + 212 * z ** 4) +
				pi2 * half * (135 * z ** 4 - 96 * z ** 6) -
				(30 * z ** 6 + 90 * z ** 8));
		const square = (k + 1) ** 2;
		const wholeWeight = 2 * Math.exp((-pi2 * square) / (2 * z2));
		whole2 += wholeWeight * pi2 * square;
		whole3 += wholeWeight * (3 * pi2 * square * z2 - pi2 ** 2 * square ** 2);
	}
	const root = Math.sqrt(Math.PI / 2);
	return (
		(Math.sqrt(2 * Math.PI) / z) * k0 +
		((root / (6 * z ** 4)) * k1) / Math.sqrt(n) +
		((root / (72 * z ** 7)) * k2 - (root / (36 * z ** 3)) * whole2) / n +
		((root / (6480 * z ** 10)) * k3 + (root / (216 * z ** 6)) * whole3) / n ** 1.5
	);
}
