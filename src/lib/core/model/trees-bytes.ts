// Trees as bytes, and back, with every number checked: a walk through trees that were read always ends at a leaf.
import * as v from 'valibot';
import type { Encodable } from '../encoding.ts';
import { SET_WORDS, treeRange, type Trees } from './trees.ts';
import { packWords, packedWords, unpackWords } from './words.ts';

export function encodeTrees(trees: Trees): Encodable {
	return Object.fromEntries(Object.entries(trees).map(([name, words]) => [name, packWords(words)]));
}

export const treesSchema = v.strictObject({
	roots: packedWords,
	output: packedWords,
	feature: packedWords,
	threshold: packedWords,
	set: packedWords,
	left: packedWords,
	right: packedWords,
	missingLeft: packedWords,
	value: packedWords,
	gain: packedWords,
	cover: packedWords,
	sets: packedWords
});

/** Null where the arrays contradict each other, or ask for more than there is. */
export function decodeTrees(
	encoded: v.InferOutput<typeof treesSchema>,
	bounds: { readonly width: number; readonly outputCount: number }
): Trees | null {
	const [roots, output] = [unpackWords(Uint32Array, encoded.roots), unpackWords(Uint16Array, encoded.output)];
	const [feature, threshold] = [unpackWords(Int32Array, encoded.feature), unpackWords(Float32Array, encoded.threshold)];
	const [set, sets] = [unpackWords(Int32Array, encoded.set), unpackWords(Uint32Array, encoded.sets)];
	const [left, right] = [unpackWords(Uint32Array, encoded.left), unpackWords(Uint32Array, encoded.right)];
	const [missingLeft, value] = [unpackWords(Uint8Array, encoded.missingLeft), unpackWords(Float32Array, encoded.value)];
	const [gain, cover] = [unpackWords(Float32Array, encoded.gain), unpackWords(Uint32Array, encoded.cover)];
	if (!(roots && output && feature && threshold && set && sets && left && right)) return null;
	if (!(missingLeft && value && gain && cover)) return null;
	const trees = { roots, output, feature, threshold, set, left, right, missingLeft, value, gain, cover, sets };
	return isSound(trees, bounds) ? trees : null;
}

function isSound(
	trees: Trees,
	{ width, outputCount }: { readonly width: number; readonly outputCount: number }
): boolean {
	const { roots, output, feature, threshold, set, left, right, missingLeft, value, gain, cover, sets } = trees;
	const nodes = [threshold, set, left, right, missingLeft, value, gain, cover];
	if (nodes.some(({ length }) => length !== feature.length) || output.length !== roots.length) return false;
	if (sets.length % SET_WORDS !== 0 || (roots.length === 0) !== (feature.length === 0)) return false;
	if (output.some((number) => number >= outputCount) || (roots[0] ?? 0) !== 0) return false;
	for (let tree = 0; tree < roots.length; tree++) {
		const { root, end } = treeRange(trees, tree);
		if (root >= end || end > feature.length) return false;
		for (let node = root; node < end; node++) {
			const asked = feature[node] ?? -1;
			if (asked < -1 || asked >= width || (set[node] ?? -1) < -1) return false;
			if ((set[node] ?? -1) >= sets.length / SET_WORDS) return false;
			const [low, high] = [left[node] ?? 0, right[node] ?? 0];
			if (asked >= 0 && !(low > node && low < end && high > node && high < end)) return false;
		}
	}
	return true;
}
