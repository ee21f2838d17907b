// Sums the leaves of trees that are too large for bytes, such as those of isolation forests, in WebAssembly, four rows at a time: the same
// bits as `plainSums`.
import type { SumTrees } from '#core/model/predict.ts';
import { SET_WORDS, treeRange, type Trees } from '#core/model/trees.ts';
import { FIRST_FREE, instantiate, makeMemory, type KernelExports } from './exports.ts';

/** Rows whose keys and sums stay close to the processor while all trees walk them. */
const BLOCK_ROWS = 2048;

type Packed = {
	readonly trees: Trees;
	readonly kernel: KernelExports;
	readonly buffer: ArrayBufferLike;
	readonly nodes: number;
	readonly values: number;
	readonly walks: readonly Walk[];
	/** What follows the trees. */
	readonly free: number;
};
type Walk = { readonly root: number; readonly depth: number; readonly output: number; readonly hasSets: boolean };

/** Keeps the trees it was last asked about, and a memory for them and a block of rows. */
export function createWalker(module: WebAssembly.Module): SumTrees {
	let packed: Packed | null = null;
	return (trees, outputCount, features) => {
		const blockBytes = BLOCK_ROWS * 4 * (1 + features.length + outputCount);
		if (packed?.trees !== trees) packed = pack(module, trees, blockBytes);
		return sum(packed, outputCount, features);
	};
}

function sum(
	{ kernel, buffer, nodes, values, walks, free }: Packed,
	outputCount: number,
	features: readonly Float32Array[]
): readonly Float32Array[] {
	const rowCount = features[0]?.length ?? 0;
	const strideBytes = 4 * features.length;
	const staged = new Float32Array(buffer, free, BLOCK_ROWS);
	const keys = free + 4 * BLOCK_ROWS;
	const out = keys + strideBytes * BLOCK_ROWS;
	const sums = new Float32Array(buffer, out, BLOCK_ROWS * outputCount);
	const told = Array.from({ length: outputCount }, () => new Float32Array(rowCount));
	for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
		const count = Math.min(BLOCK_ROWS, rowCount - start);
		features.forEach((column, feature) => {
			staged.set(column.subarray(start, start + count));
			kernel.keys(free, keys + 4 * feature, strideBytes, count);
		});
		sums.fill(0);
		for (const { root, depth, output, hasSets } of walks) {
			const given = [keys, strideBytes, count, nodes, values, root, depth, out + 4 * BLOCK_ROWS * output] as const;
			if (hasSets) kernel.scoreSets(...given);
			else kernel.score(...given);
		}
		told.forEach((all, output) => {
			const first = BLOCK_ROWS * output;
			all.set(sums.subarray(first, first + count), start);
		});
	}
	return told;
}

function pack(module: WebAssembly.Module, trees: Trees, blockBytes: number): Packed {
	const nodeCount = trees.feature.length;
	const aligned = (at: number): number => 64 * Math.ceil(at / 64);
	const nodes = FIRST_FREE;
	const values = aligned(nodes + 16 * nodeCount);
	const sets = aligned(values + 4 * nodeCount);
	const free = aligned(sets + 4 * trees.sets.length);
	const memory = makeMemory(free + blockBytes);
	const { buffer } = memory;
	new Uint32Array(buffer, sets, trees.sets.length).set(trees.sets);
	const words = new Uint32Array(buffer, nodes, 4 * nodeCount);
	const leaves = new Float32Array(buffer, values, nodeCount);
	const walks = Array.from(trees.roots, (_, tree) => packTree(trees, tree, words, leaves, sets));
	return { trees, kernel: instantiate(module, memory), buffer, nodes, values, walks, free };
}

/** Level by level, so that the two children of a node are side by side. */
function packTree(trees: Trees, tree: number, words: Uint32Array, leaves: Float32Array, sets: number): Walk {
	const { root } = treeRange(trees, tree);
	const order: { readonly node: number; readonly depth: number }[] = [{ node: root, depth: 0 }];
	let [deepest, hasSets] = [0, false];
	for (let place = 0; place < order.length; place++) {
		const { node, depth } = order[place] ?? { node: root, depth: 0 };
		const asked = trees.feature[node] ?? -1;
		const at = 4 * (root + place);
		deepest = Math.max(deepest, depth);
		if (asked < 0) {
			words.set([0xffffffff, 0, 0, 16 * (root + place)], at);
			leaves[root + place] = trees.value[node] ?? 0;
			continue;
		}
		const set = trees.set[node] ?? -1;
		const missingLeft = trees.missingLeft[node] ?? 0;
		hasSets ||= set >= 0;
		const bound = set >= 0 ? sets + 4 * SET_WORDS * set : keyOf(trees.threshold[node] ?? 0) + missingLeft;
		words.set([bound, missingLeft + (set >= 0 ? 2 : 0), 4 * asked, 16 * (root + order.length)], at);
		order.push({ node: trees.left[node] ?? 0, depth: depth + 1 }, { node: trees.right[node] ?? 0, depth: depth + 1 });
	}
	return { root: 16 * root, depth: deepest, output: trees.output[tree] ?? 0, hasSets };
}

/** As `keys` of the kernel has it. */
function keyOf(value: number): number {
	const bits = new Int32Array(Float32Array.of(value + 0).buffer)[0] ?? 0;
	return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}
