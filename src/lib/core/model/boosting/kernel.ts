// What boosting does with every row, which is nearly all of its time: written once in TypeScript and once in WebAssembly.

/**
 * Note: why models are equal to the bit. Gradients and hessians are whole numbers on a grid of a power of two, so fine that their sum
 * over all rows stays exact. Then neither the order of addition nor how many threads share it can change a sum, and every kernel gives
 * the same histograms; everything after them is one code for all.
 */
export type Kernel = {
	readonly threads: number;
	/** Raw outputs of all rows so far: one array an output. */
	readonly predictions: readonly Float64Array[];
	/** A row, in the kernel's order; class numbers for classes. Written before anything else is asked. */
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
	/** Row numbers: first those a tree is grown on, the rows of a leaf side by side, then those it is only applied to. */
	readonly rows: Uint32Array;
	/**
	 * Puts the values of all features into bins, see `edgesOf`; missing ones into `MISSING_BIN`. `order` says which values a row has: its
	 * own numbers count from 0.
	 */
	bin(features: readonly Float32Array[], edges: readonly Float32Array[], order: Uint32Array): void;
	/** Numbers the rows from 0 again, each at its own place. */
	fillUp(): void;
	/** The largest size of a gradient and of a hessian among the rows of the training. */
	bounds(loss: KernelLoss, output: number): GridBounds;
	/** For softmax: what turns the outputs of a row into shares, taken before any tree of a round changes them. */
	normalize(): void;
	/** Sets gradients and hessians of the rows of the training, times the grid's factors, rounded. */
	gradients(loss: KernelLoss, output: number, grid: Grid): void;
	/** Sums of rows start to end - 1 into a slot, a bin of each feature. */
	histogram(slot: number, start: number, end: number): void;
	/** Takes the sums of one slot from another's. */
	subtract(slot: number, taken: number): void;
	/** A feature's gradients (0 to 255), hessians (256 to 511) and row counts (512 to 767) by bin; overwritten by the next call. */
	cells(slot: number, feature: number): Float64Array;
	/** Puts the rows that go left before the others; returns where the others begin. */
	partition(start: number, end: number, feature: number, goesLeft: Uint8Array): number;
	/**
	 * Adds to the outputs of all rows what a tree says of each. `leaves` have it for rows 0 to seenCount - 1, which the tree was grown on;
	 * a kernel may ask the tree of them all the same.
	 */
	apply(output: number, tree: BinnedTree, leaves: readonly LeafRange[], seenCount: number): void;
	/** Ends threads, and lets go of memory. */
	end(): void;
};

export type KernelShape = {
	readonly rowCount: number;
	/** Of a feature, before some are chosen and brought into order. */
	readonly valueCount: number;
	readonly featureCount: number;
	readonly outputCount: number;
	/** Histograms that are held at once. */
	readonly slotCount: number;
	/** The most nodes of a tree. */
	readonly nodeCount: number;
	/** The first rows are those of the training, the others those of the validation. */
	readonly trainCount: number;
	readonly hasWeights: boolean;
	/** Not where the hessian of every row is 1. */
	readonly hasHessians: boolean;
};

export type MakeKernel = (shape: KernelShape) => Kernel;

/** `level` of a quantile. */
export type KernelLoss = {
	readonly kind: 'squared' | 'quantile' | 'poisson' | 'logistic' | 'softmax';
	readonly level: number;
};

export type GridBounds = { readonly gradient: number; readonly hessian: number };
/** Powers of two. */
export type Grid = { readonly gradient: number; readonly hessian: number };

export type LeafRange = { readonly start: number; readonly end: number; readonly value: number };

/** A tree as bins: its root is node 0; children have greater numbers. */
export type BinnedTree = {
	/** -1 at a leaf. */
	readonly feature: Int32Array;
	readonly left: Uint32Array;
	readonly right: Uint32Array;
	readonly value: Float32Array;
	/** 256 bytes a node: 1 where a bin goes left. */
	readonly goesLeft: Uint8Array;
};

/** Doubles of a feature's histogram. */
export const CELLS = 3 * 256;
