// The kernel in TypeScript, on one thread: what the WebAssembly one must equal to the bit, and what works everywhere.
import { MISSING_BIN } from './bins.ts';
import { exp } from './exp.ts';
import { CELLS, type BinnedTree, type Kernel, type KernelLoss, type KernelShape } from './kernel.ts';

export function plainKernel(shape: KernelShape): Kernel {
	const { rowCount, featureCount, outputCount, slotCount, trainCount } = shape;
	const bins = new Uint8Array(rowCount * featureCount);
	const gradients = new Int32Array(rowCount);
	const hessians = new Int32Array(rowCount);
	const sums = new Float64Array(slotCount * featureCount * CELLS);
	const rows = new Uint32Array(rowCount);
	const moved = new Uint32Array(rows.length);
	const predictions = Array.from({ length: outputCount }, () => new Float64Array(rowCount));
	const target = new Float32Array(rowCount);
	const weights = shape.hasWeights ? new Float32Array(rowCount) : null;
	const slope = new Slope(trainCount, predictions, target, weights);
	const slotSize = featureCount * CELLS;
	return {
		threads: 1,
		predictions,
		target,
		weights,
		rows,
		bin: (features, edges, order) => {
			features.forEach((values, feature) => {
				const steps = edges[feature] ?? new Float32Array(0);
				for (let row = 0; row < rowCount; row++)
					bins[row * featureCount + feature] = binOf(values[order[row] ?? 0] ?? NaN, steps);
			});
		},
		fillUp: () => {
			for (let row = 0; row < rowCount; row++) rows[row] = row;
		},
		bounds: (loss, output) => {
			let [gradient, hessian] = [0, 0];
			for (let row = 0; row < trainCount; row++) {
				slope.at(row, loss, output);
				gradient = Math.max(gradient, Math.abs(slope.gradient));
				hessian = Math.max(hessian, slope.hessian);
			}
			return { gradient, hessian };
		},
		normalize: () => slope.normalize(),
		gradients: (loss, output, grid) => {
			for (let row = 0; row < trainCount; row++) {
				slope.at(row, loss, output);
				gradients[row] = Math.floor(slope.gradient * grid.gradient + 0.5);
				hessians[row] = Math.floor(slope.hessian * grid.hessian + 0.5);
			}
		},
		histogram: (slot, start, end) => {
			sums.fill(0, slot * slotSize, (slot + 1) * slotSize);
			for (let at = start; at < end; at++) {
				const row = rows[at] ?? 0;
				const [gradient, hessian] = [gradients[row] ?? 0, hessians[row] ?? 0];
				let cell = slot * slotSize;
				for (let feature = 0; feature < featureCount; feature++, cell += CELLS) {
					const bin = cell + (bins[row * featureCount + feature] ?? 0);
					sums[bin] = (sums[bin] ?? 0) + gradient;
					sums[bin + 256] = (sums[bin + 256] ?? 0) + hessian;
					sums[bin + 512] = (sums[bin + 512] ?? 0) + 1;
				}
			}
		},
		subtract: (slot, taken) => {
			const [into, from] = [slot * slotSize, taken * slotSize];
			for (let at = 0; at < slotSize; at++) sums[into + at] = (sums[into + at] ?? 0) - (sums[from + at] ?? 0);
		},
		cells: (slot, feature) => {
			const start = slot * slotSize + feature * CELLS;
			return sums.subarray(start, start + CELLS);
		},
		partition: (start, end, feature, goesLeft) => {
			let [left, right] = [start, 0];
			for (let at = start; at < end; at++) {
				const row = rows[at] ?? 0;
				if (goesLeft[bins[row * featureCount + feature] ?? 0] === 1) rows[left++] = row;
				else moved[right++] = row;
			}
			rows.set(moved.subarray(0, right), left);
			return left;
		},
		apply: (output, tree, leaves, seenCount) => {
			const prediction = predictions[output] ?? new Float64Array(0);
			const add = (row: number, value: number): void => {
				prediction[row] = (prediction[row] ?? 0) + value;
			};
			for (const { start, end, value } of leaves) for (let at = start; at < end; at++) add(rows[at] ?? 0, value);
			for (let at = seenCount; at < rows.length; at++) {
				const row = rows[at] ?? 0;
				add(row, leafOf(tree, bins, row * featureCount));
			}
		},
		end: () => undefined
	};
}

/** The first threshold that is not below it: those bins end there. */
function binOf(value: number, edges: Float32Array): number {
	if (Number.isNaN(value)) return MISSING_BIN;
	let [low, high] = [0, edges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (value > (edges[middle] ?? Infinity)) low = middle + 1;
		else high = middle;
	}
	return low;
}

function leafOf({ feature, left, right, value, goesLeft }: BinnedTree, bins: Uint8Array, first: number): number {
	let node = 0;
	for (let asked = feature[0] ?? -1; asked >= 0; asked = feature[node] ?? -1)
		node = (goesLeft[node * 256 + (bins[first + asked] ?? 0)] === 1 ? left[node] : right[node]) ?? 0;
	return value[node] ?? 0;
}

/** First and second derivatives of the loss of one row by one output. */
class Slope {
	gradient = 0;
	hessian = 0;
	readonly #trainCount: number;
	readonly #predictions: readonly Float64Array[];
	readonly #target: Float32Array;
	readonly #weights: Float32Array | null;
	/** The greatest output of each row, and the sum of e^(output - greatest). */
	readonly #greatest: Float64Array;
	readonly #total: Float64Array;

	constructor(
		trainCount: number,
		predictions: readonly Float64Array[],
		target: Float32Array,
		weights: Float32Array | null
	) {
		this.#trainCount = trainCount;
		this.#predictions = predictions;
		this.#target = target;
		this.#weights = weights;
		const count = predictions.length > 1 ? trainCount : 0;
		this.#greatest = new Float64Array(count);
		this.#total = new Float64Array(count);
	}

	normalize(): void {
		for (let row = 0; row < this.#trainCount; row++) {
			let greatest = -Infinity;
			for (const prediction of this.#predictions) greatest = Math.max(greatest, prediction[row] ?? 0);
			let total = 0;
			for (const prediction of this.#predictions) total += exp((prediction[row] ?? 0) - greatest);
			this.#greatest[row] = greatest;
			this.#total[row] = total;
		}
	}

	at(row: number, { kind, level }: KernelLoss, output: number): void {
		const raw = this.#predictions[output]?.[row] ?? 0;
		const target = this.#target[row] ?? 0;
		const weight = this.#weights?.[row] ?? 1;
		switch (kind) {
			case 'squared':
				this.gradient = (raw - target) * weight;
				this.hessian = weight;
				break;
			case 'quantile':
				this.gradient = (raw >= target ? 1 - level : -level) * weight;
				this.hessian = weight;
				break;
			case 'poisson': {
				const expected = exp(raw);
				this.gradient = (expected - target) * weight;
				this.hessian = expected * weight;
				break;
			}
			case 'logistic': {
				const share = 1 / (1 + exp(-raw));
				this.gradient = (share - target) * weight;
				this.hessian = share * (1 - share) * weight;
				break;
			}
			case 'softmax': {
				const share = exp(raw - (this.#greatest[row] ?? 0)) / (this.#total[row] ?? 1);
				this.gradient = (share - (target === output ? 1 : 0)) * weight;
				this.hessian = share * (1 - share) * weight;
			}
		}
	}
}
