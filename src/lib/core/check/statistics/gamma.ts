// The gamma function's logarithm and the regularised incomplete gamma function, which p-values of chi-square are told from.

/** Coefficients for g = 607/128. Source: Godfrey, "A note on the computation of the convergent Lanczos approximation" (2001). */
const lanczos = [
	0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
	3.399464998481189e-5, 4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125, -0.00021026444172410488,
	0.00021743961811521265, -0.0001643181065367639, 8.441822398385275e-5, -2.6190838401581408e-5, 3.6899182659531625e-6
];

/** Of a positive number. */
export function logGamma(x: number): number {
	const base = x + 607 / 128 - 0.5;
	const sum = lanczos.reduce((all, coefficient, at) => all + (at === 0 ? coefficient : coefficient / (x - 1 + at)), 0);
	return (x - 0.5) * Math.log(base) - base + Math.log(Math.sqrt(2 * Math.PI) * sum);
}

const ITERATIONS = 100_000;

/**
 * Q(a, x): the upper regularised incomplete gamma function, 1 at x = 0, falling to 0.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.7.1 (series) and 8.9.2 (continued fraction, by Lentz's method).
 */
export function upperGamma(a: number, x: number): number {
	if (!(x > 0)) return 1;
	if (x === Infinity) return 0;
	const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
	if (x < a + 1) {
		let term = 1 / a;
		let sum = term;
		for (let n = 1; n < ITERATIONS && term > sum * 1e-17; n++) sum += term *= x / (a + n);
		return Math.max(0, 1 - factor * sum);
	}
	const tiny = 1e-300;
	let b = x + 1 - a;
	let c = 1 / tiny;
	let d = 1 / b;
	let value = d;
	for (let n = 1; n < ITERATIONS; n++) {
		const coefficient = -n * (n - a);
		b += 2;
		d = 1 / orTiny(coefficient * d + b, tiny);
		c = orTiny(b + coefficient / c, tiny);
		value *= c * d;
		if (Math.abs(c * d - 1) < 1e-16) break;
	}
	return factor * value;
}

function orTiny(value: number, tiny: number): number {
	return Math.abs(value) < tiny ? tiny : value;
}
