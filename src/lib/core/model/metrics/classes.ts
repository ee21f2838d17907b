// How good shares of several classes are.
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

const LEAST = 2 ** -24;

export function classMetrics(
	classes: ArrayLike<number>,
	chosen: ArrayLike<number>,
	shares: readonly ArrayLike<number>[],
	weights: ArrayLike<number> | null = null
): ClassMetrics {
	const count = shares.length;
	const matrix = confusionMatrix(classes, chosen, count, weights);
	const at = (is: number, said: number): number => matrix[is * count + said] ?? 0;
	const numbers = Array.from({ length: count }, (_, number) => number);
	const sum = (of: (number: number) => number): number => numbers.reduce((all, number) => all + of(number), 0);
	const isOf = (of: number): number => sum((said) => at(of, said));
	const saidOf = (of: number): number => sum((is) => at(is, of));
	const total = sum(isOf);
	const right = sum((of) => at(of, of));
	const occurring = numbers.filter((of) => isOf(of) + saidOf(of) > 0);
	const f1 = (of: number): number => (2 * at(of, of)) / (isOf(of) + saidOf(of));
	const spread = Math.sqrt((total ** 2 - sum((of) => saidOf(of) ** 2)) * (total ** 2 - sum((of) => isOf(of) ** 2)));
	let logs = 0;
	for (let row = 0; row < classes.length; row++) {
		const share = Math.max(LEAST, shares[classes[row] ?? 0]?.[row] ?? 0);
		logs -= (weights?.[row] ?? 1) * Math.log(share);
	}
	return {
		accuracy: right / total,
		macroF1: occurring.reduce((all, of) => all + f1(of), 0) / occurring.length,
		mcc: spread === 0 ? 0 : (right * total - sum((of) => saidOf(of) * isOf(of))) / spread,
		logLoss: logs / total
	};
}

/** The mean over the classes of the area under each one's ROC curve against all others. */
export function macroAuc(classes: ArrayLike<number>, shares: readonly ArrayLike<number>[]): number {
	const areas = shares.flatMap((share, of) => {
		const isOf = Uint8Array.from(classes, (number) => (number === of ? 1 : 0));
		const { auc } = rankingMetrics(rankRows(isOf, share));
		return Number.isNaN(auc) ? [] : [auc];
	});
	return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
