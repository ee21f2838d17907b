// Trees as the kernel finds the leaves of many rows in at once: `leavesOf` in tools/model-kernel/leaves.ts says how.
import { MISSING_BIN } from '#core/model/boosting/bins.ts';
import type { BinnedTree } from '#core/model/boosting/kernel.ts';

/** Numbers of leaves are bytes. */
export const LEAVES_MAX = 256;
/** Rows that are answered together. */
export const GROUP_ROWS = 64;
/** Of the answers of all leaves and nodes. */
export const ANSWER_BYTES = GROUP_ROWS * (2 * LEAVES_MAX - 1);
export const NODE_BYTES = 20;
export const SET_BYTES = 32;

/** So many rows, and what fills their last group. */
export function wholeGroups(rowCount: number): number {
	return GROUP_ROWS * Math.ceil(rowCount / GROUP_ROWS);
}

/** The answers of leaves are their numbers, whatever the tree. */
export function writeLeafAnswers(buffer: ArrayBufferLike, answers: number): void {
	for (let leaf = 0; leaf < LEAVES_MAX; leaf++)
		new Uint8Array(buffer, answers + GROUP_ROWS * leaf, GROUP_ROWS).fill(leaf);
}

export type WrittenTree = {
	/** Behind its last node. */
	readonly end: number;
	/** Behind its last set. */
	readonly setsEnd: number;
	/** Values of its leaves, by their numbers. */
	readonly values: Float32Array;
};

/** Writes the nodes of a tree of at most `LEAVES_MAX` leaves, and its sets. Columns of bins are `columnBytes` apart. */
export function writeLeafTree(
	buffer: ArrayBufferLike,
	{ nodes, sets }: { readonly nodes: number; readonly sets: number },
	{ feature, left, right, value, goesLeft }: BinnedTree,
	columnBytes: number
): WrittenTree {
	const view = new DataView(buffer);
	const answers = new Uint32Array(feature.length);
	const values = new Float32Array(LEAVES_MAX);
	let [leaf, inner, setsEnd] = [0, 0, sets];
	// Children have greater numbers than their parents.
	for (let node = feature.length - 1; node >= 0; node--) {
		const asked = feature[node] ?? -1;
		if (asked < 0) {
			answers[node] = GROUP_ROWS * leaf;
			values[leaf++] = value[node] ?? 0;
			continue;
		}
		const at = nodes + NODE_BYTES * inner;
		answers[node] = GROUP_ROWS * (LEAVES_MAX + inner++);
		const table = goesLeft.subarray(256 * node, 256 * (node + 1));
		const last = lastLeft(table);
		const wrap = table[MISSING_BIN] ?? 0;
		view.setUint32(at, columnBytes * asked, true);
		view.setUint32(at + 4, last === null ? 1 << 16 : (last + wrap) | (wrap << 8), true);
		view.setUint32(at + 8, answers[left[node] ?? 0] ?? 0, true);
		view.setUint32(at + 12, answers[right[node] ?? 0] ?? 0, true);
		view.setUint32(at + 16, setsEnd, true);
		if (last !== null) continue;
		new Uint8Array(buffer, setsEnd, SET_BYTES).set(bitsOf(table));
		setsEnd += SET_BYTES;
	}
	return { end: nodes + NODE_BYTES * inner, setsEnd, values: values.subarray(0, leaf) };
}

/** The last bin that goes left, where those are the first ones; null where it takes a set to tell. */
function lastLeft(goesLeft: Uint8Array): number | null {
	let count = 0;
	while (count < MISSING_BIN && goesLeft[count] === 1) count++;
	const next = goesLeft.indexOf(1, count);
	return count > 0 && (next < 0 || next === MISSING_BIN) ? count - 1 : null;
}

function bitsOf(goesLeft: Uint8Array): Uint8Array {
	const bits = new Uint8Array(SET_BYTES);
	goesLeft.forEach((goes, bin) => (bits[bin >> 3] = (bits[bin >> 3] ?? 0) | (goes << (bin & 7))));
	return bits;
}
