// e^x by the same steps as src/lib/core/model/boosting/exp.ts.

const INVERSE_LN2: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const P1: f64 = 0.16666666666666602;
const P2: f64 = -0.0027777777777015593;
const P3: f64 = 0.00006613756321437934;
const P4: f64 = -0.0000016533902205465252;
const P5: f64 = 4.1381367970572385e-8;

// @ts-ignore: AssemblyScript's decorator
@inline
export function exp(x: f64): f64 {
	const bounded = x > 700.0 ? 700.0 : x < -700.0 ? -700.0 : x;
	const k = floor<f64>(bounded * INVERSE_LN2 + 0.5);
	const high = bounded - k * LN2_HIGH;
	const low = k * LN2_LOW;
	const r = high - low;
	const square = r * r;
	const c = r - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
	return (1.0 - (low - (r * c) / (2.0 - c) - high)) * reinterpret<f64>((<i64>k + 1023) << 52);
}
