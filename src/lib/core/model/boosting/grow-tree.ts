// Grows one tree: always at the leaf whose split lowers the loss the most.
import { invariant } from '../../result.ts';
import { quantileOf } from '../quantile.ts';
import {
	SplitFinder,
	valueOf,
	type Bounds,
	type Split,
	type SplitFeature,
	type SplitRules,
	type Sums
} from './find-split.ts';
import type { Grid, Kernel, LeafRange } from './kernel.ts';
import type { GrownNode } from './tree-writer.ts';

export type Growth = {
	readonly kernel: Kernel;
	readonly grid: Grid;
	/** Rows 0 to rowCount - 1 of the kernel's are those that it grows on. */
	readonly rowCount: number;
	readonly features: readonly SplitFeature[];
	readonly rules: SplitRules;
	readonly maxLeaves: number;
	readonly maxDepth: number;
	readonly learningRate: number;
	/** Of leaves whose value is a quantile of what is left to explain; null where it follows from the sums. */
	readonly renewal: Renewal | null;
};

export type Renewal = {
	readonly level: number;
	readonly prediction: Float64Array;
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
};

type Leaf = {
	readonly node: number;
	readonly start: number;
	readonly end: number;
	readonly depth: number;
	readonly sums: Sums;
	readonly bounds: Bounds;
	readonly slot: number;
	readonly split: Split | null;
};

/** Its nodes, and the rows of its leaves with what they are given. */
export function growTree(growth: Growth): {
	readonly nodes: readonly GrownNode[];
	readonly leaves: readonly LeafRange[];
} {
	const { kernel, rowCount, maxLeaves } = growth;
	kernel.histogram(0, 0, rowCount);
	const freeSlots = Array.from({ length: maxLeaves }, (_, at) => maxLeaves - at);
	const nodes: GrownNode[] = [leafNode(rowCount)];
	const whole = { node: 0, start: 0, end: rowCount, depth: 0, slot: 0, bounds: { low: -Infinity, high: Infinity } };
	const leaves: Leaf[] = [withSplit(growth, { ...whole, sums: sumsOf(growth), split: null })];
	while (leaves.length < maxLeaves) {
		const at = bestOf(leaves);
		const leaf = leaves[at];
		if (!leaf?.split) break;
		const { split } = leaf;
		const middle = kernel.partition(leaf.start, leaf.end, split.feature, split.goesLeft);
		invariant(middle - leaf.start === split.left.count, 'as many rows go left as the histogram says');
		const node = nodes[leaf.node];
		invariant(node, 'a leaf has a node');
		Object.assign(node, { split, left: nodes.length, right: nodes.length + 1 });
		const [low, high] = childBounds(growth.rules, leaf, split);
		const below = { depth: leaf.depth + 1, split: null };
		const left = { ...below, node: nodes.length, start: leaf.start, end: middle, sums: split.left, bounds: low };
		const right = { ...below, node: nodes.length + 1, start: middle, end: leaf.end, sums: split.right, bounds: high };
		nodes.push(leafNode(split.left.count), leafNode(split.right.count));
		const isLast = leaves.length + 1 === maxLeaves;
		const [a, b] = isLast
			? [
					{ ...left, slot: 0 },
					{ ...right, slot: 0 }
				]
			: searched(growth, left, right, leaf.slot, freeSlots);
		leaves[at] = a;
		leaves.push(b);
	}
	return { nodes, leaves: leaves.map((leaf) => settle(growth, leaf, nodes)) };
}

type Child = Omit<Leaf, 'slot'>;

/** The smaller child is counted, the larger one is what is left of their parent. */
function searched(growth: Growth, left: Child, right: Child, slot: number, freeSlots: number[]): readonly [Leaf, Leaf] {
	const { kernel } = growth;
	const isLeftSmaller = left.end - left.start <= right.end - right.start;
	const smaller = isLeftSmaller ? left : right;
	const free = freeSlots.pop();
	invariant(free !== undefined, 'there is a histogram for every leaf');
	kernel.histogram(free, smaller.start, smaller.end);
	kernel.subtract(slot, free);
	const children = [
		withSplit(growth, { ...left, slot: isLeftSmaller ? free : slot }),
		withSplit(growth, { ...right, slot: isLeftSmaller ? slot : free })
	] as const;
	for (const child of children) if (!child.split) freeSlots.push(child.slot);
	return children;
}

function withSplit(growth: Growth, leaf: Leaf): Leaf {
	const { kernel, grid, features, rules, maxDepth } = growth;
	if (leaf.depth >= maxDepth || leaf.sums.count < 2 * rules.minLeaf) return leaf;
	const finder = new SplitFinder(rules, leaf.sums, leaf.bounds);
	const unit = { gradient: 1 / grid.gradient, hessian: 1 / grid.hessian };
	for (const feature of features) finder.look(feature, kernel.cells(leaf.slot, feature.feature), unit);
	return { ...leaf, split: finder.found() };
}

/** Of all rows that the tree grows on, from any feature's histogram. */
function sumsOf({ kernel, grid, rowCount }: Growth): Sums {
	const cells = kernel.cells(0, 0);
	let [gradient, hessian] = [0, 0];
	for (let bin = 0; bin < 256; bin++) {
		gradient += cells[bin] ?? 0;
		hessian += cells[256 + bin] ?? 0;
	}
	return { gradient: gradient / grid.gradient, hessian: hessian / grid.hessian, count: rowCount };
}

function bestOf(leaves: readonly Leaf[]): number {
	let best = -1;
	leaves.forEach(({ split }, at) => {
		if (split && split.gain > (leaves[best]?.split?.gain ?? 0)) best = at;
	});
	return best;
}

/** Below a split by a monotone feature, the two sides stay on their side of the middle. */
function childBounds(
	{ monotone, l2 }: SplitRules,
	{ bounds }: Leaf,
	{ feature, left, right }: Split
): [Bounds, Bounds] {
	const direction = monotone?.[feature] ?? 0;
	if (direction === 0) return [bounds, bounds];
	const middle =
		(valueOf(left.gradient, left.hessian, l2, bounds) + valueOf(right.gradient, right.hessian, l2, bounds)) / 2;
	const [lower, upper] = [
		{ low: bounds.low, high: middle },
		{ low: middle, high: bounds.high }
	];
	return direction > 0 ? [lower, upper] : [upper, lower];
}

function settle(growth: Growth, leaf: Leaf, nodes: readonly GrownNode[]): LeafRange {
	const { renewal, rules, learningRate } = growth;
	const { start, end, sums } = leaf;
	const value = renewal
		? renewed(growth.kernel.rows, start, end, renewal)
		: valueOf(sums.gradient, sums.hessian, rules.l2, leaf.bounds);
	const node = nodes[leaf.node];
	invariant(node, 'a leaf has a node');
	// Adding 0 makes -0 the 0 it equals.
	node.value = Math.fround(learningRate * value) + 0;
	return { start, end, value: node.value };
}

function renewed(rows: Uint32Array, start: number, end: number, renewal: Renewal): number {
	const { level, prediction, target, weights } = renewal;
	const left = new Float64Array(end - start);
	const shares = weights && new Float64Array(end - start);
	for (let at = start; at < end; at++) {
		const row = rows[at] ?? 0;
		left[at - start] = (target[row] ?? 0) - (prediction[row] ?? 0);
		if (shares) shares[at - start] = weights[row] ?? 0;
	}
	return quantileOf(left, shares, level);
}

function leafNode(cover: number): GrownNode {
	return { split: null, left: 0, right: 0, value: 0, cover };
}
