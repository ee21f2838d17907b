// The exponential function from additions and multiplications alone: Math.exp may differ between engines, and models must not.

const INVERSE_LN2 = 1.4426950408889634;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const P1 = 0.16666666666666602;
const P2 = -0.0027777777777015593;
const P3 = 0.00006613756321437934;
const P4 = -0.0000016533902205465252;
const P5 = 4.1381367970572385e-8;

/** Beyond it, e^x is as good as 0 or infinite. */
const LIMIT = 700;
/** 2^k at k + 1011, for all k that a bounded x comes to. */
const powers = Float64Array.from({ length: 2023 }, (_, at) => powerOfTwo(at - 1011));

/**
 * e^x to within one unit in the last place; x is bounded by ±700. The kernel has the same steps in the same order.
 *
 * Source: FreeBSD msun, e_exp.c.
 */
export function exp(x: number): number {
	const bounded = x > LIMIT ? LIMIT : x < -LIMIT ? -LIMIT : x;
	const k = Math.floor(bounded * INVERSE_LN2 + 0.5);
	const high = bounded - k * LN2_HIGH;
	const low = k * LN2_LOW;
	const r = high - low;
	const square = r * r;
	const c = r - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
	return (1 - (low - (r * c) / (2 - c) - high)) * (powers[k + 1011] ?? 0);
}

/** Exact, which `2 ** k` need not be in every engine. */
function powerOfTwo(k: number): number {
	let power = 1;
	for (let at = 0; at < Math.abs(k); at++) power *= k < 0 ? 0.5 : 2;
	return power;
}

/** The least power of two that is no less than x > 0. */
export function powerFrom(x: number): number {
	let power = 1;
	while (power < x) power *= 2;
	while (power / 2 >= x) power /= 2;
	return power;
}
