// A plan as what a run tells of it: flat parameters that runs are compared by, and which rows it holds out.
import type { TrainingPlan } from '../training/plan.ts';
import type { RunValue } from './model-run.ts';

export function runParams({
	learner,
	features,
	target,
	split,
	splitColumn,
	weights,
	fold,
	seed
}: TrainingPlan): Readonly<Record<string, RunValue>> {
	const { kind, ...options } = learner;
	return {
		learner: kind,
		target,
		features: features.map(({ name }) => name).join(', '),
		...flat(options),
		split: split.kind,
		test_share: split.testShare,
		valid_share: split.validShare,
		...(splitColumn === null ? {} : { split_column: splitColumn }),
		...(weights === null ? {} : { weights }),
		...(fold ? { folds: fold.count, fold: fold.number + 1 } : {}),
		seed
	};
}

function flat(value: object): Readonly<Record<string, RunValue>> {
	const params: Record<string, RunValue> = {};
	for (const [key, inner] of Object.entries(value) as readonly [string, unknown][]) {
		if (Array.isArray(inner)) params[key] = inner.join(', ');
		else if (typeof inner === 'object' && inner !== null) {
			const nested = flat(inner);
			for (const [name, told] of Object.entries(nested)) params[name === 'kind' ? key : name] = told;
		} else params[key] = inner as RunValue;
	}
	return params;
}

/** Equal texts hold out equal rows of equal data. */
export function splitText({ split, splitColumn, target, weights, fold }: TrainingPlan): string {
	const { kind, testShare, seed } = split;
	const heldOut = fold ? `fold ${fold.number} of ${fold.count}` : testShare;
	return JSON.stringify([kind, heldOut, seed, splitColumn, target, weights]);
}
