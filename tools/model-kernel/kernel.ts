// What the WebAssembly module of models exports.
export { add, addSums, bin, bounds, cells, copy, gradients, histogram, normalize, partition, subtractSums, walk } from './training';
export { keys, score, scoreSets } from './scoring';
