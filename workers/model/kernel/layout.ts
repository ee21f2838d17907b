// Where in its memory a training keeps what: plain numbers, so that every thread can be told.
import { FIRST_FREE } from './exports.ts';

export type LayoutShape = {
	readonly rowCount: number;
	readonly featureCount: number;
	readonly outputCount: number;
	readonly slotCount: number;
	readonly nodeCount: number;
	/** Rows of the training and of the validation. */
	readonly orderCount: number;
	readonly trainCount: number;
	readonly hasWeights: boolean;
	/** Lowest bits of a cell that are the sum of hessians. */
	readonly shift: number;
	readonly threads: number;
};

/**
 * Addresses; per million rows of ten features, one output and no weights 54 MB.
 *
 * | what | bytes |
 * | --- | --- |
 * | `control` | see operations.ts |
 * | `touched` | 64 a thread: a word that `histogram` writes and nobody reads |
 * | `edges` | 256 f32 of the feature that is put into bins |
 * | `goesLeft` | 256 of a partition |
 * | `nodes`, `nodeTables` | 16 and 256 a node of a tree that is walked |
 * | `leaves` | three f64 a leaf: start, end, value |
 * | `cells` | 768 f64 |
 * | `slots` | 4096 a feature and slot |
 * | `partials` | 4096 a feature and thread |
 * | `records` | `stride` a row: gradient, hessian, and a byte a feature |
 * | `columns` | a byte a row and feature, column by column |
 * | `order`, `rows` | u32 a row |
 * | `moved` | u32 a row; f32 of the feature that is put into bins |
 * | `predictions` | f64 a row and output, output by output |
 * | `target`, `weights` | f32 a row; `weights` is 0 where there are none |
 * | `greatest`, `total` | f64 a row, of several outputs |
 */
export type Layout = LayoutShape & {
	readonly stride: number;
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
	readonly records: number;
	readonly columns: number;
	readonly order: number;
	readonly rows: number;
	readonly moved: number;
	readonly predictions: number;
	readonly target: number;
	readonly weights: number;
	readonly greatest: number;
	readonly total: number;
	readonly sizeBytes: number;
};

export const CONTROL_BYTES = 8192;

export function layOut(shape: LayoutShape): Layout {
	const { rowCount, featureCount, outputCount, slotCount, nodeCount, orderCount, hasWeights, threads } = shape;
	const stride = 8 + 4 * Math.ceil(featureCount / 4);
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
		nodes: take(16 * nodeCount),
		nodeTables: take(256 * nodeCount),
		leaves: take(24 * slotCount),
		cells: take(6144),
		slots: take(4096 * featureCount * slotCount),
		partials: take(threads > 1 ? 4096 * featureCount * threads : 0),
		records: take(stride * rowCount),
		columns: take(featureCount * rowCount),
		order: take(4 * orderCount),
		rows: take(4 * orderCount),
		moved: take(4 * Math.max(orderCount, rowCount)),
		predictions: take(8 * rowCount * outputCount),
		target: take(4 * rowCount),
		weights: hasWeights ? take(4 * rowCount) : 0,
		greatest: take(several),
		total: take(several)
	};
	return { ...shape, stride, ...addresses, sizeBytes: end };
}
