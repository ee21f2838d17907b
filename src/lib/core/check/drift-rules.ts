// From when a dataset's versions count as drifted: its thresholds, as a person sets them and as they are kept with it.
import * as v from 'valibot';
import type { DriftMeasure } from './statistics/column-drift.ts';
import { corrections } from './statistics/correction.ts';
import { DRIFT_THRESHOLDS, type DriftThresholds } from './statistics/dataset-drift.ts';
import type { DeviationRule } from './statistics/deviation.ts';
import { DEVIATION_RULE } from './statistics/metric-deviations.ts';

export type DriftRules = {
	/** A measure without a threshold does not count. */
	readonly thresholds: DriftThresholds;
	readonly rule: DeviationRule;
};

export const USUAL_DRIFT_RULES: DriftRules = { thresholds: DRIFT_THRESHOLDS, rule: DEVIATION_RULE };

export const driftMeasures = Object.keys(DRIFT_THRESHOLDS.measures) as readonly DriftMeasure[];

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Every column reaches a threshold of 0. */
const threshold = v.exactOptional(v.pipe(amount, v.gtValue(0)));

export const driftRulesSchema = v.strictObject({
	thresholds: v.strictObject({
		measures: v.strictObject({
			psi: threshold,
			'kolmogorov-smirnov': threshold,
			'jensen-shannon': threshold,
			wasserstein: threshold,
			'chi-square': threshold,
			'null-ratio': threshold
		}),
		significance: v.pipe(amount, v.maxValue(1)),
		correction: v.picklist(corrections)
	}),
	rule: v.strictObject({ relative: amount, floor: amount })
}) satisfies v.GenericSchema<unknown, DriftRules>;

export function isDriftRules(value: unknown): value is DriftRules {
	return v.is(driftRulesSchema, value);
}
