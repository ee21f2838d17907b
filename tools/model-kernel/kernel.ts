// What the WebAssembly module of models exports.
export { applyLeaves, binCodes, binColumn, scoreLeaves } from './leaves';
export {
	add,
	addSums,
	bounds,
	boundsOfSquares,
	cells,
	copy,
	fillUp,
	gather,
	gradients,
	gradientsOfSquares,
	histogram,
	histogramOfGradients,
	normalize,
	partition,
	reorder,
	subtractSums,
	walk
} from './training';
export { keys, score, scoreSets } from './scoring';
