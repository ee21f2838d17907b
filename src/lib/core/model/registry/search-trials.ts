// The trials of a search: a plan with other parameters, and how good the run of one was.
import type { Parameters } from '../search/search-plan.ts';
import type { TrainingPlan } from '../training/plan.ts';
import type { MetricSteps, ModelRun } from './model-run.ts';
import { isHigherBetter } from './promotion.ts';

/**
 * Parameters are options of the learner by their names; others change nothing. `resourceShare` is how many of its rounds a boosting
 * has; other learners have no part of a training.
 */
export function withParameters(plan: TrainingPlan, parameters: Parameters, resourceShare: number): TrainingPlan {
	const { learner } = plan;
	if (learner.kind !== 'boosting') return { ...plan, learner: { ...learner, ...known(learner, parameters) } };
	const options = { ...learner.options, ...known(learner.options, parameters) };
	const rounds = Math.max(1, Math.ceil(options.rounds * resourceShare));
	return { ...plan, learner: { ...learner, options: { ...options, rounds } } };
}

function known(options: object, parameters: Parameters): Parameters {
	return Object.fromEntries(
		Object.entries(parameters).filter(([name]) => name !== 'kind' && Object.hasOwn(options, name))
	);
}

const judged = ['auc', 'logLoss', 'r2', 'accuracy'] as const;

/** More is better: minus the least loss on validation rows, or where there are none, the first metric of held-out rows. */
export function runScore({ metrics }: ModelRun, curve: readonly MetricSteps[]): number {
	const valid = curve.find(({ metric }) => metric === 'valid loss');
	if (valid) return -valid.values.reduce((least, value) => Math.min(least, value), Infinity);
	const name = judged.find((one) => metrics[one] !== undefined);
	const value = name === undefined ? Number.NaN : (metrics[name] ?? Number.NaN);
	return name !== undefined && !isHigherBetter(name) ? -value : value;
}
