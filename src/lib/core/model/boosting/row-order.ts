// In which order the rows of a training lie in memory: no sum depends on it, see the note in kernel.ts, but time does.
import type { BoostingRows } from './boost.ts';

/** Fewer rows lie close to the processor in any order. */
const ORDERED_ROWS = 16_000;
/** Features that rows are ordered by, each in four parts: a thousand cells. */
const FEATURES = 5;
const PARTS = 4;

export type RowOrder = {
	/** Numbers of rows: of the training, then of the validation, these in the order they are given in. */
	readonly order: Uint32Array;
	/** Where each row of the training, in the order they are given in, stands. */
	readonly places: Uint32Array;
};

/**
 * Rows that are alike in what says most of the target lie side by side: a leaf takes them together, and those of a small leaf need not be
 * looked for all over the memory. `sample` are some rows of the training.
 */
export function rowOrder(rows: BoostingRows, edges: readonly Float32Array[], sample: Uint32Array): RowOrder {
	const { features, train, valid } = rows;
	const order = new Uint32Array(train.length + valid.length);
	const places = new Uint32Array(train.length);
	const told = train.length < ORDERED_ROWS ? [] : tellingFeatures(rows, edges, sample);
	const cells = new Uint16Array(train.length);
	for (const feature of told) {
		const [values = new Float32Array(0), [a, b, c]] = [features[feature], cuts(edges[feature])];
		for (let at = 0; at < train.length; at++) {
			const value = values[train[at] ?? 0] ?? NaN;
			cells[at] = PARTS * (cells[at] ?? 0) + (value > a ? 1 : 0) + (value > b ? 1 : 0) + (value > c ? 1 : 0);
		}
	}
	const next = new Uint32Array(PARTS ** told.length + 1);
	for (let at = 0; at < train.length; at++) {
		const cell = (cells[at] ?? 0) + 1;
		next[cell] = (next[cell] ?? 0) + 1;
	}
	for (let cell = 1; cell < next.length; cell++) next[cell] = (next[cell] ?? 0) + (next[cell - 1] ?? 0);
	for (let at = 0; at < train.length; at++) {
		const cell = cells[at] ?? 0;
		const place = next[cell] ?? 0;
		next[cell] = place + 1;
		places[at] = place;
		order[place] = train[at] ?? 0;
	}
	order.set(valid, train.length);
	return { order, places };
}

/** Those whose parts differ most in the target, the most first. */
function tellingFeatures(
	{ features, target }: BoostingRows,
	edges: readonly Float32Array[],
	sample: Uint32Array
): readonly number[] {
	const told = features.map((values, feature) => {
		const [a, b, c] = cuts(edges[feature]);
		const [sums, counts] = [new Float64Array(PARTS), new Float64Array(PARTS)];
		for (let at = 0; at < sample.length; at++) {
			const row = sample[at] ?? 0;
			const value = values[row] ?? NaN;
			const part = (value > a ? 1 : 0) + (value > b ? 1 : 0) + (value > c ? 1 : 0);
			sums[part] = (sums[part] ?? 0) + (target[row] ?? 0);
			counts[part] = (counts[part] ?? 0) + 1;
		}
		const all = sums.reduce((total, sum) => total + sum, 0);
		const within = sums.reduce((total, sum, part) => total + (sum * sum) / (counts[part] || 1), 0);
		return { feature, differs: within - (all * all) / sample.length };
	});
	const most = told.toSorted((one, other) => other.differs - one.differs || one.feature - other.feature);
	return most.slice(0, FEATURES).map(({ feature }) => feature);
}

/** Where a feature's values fall into four parts of about as many rows. */
function cuts(edges: Float32Array = new Float32Array(0)): readonly [number, number, number] {
	const at = (share: number): number => edges[Math.floor(share * edges.length)] ?? Infinity;
	return [at(0.25), at(0.5), at(0.75)];
}
