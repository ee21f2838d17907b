// A first plan for a training, from the columns of its rows: what is learnt, by what, and how each column is used.
import { BOOSTING_DEFAULTS, type BoostingOptions } from '../boosting/options.ts';
import type { FeaturePlan, StandardPlan } from '../fit-transform.ts';
import { needsTarget, takesMissing, type Learner, type Objective, type TrainingPlan } from '../training/plan.ts';
import { typeFamily } from '../../sql/types.ts';

/** A column of the rows; `distinctCount` may be an estimate. */
export type GivenFeature = {
	readonly name: string;
	readonly type: string;
	readonly distinctCount: number;
	readonly nullCount: number;
};

export type LeftOutFeature = {
	readonly name: string;
	readonly reason: 'one-value' | 'row-number' | 'too-many-texts' | 'nested' | 'time-of-day';
};

export type GuessedTraining = { readonly plan: TrainingPlan; readonly left: readonly LeftOutFeature[] };

/** Numbers of a target with no more different values are classes. */
const CLASS_VALUES = 10;
const CATEGORIES_MAX = 100;
const TEXTS_MAX = 1000;

export function guessTraining(
	columns: readonly GivenFeature[],
	target: string | null,
	rowCount: number,
	learner: Learner['kind'] | null = null
): GuessedTraining {
	const goal = columns.find(({ name }) => name === target) ?? null;
	const chosen = learnerOf(learner ?? (goal ? 'boosting' : 'isolation-forest'), goal);
	const left: LeftOutFeature[] = [];
	const features: FeaturePlan[] = [];
	for (const column of columns) {
		if (column.name === target) continue;
		const reason = reasonAgainst(column, rowCount);
		if (reason) left.push({ name: column.name, reason });
		else features.push(featureOf(column, chosen));
	}
	const isOfClasses = chosen.kind === 'logistic' || (chosen.kind === 'boosting' && chosen.objective.kind === 'classes');
	const plan: TrainingPlan = {
		features,
		target,
		learner: chosen,
		split: {
			kind: isOfClasses ? 'stratified' : 'random',
			// Without a target, nothing can be told of rows that were held out.
			testShare: needsTarget(chosen) ? 0.2 : 0,
			validShare: chosen.kind === 'boosting' ? 0.1 : 0,
			seed: 1
		},
		splitColumn: null,
		weights: null,
		seed: 1
	};
	return { plan, left };
}

function reasonAgainst({ name, type, distinctCount }: GivenFeature, rowCount: number): LeftOutFeature['reason'] | null {
	const family = typeFamily(type);
	if (distinctCount <= 1) return 'one-value';
	if (family === 'nested' || family === 'other') return 'nested';
	if (family === 'time') return 'time-of-day';
	const isNearlyUnique = distinctCount >= 0.9 * rowCount && rowCount > 100;
	if (isNearlyUnique && family === 'number' && /INT/.test(type) && /(^|_|\b)(id|nr|number|key|row)$|Id$|ID$/.test(name))
		return 'row-number';
	if (family === 'text' && (distinctCount > TEXTS_MAX || isNearlyUnique)) return 'too-many-texts';
	return null;
}

/** How a column is used by a learner: also asked when a person adds one that was left out. */
export function featureOf({ name, type }: Pick<GivenFeature, 'name' | 'type'>, learner: Learner): FeaturePlan {
	const isPlain = takesMissing(learner);
	const standard: StandardPlan = isPlain ? { fill: 'none', isScaled: false } : { fill: 'median', isScaled: true };
	switch (typeFamily(type)) {
		case 'number':
			return { name, as: 'number', standard };
		case 'boolean':
			return { name, as: 'boolean', standard };
		case 'date':
			return {
				name,
				as: 'date',
				parts: type === 'DATE' ? ['days', 'month', 'weekday'] : ['days', 'month', 'weekday', 'hour'],
				standard
			};
		default: {
			const encoding = learner.kind === 'boosting' ? 'native' : 'one-hot';
			return { name, as: 'category', encoding, categoriesMax: CATEGORIES_MAX };
		}
	}
}

function learnerOf(kind: Learner['kind'], goal: GivenFeature | null): Learner {
	const isOfClasses =
		goal !== null &&
		(typeFamily(goal.type) !== 'number' || (goal.distinctCount <= CLASS_VALUES && /INT/.test(goal.type)));
	switch (kind) {
		case 'boosting':
			return boosting(isOfClasses ? { kind: 'classes' } : { kind: 'squared' });
		case 'linear':
		case 'logistic':
			return { kind: isOfClasses ? 'logistic' : 'linear', l2: 1 };
		case 'isolation-forest':
			return { kind, trees: 100, sampleCount: 256 };
		case 'k-means':
			return { kind, clusters: 5, restarts: 3 };
	}
}

/** With the usual options, but for those that are given. */
export function boosting(
	objective: Objective,
	options: Partial<BoostingOptions> = {}
): Learner & { readonly kind: 'boosting' } {
	const { monotone: _monotone, seed: _seed, ...usual } = { ...BOOSTING_DEFAULTS, patience: 20, ...options };
	return { kind: 'boosting', objective, options: usual, monotone: {} };
}
