// Collects grown trees as the flat arrays of a model, and turns a model's trees back into bins.
import { SET_WORDS, treeRange, type Trees } from '../trees.ts';
import { MISSING_BIN } from './bins.ts';
import type { Split } from './find-split.ts';
import type { BinnedTree } from './kernel.ts';

/** A node of a tree that grows: a leaf unless it was split. */
export type GrownNode = {
	split: Split | null;
	left: number;
	right: number;
	value: number;
	readonly cover: number;
};

/** Thresholds by feature, see `edgesOf`. */
type Edges = readonly Float32Array[];

export class TreeWriter {
	readonly #edges: Edges;
	readonly #roots: number[] = [];
	readonly #output: number[] = [];
	readonly #nodes: (GrownNode & { readonly base: number })[] = [];

	constructor(edges: Edges) {
		this.#edges = edges;
	}

	get treeCount(): number {
		return this.#roots.length;
	}

	add(output: number, nodes: readonly GrownNode[]): void {
		const base = this.#nodes.length;
		this.#roots.push(base);
		this.#output.push(output);
		for (const node of nodes) this.#nodes.push({ ...node, base });
	}

	trees(): Trees {
		const nodes = this.#nodes;
		const sets: number[] = [];
		const set = Int32Array.from(nodes, ({ split }) => {
			if (!split || split.bin !== null) return -1;
			sets.push(...wordsOf(split.goesLeft));
			return sets.length / SET_WORDS - 1;
		});
		return {
			roots: Uint32Array.from(this.#roots),
			output: Uint16Array.from(this.#output),
			feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? -1),
			threshold: Float32Array.from(nodes, ({ split }) =>
				!split || split.bin === null ? 0 : (this.#edges[split.feature]?.[split.bin] ?? Infinity)
			),
			set,
			left: Uint32Array.from(nodes, ({ split, left, base }) => (split ? base + left : 0)),
			right: Uint32Array.from(nodes, ({ split, right, base }) => (split ? base + right : 0)),
			missingLeft: Uint8Array.from(nodes, ({ split }) => split?.goesLeft[MISSING_BIN] ?? 0),
			value: Float32Array.from(nodes, ({ split, value }) => (split ? 0 : value)),
			gain: Float32Array.from(nodes, ({ split }) => split?.gain ?? 0),
			cover: Uint32Array.from(nodes, ({ cover }) => cover),
			sets: Uint32Array.from(sets)
		};
	}
}

function wordsOf(goesLeft: Uint8Array): Uint32Array {
	const words = new Uint32Array(SET_WORDS);
	for (let code = 0; code < MISSING_BIN; code++)
		if (goesLeft[code] === 1) words[code >> 5] = (words[code >> 5] ?? 0) | (1 << (code & 31));
	return words;
}

/** A grown tree for rows that it was not grown on. */
export function binned(nodes: readonly GrownNode[]): BinnedTree {
	const goesLeft = new Uint8Array(256 * nodes.length);
	nodes.forEach(({ split }, at) => split && goesLeft.set(split.goesLeft, 256 * at));
	return {
		feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? -1),
		left: Uint32Array.from(nodes, ({ left }) => left),
		right: Uint32Array.from(nodes, ({ right }) => right),
		value: Float32Array.from(nodes, ({ value }) => value),
		goesLeft
	};
}

/** The nodes of a model's tree, as they were grown; null where its thresholds are not those of these rows. */
export function nodesOf(trees: Trees, tree: number, edges: Edges): readonly GrownNode[] | null {
	const { root, end } = treeRange(trees, tree);
	const nodes: GrownNode[] = [];
	for (let node = root; node < end; node++) {
		const feature = trees.feature[node] ?? -1;
		const split = feature < 0 ? null : splitOf(trees, node, edges[feature]);
		if (feature >= 0 && !split) return null;
		nodes.push({
			split,
			left: split ? (trees.left[node] ?? 0) - root : 0,
			right: split ? (trees.right[node] ?? 0) - root : 0,
			value: trees.value[node] ?? 0,
			cover: trees.cover[node] ?? 0
		});
	}
	return nodes;
}

const NO_SUMS = { gradient: 0, hessian: 0, count: 0 };

function splitOf(trees: Trees, node: number, edges: Float32Array | undefined): Split | null {
	if (!edges) return null;
	const [set, threshold] = [trees.set[node] ?? -1, trees.threshold[node] ?? 0];
	const goesLeft = new Uint8Array(256);
	const at = set >= 0 ? null : threshold === Infinity ? edges.length : edges.indexOf(threshold);
	if (at === -1) return null;
	if (at !== null) goesLeft.fill(1, 0, at + 1);
	else
		for (let code = 0; code < MISSING_BIN; code++)
			goesLeft[code] = ((trees.sets[set * SET_WORDS + (code >> 5)] ?? 0) >>> (code & 31)) & 1;
	goesLeft[MISSING_BIN] = trees.missingLeft[node] ?? 0;
	const [feature, gain] = [trees.feature[node] ?? 0, trees.gain[node] ?? 0];
	return { feature, gain, bin: at, goesLeft, left: NO_SUMS, right: NO_SUMS };
}
