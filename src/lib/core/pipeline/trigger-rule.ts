// When a step may start, given how the steps it needs have ended: the rules and names of Apache Airflow.

export const triggerRules = [
	'all_success',
	'all_failed',
	'all_done',
	'all_done_min_one_success',
	'all_skipped',
	'one_success',
	'one_failed',
	'one_done',
	'none_failed',
	'none_failed_min_one_success',
	'none_skipped',
	'always'
] as const;
export type TriggerRule = (typeof triggerRules)[number];

/** How many of the steps it needs stand how. A step that was left out since nothing changed is a success. */
export type Upstream = {
	readonly total: number;
	readonly succeeded: number;
	/** Timed out, cancelled, and failed themselves. */
	readonly failed: number;
	readonly upstreamFailed: number;
	readonly skipped: number;
};

export type Triggered = 'wait' | 'run' | 'skipped' | 'upstream_failed';

/**
 * What becomes of a step.
 *
 * Note: why the order of events does not matter. What lets a step run stays true once it is; what keeps it from running is
 * decided when all it needs has ended. So a run that was interrupted ends as one that was not.
 *
 * Source: Airflow 3, `TriggerRuleDep`; there the second half is decided as soon as one step has ended badly.
 */
export function trigger(rule: TriggerRule, upstream: Upstream): Triggered {
	const { total, succeeded, skipped } = upstream;
	const failed = upstream.failed + upstream.upstreamFailed;
	const isDone = succeeded + skipped + failed === total;
	if (total === 0 || rule === 'always') return 'run';
	if (rule === 'one_success' && succeeded > 0) return 'run';
	if (rule === 'one_failed' && failed > 0) return 'run';
	if (rule === 'one_done' && succeeded + upstream.failed > 0) return 'run';
	if (!isDone) return 'wait';
	switch (rule) {
		case 'all_success':
			return failed > 0 ? 'upstream_failed' : skipped > 0 ? 'skipped' : 'run';
		case 'all_failed':
			return failed === total ? 'run' : 'skipped';
		case 'all_done':
			return 'run';
		case 'all_done_min_one_success':
			return succeeded > 0 ? 'run' : skipped === total ? 'skipped' : 'upstream_failed';
		case 'all_skipped':
			return skipped === total ? 'run' : 'skipped';
		case 'one_success':
			return skipped === total ? 'skipped' : 'upstream_failed';
		case 'one_failed':
		case 'one_done':
			return 'skipped';
		case 'none_failed':
			return failed > 0 ? 'upstream_failed' : 'run';
		case 'none_failed_min_one_success':
			return failed > 0 ? 'upstream_failed' : skipped === total ? 'skipped' : 'run';
		case 'none_skipped':
			return skipped > 0 ? 'skipped' : 'run';
	}
}
