// What the compiled kernel offers; tools/model-kernel has its source and says what each does. Addresses are bytes.

export type KernelExports = {
	binColumn(values: number, edges: number, column: number, count: number): void;
	binCodes(values: number, column: number, count: number): void;
	fillUp(rows: number, start: number, end: number): void;
	reorder(bytes: number, order: number, out: number, start: number, end: number): void;
	gather(
		columns: number,
		columnBytes: number,
		bins: number,
		stride: number,
		featureCount: number,
		start: number,
		end: number
	): void;
	bounds(
		start: number,
		end: number,
		kind: number,
		level: number,
		output: number,
		predictions: number,
		target: number,
		weights: number,
		greatest: number,
		total: number,
		out: number
	): void;
	gradients(
		start: number,
		end: number,
		kind: number,
		level: number,
		output: number,
		predictions: number,
		target: number,
		weights: number,
		greatest: number,
		total: number,
		records: number,
		stride: number,
		gradientUnit: number,
		hessianUnit: number,
		hasHessians: boolean
	): void;
	normalize(
		start: number,
		end: number,
		predictions: number,
		rowCount: number,
		outputCount: number,
		greatest: number,
		total: number
	): void;
	boundsOfSquares(start: number, end: number, predictions: number, target: number, out: number): void;
	gradientsOfSquares(
		start: number,
		end: number,
		predictions: number,
		target: number,
		records: number,
		stride: number,
		gradientUnit: number
	): void;
	histogram(
		records: number,
		stride: number,
		rows: number,
		sums: number,
		featureCount: number,
		start: number,
		end: number,
		shift: number,
		touched: number
	): void;
	histogramOfGradients(...given: [...Parameters<KernelExports['histogram']>, packed: number, unit: number]): void;
	addSums(into: number, from: number, sizeBytes: number): void;
	subtractSums(into: number, from: number, sizeBytes: number): void;
	cells(sums: number, out: number, shift: number): void;
	partition(
		column: number,
		rows: number,
		left: number,
		right: number,
		step: number,
		goesLeft: number,
		start: number,
		end: number
	): number;
	copy(into: number, from: number, sizeBytes: number): void;
	add(rows: number, predictions: number, start: number, end: number, value: number): void;
	walk(
		rows: number,
		columns: number,
		columnBytes: number,
		nodes: number,
		goesLeft: number,
		predictions: number,
		start: number,
		end: number
	): void;
	applyLeaves(
		columns: number,
		from: number,
		to: number,
		nodes: number,
		end: number,
		answers: number,
		values: number,
		out: number
	): void;
	scoreLeaves(
		columns: number,
		groups: number,
		nodes: number,
		end: number,
		answers: number,
		values: number,
		out: number
	): void;
	keys(values: number, out: number, strideBytes: number, count: number): void;
	score(
		rows: number,
		strideBytes: number,
		count: number,
		nodes: number,
		values: number,
		root: number,
		depth: number,
		out: number
	): void;
	scoreSets(...given: Parameters<KernelExports['score']>): void;
};

/** One instance a thread, over one memory that may be shared. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
	// The only module that comes here is the one that was built from tools/model-kernel.
	return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

const PAGE_BYTES = 65_536;
/** All that 32-bit addresses reach. */
export const MEMORY_MAX_BYTES = 2 ** 32 - PAGE_BYTES;

/** Shared, as the module demands: without cross-origin isolation it cannot be handed to other threads, and works in one. */
export function makeMemory(sizeBytes: number): WebAssembly.Memory {
	const pages = Math.ceil(sizeBytes / PAGE_BYTES);
	return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The lowest bytes are the module's own. */
export const FIRST_FREE = PAGE_BYTES;
