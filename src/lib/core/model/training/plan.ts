// What a person asks for when they train a model.
import type { BoostingOptions } from '../boosting/options.ts';
import type { FeaturePlan } from '../fit-transform.ts';
import type { SplitPlan } from '../split-rows.ts';

export type TrainingPlan = {
	readonly features: readonly FeaturePlan[];
	/** The column to learn; null where a learner needs none. Rows without it are left out. */
	readonly target: string | null;
	readonly learner: Learner;
	readonly split: SplitPlan;
	/** Of a split by time or group. */
	readonly splitColumn: string | null;
	/** Of a cross-validation: which of so many parts is held out to judge by, in the place of the split's own; left out, none. */
	readonly fold?: { readonly number: number; readonly count: number };
	/** How much each row counts; rows of none, or of a missing one, are left out. */
	readonly weights: string | null;
	readonly seed: number;
};

export type Learner =
	| {
			readonly kind: 'boosting';
			readonly objective: Objective;
			/** Its `monotone` and `seed` follow from the plan. */
			readonly options: Omit<BoostingOptions, 'monotone' | 'seed'>;
			/** A column: 1 where outputs may only rise with it, -1 where they may only fall. */
			readonly monotone: Readonly<Record<string, 1 | -1>>;
	  }
	| { readonly kind: 'linear'; readonly l2: number }
	| { readonly kind: 'logistic'; readonly l2: number }
	| { readonly kind: 'isolation-forest'; readonly trees: number; readonly sampleCount: number }
	| { readonly kind: 'k-means'; readonly clusters: number; readonly restarts: number };

/** What boosting learns: a number by one of its losses, or the class. */
export type Objective =
	| { readonly kind: 'squared' | 'absolute' | 'poisson' | 'classes' }
	| { readonly kind: 'quantile'; readonly level: number };

/** Whether the learner takes numbers as they are, missing ones too; the others need them filled, and most of them scaled. */
export function takesMissing(learner: Learner): boolean {
	return learner.kind === 'boosting' || learner.kind === 'isolation-forest';
}

export function learnsClasses(learner: Learner): boolean {
	return learner.kind === 'logistic' || (learner.kind === 'boosting' && learner.objective.kind === 'classes');
}

export function needsTarget(learner: Learner): boolean {
	return learner.kind !== 'isolation-forest' && learner.kind !== 'k-means';
}
