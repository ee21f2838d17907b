// What a person chose of how a column becomes features, in the place of what is usual for the learner.
import type { FeaturePlan, StandardPlan } from '../fit-transform.ts';
import type { DatePart } from '../feature-transform.ts';

export type FeatureChoice = {
	readonly standard?: StandardPlan;
	readonly parts?: readonly DatePart[];
	readonly encoding?: 'one-hot' | 'native';
};

export const dateParts: readonly DatePart[] = ['year', 'month', 'day', 'weekday', 'hour', 'day-of-year', 'days'];

/** What does not apply to the column is left alone; a date keeps at least one part. */
export function chosenFeature(usual: FeaturePlan, { standard, parts, encoding }: FeatureChoice): FeaturePlan {
	if (usual.as === 'category') return encoding === undefined ? usual : { ...usual, encoding };
	const prepared = standard === undefined ? usual : { ...usual, standard };
	return prepared.as === 'date' && parts !== undefined && parts.length > 0 ? { ...prepared, parts } : prepared;
}
