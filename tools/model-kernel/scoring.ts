// Walks rows through trees, four rows at a time, in AssemblyScript. Addresses come from workers/model/kernel/scorer.ts.

/**
 * Values as keys: whole numbers in the order of the values, of which missing has the greatest. Then one comparison that wraps round
 * tells x ≤ threshold, with missing on either side.
 */
export function keys(values: usize, out: usize, strideBytes: i32, count: i32): void {
	for (let row = 0; row < count; row++) {
		// Adding 0 makes -0 the 0 it equals.
		const x = load<f32>(values + (<usize>row << 2)) + <f32>0;
		const bits = reinterpret<i32>(x);
		const key = <u32>(bits ^ ((bits >> 31) | <i32>0x80000000));
		store<u32>(out + <usize>row * <usize>strideBytes, select<u32>(0xffffffff, key, x != x));
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function next(nodes: usize, node: usize, row: usize): usize {
	const at = nodes + node;
	const wrap = load<u32>(at, 4);
	const goesRight = <usize>i32(load<u32>(row + <usize>load<u32>(at, 8)) + wrap > load<u32>(at));
	return <usize>load<u32>(at, 12) + (goesRight << 4);
}

/**
 * Adds to `out` (f32 a row, of the tree's output), tree by tree. A node is 16 bytes: the greatest key that goes left plus `wrap`,
 * `wrap` (1 where missing goes left), the byte of its feature in a row, the byte of its left child, behind which is the right one. A
 * leaf is its own left child.
 */
export function score(
	rows: usize,
	strideBytes: i32,
	count: i32,
	nodes: usize,
	values: usize,
	root: u32,
	depth: i32,
	out: usize
): void {
	const stride = <usize>strideBytes;
	let row = 0;
	for (; row + 4 <= count; row += 4) {
		const r0 = rows + <usize>row * stride;
		const r1 = r0 + stride;
		const r2 = r1 + stride;
		const r3 = r2 + stride;
		let a: usize = root;
		let b: usize = root;
		let c: usize = root;
		let d: usize = root;
		for (let level = 0; level < depth; level++) {
			a = next(nodes, a, r0);
			b = next(nodes, b, r1);
			c = next(nodes, c, r2);
			d = next(nodes, d, r3);
		}
		const at = out + (<usize>row << 2);
		store<f32>(at, load<f32>(at) + load<f32>(values + (a >> 2)));
		store<f32>(at, load<f32>(at, 4) + load<f32>(values + (b >> 2)), 4);
		store<f32>(at, load<f32>(at, 8) + load<f32>(values + (c >> 2)), 8);
		store<f32>(at, load<f32>(at, 12) + load<f32>(values + (d >> 2)), 12);
	}
	for (; row < count; row++) {
		let node: usize = root;
		for (let level = 0; level < depth; level++) node = next(nodes, node, rows + <usize>row * stride);
		const at = out + (<usize>row << 2);
		store<f32>(at, load<f32>(at) + load<f32>(values + (node >> 2)));
	}
}

/** As `score`, for trees with sets: a node whose `wrap` is 2, or 3 where missing goes left, has a set's address instead of a key. */
export function scoreSets(
	rows: usize,
	strideBytes: i32,
	count: i32,
	nodes: usize,
	values: usize,
	root: u32,
	depth: i32,
	out: usize
): void {
	for (let row = 0; row < count; row++) {
		const first = rows + <usize>row * <usize>strideBytes;
		let node: usize = root;
		for (let level = 0; level < depth; level++) {
			const at = nodes + node;
			const wrap = load<u32>(at, 4);
			if (wrap < 2) {
				node = next(nodes, node, first);
				continue;
			}
			const key = load<u32>(first + <usize>load<u32>(at, 8));
			const goesLeft = key == 0xffffffff ? wrap == 3 : isMember(<usize>load<u32>(at), key);
			node = <usize>load<u32>(at, 12) + (goesLeft ? 0 : 16);
		}
		const at = out + (<usize>row << 2);
		store<f32>(at, load<f32>(at) + load<f32>(values + (node >> 2)));
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function isMember(set: usize, key: u32): bool {
	const code = reinterpret<f32>(key ^ 0x80000000);
	if (!(code >= 0 && code < 256)) return false;
	const number = <u32>code;
	return ((load<u32>(set + <usize>((number >> 5) << 2)) >> (number & 31)) & 1) == 1;
}
