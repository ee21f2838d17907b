// Where in its memory a training keeps what: plain numbers, so that every thread can be told.
import { FIRST_FREE } from './exports.ts';
import { ANSWER_BYTES, LEAVES_MAX, NODE_BYTES, SET_BYTES, wholeGroups } from './leaf-finder.ts';

export type LayoutShape = {
	/** Of the training, and behind them of the validation. */
	readonly rowCount: number;
	/** Of a feature, before some are chosen and brought into order. */
	readonly valueCount: number;
	readonly featureCount: number;
	readonly outputCount: number;
	readonly slotCount: number;
	readonly nodeCount: number;
	readonly trainCount: number;
	readonly hasWeights: boolean;
	/** Not where all rows have one hessian. */
	readonly hasHessians: boolean;
	/** Lowest bits of a cell that are the sum of hessians. */
	readonly shift: number;
	readonly threads: number;
};

/**
 * Addresses; per million rows of ten features, one output and no weights 48 MB, of squares.
 *
 * | what | bytes |
 * | --- | --- |
 * | `control` | see operations.ts |
 * | `touched` | 64 a thread: a word that `histogram` writes and nobody reads |
 * | `edges` | 256 f32 of the feature that is put into bins |
 * | `goesLeft` | 256 of a partition |
 * | `nodes`, `nodeTables` | 16 and 256 a node of a tree that is walked, of many leaves |
 * | `leaves` | three f64 a leaf: start, end, value |
 * | `cells` | 768 f64 |
 * | `slots` | 4096 a feature and slot |
 * | `partials` | 4096 a feature and thread |
 * | `packed` | 2048 a feature and thread |
 * | `treeNodes`, `treeSets`, `treeValues` | a tree that is applied, see leaf-finder.ts; its values are f64 |
 * | `answers` | `ANSWER_BYTES` a thread |
 * | `records` | `stride` a row: gradient, hessian if there are any, and a byte a feature |
 * | `columns` | a byte a row and feature, column by column, each `columnBytes` long |
 * | `rows` | u32 a row; the order, while values are put into bins |
 * | `moved` | u32 a row; f32 a value of the feature that is put into bins |
 * | `raw` | a byte a value: its bin |
 * | `predictions` | f64 a row and output, output by output, each for `columnBytes` rows |
 * | `target`, `weights` | f32 a row; `weights` is 0 where there are none |
 * | `greatest`, `total` | f64 a row, of several outputs |
 */
export type Layout = LayoutShape & {
	readonly stride: number;
	/** Of a record: where its bins begin. */
	readonly headBytes: number;
	readonly columnBytes: number;
	readonly control: number;
	readonly touched: number;
	readonly edges: number;
	readonly goesLeft: number;
	readonly nodes: number;
	readonly nodeTables: number;
	readonly leaves: number;
	readonly cells: number;
	readonly slots: number;
	readonly partials: number;
	readonly packed: number;
	readonly treeNodes: number;
	readonly treeSets: number;
	readonly treeValues: number;
	readonly answers: number;
	readonly records: number;
	readonly columns: number;
	readonly rows: number;
	readonly moved: number;
	readonly raw: number;
	readonly predictions: number;
	readonly target: number;
	readonly weights: number;
	readonly greatest: number;
	readonly total: number;
	readonly sizeBytes: number;
};

export const CONTROL_BYTES = 8192;

export function layOut(shape: LayoutShape): Layout {
	const { rowCount, featureCount, outputCount, slotCount, nodeCount, threads } = shape;
	const headBytes = shape.hasHessians ? 8 : 4;
	const columnBytes = wholeGroups(rowCount);
	const isFewLeaves = slotCount <= LEAVES_MAX + 1;
	let end = FIRST_FREE;
	const take = (sizeBytes: number): number => {
		const start = end;
		end = Math.ceil((end + sizeBytes) / 64) * 64;
		return start;
	};
	const several = outputCount > 1 ? 8 * rowCount : 0;
	const addresses = {
		control: take(CONTROL_BYTES),
		touched: take(64 * threads),
		edges: take(1024),
		goesLeft: take(256),
		nodes: take(isFewLeaves ? 0 : 16 * nodeCount),
		nodeTables: take(isFewLeaves ? 0 : 256 * nodeCount),
		leaves: take(24 * slotCount),
		cells: take(6144),
		slots: take(4096 * featureCount * slotCount),
		partials: take(threads > 1 ? 4096 * featureCount * threads : 0),
		packed: take(shape.hasHessians ? 0 : 2048 * featureCount * threads),
		treeNodes: take(NODE_BYTES * LEAVES_MAX),
		treeSets: take(SET_BYTES * LEAVES_MAX),
		treeValues: take(8 * LEAVES_MAX),
		answers: take(ANSWER_BYTES * threads),
		records: take(strideOf(headBytes + featureCount) * rowCount),
		columns: take(columnBytes * featureCount),
		rows: take(4 * rowCount),
		moved: take(4 * Math.max(rowCount, shape.valueCount)),
		raw: take(shape.valueCount),
		predictions: take(8 * columnBytes * outputCount),
		target: take(4 * rowCount),
		weights: shape.hasWeights ? take(4 * rowCount) : 0,
		greatest: take(several),
		total: take(several)
	};
	const stride = strideOf(headBytes + featureCount);
	return { ...shape, stride, headBytes, columnBytes, ...addresses, sizeBytes: end };
}

/** A record of up to 16 bytes does not straddle two lines of the processor's cache. */
function strideOf(usedBytes: number): number {
	return usedBytes <= 16 ? Math.max(8, 2 ** Math.ceil(Math.log2(usedBytes))) : 4 * Math.ceil(usedBytes / 4);
}
