// Trees as an operator of ai.onnx.ml: the older one, which every reader has.
import { treeRange, type Trees } from '../model/trees.ts';
import type { GraphFeatures } from './feature-graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** Between a member of a set, 0, and what is none, 1. */
const MEMBER_UP_TO = 0.5;

/** The raw outputs, [rows, outputs]: float32 sums in the order of the trees, the base added last. */
export function addTrees(trees: Trees, base: Float32Array, features: GraphFeatures, builder: GraphBuilder): string {
	const { feature, threshold, set, left, right, missingLeft, value, cover, output, roots } = trees;
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
	return builder.learnt('TreeEnsembleRegressor', [features.name], {
		nodes_treeids: { integers: treeIds },
		nodes_nodeids: { integers: nodeIds },
		nodes_featureids: {
			integers: Array.from(
				feature,
				(asked, node) => features.setPlaces.get(set[node] ?? -1) ?? features.places[asked] ?? 0
			)
		},
		nodes_modes: { texts: isLeaf.map((leaf) => (leaf ? 'LEAF' : 'BRANCH_LEQ')) },
		nodes_values: { floats: threshold.map((value, node) => ((set[node] ?? -1) >= 0 ? MEMBER_UP_TO : value)) },
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
