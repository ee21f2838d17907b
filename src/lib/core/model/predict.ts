// What a model says of rows, in the float32 steps that its ONNX takes.
import { exhaustive } from '../result.ts';
import { exp32, power32, softmax32 } from './exponentials.ts';
import type { Centers, LinearModel, Link, Predictor } from './model.ts';
import { sigmoid } from './sigmoid.ts';
import { SET_WORDS, type Trees } from './trees.ts';

/** Sums of leaves, one array an output: the plain one, or the faster one of a worker, with the same bits. */
export type SumTrees = (
	trees: Trees,
	outputCount: number,
	features: readonly Float32Array[]
) => readonly Float32Array[];

/**
 * One array an output: of a regression the value; of two classes the share of the second; of more the share of each; of an anomaly the
 * score; of clusters the number of the nearest center, and how far it is.
 */
export function predict(
	predictor: Predictor,
	features: readonly Float32Array[],
	sumTrees: SumTrees = plainSums
): readonly Float32Array[] {
	switch (predictor.kind) {
		case 'tree-ensemble': {
			const sums = sumTrees(predictor.trees, predictor.base.length, features);
			sums.forEach((sum, output) => {
				const base = predictor.base[output] ?? 0;
				for (let row = 0; row < sum.length; row++) sum[row] = (sum[row] ?? 0) + base;
			});
			return linked(predictor.link, sums);
		}
		case 'linear':
			return linked(predictor.link, linearOutputs(predictor, features));
		case 'isolation-trees': {
			const [sums = new Float32Array(0)] = sumTrees(predictor.trees, 1, features);
			const count = predictor.trees.roots.length;
			const scale = Math.fround(-1 / predictor.usual);
			return [sums.map((sum) => power32(Math.fround(Math.fround(sum / count) * scale)))];
		}
		case 'centers':
			return nearest(predictor, features);
		default:
			return exhaustive(predictor);
	}
}

/** Whether ONNX Runtime on one thread says the same to the bit; how it adds up the distance to a center depends on where that lies in memory. */
export function isExact(predictor: Predictor): boolean {
	return predictor.kind !== 'centers';
}

/** Of each row the number of the class with the greatest share; of two classes, by the threshold. */
export function chosenClasses(outputs: readonly Float32Array[], threshold = 0.5): Uint16Array {
	const [first = new Float32Array(0)] = outputs;
	if (outputs.length === 1) return Uint16Array.from(first, (share) => (share >= threshold ? 1 : 0));
	return Uint16Array.from(first, (_, row) => {
		let best = 0;
		for (let output = 1; output < outputs.length; output++)
			if ((outputs[output]?.[row] ?? 0) > (outputs[best]?.[row] ?? 0)) best = output;
		return best;
	});
}

/** Rows of a block, whose outputs stay close to the processor while all trees add to them. */
const BLOCK_ROWS = 2048;

/** In the order of the trees, from 0. */
export function plainSums(
	trees: Trees,
	outputCount: number,
	features: readonly Float32Array[]
): readonly Float32Array[] {
	const rowCount = features[0]?.length ?? 0;
	const sums = Array.from({ length: outputCount }, () => new Float32Array(rowCount));
	for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
		const end = Math.min(rowCount, start + BLOCK_ROWS);
		trees.roots.forEach((root, tree) => {
			const sum = sums[trees.output[tree] ?? 0];
			for (let row = start; sum && row < end; row++)
				sum[row] = (sum[row] ?? 0) + (trees.value[leafOf(trees, root, features, row)] ?? 0);
		});
	}
	return sums;
}

function leafOf(trees: Trees, root: number, features: readonly Float32Array[], row: number): number {
	const { feature, threshold, set, left, right, missingLeft } = trees;
	let node = root;
	for (let asked = feature[node] ?? -1; asked >= 0; asked = feature[node] ?? -1) {
		const value = features[asked]?.[row] ?? NaN;
		const number = set[node] ?? -1;
		const goesLeft = Number.isNaN(value)
			? missingLeft[node] === 1
			: number < 0
				? value <= (threshold[node] ?? 0)
				: isIn(trees, number, value);
		node = (goesLeft ? left[node] : right[node]) ?? 0;
	}
	return node;
}

function isIn({ sets }: Trees, set: number, value: number): boolean {
	if (!(value >= 0 && value < 32 * SET_WORDS)) return false;
	const code = Math.floor(value);
	return (((sets[set * SET_WORDS + (code >> 5)] ?? 0) >>> (code & 31)) & 1) === 1;
}

function linked(link: Link, outputs: readonly Float32Array[]): readonly Float32Array[] {
	switch (link) {
		case 'identity':
			return outputs;
		case 'logistic':
			return outputs.map((raw) => raw.map(sigmoid));
		case 'exp':
			return outputs.map((raw) => raw.map(exp32));
		case 'softmax':
			return softmax32(outputs);
		default:
			return exhaustive(link);
	}
}

/** So many features are added up before they are added to the rest. */
const BLOCK_FEATURES = 256;

/**
 * In the float32 steps of ONNX Runtime's Gemm, whose weights are known beforehand: products are added up in the order of the features, and
 * each block of them onto the intercept.
 *
 * Source: microsoft/onnxruntime, core/mlas/lib/sgemm.cpp; a test compares them.
 */
function linearOutputs({ weights, intercept }: LinearModel, features: readonly Float32Array[]): Float32Array[] {
	const rowCount = features[0]?.length ?? 0;
	return Array.from(intercept, (start, output) => {
		const told = new Float32Array(rowCount).fill(start);
		for (let first = 0; first < features.length; first += BLOCK_FEATURES) {
			const sums = new Float32Array(rowCount);
			features.slice(first, first + BLOCK_FEATURES).forEach((values, at) => {
				const weight = weights[output * features.length + first + at] ?? 0;
				for (let row = 0; row < rowCount; row++)
					sums[row] = (sums[row] ?? 0) + Math.fround(weight * (values[row] ?? 0));
			});
			for (let row = 0; row < rowCount; row++) told[row] = (told[row] ?? 0) + (sums[row] ?? 0);
		}
		return told;
	});
}

function nearest({ centers, count }: Centers, features: readonly Float32Array[]): readonly Float32Array[] {
	const rowCount = features[0]?.length ?? 0;
	const [number, far] = [new Float32Array(rowCount), new Float32Array(rowCount)];
	for (let row = 0; row < rowCount; row++) {
		let least = Infinity;
		for (let center = 0; center < count; center++) {
			let sum = 0;
			for (let feature = 0; feature < features.length; feature++)
				sum += ((features[feature]?.[row] ?? 0) - (centers[center * features.length + feature] ?? 0)) ** 2;
			if (sum >= least) continue;
			least = sum;
			number[row] = center;
		}
		far[row] = Math.sqrt(least);
	}
	return [number, far];
}
