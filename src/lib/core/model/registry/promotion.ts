// What a version must show before it may serve: gates, each with what was found, and what a roll-back goes back to.
import type { ModelEvent, ModelVersion } from './registered-model.ts';
import { isComparable, type ModelRun } from './model-run.ts';

export type Gate = {
	readonly gate: 'beats-champion' | 'same-predictions' | 'schema-matches';
	readonly outcome: 'passed' | 'failed' | 'not-known';
	readonly facts: Readonly<Record<string, string | number | null>>;
};

export type GatesClosed = { readonly kind: 'gates-closed'; readonly model: string; readonly gates: readonly Gate[] };

/** Whether a higher value of a metric is better. */
export function isHigherBetter(metric: string): boolean {
	return !/loss|error|rmse|mae|mse|brier|deviance/i.test(metric);
}

/** A bias is the better the closer it is to 0, on either side. */
export function isBetter(metric: string, value: number, other: number): boolean {
	if (/bias$/.test(metric)) return Math.abs(value) < Math.abs(other);
	return isHigherBetter(metric) ? value > other : value < other;
}

/** Null of none. */
export function bestValue(metric: string, values: readonly number[]): number | null {
	return values.reduce<number | null>(
		(best, value) => (best === null || isBetter(metric, value, best) ? value : best),
		null
	);
}

/** The metric that versions are held against each other by: the first of these that both runs have. */
const judged = ['auc', 'logLoss', 'accuracy', 'r2', 'rmse', 'mae'] as const;

/** `margin` is by how much it must be better, in the metric's own unit. Without a champion it passes. */
export function beatsChampion(challenger: ModelRun | null, champion: ModelRun | null, margin: number): Gate {
	const gate = 'beats-champion';
	if (!champion) return { gate, outcome: 'passed', facts: { champion: null } };
	if (!challenger) return { gate, outcome: 'not-known', facts: { reason: 'it was not trained here' } };
	if (!isComparable(challenger.data, champion.data))
		return { gate, outcome: 'not-known', facts: { reason: 'they were judged on other rows' } };
	const metric = judged.find((name) => challenger.metrics[name] !== undefined && champion.metrics[name] !== undefined);
	if (metric === undefined) return { gate, outcome: 'not-known', facts: { reason: 'they share no metric' } };
	const [ours, theirs] = [challenger.metrics[metric] ?? Number.NaN, champion.metrics[metric] ?? Number.NaN];
	const gain = isHigherBetter(metric) ? ours - theirs : theirs - ours;
	const outcome = gain >= margin ? 'passed' : 'failed';
	return { gate, outcome, facts: { metric, challenger: ours, champion: theirs, margin } };
}

/** The version that was in Production before the one that is: the last that an event took out of it. */
export function rollbackTarget(
	versions: readonly ModelVersion[],
	events: readonly ModelEvent[]
): { readonly from: ModelVersion; readonly to: ModelVersion } | null {
	const from = versions.find(({ stage }) => stage === 'Production');
	if (!from) return null;
	const past = events
		.filter(({ kind, to }) => (kind === 'stage' || kind === 'rolled-back') && to === 'Production')
		.toSorted((one, other) => other.seq - one.seq);
	const entered = past.find(({ number }) => number === from.number);
	const before = past.find(({ number, seq }) => number !== from.number && seq < (entered?.seq ?? Infinity));
	const to = versions.find(({ number }) => number === before?.number);
	return to ? { from, to } : null;
}
