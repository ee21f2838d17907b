// The kernel in WebAssembly, on one or more threads over one memory: the same bits as the plain one.
import { CELLS, type Kernel, type KernelLoss, type KernelShape } from '#core/model/boosting/kernel.ts';
import { bitsOf } from '#core/model/boosting/loss.ts';
import { instantiate } from './exports.ts';
import { layOut, type Layout } from './layout.ts';
import { controlOf, double, histogram, operations, perform, word } from './operations.ts';
import type { ThreadStart } from './thread.ts';

/** Fewer rows are done sooner than other threads are told of them. */
const ALONE_ROWS = 8192;
const SPINS = 3000;
const kinds: Readonly<Record<KernelLoss['kind'], number>> = {
	squared: 0,
	quantile: 1,
	poisson: 2,
	logistic: 3,
	softmax: 4
};

export function layoutOf(shape: KernelShape, threads: number): Layout {
	return layOut({
		rowCount: shape.rowCount,
		featureCount: shape.featureCount,
		outputCount: shape.outputCount,
		slotCount: shape.slotCount,
		nodeCount: shape.nodeCount,
		orderCount: shape.order.length,
		trainCount: shape.trainCount,
		hasWeights: shape.weights !== null,
		shift: bitsOf(shape.trainCount).hessianSum,
		threads
	});
}

/**
 * `layout` is that of the shape, `memory` as large as it says; `start` hands the training to each of the other threads, which `help` as
 * soon as they hear of it.
 */
export function wasmKernel(
	module: WebAssembly.Module,
	shape: KernelShape,
	layout: Layout,
	memory: WebAssembly.Memory,
	start: (given: ThreadStart) => void
): Kernel {
	const { buffer } = memory;
	const kernel = instantiate(module, memory);
	const control = controlOf(memory, layout);
	const { words, doubles } = control;
	const { rowCount, featureCount, trainCount, slotCount, threads } = layout;
	const leafTable = new Float64Array(buffer, layout.leaves, 3 * slotCount);
	const edgeTable = new Float32Array(buffer, layout.edges, 256);
	const staged = new Float32Array(buffer, layout.moved, rowCount);
	const nodeWords = new Int32Array(buffer, layout.nodes, 4 * layout.nodeCount);
	const nodeValues = new Float32Array(buffer, layout.nodes, 4 * layout.nodeCount);
	const nodeTables = new Uint8Array(buffer, layout.nodeTables, 256 * layout.nodeCount);
	const goesLeftTable = new Uint8Array(buffer, layout.goesLeft, 256);
	const cellTable = new Float64Array(buffer, layout.cells, CELLS);
	const slotSize = 4096 * featureCount;
	const rows = new Uint32Array(buffer, layout.rows, shape.order.length);
	new Uint32Array(buffer, layout.order, shape.order.length).set(shape.order);
	rows.set(shape.order);
	new Float32Array(buffer, layout.target, rowCount).set(shape.target);
	if (shape.weights) new Float32Array(buffer, layout.weights, rowCount).set(shape.weights);
	for (let thread = 1; thread < threads; thread++) start({ module, memory, layout, thread });

	const begin = (operation: number): void => {
		words[word.operation] = operation;
		Atomics.store(words, word.done, 0);
		Atomics.add(words, word.sequence, 1);
		Atomics.notify(words, word.sequence);
	};
	/** All threads their share; returns when all are done. */
	const together = (operation: number, from: number, to: number): void => {
		[words[word.start], words[word.end], words[word.operation]] = [from, to, operation];
		if (threads > 1) begin(operation);
		perform(kernel, layout, control, leafTable, 0);
		for (let spins = 0; ; spins++) {
			const done = Atomics.load(words, word.done);
			if (done >= threads - 1) return;
			if (spins > SPINS) Atomics.wait(words, word.done, done, 100);
		}
	};
	const isAlone = (from: number, to: number): boolean => threads === 1 || to - from < ALONE_ROWS;
	const setLoss = (loss: KernelLoss, output: number): void => {
		[words[word.first], words[word.second], doubles[double.level]] = [kinds[loss.kind], output, loss.level];
	};
	return {
		threads,
		predictions: Array.from(
			{ length: shape.outputCount },
			(_, output) => new Float64Array(buffer, layout.predictions + 8 * rowCount * output, rowCount)
		),
		rows,
		bin: (feature, values, edges) => {
			staged.set(values);
			edgeTable.fill(Infinity);
			edgeTable.set(edges);
			words[word.first] = feature;
			together(operations.bin, 0, rowCount);
		},
		bounds: (loss, output) => {
			setLoss(loss, output);
			together(operations.bounds, 0, trainCount);
			const of = (which: number): number =>
				Math.max(...Array.from({ length: threads }, (_, thread) => doubles[double.bounds + 2 * thread + which] ?? 0));
			return { gradient: of(0), hessian: of(1) };
		},
		normalize: () => together(operations.normalize, 0, trainCount),
		gradients: (loss, output, grid) => {
			setLoss(loss, output);
			[doubles[double.gradientUnit], doubles[double.hessianUnit]] = [grid.gradient, grid.hessian];
			together(operations.gradients, 0, trainCount);
		},
		histogram: (slot, from, to) => {
			const sums = layout.slots + slotSize * slot;
			if (isAlone(from, to)) {
				histogram(kernel, layout, sums, from, to, 0);
				return;
			}
			together(operations.histogram, from, to);
			kernel.copy(sums, layout.partials, slotSize);
			for (let thread = 1; thread < threads; thread++)
				kernel.addSums(sums, layout.partials + slotSize * thread, slotSize);
		},
		subtract: (slot, taken) =>
			kernel.subtractSums(layout.slots + slotSize * slot, layout.slots + slotSize * taken, slotSize),
		cells: (slot, feature) => {
			kernel.cells(layout.slots + slotSize * slot + 4096 * feature, layout.cells, layout.shift);
			return cellTable;
		},
		partition: (from, to, feature, goesLeft) => {
			goesLeftTable.set(goesLeft);
			if (isAlone(from, to)) {
				const column = layout.columns + rowCount * feature;
				const left = kernel.partition(column, layout.rows, layout.moved, layout.goesLeft, from, to);
				kernel.copy(layout.rows + 4 * from, layout.moved + 4 * from, 4 * (to - from));
				return from + left;
			}
			words[word.first] = feature;
			together(operations.split, from, to);
			together(operations.join, from, to);
			let left = from;
			for (let thread = 0; thread < threads; thread++) left += words[word.left + thread] ?? 0;
			return left;
		},
		add: (output, leaves) => {
			leaves.forEach(({ start: first, end, value }, leaf) => leafTable.set([first, end, value], 3 * leaf));
			[words[word.second], words[word.leaves]] = [output, leaves.length];
			together(operations.add, 0, trainCount);
		},
		walk: (output, tree, from, to) => {
			for (let node = 0; node < tree.feature.length; node++) {
				nodeWords.set([tree.feature[node] ?? -1, tree.left[node] ?? 0, tree.right[node] ?? 0], 4 * node);
				nodeValues[4 * node + 3] = tree.value[node] ?? 0;
			}
			nodeTables.set(tree.goesLeft);
			words[word.second] = output;
			together(operations.walk, from, to);
		},
		end: () => {
			if (threads > 1) begin(operations.end);
		}
	};
}
