// What an alert rule is once its text was read: when it is broken, how soon that is told, to whom, and how often again.
import type { Seasonality } from '../check/anomaly/season.ts';
import type { DeviationRule } from '../check/statistics/deviation.ts';
import { isWatchMeasure, watchMeasures } from '../model/watch/watch-facts.ts';

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Numbers of a version, `observed_value` of a check in its newest verdict about one, and what is watched of a version that a model scored. */
export const measures = [
	'row_count',
	'size_bytes',
	'reject_count',
	'null_ratio',
	'min',
	'max',
	'observed_value',
	...watchMeasures
] as const;
export type Measure = (typeof measures)[number];

export type Measured = {
	readonly of: Measure;
	/** Of `null_ratio`, `min` and `max`; of `input_drift`, null is the column that moved most. */
	readonly column: string | null;
	/** Of `labelled_precision`, `labelled_recall` and `labelled_f1`; left out, of two classes the second, of more the one that does worst. */
	readonly class?: string;
	/** Of `observed_value`. */
	readonly suite: string | null;
	readonly check: string | null;
};

export const directions = ['both', 'up', 'down'] as const;
export type Direction = (typeof directions)[number];

export const runTroubles = ['failed', 'late', 'missed'] as const;
export type RunTrouble = (typeof runTroubles)[number];

/** `dataset`, `suite` and `pipeline` are names without regard to case; null is every one. */
export type Condition =
	| {
			readonly kind: 'verdict';
			readonly dataset: string | null;
			readonly suite: string | null;
			/** Only these of the suite's; null is all. */
			readonly checks: readonly string[] | null;
			/** The mildest outcome that breaks the rule. What could not be evaluated breaks both. */
			readonly outcome: 'fail' | 'warn';
			/** Whether each check has alerts of its own. */
			readonly each: 'suite' | 'check';
	  }
	| {
			readonly kind: 'metric';
			readonly dataset: string | null;
			readonly measured: Measured;
			readonly above: number | null;
			readonly below: number | null;
	  }
	| {
			readonly kind: 'change';
			readonly dataset: string | null;
			readonly measured: Measured;
			readonly deviation: DeviationRule;
			/** How many versions before it the expected value is the median of. */
			readonly versions: number;
			readonly direction: Direction;
	  }
	| {
			readonly kind: 'band';
			readonly dataset: string | null;
			readonly measured: Measured;
			readonly seasonality: Seasonality;
			readonly sensitivity: number;
			readonly direction: Direction;
	  }
	| { readonly kind: 'age'; readonly dataset: string | null; readonly overMs: number }
	| {
			readonly kind: 'drift';
			/** Those without a pinned baseline are not looked at. */
			readonly dataset: string | null;
			/** Only these; null is all. */
			readonly columns: readonly string[] | null;
			/** Whether columns that came, went or changed their type break it. */
			readonly schema: boolean;
	  }
	| {
			readonly kind: 'run';
			readonly pipeline: string | null;
			readonly troubles: readonly RunTrouble[];
			/** After its nominal time. */
			readonly lateAfterMs: number;
	  };

/** Where a notice goes: into the page, to the browser's own notifications, to an address as JSON, or by the edge as e-mail. */
export type Channel =
	| { readonly kind: 'page' }
	| { readonly kind: 'browser' }
	| { readonly kind: 'webhook'; readonly url: string }
	| { readonly kind: 'email'; readonly to: readonly string[] };

export const groupings = ['incident', 'dataset', 'rule', 'all'] as const;
export type Grouping = (typeof groupings)[number];

export type Escalation = {
	/** Since the first notice, while nobody has acknowledged it. */
	readonly afterMs: number;
	/** Null leaves it as it was. */
	readonly severity: AlertSeverity | null;
	readonly notify: readonly Channel[];
};

/** Both must hold: so many signals in a row, and so much time since the first of them. */
export type Patience = { readonly times: number; readonly forMs: number };

export type AlertRule = {
	readonly description: string | null;
	readonly severity: AlertSeverity;
	readonly isDisabled: boolean;
	readonly condition: Condition;
	/** What it takes to fire. */
	readonly pending: Patience;
	/** What it takes to be over; whatever breaks again before is the same incident. */
	readonly recovery: Patience;
	readonly groupBy: Grouping;
	/** How long the first of a group waits for others. */
	readonly groupWaitMs: number;
	/** Null tells an incident once. */
	readonly repeatMs: number | null;
	readonly notify: readonly Channel[];
	/** By time. */
	readonly escalations: readonly Escalation[];
};

/** A rule with the document that says it. */
export type NamedRule = { readonly id: string; readonly name: string; readonly rule: AlertRule };

/** Equal channels have equal keys. */
export function channelKey(channel: Channel): string {
	switch (channel.kind) {
		case 'webhook':
			return `webhook ${channel.url}`;
		case 'email':
			return `email ${[...channel.to].sort().join(' ')}`;
		default:
			return channel.kind;
	}
}

/** Whether it asks about models that serve. */
export function isOfModels(condition: Condition): condition is Extract<Condition, { readonly measured: Measured }> {
	return 'measured' in condition && isWatchMeasure(condition.measured.of);
}
