// What a run was asked for, kept with it as text.
import type { TrainingPlan } from '../training/plan.ts';

export type KeptPlan = { readonly plan: TrainingPlan; readonly threshold: number };

export function writeKeptPlan(kept: KeptPlan): string {
	return JSON.stringify(kept);
}

/** Of what `writeKeptPlan` wrote, whose bytes are those of their hash. */
export function readKeptPlan(text: string): KeptPlan {
	return JSON.parse(text) as KeptPlan;
}
