// The kernel in WebAssembly, on one or more threads over one memory: the same bits as the plain one.
import { CELLS, type BinnedTree, type Kernel, type KernelLoss, type KernelShape } from '#core/model/boosting/kernel.ts';
import { bitsOf } from '#core/model/boosting/loss.ts';
import { instantiate } from './exports.ts';
import { layOut, type Layout } from './layout.ts';
import { ANSWER_BYTES, GROUP_ROWS, LEAVES_MAX, writeLeafAnswers, writeLeafTree } from './leaf-finder.ts';
import { controlOf, double, histogram, kinds, operations, perform, word } from './operations.ts';
import type { ThreadStart } from './thread.ts';

/** Fewer rows are done sooner than other threads are told of them. */
const ALONE_ROWS = 8192;
/** Longer than the splits of two leaves are looked for, which is what the others mostly wait for. */
const SPINS = 100_000;

export function layoutOf(shape: KernelShape, threads: number): Layout {
	return layOut({
		rowCount: shape.rowCount,
		valueCount: shape.valueCount,
		featureCount: shape.featureCount,
		outputCount: shape.outputCount,
		slotCount: shape.slotCount,
		nodeCount: shape.nodeCount,
		trainCount: shape.trainCount,
		hasWeights: shape.hasWeights,
		hasHessians: shape.hasHessians,
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
	const { rowCount, columnBytes, featureCount, trainCount, slotCount, threads } = layout;
	const leafTable = new Float64Array(buffer, layout.leaves, 3 * slotCount);
	const edgeTable = new Float32Array(buffer, layout.edges, 256);
	const staged = new Float32Array(buffer, layout.moved, layout.valueCount);
	const treeValues = new Float64Array(buffer, layout.treeValues, LEAVES_MAX);
	const goesLeftTable = new Uint8Array(buffer, layout.goesLeft, 256);
	const cellTable = new Float64Array(buffer, layout.cells, CELLS);
	const slotSize = 4096 * featureCount;
	const rows = new Uint32Array(buffer, layout.rows, rowCount);
	const target = new Float32Array(buffer, layout.target, rowCount);
	const weights = shape.hasWeights ? new Float32Array(buffer, layout.weights, rowCount) : null;
	for (let thread = 0; thread < threads; thread++) writeLeafAnswers(buffer, layout.answers + ANSWER_BYTES * thread);
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
			(_, output) => new Float64Array(buffer, layout.predictions + 8 * columnBytes * output, rowCount)
		),
		target,
		weights,
		rows,
		bin: (features, edges, order) => {
			rows.set(order);
			features.forEach((values, feature) => {
				staged.set(values);
				edgeTable.fill(Infinity);
				edgeTable.set(edges[feature] ?? []);
				words[word.first] = feature;
				together(operations.bin, 0, values.length);
				together(operations.reorder, 0, rowCount);
			});
			together(operations.gather, 0, rowCount);
		},
		fillUp: () => together(operations.fillUp, 0, rowCount),
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
				histogram(kernel, layout, doubles, sums, from, to, 0);
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
				const { columns, moved, goesLeft: table } = layout;
				const start = layout.rows + 4 * from;
				const left = kernel.partition(columns + columnBytes * feature, layout.rows, start, moved, 4, table, from, to);
				kernel.copy(start + 4 * left, moved, 4 * (to - from - left));
				return from + left;
			}
			words[word.first] = feature;
			together(operations.split, from, to);
			together(operations.join, from, to);
			let left = from;
			for (let thread = 0; thread < threads; thread++) left += words[word.left + thread] ?? 0;
			return left;
		},
		apply: (output, tree, leaves, seenCount) => {
			words[word.second] = output;
			if (slotCount <= LEAVES_MAX + 1) {
				const sets = layout.treeSets;
				const { end, values } = writeLeafTree(buffer, { nodes: layout.treeNodes, sets }, tree, columnBytes);
				treeValues.set(values);
				words[word.third] = end;
				together(operations.apply, 0, columnBytes / GROUP_ROWS);
				return;
			}
			leaves.forEach(({ start: first, end, value }, leaf) => leafTable.set([first, end, value], 3 * leaf));
			words[word.third] = leaves.length;
			together(operations.add, 0, seenCount);
			if (seenCount === rowCount) return;
			writeNodes(buffer, layout, tree);
			together(operations.walk, seenCount, rowCount);
		},
		end: () => {
			if (threads > 1) begin(operations.end);
		}
	};
}

/** A tree of more leaves than can be numbered, as `walk` of the kernel reads it. */
function writeNodes(
	buffer: ArrayBufferLike,
	layout: Layout,
	{ feature, left, right, value, goesLeft }: BinnedTree
): void {
	const words = new Int32Array(buffer, layout.nodes, 4 * feature.length);
	const values = new Float32Array(buffer, layout.nodes, 4 * feature.length);
	for (let node = 0; node < feature.length; node++) {
		words.set([feature[node] ?? -1, left[node] ?? 0, right[node] ?? 0], 4 * node);
		values[4 * node + 3] = value[node] ?? 0;
	}
	new Uint8Array(buffer, layout.nodeTables, goesLeft.length).set(goesLeft);
}
