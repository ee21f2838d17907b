// The isolation forest of the checks as trees of a model, which asks float32 features.
import { averagePath, type IsolationForest } from '../check/anomaly/isolation-forest.ts';
import type { IsolationTrees } from './model.ts';

/** Every float32 value goes the way it went in the forest; how many rows came by is not known. */
export function isolationTrees(forest: IsolationForest): IsolationTrees {
	const { column, threshold, child, pathLength, roots } = forest;
	const isSplit = (node: number): boolean => (column[node] ?? -1) >= 0;
	const count = column.length;
	return {
		kind: 'isolation-trees',
		trees: {
			roots: Uint32Array.from(roots),
			output: new Uint16Array(roots.length),
			feature: column.slice(),
			threshold: Float32Array.from(threshold, (value, node) => (isSplit(node) ? floatUpTo(value) : 0)),
			set: new Int32Array(count).fill(-1),
			left: Uint32Array.from(child, (low, node) => (isSplit(node) ? low : 0)),
			right: Uint32Array.from(child, (low, node) => (isSplit(node) ? low + 1 : 0)),
			// What is missing counts as below every threshold.
			missingLeft: Uint8Array.from(column, (asked) => (asked >= 0 ? 1 : 0)),
			value: Float32Array.from(pathLength, (length, node) => (isSplit(node) ? 0 : length)),
			gain: new Float32Array(count),
			cover: new Uint32Array(count),
			sets: new Uint32Array(0)
		},
		usual: Math.fround(averagePath(forest.sampleCount))
	};
}

/** The greatest float32 that is not above it. */
function floatUpTo(value: number): number {
	const words = new Int32Array(1);
	const floats = new Float32Array(words.buffer);
	floats[0] = value;
	const near = floats[0] + 0;
	if (near <= value) return near;
	if (near === 0) return -(2 ** -149);
	words[0] = (words[0] ?? 0) + (near > 0 ? -1 : 1);
	return floats[0];
}
