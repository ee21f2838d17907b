// Sums the leaves of trees in WebAssembly, many rows at a time: the same bits as `plainSums`.
import { binned, nodesOf } from '#core/model/boosting/tree-writer.ts';
import type { BinnedTree } from '#core/model/boosting/kernel.ts';
import type { SumTrees } from '#core/model/predict.ts';
import type { Trees } from '#core/model/trees.ts';
import { FIRST_FREE, instantiate, makeMemory, type KernelExports } from './exports.ts';
import { featureBins, type FeatureBins } from './feature-bins.ts';
import {
	ANSWER_BYTES,
	GROUP_ROWS,
	LEAVES_MAX,
	NODE_BYTES,
	SET_BYTES,
	writeLeafAnswers,
	writeLeafTree
} from './leaf-finder.ts';
import { createWalker } from './walker.ts';

/** Rows whose bins and sums stay close to the processor while all trees are asked. */
const BLOCK_ROWS = 2048;

type Packed = {
	readonly kernel: KernelExports;
	readonly buffer: ArrayBufferLike;
	readonly bins: readonly FeatureBins[];
	readonly trees: readonly PackedTree[];
	/** Addresses: edges of a feature, values of a block as they come, their bins by feature, sums by output, answers. */
	readonly edges: number;
	readonly staged: number;
	readonly columns: number;
	readonly sums: number;
	readonly answers: number;
};
type PackedTree = { readonly nodes: number; readonly end: number; readonly values: number; readonly output: number };

/** Keeps the trees it was last asked about, and a memory for them and a block of rows. */
export function createScorer(module: WebAssembly.Module): SumTrees {
	const walk = createWalker(module);
	let last: { readonly trees: Trees; readonly packed: Packed | null } | null = null;
	return (trees, outputCount, features) => {
		if (last?.trees !== trees) last = { trees, packed: pack(module, trees, outputCount, features.length) };
		return last.packed ? sum(last.packed, outputCount, features) : walk(trees, outputCount, features);
	};
}

function sum(packed: Packed, outputCount: number, features: readonly Float32Array[]): readonly Float32Array[] {
	const { kernel, buffer, bins, trees, edges, staged, columns, answers } = packed;
	const rowCount = features[0]?.length ?? 0;
	const values = new Float32Array(buffer, staged, BLOCK_ROWS);
	const table = new Float32Array(buffer, edges, 256 * bins.length);
	table.fill(Infinity);
	bins.forEach((of, feature) => of.kind === 'numbers' && table.set(of.edges, 256 * feature));
	const sums = new Float32Array(buffer, packed.sums, BLOCK_ROWS * outputCount);
	const told = Array.from({ length: outputCount }, () => new Float32Array(rowCount));
	for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
		const count = Math.min(BLOCK_ROWS, rowCount - start);
		features.forEach((column, feature) => {
			const of = bins[feature];
			if (!of || of.kind === 'unasked') return;
			values.set(column.subarray(start, start + count));
			const into = columns + BLOCK_ROWS * feature;
			if (of.kind === 'codes') kernel.binCodes(staged, into, count);
			else kernel.binColumn(staged, edges + 1024 * feature, into, count);
		});
		sums.fill(0);
		const groups = Math.ceil(count / GROUP_ROWS);
		for (const { nodes, end, values: leaves, output } of trees)
			kernel.scoreLeaves(columns, groups, nodes, end, answers, leaves, packed.sums + 4 * BLOCK_ROWS * output);
		told.forEach((all, output) => {
			const first = BLOCK_ROWS * output;
			all.set(sums.subarray(first, first + count), start);
		});
	}
	return told;
}

/** Null for trees of too many leaves or thresholds to be told apart by bytes. */
function pack(module: WebAssembly.Module, trees: Trees, outputCount: number, featureCount: number): Packed | null {
	const bins = featureBins(trees, featureCount);
	if (!bins) return null;
	const steps = bins.map((of) => (of.kind === 'numbers' ? of.edges : new Float32Array(0)));
	const binnedTrees: BinnedTree[] = [];
	for (let tree = 0; tree < trees.roots.length; tree++) {
		const nodes = nodesOf(trees, tree, steps);
		const leafCount = nodes?.filter(({ split }) => !split).length ?? 0;
		if (!nodes || leafCount > LEAVES_MAX || nodes.length - leafCount > LEAVES_MAX - 1) return null;
		binnedTrees.push(binned(nodes));
	}
	let free = FIRST_FREE;
	const take = (sizeBytes: number): number => {
		const start = free;
		free = Math.ceil((free + sizeBytes) / 64) * 64;
		return start;
	};
	const nodeCount = trees.feature.length;
	const at = {
		edges: take(1024 * featureCount),
		staged: take(4 * BLOCK_ROWS),
		columns: take(BLOCK_ROWS * featureCount),
		sums: take(4 * BLOCK_ROWS * outputCount),
		answers: take(ANSWER_BYTES),
		nodes: take(NODE_BYTES * nodeCount),
		sets: take((SET_BYTES * trees.sets.length) / 8),
		values: take(4 * nodeCount)
	};
	const memory = makeMemory(free);
	const { buffer } = memory;
	writeLeafAnswers(buffer, at.answers);
	let { nodes, sets, values } = at;
	const packed = binnedTrees.map((tree, number): PackedTree => {
		const written = writeLeafTree(buffer, { nodes, sets }, tree, BLOCK_ROWS);
		new Float32Array(buffer, values, written.values.length).set(written.values);
		const told = { nodes, end: written.end, values, output: trees.output[number] ?? 0 };
		[nodes, sets, values] = [written.end, written.setsEnd, values + 4 * written.values.length];
		return told;
	});
	return { kernel: instantiate(module, memory), buffer, bins, trees: packed, ...at };
}
