// Decision trees as flat arrays: what boosting and isolation forests grow, what the scorer and ONNX read.

/**
 * All trees of a model, one after another. A node is a leaf, or asks one feature: missing (NaN) goes where `missingLeft` says; with a
 * set, a value goes left that is a member of it; else one up to the threshold does.
 *
 * | array | a node | at a leaf |
 * | --- | --- | --- |
 * | `feature` | the number of the feature it asks | -1 |
 * | `threshold` | x ≤ threshold goes left, in float32; 0 with a set | 0 |
 * | `set` | the number of its set, or -1 | -1 |
 * | `left`, `right` | numbers of nodes, greater than its own, of the same tree | 0 |
 * | `missingLeft` | 1 where NaN goes left, else 0 | 0 |
 * | `value` | 0 | what it adds to the output of its tree |
 * | `gain` | by how much the split lowered the loss | 0 |
 * | `cover` | how many rows of the training came by | likewise |
 */
export type Trees = {
	/** The first node of each tree, ascending: a tree ends where the next begins. */
	readonly roots: Uint32Array;
	/** The output that each tree adds to. */
	readonly output: Uint16Array;
	readonly feature: Int32Array;
	readonly threshold: Float32Array;
	readonly set: Int32Array;
	readonly left: Uint32Array;
	readonly right: Uint32Array;
	readonly missingLeft: Uint8Array;
	readonly value: Float32Array;
	readonly gain: Float32Array;
	readonly cover: Uint32Array;
	/** `SET_WORDS` words a set: code c of a native category is a member where bit c % 32 of word c / 32 is set. */
	readonly sets: Uint32Array;
};

/** Codes of a native category are below 32 times as many. */
export const SET_WORDS = 8;

export function isMember(trees: Trees, set: number, code: number): boolean {
	return (((trees.sets[set * SET_WORDS + (code >> 5)] ?? 0) >>> (code & 31)) & 1) === 1;
}

/** The codes of a set, ascending. */
export function membersOf(trees: Trees, set: number): readonly number[] {
	return Array.from({ length: 32 * SET_WORDS }, (_, code) => code).filter((code) => isMember(trees, set, code));
}

/** The nodes of a tree: its root, and the first that is not its own. */
export function treeRange(trees: Trees, tree: number): { readonly root: number; readonly end: number } {
	return { root: trees.roots[tree] ?? 0, end: trees.roots[tree + 1] ?? trees.feature.length };
}

/** The first trees of a model, as they are. */
export function firstTrees(trees: Trees, count: number): Trees {
	if (count >= trees.roots.length) return trees;
	const end = trees.roots[count] ?? 0;
	const set = trees.set.slice(0, end);
	return {
		roots: trees.roots.slice(0, count),
		output: trees.output.slice(0, count),
		feature: trees.feature.slice(0, end),
		threshold: trees.threshold.slice(0, end),
		set,
		left: trees.left.slice(0, end),
		right: trees.right.slice(0, end),
		missingLeft: trees.missingLeft.slice(0, end),
		value: trees.value.slice(0, end),
		gain: trees.gain.slice(0, end),
		cover: trees.cover.slice(0, end),
		// Sets are numbered in the order of their nodes.
		sets: trees.sets.slice(0, (set.reduce((most, number) => Math.max(most, number), -1) + 1) * SET_WORDS)
	};
}
