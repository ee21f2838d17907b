// Finds the leaves that rows fall in, 64 rows at a time and without a branch, in AssemblyScript.
// Addresses come from workers/model/kernel/leaf-finder.ts.

/** Rows of a group: four vectors of bins. */
const GROUP: usize = 64;
const LEAVES: usize = 256;
/** Bytes of a node. */
const NODE: usize = 20;

/**
 * Values as bins: how many of the edges are below each. `edges` are 256 f32, infinite behind the last; missing is bin 255.
 */
export function binColumn(values: usize, edges: usize, column: usize, count: i32): void {
	for (let row = 0; row < count; row++) {
		const x = load<f32>(values + (<usize>row << 2));
		let at = edges;
		at += <usize>i32(x > load<f32>(at, 508)) << 9;
		at += <usize>i32(x > load<f32>(at, 252)) << 8;
		at += <usize>i32(x > load<f32>(at, 124)) << 7;
		at += <usize>i32(x > load<f32>(at, 60)) << 6;
		at += <usize>i32(x > load<f32>(at, 28)) << 5;
		at += <usize>i32(x > load<f32>(at, 12)) << 4;
		at += <usize>i32(x > load<f32>(at, 4)) << 3;
		at += <usize>i32(x > load<f32>(at)) << 2;
		store<u8>(column + <usize>row, select<i32>(255, <i32>((at - edges) >> 2), x != x));
	}
}

/** Codes of categories as bins: missing is 255, and what is no code is 254, which no set has. */
export function binCodes(values: usize, column: usize, count: i32): void {
	for (let row = 0; row < count; row++) {
		const x = load<f32>(values + (<usize>row << 2));
		const code = x >= 0 && x < 254 ? <i32>x : 254;
		store<u8>(column + <usize>row, select<i32>(255, code, x != x));
	}
}

/**
 * Of a group of rows, whose bins stand at `columns` plus the offset of a feature: where the numbers of their leaves stand, a byte each.
 *
 * Every node is answered, children before parents: which leaf a row falls in below it, were it to come by. `answers` has 64 bytes for
 * each: first of up to 256 leaves, which are given, then of the nodes in their order.
 *
 * | a node's bytes | what |
 * | --- | --- |
 * | u32 | the offset of its feature |
 * | u8, u8, u16 | the last bin that goes left plus `wrap`; `wrap`, 1 where missing goes left; 1 where it has a set instead |
 * | u32, u32 | where in `answers` those of its left and its right child stand |
 * | u32 | the address of its set: a bit a bin, 1 where it goes left |
 */
// @ts-ignore: AssemblyScript's decorator
@inline
function leavesOf(columns: usize, nodes: usize, end: usize, answers: usize): usize {
	let answer = answers + LEAVES * GROUP;
	for (let node = nodes; node < end; node += NODE) {
		const column = columns + <usize>load<u32>(node);
		const left = answers + <usize>load<u32>(node, 8);
		const right = answers + <usize>load<u32>(node, 12);
		if (load<u8>(node, 6) == 0) {
			const last = v128.load8_splat(node, 4);
			const wrap = v128.load8_splat(node, 5);
			v128.store(answer, chosen(v128.load(column), last, wrap, v128.load(left), v128.load(right)));
			v128.store(answer, chosen(v128.load(column, 16), last, wrap, v128.load(left, 16), v128.load(right, 16)), 16);
			v128.store(answer, chosen(v128.load(column, 32), last, wrap, v128.load(left, 32), v128.load(right, 32)), 32);
			v128.store(answer, chosen(v128.load(column, 48), last, wrap, v128.load(left, 48), v128.load(right, 48)), 48);
		} else {
			const set = <usize>load<u32>(node, 16);
			const low = v128.load(set);
			const high = v128.load(set, 16);
			for (let at: usize = 0; at < GROUP; at += 16) {
				const isLeft = areMembers(v128.load(column + at), low, high);
				v128.store(answer + at, v128.bitselect(v128.load(left + at), v128.load(right + at), isLeft));
			}
		}
		answer += GROUP;
	}
	return nodes == end ? answers : answer - GROUP;
}

/** Missing, 255, wraps round to the least bin where it goes left. */
// @ts-ignore: AssemblyScript's decorator
@inline
function chosen(bins: v128, last: v128, wrap: v128, left: v128, right: v128): v128 {
	return v128.bitselect(left, right, i8x16.le_u(i8x16.add(bins, wrap), last));
}

/** All ones where a bin's bit is set: its byte among 32 is looked up, then the bit in that. */
// @ts-ignore: AssemblyScript's decorator
@inline
function areMembers(bins: v128, low: v128, high: v128): v128 {
	const byte = i8x16.shr_u(bins, 3);
	const eight = v128.or(
		i8x16.swizzle(low, byte),
		i8x16.swizzle(high, i8x16.sub(byte, i8x16.splat(16)))
	);
	const bit = i8x16.swizzle(
		i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0),
		v128.and(bins, i8x16.splat(7))
	);
	return i8x16.eq(v128.and(eight, bit), bit);
}

/** Adds the values of leaves (f32 each) to `out`, f32 a row, of so many groups of rows. */
export function scoreLeaves(
	columns: usize,
	groups: i32,
	nodes: usize,
	end: usize,
	answers: usize,
	values: usize,
	out: usize
): void {
	for (let group = 0; group < groups; group++) {
		const leaves = leavesOf(columns + <usize>group * GROUP, nodes, end, answers);
		for (let row: usize = 0; row < GROUP; row += 4) {
			const leaf = leaves + row;
			let four = v128.load32_zero(values + (<usize>load<u8>(leaf) << 2));
			four = v128.load32_lane(values + (<usize>load<u8>(leaf, 1) << 2), four, 1);
			four = v128.load32_lane(values + (<usize>load<u8>(leaf, 2) << 2), four, 2);
			four = v128.load32_lane(values + (<usize>load<u8>(leaf, 3) << 2), four, 3);
			const at = out + (row << 2);
			v128.store(at, f32x4.add(v128.load(at), four));
		}
		out += GROUP << 2;
	}
}

/** As `scoreLeaves`, of f64, for groups `from` to `to` - 1. */
export function applyLeaves(
	columns: usize,
	from: i32,
	to: i32,
	nodes: usize,
	end: usize,
	answers: usize,
	values: usize,
	out: usize
): void {
	for (let group = from; group < to; group++) {
		const leaves = leavesOf(columns + <usize>group * GROUP, nodes, end, answers);
		const at = out + (<usize>group * GROUP << 3);
		for (let row: usize = 0; row < GROUP; row += 2) {
			const leaf = leaves + row;
			let two = v128.load64_zero(values + (<usize>load<u8>(leaf) << 3));
			two = v128.load64_lane(values + (<usize>load<u8>(leaf, 1) << 3), two, 1);
			const output = at + (row << 3);
			v128.store(output, f64x2.add(v128.load(output), two));
		}
	}
}
