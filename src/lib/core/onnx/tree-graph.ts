// Trees as operators of ai.onnx.ml: the older one, which every reader has, unless a split asks for a set of categories.
import { NATIVE_MAX } from '../model/feature-transform.ts';
import { invariant } from '../result.ts';
import { membersOf, treeRange, type Trees } from '../model/trees.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** Whether they can be written for readers that know no sets. */
export function hasSets({ set }: Trees): boolean {
	return set.some((number) => number >= 0);
}

/** The raw outputs, [rows, outputs]: float32 sums in the order of the trees, the base added last. */
export function addTrees(trees: Trees, base: Float32Array, features: string, builder: GraphBuilder): string {
	return hasSets(trees) ? withSets(trees, base, features, builder) : regressor(trees, base, features, builder);
}

function regressor(trees: Trees, base: Float32Array, features: string, builder: GraphBuilder): string {
	const { feature, threshold, left, right, missingLeft, value, cover, output, roots } = trees;
	const treeIds: number[] = [];
	const nodeIds: number[] = [];
	const leaves = { trees: [] as number[], nodes: [] as number[], targets: [] as number[], weights: [] as number[] };
	for (let tree = 0; tree < roots.length; tree++) {
		const { root, end } = treeRange(trees, tree);
		for (let node = root; node < end; node++) {
			treeIds.push(tree);
			nodeIds.push(node - root);
			if ((feature[node] ?? -1) >= 0) continue;
			leaves.trees.push(tree);
			leaves.nodes.push(node - root);
			leaves.targets.push(output[tree] ?? 0);
			leaves.weights.push(value[node] ?? 0);
		}
	}
	const isLeaf = Array.from(feature, (asked) => asked < 0);
	const rootOf = (node: number): number => roots[treeIds[node] ?? 0] ?? 0;
	const child = (children: Uint32Array): readonly number[] =>
		isLeaf.map((leaf, node) => (leaf ? 0 : (children[node] ?? 0) - rootOf(node)));
	return builder.learnt('TreeEnsembleRegressor', [features], {
		nodes_treeids: { integers: treeIds },
		nodes_nodeids: { integers: nodeIds },
		nodes_featureids: { integers: Array.from(feature, (asked) => Math.max(0, asked)) },
		nodes_modes: { texts: isLeaf.map((leaf) => (leaf ? 'LEAF' : 'BRANCH_LEQ')) },
		nodes_values: { floats: threshold },
		nodes_truenodeids: { integers: child(left) },
		nodes_falsenodeids: { integers: child(right) },
		nodes_missing_value_tracks_true: { integers: Array.from(missingLeft) },
		nodes_hitrates: { floats: Float32Array.from(cover) },
		target_treeids: { integers: leaves.trees },
		target_nodeids: { integers: leaves.nodes },
		target_ids: { integers: leaves.targets },
		target_weights: { floats: Float32Array.from(leaves.weights) },
		n_targets: { integer: base.length },
		aggregate_function: { text: 'SUM' },
		post_transform: { text: 'NONE' },
		base_values: { floats: base }
	});
}

const [UP_TO, MEMBER] = [0, 6];

/** Inner nodes and leaves are numbered apart; a tree of one leaf becomes a node both of whose sides are that leaf. */
function withSets(trees: Trees, base: Float32Array, features: string, builder: GraphBuilder): string {
	const { feature, threshold, set, left, right, missingLeft, value, output, roots } = trees;
	const numbers = new Uint32Array(feature.length);
	const nodes: { readonly node: number; readonly isLeaf: boolean }[] = [];
	const leaves = { targets: [] as number[], weights: [] as number[] };
	const starts: number[] = [];
	for (let tree = 0; tree < roots.length; tree++) {
		const { root, end } = treeRange(trees, tree);
		starts.push(nodes.length);
		for (let node = root; node < end; node++) {
			const isLeaf = (feature[node] ?? -1) < 0;
			numbers[node] = isLeaf ? leaves.weights.length : nodes.length;
			if (!isLeaf || node === root) nodes.push({ node, isLeaf });
			if (!isLeaf) continue;
			leaves.targets.push(output[tree] ?? 0);
			leaves.weights.push(value[node] ?? 0);
		}
	}
	const isMember = ({ node, isLeaf }: (typeof nodes)[number]): boolean => !isLeaf && (set[node] ?? -1) >= 0;
	// The runtime refuses a set without members: one that no category has tells the same.
	const codesOf = (node: number): readonly number[] => {
		const codes = membersOf(trees, set[node] ?? 0);
		return codes.length > 0 ? codes : [NATIVE_MAX];
	};
	const members = nodes.filter(isMember).flatMap(({ node }) => [...codesOf(node), Number.NaN]);
	const side = (children: Uint32Array) => {
		const nodeOf = ({ node, isLeaf }: (typeof nodes)[number]): number => (isLeaf ? node : (children[node] ?? 0));
		return {
			ids: { integers: nodes.map((one) => numbers[nodeOf(one)] ?? 0) },
			leafs: { integers: nodes.map((one) => ((feature[nodeOf(one)] ?? -1) < 0 ? 1 : 0)) }
		};
	};
	const [low, high] = [side(left), side(right)];
	invariant(nodes.length > 0, 'a model with sets has a tree');
	const sums = builder.learnt('TreeEnsemble', [features], {
		n_targets: { integer: base.length },
		aggregate_function: { integer: 1 },
		post_transform: { integer: 0 },
		tree_roots: { integers: starts },
		nodes_featureids: { integers: nodes.map(({ node }) => Math.max(0, feature[node] ?? 0)) },
		nodes_splits: { tensor: tensorOf(Float32Array.from(nodes, ({ node }) => threshold[node] ?? 0)) },
		nodes_modes: { tensor: tensorOf(Uint8Array.from(nodes, (one) => (isMember(one) ? MEMBER : UP_TO))) },
		nodes_truenodeids: low.ids,
		nodes_trueleafs: low.leafs,
		nodes_falsenodeids: high.ids,
		nodes_falseleafs: high.leafs,
		nodes_missing_value_tracks_true: { integers: nodes.map(({ node }) => missingLeft[node] ?? 0) },
		membership_values: { tensor: tensorOf(Float32Array.from(members)) },
		leaf_targetids: { integers: leaves.targets },
		leaf_weights: { tensor: tensorOf(Float32Array.from(leaves.weights)) }
	});
	return builder.add('Add', [sums, builder.constant(base, [1, base.length])]);
}

function tensorOf<T extends Float32Array | Uint8Array>(
	values: T
): { readonly dims: readonly number[]; readonly values: T } {
	return { dims: [values.length], values };
}
