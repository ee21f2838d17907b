// How good shares of several classes are.
import type { Interval } from './bootstrap.ts';
import { bootstrapCounts, shareInterval } from './intervals.ts';
import { rankRows, rankingMetrics } from './ranking.ts';

export type ClassMetrics = {
	readonly accuracy: number;
	/** Means over the classes that occur or were chosen. */
	readonly macroF1: number;
	/** Gorodkin's generalization of Matthews' coefficient. */
	readonly mcc: number;
	readonly logLoss: number;
};

/** [is, said], row-major: how many rows of a class were said to be of which. */
export function confusionMatrix(
	classes: ArrayLike<number>,
	chosen: ArrayLike<number>,
	classCount: number,
	weights: ArrayLike<number> | null = null
): Float64Array {
	const matrix = new Float64Array(classCount * classCount);
	for (let row = 0; row < classes.length; row++) {
		const at = (classes[row] ?? 0) * classCount + (chosen[row] ?? 0);
		matrix[at] = (matrix[at] ?? 0) + (weights?.[row] ?? 1);
	}
	return matrix;
}

/** What a confusion alone tells. */
export function matrixMetrics(matrix: Float64Array, classCount: number): Omit<ClassMetrics, 'logLoss'> {
	const at = (is: number, said: number): number => matrix[is * classCount + said] ?? 0;
	const numbers = Array.from({ length: classCount }, (_, number) => number);
	const sum = (of: (number: number) => number): number => numbers.reduce((all, number) => all + of(number), 0);
	const [isOf, saidOf] = marginsOf(matrix, classCount);
	const total = sum((of) => isOf[of] ?? 0);
	const right = sum((of) => at(of, of));
	const rows = (of: number): number => (isOf[of] ?? 0) + (saidOf[of] ?? 0);
	const occurring = numbers.filter((of) => rows(of) > 0);
	const spread = Math.sqrt(
		(total ** 2 - sum((of) => (saidOf[of] ?? 0) ** 2)) * (total ** 2 - sum((of) => (isOf[of] ?? 0) ** 2))
	);
	return {
		accuracy: right / total,
		macroF1: occurring.reduce((all, of) => all + (2 * at(of, of)) / rows(of), 0) / occurring.length,
		mcc: spread === 0 ? 0 : (right * total - sum((of) => (saidOf[of] ?? 0) * (isOf[of] ?? 0))) / spread
	};
}

/** How many rows are of each class, and how many were said to be. */
function marginsOf(matrix: Float64Array, classCount: number): readonly [Float64Array, Float64Array] {
	const [isOf, saidOf] = [new Float64Array(classCount), new Float64Array(classCount)];
	matrix.forEach((count, cell) => {
		const [is, said] = [Math.floor(cell / classCount), cell % classCount];
		isOf[is] = (isOf[is] ?? 0) + count;
		saidOf[said] = (saidOf[said] ?? 0) + count;
	});
	return [isOf, saidOf];
}

/** One class against all others. */
export type ClassScore = {
	readonly label: string;
	/** Rows that are of it. */
	readonly support: number;
	readonly precision: Interval;
	readonly recall: Interval;
	readonly f1: Interval;
};

/** Cells of a confusion that are drawn, over all rounds. */
const DRAWS = 2e7;
const ROUNDS_MAX = 200;
const ROUNDS_MIN = 20;

/** Of the classes that occur or were chosen. */
export function classScores(
	labels: readonly string[],
	matrix: Float64Array,
	seed: number
): { readonly classes: readonly ClassScore[]; readonly macroF1: Interval; readonly mcc: Interval } {
	const count = labels.length;
	const [isOf, saidOf] = marginsOf(matrix, count);
	const drawn = bootstrapCounts(
		matrix,
		(cells) => {
			const [is, said] = marginsOf(cells, count);
			const f1 = labels.map((_, of): readonly [string, number] => [
				`f1 ${of}`,
				(2 * (cells[of * count + of] ?? 0)) / ((is[of] ?? 0) + (said[of] ?? 0))
			]);
			const { macroF1, mcc } = matrixMetrics(cells, count);
			return { macroF1, mcc, ...Object.fromEntries(f1) };
		},
		{ rounds: Math.max(ROUNDS_MIN, Math.min(ROUNDS_MAX, Math.floor(DRAWS / count ** 2))), seed }
	) as Readonly<Record<string, Interval>>;
	const none: Interval = { value: 0, low: 0, high: 0 };
	const classes = labels.flatMap((label, of): readonly ClassScore[] => {
		const [support, told, right] = [isOf[of] ?? 0, saidOf[of] ?? 0, matrix[of * count + of] ?? 0];
		if (support + told === 0) return [];
		const [precision, recall] = [shareInterval(right, told), shareInterval(right, support)];
		return [{ label, support, precision, recall, f1: drawn[`f1 ${of}`] ?? none }];
	});
	return { classes, macroF1: drawn['macroF1'] ?? none, mcc: drawn['mcc'] ?? none };
}

const LEAST = 2 ** -24;

export function classMetrics(
	classes: ArrayLike<number>,
	chosen: ArrayLike<number>,
	shares: readonly ArrayLike<number>[],
	weights: ArrayLike<number> | null = null
): ClassMetrics {
	const matrix = confusionMatrix(classes, chosen, shares.length, weights);
	let [logs, total] = [0, 0];
	for (let row = 0; row < classes.length; row++) {
		const weight = weights?.[row] ?? 1;
		total += weight;
		logs -= weight * Math.log(Math.max(LEAST, shares[classes[row] ?? 0]?.[row] ?? 0));
	}
	return { ...matrixMetrics(matrix, shares.length), logLoss: logs / total };
}

/**
 * The mean over the classes of the area under each one's ROC curve against all others; rows are ranked once for all draws of a
 * bootstrap.
 */
export function macroAucOf(
	classes: ArrayLike<number>,
	shares: readonly ArrayLike<number>[]
): (weights: Float64Array | null) => number {
	const ranked = shares.map((share, of) =>
		rankRows(
			Uint8Array.from(classes, (number) => (number === of ? 1 : 0)),
			share
		)
	);
	return (weights) => {
		const areas = ranked.map((one) => rankingMetrics(one, weights).auc).filter((area) => !Number.isNaN(area));
		return areas.reduce((sum, area) => sum + area, 0) / areas.length;
	};
}
