// A dataset that a check reads besides the one it is about.
import { err, ok, type Result } from '../result.ts';
import { writeReference } from '../sql/quote.ts';
import type { PlanContext } from './plan.ts';
import type { EvaluationProblem } from './verdict.ts';

/** `reference` is a name or `name@version`. Fails: unknown-dataset */
export function datasetSql(reference: string, { datasets }: PlanContext): Result<string, EvaluationProblem> {
	const name = reference.split('@')[0]?.toLowerCase() ?? '';
	const isKnown = datasets.some((dataset) => dataset.toLowerCase() === name);
	return isKnown ? ok(writeReference(reference)) : err({ code: 'unknown-dataset', dataset: reference });
}
