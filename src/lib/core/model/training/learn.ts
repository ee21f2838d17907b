// Trains any learner on prepared numbers, a step at a time.
import { growForest } from '../../check/anomaly/isolation-forest.ts';
import { err, exhaustive, ok, type Result } from '../../result.ts';
import { boost, type OtherRows } from '../boosting/boost.ts';
import type { MakeKernel } from '../boosting/kernel.ts';
import {
	checkBoostingOptions,
	type BoostingOptions,
	type BoostingOptionsFailure,
	type Loss
} from '../boosting/options.ts';
import { kMeans } from '../cluster/k-means.ts';
import { featuresOf } from '../feature-transform.ts';
import { isolationTrees } from '../isolation-trees.ts';
import { leastSquares } from '../linear/least-squares.ts';
import { logistic } from '../linear/logistic.ts';
import type { Model, Predictor, TreeEnsemble } from '../model.ts';
import type { SplitFailure } from '../split-rows.ts';
import type { Learner, TrainingPlan } from './plan.ts';
import type { Prepared } from './prepare.ts';

/**
 * A step of a training. `of` is how many there may be; a loss is of the rows of the training (for boosting, of up to 20,000 of them), and of those of
 * the validation where there are some.
 */
export type LearnStep = {
	readonly step: number;
	readonly of: number;
	readonly train: number;
	readonly valid: number | null;
};

export type Learned = {
	readonly model: Model;
	/** `best` is the step after which the validation rows did best. */
	readonly best: number | null;
	readonly stopped: 'done' | 'patience' | 'asked';
};

export type LearnFailure =
	| BoostingOptionsFailure
	| OtherRows
	| (SplitFailure & { readonly kind: 'too-few-rows' })
	/** A model can go on only where it is of the same kind, task and features. */
	| { readonly kind: 'cannot-go-on' }
	| { readonly kind: 'negative-counts' }
	| { readonly kind: 'too-many-clusters'; readonly clusters: number; readonly rowCount: number };

type Learning<T> = Generator<LearnStep, Result<T, LearnFailure>, 'go-on' | 'stop'>;

/** Yields every step; told to stop, it answers with what was learnt so far. `kept` is a model of boosting that goes on. */
export function* learn(
	{ learner, seed }: TrainingPlan,
	prepared: Prepared,
	makeKernel: MakeKernel,
	kept: Model | null
): Learning<Learned> {
	const { task, transform, features, roles } = prepared;
	const whole = (predictor: Predictor): Model => ({ task, transform, predictor });
	const done = (predictor: Predictor): Result<Learned, never> =>
		ok({ model: whole(predictor), best: null, stopped: 'done' });
	const rows = { features, target: prepared.target, weights: prepared.weights, train: roles.train };
	switch (learner.kind) {
		case 'boosting':
			return yield* boosted(learner, prepared, seed, makeKernel, kept);
		case 'linear':
			return done(leastSquares(rows, learner.l2));
		case 'logistic': {
			const classCount = task.kind === 'multiclass' ? task.classes.labels.length : 2;
			const steps = logistic(rows, classCount, learner.l2);
			return done(yield* told(steps, ({ step, loss }) => ({ step, of: 200, train: loss, valid: null })));
		}
		case 'isolation-forest': {
			if (roles.train.length < 2) return err({ kind: 'too-few-rows', rowCount: roles.train.length, needed: 2 });
			const columns = features.map((values) => Float64Array.from(roles.train, (row) => values[row] ?? NaN));
			return done(isolationTrees(growForest(columns, { ...learner, seed })));
		}
		case 'k-means': {
			const { clusters, restarts } = learner;
			if (clusters > roles.train.length || clusters < 1)
				return err({ kind: 'too-many-clusters', clusters, rowCount: roles.train.length });
			let step = 0;
			const rounds = kMeans(features, roles.train, { clusters, restarts, seed });
			const clustered = yield* told(rounds, (inertia) => ({
				step: step++,
				of: 30 * restarts,
				train: inertia / roles.train.length,
				valid: null
			}));
			return done(clustered.model);
		}
		default:
			return exhaustive(learner);
	}
}

function* boosted(
	{ objective, options: chosen, monotone }: Learner & { readonly kind: 'boosting' },
	{ task, transform, features, target, weights, roles }: Prepared,
	seed: number,
	makeKernel: MakeKernel,
	kept: Model | null
): Learning<Learned> {
	const all = featuresOf(transform);
	const options: BoostingOptions = { ...chosen, seed, monotone: all.map(({ column }) => monotone[column] ?? 0) };
	const loss: Loss =
		objective.kind !== 'classes'
			? objective.kind === 'quantile'
				? objective
				: { kind: objective.kind }
			: task.kind === 'multiclass'
				? { kind: 'softmax', classCount: task.classes.labels.length }
				: { kind: 'logistic' };
	const categoryCounts = all.map(({ categoryCount }) => categoryCount);
	const checked = checkBoostingOptions(options, loss, categoryCounts);
	if (!checked.ok) return checked;
	if (loss.kind === 'poisson' && roles.train.some((row) => (target[row] ?? 0) < 0))
		return err({ kind: 'negative-counts' });
	const ensemble = kept && keptEnsemble(kept, { task, transform });
	if (kept && !ensemble) return err({ kind: 'cannot-go-on' });
	const rows = { features, categoryCounts, target, weights, train: roles.train, valid: roles.valid };
	const rounds = boost(rows, loss, options, makeKernel, ensemble);
	const result = yield* told(rounds, ({ round, train, valid }) => ({ step: round, of: options.rounds, train, valid }));
	if (!result.ok) return result;
	const { bestRound, stopped } = result.value;
	return ok({
		model: { task, transform, predictor: result.value.ensemble },
		best: roles.valid.length > 0 ? bestRound : null,
		stopped: stopped === 'rounds' ? 'done' : stopped
	});
}

function keptEnsemble(kept: Model, now: Pick<Model, 'task' | 'transform'>): TreeEnsemble | null {
	const isSame = JSON.stringify([kept.task, kept.transform]) === JSON.stringify([now.task, now.transform]);
	return isSame && kept.predictor.kind === 'tree-ensemble' ? kept.predictor : null;
}

/** Passes steps on in the words of a learning, and answers to them. */
function* told<Step, T>(
	steps: Generator<Step, T, 'go-on' | 'stop'>,
	say: (step: Step) => LearnStep
): Generator<LearnStep, T, 'go-on' | 'stop'> {
	let answer: 'go-on' | 'stop' = 'go-on';
	for (;;) {
		const next = steps.next(answer);
		if (next.done) return next.value;
		answer = yield say(next.value);
	}
}
