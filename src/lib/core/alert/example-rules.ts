// The conditions a new rule begins with, one of each kind.
import type { Condition, Measured } from './rule.ts';

export type RuleExample = Condition['kind'];

const rows: Measured = { of: 'row_count', column: null, suite: null, check: null };
const DAY_MS = 86_400_000;

/** `about` is a dataset, or null for every one. */
export function exampleCondition(kind: RuleExample, about: string | null): Condition {
	switch (kind) {
		case 'verdict':
			return { kind, dataset: about, suite: null, checks: null, outcome: 'fail', each: 'suite' };
		case 'metric':
			return { kind, dataset: about, measured: rows, above: null, below: 1 };
		case 'change':
			return {
				kind,
				dataset: about,
				measured: rows,
				deviation: { relative: 0.5, floor: 0 },
				versions: 5,
				direction: 'both'
			};
		case 'band':
			return { kind, dataset: about, measured: rows, seasonality: 'none', sensitivity: 4, direction: 'both' };
		case 'age':
			return { kind, dataset: about, overMs: DAY_MS };
		case 'drift':
			return { kind, dataset: about, columns: null, schema: true };
		case 'run':
			return { kind, pipeline: null, troubles: ['failed', 'missed'], lateAfterMs: 3_600_000 };
	}
}
