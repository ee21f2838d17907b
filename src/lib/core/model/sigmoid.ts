// 1 / (1 + e^-x) in the float32 steps of ONNX Runtime for WebAssembly, so that what is told here and there has the same bits.

const LIMIT = 18;
const [A1, A3, A5, A7, A9] = [
	0.248287947061529, 0.00851377133304701, 6.08574864600143e-5, 1.15627324459942e-7, 4.37031012579801e-11
].map(Math.fround) as [number, number, number, number, number];
const [B0, B2, B4, B6, B8, B10] = [
	0.99315192102318, 0.116817656904453, 0.00170198817374094, 6.2910678501704e-6, 5.76102136993427e-9,
	6.10247389755681e-13
].map(Math.fround) as [number, number, number, number, number, number];

/** A float32, 0 and 1 included; of NaN, NaN. Source: microsoft/onnxruntime, core/mlas/lib/logistic.cpp, after Eigen. */
export function sigmoid(value: number): number {
	const { fround } = Math;
	const x = value < -LIMIT ? -LIMIT : value > LIMIT ? LIMIT : fround(value);
	const square = fround(x * x);
	let above = fround(fround(square * A9) + A7);
	above = fround(fround(above * square) + A5);
	above = fround(fround(above * square) + A3);
	above = fround(fround(above * square) + A1);
	above = fround(above * x);
	let below = fround(fround(square * B10) + B8);
	below = fround(fround(below * square) + B6);
	below = fround(fround(below * square) + B4);
	below = fround(fround(below * square) + B2);
	below = fround(fround(below * square) + B0);
	const share = fround(fround(above / below) + 0.5);
	return share < 0 ? 0 : share > 1 ? 1 : share;
}
