// Rows that are easily told apart from all others: an isolation forest over numeric columns. Equal seeds grow equal forests.

/** Trees as flat arrays: a node without a column is a leaf. */
export type IsolationForest = {
	readonly width: number;
	readonly sampleCount: number;
	readonly roots: readonly number[];
	/** -1 at a leaf. */
	readonly column: Int32Array;
	readonly threshold: Float64Array;
	/** The child for values up to the threshold; the other one is the next. At a leaf, nothing. */
	readonly child: Int32Array;
	/** Of a leaf: its depth, and what splitting its rows on would take. */
	readonly pathLength: Float64Array;
};

export type ForestOptions = { readonly seed: number; readonly trees?: number; readonly sampleCount?: number };

/**
 * Grown on columns of equal length; NaN counts as below every threshold. 100 trees of 256 rows each, as the paper has it.
 * Source: Liu, Ting, Zhou, "Isolation Forest" (2008).
 */
export function growForest(
	columns: readonly Float64Array[],
	{ seed, trees = 100, sampleCount = 256 }: ForestOptions
): IsolationForest {
	const rowCount = columns[0]?.length ?? 0;
	const size = Math.min(sampleCount, rowCount);
	const random = randomOf(seed);
	const depthMax = Math.ceil(Math.log2(Math.max(2, size)));
	const grown = {
		column: [] as number[],
		threshold: [] as number[],
		child: [] as number[],
		pathLength: [] as number[]
	};
	const addLeaf = (): number => {
		grown.column.push(-1);
		grown.threshold.push(0);
		grown.child.push(0);
		return grown.pathLength.push(0) - 1;
	};
	const grow = (node: number, rows: readonly number[], depth: number): void => {
		const split = depth >= depthMax || rows.length <= 1 ? null : drawSplit(columns, rows, random);
		if (!split) {
			grown.pathLength[node] = depth + averagePath(rows.length);
			return;
		}
		const low = addLeaf();
		const high = addLeaf();
		grown.column[node] = split.column;
		grown.threshold[node] = split.threshold;
		grown.child[node] = low;
		const values = columns[split.column] ?? new Float64Array(0);
		const isLow = (row: number): boolean => !((values[row] ?? NaN) > split.threshold);
		grow(low, rows.filter(isLow), depth + 1);
		grow(
			high,
			rows.filter((row) => !isLow(row)),
			depth + 1
		);
	};
	const roots = Array.from({ length: size === 0 ? 0 : trees }, () => {
		const root = addLeaf();
		grow(root, drawRows(rowCount, size, random), 0);
		return root;
	});
	return {
		width: columns.length,
		sampleCount: size,
		roots,
		column: Int32Array.from(grown.column),
		threshold: Float64Array.from(grown.threshold),
		child: Int32Array.from(grown.child),
		pathLength: Float64Array.from(grown.pathLength)
	};
}

/** From 0 to 1 a row: near 1 is easily told apart, below 0.5 is usual. */
export function scoreRows(forest: IsolationForest, columns: readonly Float64Array[]): Float64Array {
	return pathLengths(forest, columns).map((path) => scoreOfPath(forest, path));
}

export function scoreOfPath({ sampleCount }: IsolationForest, path: number): number {
	const usual = averagePath(sampleCount);
	return usual === 0 ? 0.5 : 2 ** (-path / usual);
}

/** Cuts until a row is by itself, on average over the trees. */
export function pathLengths(forest: IsolationForest, columns: readonly Float64Array[]): Float64Array {
	const rowCount = columns[0]?.length ?? 0;
	const paths = new Float64Array(rowCount);
	const { column, threshold, child, pathLength, roots } = forest;
	for (const root of roots)
		for (let row = 0; row < rowCount; row++) {
			let node = root;
			for (let of = column[node] ?? -1; of >= 0; of = column[node] ?? -1) {
				const isHigh = (columns[of]?.[row] ?? NaN) > (threshold[node] ?? 0);
				node = (child[node] ?? 0) + (isHigh ? 1 : 0);
			}
			paths[row] = (paths[row] ?? 0) + (pathLength[node] ?? 0);
		}
	return paths.map((path) => (roots.length === 0 ? 0 : path / roots.length));
}

const EULER = 0.5772156649015329;

/** The average path of an unsuccessful search in a binary tree of so many rows. */
export function averagePath(count: number): number {
	if (count <= 1) return 0;
	return count === 2 ? 1 : 2 * (Math.log(count - 1) + EULER) - (2 * (count - 1)) / count;
}

/** A column that has more than one value among the rows, and a place between its least and greatest. */
function drawSplit(
	columns: readonly Float64Array[],
	rows: readonly number[],
	random: () => number
): { readonly column: number; readonly threshold: number } | null {
	const candidates = columns.flatMap((values, column) => {
		let [min, max] = [Infinity, -Infinity];
		for (const row of rows) {
			const value = values[row] ?? NaN;
			if (value < min) min = value;
			if (value > max) max = value;
		}
		return min < max ? [{ column, min, max }] : [];
	});
	const drawn = candidates[Math.floor(random() * candidates.length)];
	if (!drawn) return null;
	const share = random();
	const threshold = drawn.min * (1 - share) + drawn.max * share;
	// Rounding up to the greatest would leave the other side empty.
	return { column: drawn.column, threshold: threshold < drawn.max ? threshold : drawn.min };
}

/** Different rows, by the first steps of a shuffle. */
function drawRows(rowCount: number, size: number, random: () => number): readonly number[] {
	const moved = new Map<number, number>();
	return Array.from({ length: size }, (_, at) => {
		const from = at + Math.floor(random() * (rowCount - at));
		const drawn = moved.get(from) ?? from;
		moved.set(from, moved.get(at) ?? at);
		return drawn;
	});
}

/** Mulberry32: 0 ≤ x < 1. */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
