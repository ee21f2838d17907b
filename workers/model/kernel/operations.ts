// What threads do together: one operation at a time, each thread its share of the rows.
import type { KernelLoss } from '#core/model/boosting/kernel.ts';
import type { KernelExports } from './exports.ts';
import { CONTROL_BYTES, type Layout } from './layout.ts';
import { ANSWER_BYTES } from './leaf-finder.ts';

export const operations = {
	bin: 1,
	bounds: 2,
	normalize: 3,
	gradients: 4,
	histogram: 5,
	split: 6,
	join: 7,
	add: 8,
	walk: 9,
	apply: 10,
	gather: 11,
	reorder: 12,
	fillUp: 13,
	end: 14
} as const;

export const kinds: Readonly<Record<KernelLoss['kind'], number>> = {
	squared: 0,
	quantile: 1,
	poisson: 2,
	logistic: 3,
	softmax: 4
};

/**
 * The control block: how threads hear of an operation.
 *
 * | i32 at | what |
 * | --- | --- |
 * | 0 | counts operations: a change begins the next |
 * | 1 | how many other threads are done with it |
 * | 2 | the operation |
 * | 3, 4 | rows from and to; of `bin`, values; of `apply`, groups of rows |
 * | 5, 6 | feature or kind of loss; output |
 * | 7 | leaves; behind the last node of a tree |
 * | 64 + thread | how many rows of a thread's share go left |
 *
 * Behind byte 4096 are f64: 0 the level, 1 and 2 the units of the grid, and two a thread from 64 on, of `bounds`.
 */
export type Control = { readonly words: Int32Array; readonly doubles: Float64Array };

export const word = {
	sequence: 0,
	done: 1,
	operation: 2,
	start: 3,
	end: 4,
	first: 5,
	second: 6,
	third: 7,
	left: 64
} as const;
export const double = { level: 0, gradientUnit: 1, hessianUnit: 2, bounds: 64 } as const;

export function controlOf(memory: WebAssembly.Memory, { control }: Layout): Control {
	return {
		words: new Int32Array(memory.buffer, control, CONTROL_BYTES / 8),
		doubles: new Float64Array(memory.buffer, control + CONTROL_BYTES / 2, CONTROL_BYTES / 16)
	};
}

/** Rows from and to of a thread's share. */
function shareOf(start: number, end: number, thread: number, threads: number): readonly [number, number] {
	const at = (number: number): number => start + Math.floor(((end - start) * number) / threads);
	return [at(thread), at(thread + 1)];
}

/** One thread's share of the operation in the control block. */
export function perform(
	kernel: KernelExports,
	layout: Layout,
	control: Control,
	leaves: Float64Array,
	thread: number
): void {
	const { words, doubles } = control;
	const [start, end] = [words[word.start] ?? 0, words[word.end] ?? 0];
	const [from, to] = shareOf(start, end, thread, layout.threads);
	const [first, second] = [words[word.first] ?? 0, words[word.second] ?? 0];
	const predictions = layout.predictions + 8 * layout.columnBytes * second;
	const loss = [
		first,
		doubles[double.level] ?? 0,
		second,
		predictions,
		layout.target,
		layout.weights,
		layout.greatest,
		layout.total
	] as const;
	switch (words[word.operation]) {
		case operations.bin:
			kernel.binColumn(layout.moved + 4 * from, layout.edges, layout.raw + from, to - from);
			return;
		case operations.reorder:
			kernel.reorder(layout.raw, layout.rows, layout.columns + layout.columnBytes * first, from, to);
			return;
		case operations.fillUp:
			kernel.fillUp(layout.rows, from, to);
			return;
		case operations.gather: {
			const bins = layout.records + layout.headBytes;
			kernel.gather(layout.columns, layout.columnBytes, bins, layout.stride, layout.featureCount, from, to);
			return;
		}
		case operations.bounds: {
			const out = layout.control + CONTROL_BYTES / 2 + 8 * (double.bounds + 2 * thread);
			if (isPlainSquare(layout, first)) kernel.boundsOfSquares(from, to, predictions, layout.target, out);
			else kernel.bounds(from, to, ...loss, out);
			return;
		}
		case operations.normalize:
			kernel.normalize(
				from,
				to,
				layout.predictions,
				layout.columnBytes,
				layout.outputCount,
				layout.greatest,
				layout.total
			);
			return;
		case operations.gradients: {
			const { records, stride, target, hasHessians } = layout;
			const [unit, curved] = [doubles[double.gradientUnit] ?? 0, doubles[double.hessianUnit] ?? 0];
			if (isPlainSquare(layout, first)) kernel.gradientsOfSquares(from, to, predictions, target, records, stride, unit);
			else kernel.gradients(from, to, ...loss, records, stride, unit, curved, hasHessians);
			return;
		}
		case operations.histogram: {
			const sums = layout.partials + 4096 * layout.featureCount * thread;
			histogram(kernel, layout, doubles, sums, from, to, thread);
			return;
		}
		case operations.split: {
			words[word.left + thread] = splitApart(kernel, layout, first, from, to);
			return;
		}
		case operations.join:
			join(kernel, layout, words, thread, from, to);
			return;
		case operations.add:
			for (let leaf = 0; leaf < (words[word.third] ?? 0); leaf++) {
				const begin = Math.max(from, leaves[3 * leaf] ?? 0);
				const stop = Math.min(to, leaves[3 * leaf + 1] ?? 0);
				if (begin < stop) kernel.add(layout.rows, predictions, begin, stop, leaves[3 * leaf + 2] ?? 0);
			}
			return;
		case operations.walk:
			kernel.walk(
				layout.rows,
				layout.columns,
				layout.columnBytes,
				layout.nodes,
				layout.nodeTables,
				predictions,
				from,
				to
			);
			return;
		case operations.apply: {
			const { columns, treeNodes, treeValues } = layout;
			const answers = layout.answers + ANSWER_BYTES * thread;
			kernel.applyLeaves(columns, from, to, treeNodes, words[word.third] ?? 0, answers, treeValues, predictions);
		}
	}
}

function isPlainSquare({ hasHessians }: Layout, kind: number): boolean {
	return kind === kinds.squared && !hasHessians;
}

/** One thread alone, into any sums. */
export function histogram(
	kernel: KernelExports,
	layout: Layout,
	doubles: Float64Array,
	sums: number,
	from: number,
	to: number,
	thread: number
): void {
	const { records, stride, rows, featureCount, shift } = layout;
	const touched = layout.touched + 64 * thread;
	const given = [records, stride, rows, sums, featureCount, from, to, shift, touched] as const;
	if (layout.hasHessians) kernel.histogram(...given);
	else {
		const packed = layout.packed + 2048 * featureCount * thread;
		kernel.histogramOfGradients(...given, packed, doubles[double.hessianUnit] ?? 0);
	}
}

/** What goes left from the front of a thread's share of `moved`, the rest from its back. */
function splitApart(kernel: KernelExports, layout: Layout, feature: number, from: number, to: number): number {
	const { columns, columnBytes, rows, moved, goesLeft } = layout;
	const [left, right] = [moved + 4 * from, moved + 4 * (to - 1)];
	return kernel.partition(columns + columnBytes * feature, rows, left, right, -4, goesLeft, from, to);
}

/** Brings a thread's share of a partition to where those of all threads belong: first what goes left, in the order of the threads. */
function join(
	kernel: KernelExports,
	layout: Layout,
	words: Int32Array,
	thread: number,
	from: number,
	to: number
): void {
	const start = words[word.start] ?? 0;
	let [before, all] = [0, 0];
	for (let other = 0; other < layout.threads; other++) {
		const left = words[word.left + other] ?? 0;
		if (other < thread) before += left;
		all += left;
	}
	const own = words[word.left + thread] ?? 0;
	const rightAt = start + all + (from - start - before);
	kernel.copy(layout.rows + 4 * (start + before), layout.moved + 4 * from, 4 * own);
	kernel.copy(layout.rows + 4 * rightAt, layout.moved + 4 * (from + own), 4 * (to - from - own));
}
