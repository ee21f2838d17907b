// e^x, shares by e^x and 2^x in the steps of ONNX Runtime for WebAssembly, so that what is told here and there has the same bits.

const { fround } = Math;
const words = new Int32Array(1);
const floats = new Float32Array(words.buffer);

/** Of float32; nothing is fused in WebAssembly. */
const fma = (a: number, b: number, c: number): number => fround(fround(a * b) + c);

const ROUNDING = 12582912;
const INVERSE_LN2 = fround(1.4426950408889634);
const LN2_HIGH = fround(-0.693145752);
const LN2_LOW = fround(-1.42860677e-6);
const [P0, P1, P2, P3, P4] = [0.00137805939, 0.00837312452, 0.0416695364, 0.16666472, 0.499999851].map(fround) as [
	number,
	number,
	number,
	number,
	number
];
const ONE = 0x3f800000;
const [EXPONENT_LEAST, EXPONENT_MOST] = [0xc1000000 | 0, 0x3f800000];

/** x as m × ln 2 and what is left; `bits` are m where a float32 has its exponent. */
function reduced(x: number): { readonly bits: number; readonly rest: number } {
	const biased = fma(x, INVERSE_LN2, ROUNDING);
	const m = fround(biased - ROUNDING);
	floats[0] = biased;
	return { bits: (words[0] ?? 0) << 23, rest: fma(m, LN2_LOW, fma(m, LN2_HIGH, x)) };
}

function ofBits(bits: number): number {
	words[0] = bits;
	return floats[0] ?? 0;
}

const [LEAST, MOST] = [fround(-103.9720840454), fround(88.776262664795)];

/** A float32; of NaN, NaN. Source: microsoft/onnxruntime, core/mlas/lib/compute.cpp, as the operator Exp takes it. */
export function exp32(value: number): number {
	const x = value < LEAST ? LEAST : value > MOST ? MOST : fround(value);
	const { bits, rest } = reduced(x);
	// Beyond what one exponent can hold, the other half of it multiplies first.
	const normal = Math.max(EXPONENT_LEAST, Math.min(EXPONENT_MOST, bits));
	const over = ofBits((bits - normal + ONE) | 0);
	let p = fma(P0, rest, P1);
	for (const next of [P2, P3, P4, 1]) p = fma(p, rest, next);
	return fround(fma(p, fround(rest * over), over) * ofBits((normal + ONE) | 0));
}

const LEAST_OF_SUM = fround(-88.3762626647949);

/** As a sum of shares takes it: of what is not above 0. */
function expOfDifference(value: number): number {
	const { bits, rest } = reduced(value < LEAST_OF_SUM ? LEAST_OF_SUM : value);
	let p = fma(P0, rest, P1);
	for (const next of [P2, P3, P4, 1, 1]) p = fma(p, rest, next);
	return fround(p * ofBits((bits + ONE) | 0));
}

/**
 * Raw outputs, one array each, as shares of each row. Four at a time are added side by side, and what is left one by one.
 *
 * Source: microsoft/onnxruntime, core/mlas/lib/compute.cpp, as the operator Softmax takes it.
 */
export function softmax32(outputs: readonly Float32Array[]): readonly Float32Array[] {
	const rowCount = outputs[0]?.length ?? 0;
	const fours = outputs.length - (outputs.length % 4);
	const shares = outputs.map(() => new Float32Array(rowCount));
	const lanes = new Float32Array(4);
	for (let row = 0; row < rowCount; row++) {
		let greatest = -Infinity;
		for (const raw of outputs) greatest = Math.max(greatest, raw[row] ?? 0);
		lanes.fill(0);
		let total = 0;
		for (let output = 0; output < outputs.length; output++) {
			const exponential = expOfDifference(fround((outputs[output]?.[row] ?? 0) - greatest));
			const share = shares[output];
			if (share) share[row] = exponential;
			if (output < fours) lanes[output % 4] = (lanes[output % 4] ?? 0) + exponential;
			if (output === fours - 1) total = sumOfLanes(lanes);
			if (output >= fours) total = fround(total + exponential);
		}
		const scale = fround(1 / total);
		for (const share of shares) share[row] = (share[row] ?? 0) * scale;
	}
	return shares;
}

function sumOfLanes([a = 0, b = 0, c = 0, d = 0]: Float32Array): number {
	return fround(fround(a + c) + fround(b + d));
}

/** 2^(i/32). */
const roots = [
	1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577, 1.1143867425958924,
	1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469, 1.241857812073484, 1.2690509571917332,
	1.2968395546510096, 1.3252366431597413, 1.3542555469368927, 1.383909881963832, 1.4142135623730951, 1.4451808069770467,
	1.4768261459394993, 1.5091644275934228, 1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965,
	1.681792830507429, 1.718619298122478, 1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103,
	1.9152065613971474, 1.9571441241754002
] as const;

/** 2^x of a float32 from -126 to 0, as a float32. Source: Arm Optimized Routines, math/powf.c, as musl has it. */
export function power32(x: number): number {
	const k = roundHalfEven(32 * x);
	const rest = x - k / 32;
	const whole = Math.floor(k / 32);
	const high = 0.05550361559341535 * rest + 0.2402284522445722;
	const low = 0.6931471806916203 * rest + 1;
	return fround((high * (rest * rest) + low) * ((roots[k - 32 * whole] ?? 1) * 2 ** whole));
}

function roundHalfEven(value: number): number {
	const shift = 1.5 * 2 ** 52;
	return value + shift - shift;
}
