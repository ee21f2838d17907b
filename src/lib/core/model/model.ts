// What a trained model is: how raw columns become features, what features become outputs, and what outputs mean.
import { exhaustive } from '../result.ts';
import type { FeatureTransform } from './feature-transform.ts';
import type { Trees } from './trees.ts';

/** `encodeModel` gives its bytes; their hash is its identity. How it was trained is told elsewhere. */
export type Model = {
	readonly task: Task;
	readonly transform: FeatureTransform;
	readonly predictor: Predictor;
};

/** `target` is the column that was learnt. */
export type Task =
	| { readonly kind: 'regression'; readonly target: string }
	/** The second class is the one whose probability the model tells. */
	| { readonly kind: 'binary'; readonly target: string; readonly classes: Classes }
	| { readonly kind: 'multiclass'; readonly target: string; readonly classes: Classes }
	/** From 0 to 1: near 1 is easily told apart from all other rows. */
	| { readonly kind: 'anomaly' }
	/** The number of the nearest center, and how far it is. */
	| { readonly kind: 'clustering' };

/** Values of the target as text, ascending; `type` is what they are in the table. */
export type Classes = {
	readonly type: 'text' | 'number' | 'boolean';
	readonly labels: readonly string[];
};

export type Predictor = TreeEnsemble | LinearModel | IsolationTrees | Centers;

/** What a raw output becomes: itself, 1 / (1 + e^-x), shares by e^x, or e^x. */
export type Link = 'identity' | 'logistic' | 'softmax' | 'exp';

/**
 * The raw outputs of a row are the float32 sums of its leaves in the order of the trees, begun at 0, with the base added last: so that
 * ONNX Runtime on one thread gives the same bits.
 */
export type TreeEnsemble = {
	readonly kind: 'tree-ensemble';
	readonly trees: Trees;
	/** One an output: of `softmax` as many as classes, else one. */
	readonly base: Float32Array;
	readonly link: Link;
};

export type LinearModel = {
	readonly kind: 'linear';
	/** [outputs, features], row-major. */
	readonly weights: Float32Array;
	/** One an output: of `softmax` as many as classes, else one. */
	readonly intercept: Float32Array;
	readonly link: Link;
};

/** Leaves are path lengths: the score is 2^(-mean / usual), `usual` being the path of an unsuccessful search among the sampled rows. */
export type IsolationTrees = {
	readonly kind: 'isolation-trees';
	readonly trees: Trees;
	readonly usual: number;
};

export type Centers = {
	readonly kind: 'centers';
	/** [clusters, features], row-major. */
	readonly centers: Float32Array;
	readonly count: number;
};

/** How many raw outputs a row has. */
export function outputCount(predictor: Predictor): number {
	switch (predictor.kind) {
		case 'tree-ensemble':
			return predictor.base.length;
		case 'linear':
			return predictor.intercept.length;
		case 'isolation-trees':
			return 1;
		case 'centers':
			return predictor.count;
		default:
			return exhaustive(predictor);
	}
}
