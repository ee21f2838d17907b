// Histogram gradient boosting: rounds of trees, each grown on what the trees before it left unexplained.
import { err, ok, type Result } from '../../result.ts';
import type { TreeEnsemble } from '../model.ts';
import { randomOf } from '../random.ts';
import { firstTrees, type Trees } from '../trees.ts';
import { edgesOf, sampleRows } from './bins.ts';
import type { SplitFeature } from './find-split.ts';
import { growTree, type Growth } from './grow-tree.ts';
import type { Kernel, MakeKernel } from './kernel.ts';
import { baseOf, gridOf, isOneHessian, kernelLoss, linkOf, meanLoss } from './loss.ts';
import type { BoostingOptions, Loss } from './options.ts';
import { rowOrder } from './row-order.ts';
import { TreeWriter, binned, nodesOf } from './tree-writer.ts';

/** Rows as numbers: features with NaN where a value is missing, codes for native categories, class numbers for classes. */
export type BoostingRows = {
	readonly features: readonly Float32Array[];
	/** A feature: how many codes it has, null where it is a number. */
	readonly categoryCounts: readonly (number | null)[];
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
	/** Numbers of the rows that trees are grown on, and of those that tell when to stop. */
	readonly train: Uint32Array;
	readonly valid: Uint32Array;
};

/** How well the model does after a round: `train` of up to 20,000 rows of the training, `valid` null where there are no such rows. */
export type RoundLoss = { readonly round: number; readonly train: number; readonly valid: number | null };

/** The kept model was trained on other rows, or with other bins. */
export type OtherRows = { readonly kind: 'other-rows' };

export type Boosted = {
	readonly ensemble: TreeEnsemble;
	/** The round after which the validation rows did best; without them, the last. */
	readonly bestRound: number;
	readonly stopped: 'rounds' | 'patience' | 'asked';
};

const CURVE_ROWS = 20_000;
const CURVE_BLOCK = 8;

/**
 * Yields after every round; told to stop, it answers with what was grown.
 *
 * With `kept`, whose rounds count, the training goes on from there: given equal rows and options, to the same bits as one that was
 * never interrupted.
 */
export function* boost(
	rows: BoostingRows,
	loss: Loss,
	options: BoostingOptions,
	makeKernel: MakeKernel,
	kept: TreeEnsemble | null = null
): Generator<RoundLoss, Result<Boosted, OtherRows>, 'go-on' | 'stop'> {
	const training = new Training(rows, loss, options, makeKernel);
	try {
		let stopped: Boosted['stopped'] = 'rounds';
		for (let round = 0; round < options.rounds; round++) {
			const isKept = kept !== null && (round + 1) * training.base.length <= kept.trees.roots.length;
			if (isKept && !training.replay(kept.trees, round)) return err({ kind: 'other-rows' });
			if (!isKept) training.grow(round);
			const told = training.lossAfter(round);
			if ((yield told) === 'stop') {
				stopped = 'asked';
				break;
			}
			if (options.patience !== null && round - training.bestRound >= options.patience) {
				stopped = 'patience';
				break;
			}
		}
		return ok(training.finish(stopped));
	} finally {
		training.end();
	}
}

class Training {
	readonly base: Float32Array;
	bestRound = 0;
	readonly #rows: BoostingRows;
	readonly #loss: Loss;
	readonly #options: BoostingOptions;
	readonly #edges: readonly Float32Array[];
	/** Numbers of rows, in the kernel's order, as all that follow. */
	readonly #curveRows: Uint32Array;
	readonly #validRows: Uint32Array;
	/** Where each row of the training stands; needed only where some are drawn. */
	readonly #places: Uint32Array | null;
	readonly #kernel: Kernel;
	readonly #writer: TreeWriter;
	readonly #weightMax: number;
	#least = Infinity;

	constructor(rows: BoostingRows, loss: Loss, options: BoostingOptions, makeKernel: MakeKernel) {
		const { features, categoryCounts, train, valid, target, weights } = rows;
		this.#rows = rows;
		this.#loss = loss;
		this.#options = options;
		const sample = sampleRows(train, options.seed);
		this.#edges = features.map((values, feature) =>
			edgesOf(values, sample, categoryCounts[feature] ?? null, options.binCount)
		);
		const { order, places } = rowOrder(rows, this.#edges, sample);
		const step = Math.max(1, Math.ceil(train.length / CURVE_ROWS));
		this.#curveRows = everyBlock(train.length, step);
		this.#validRows = valid.map((_, at) => train.length + at);
		this.#places = options.rowShare < 1 ? places : null;
		this.base = baseOf(loss, rows, train);
		this.#weightMax = weights ? train.reduce((most, row) => Math.max(most, weights[row] ?? 0), 0) : 1;
		this.#kernel = makeKernel({
			rowCount: order.length,
			valueCount: target.length,
			featureCount: features.length,
			outputCount: this.base.length,
			slotCount: options.maxLeaves + 1,
			nodeCount: 2 * options.maxLeaves,
			trainCount: train.length,
			hasWeights: weights !== null,
			hasHessians: weights !== null || !isOneHessian(loss)
		});
		putInOrder(this.#kernel.target, target, order);
		if (weights && this.#kernel.weights) putInOrder(this.#kernel.weights, weights, order);
		this.#kernel.bin(features, this.#edges, order);
		this.#kernel.predictions.forEach((prediction, output) => prediction.fill(this.base[output] ?? 0));
		this.#writer = new TreeWriter(this.#edges);
	}

	/** One tree an output. */
	grow(round: number): void {
		const kernel = this.#kernel;
		const random = randomOf(this.#options.seed, 1, round);
		const rowCount = this.#draw(random);
		const features = this.#drawFeatures(random);
		if (this.base.length > 1) kernel.normalize();
		for (let output = 0; output < this.base.length; output++) {
			if (output > 0) this.#draw(randomOf(this.#options.seed, 1, round));
			const grid = gridOf(kernel, this.#loss, output, this.#rows.train.length, this.#weightMax);
			kernel.gradients(kernelLoss(this.#loss), output, grid);
			const { nodes, leaves } = growTree({ ...this.#growth(output), grid, rowCount, features });
			kernel.apply(output, binned(nodes), leaves, rowCount);
			this.#writer.add(output, nodes);
		}
	}

	/** Takes a round from a model instead; false where it is of other rows. */
	replay(trees: Trees, round: number): boolean {
		for (let output = 0; output < this.base.length; output++) {
			const nodes = nodesOf(trees, round * this.base.length + output, this.#edges);
			if (!nodes) return false;
			if (output === 0) this.#kernel.fillUp();
			this.#kernel.apply(output, binned(nodes), [], 0);
			this.#writer.add(output, nodes);
		}
		return true;
	}

	lossAfter(round: number): RoundLoss {
		const of = (rows: Uint32Array): number => meanLoss(this.#loss, this.#kernel.predictions, this.#kernel, rows);
		const told = { round, train: of(this.#curveRows), valid: this.#validRows.length > 0 ? of(this.#validRows) : null };
		if (told.valid === null || told.valid < this.#least - this.#options.tolerance) {
			this.#least = told.valid ?? this.#least;
			this.bestRound = round;
		}
		return told;
	}

	finish(stopped: Boosted['stopped']): Boosted {
		const trees = this.#writer.trees();
		// A training that ran out of patience is cut to its best; one that ended otherwise can go on.
		const rounds = stopped === 'patience' ? this.bestRound + 1 : this.#writer.treeCount / this.base.length;
		const ensemble: TreeEnsemble = {
			kind: 'tree-ensemble',
			trees: firstTrees(trees, rounds * this.base.length),
			base: this.base,
			link: linkOf(this.#loss)
		};
		return { ensemble, bestRound: this.bestRound, stopped };
	}

	end(): void {
		this.#kernel.end();
	}

	#growth(output: number): Omit<Growth, 'grid' | 'rowCount' | 'features'> {
		const { minLeaf, minGain, l2, maxLeaves, maxDepth, learningRate, monotone } = this.#options;
		const prediction = this.#kernel.predictions[output] ?? new Float64Array(0);
		const { level, kind } = kernelLoss(this.#loss);
		const isMonotone = monotone.some((direction) => direction !== 0);
		return {
			kernel: this.#kernel,
			rules: { minLeaf, minGain, l2, monotone: isMonotone ? monotone : null },
			maxLeaves,
			maxDepth: maxDepth ?? Infinity,
			learningRate,
			renewal:
				kind === 'quantile' ? { level, prediction, target: this.#kernel.target, weights: this.#kernel.weights } : null
		};
	}

	/** Orders the rows: those the round sees, then the others of the training, then those of the validation. */
	#draw(random: () => number): number {
		const { rows } = this.#kernel;
		const places = this.#places;
		const trainCount = this.#rows.train.length;
		this.#kernel.fillUp();
		if (!places) return trainCount;
		const isSeen = new Uint8Array(trainCount);
		for (let at = trainCount - 1; at >= 0; at--) isSeen[places[at] ?? 0] = random() < this.#options.rowShare ? 1 : 0;
		let [seen, unseen] = [0, trainCount];
		for (let row = 0; row < trainCount; row++)
			if (isSeen[row] === 1) rows[seen++] = row;
			else rows[--unseen] = row;
		return seen;
	}

	#drawFeatures(random: () => number): readonly SplitFeature[] {
		const { categoryCounts } = this.#rows;
		const all = this.#edges.map((edges, feature) => ({
			feature,
			edgeCount: edges.length,
			isCategory: (categoryCounts[feature] ?? null) !== null
		}));
		if (this.#options.featureShare === 1) return all;
		const drawn = all.filter(() => random() < this.#options.featureShare);
		return drawn.length > 0 ? drawn : all.slice(0, 1);
	}
}

/** Rows of the training in blocks, one block of so many: every row of its own would be a wait for memory. */
function everyBlock(rowCount: number, step: number): Uint32Array {
	const blocks = Math.ceil(rowCount / CURVE_BLOCK / step);
	const rows = Uint32Array.from({ length: blocks * CURVE_BLOCK }, (_, at) => {
		const block = Math.floor(at / CURVE_BLOCK);
		return block * step * CURVE_BLOCK + (at % CURVE_BLOCK);
	});
	return rows.filter((row) => row < rowCount);
}

function putInOrder(into: Float32Array, values: Float32Array, order: Uint32Array): void {
	for (let at = 0; at < order.length; at++) into[at] = values[order[at] ?? 0] ?? NaN;
}
