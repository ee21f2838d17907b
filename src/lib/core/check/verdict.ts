// What a suite found about a version: an outcome for each check, with the numbers it rests on and a sample of the rows against it.
import type { DatasetId, DocumentVersionId, VersionId } from '../ids.ts';
import type { Severity } from './suite.ts';
import type { Told } from './told.ts';

/** `error`: it could not be evaluated, which is neither. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'error';

/** Why a check could not be evaluated; the words are in ui/explain-check.ts. */
export type EvaluationProblem =
	| { readonly code: 'unknown-column'; readonly column: string; readonly nearest: string | null }
	| { readonly code: 'wrong-type'; readonly column: string; readonly type: string; readonly expected: string }
	| { readonly code: 'wrong-value'; readonly parameter: string; readonly value: string; readonly expected: string }
	| { readonly code: 'unknown-dataset'; readonly dataset: string }
	/** Null when none is pinned; else there is no such version. */
	| { readonly code: 'no-baseline'; readonly reference: string | null }
	/** It is not there, or of another kind. */
	| { readonly code: 'not-in-baseline'; readonly column: string }
	/** What the engine says of it, such as of a pattern or a condition that is none. */
	| { readonly code: 'engine'; readonly message: string }
	| { readonly code: 'function'; readonly reason: string };

/** A row against a check: the columns that name it, and those the check is about. */
export type OffendingRow = {
	readonly key: Readonly<Record<string, Told>>;
	readonly values: Readonly<Record<string, Told>>;
};

export type CheckVerdict = {
	readonly check: string;
	readonly expectation: string;
	readonly kwargs: Readonly<Record<string, Told>>;
	readonly severity: Severity;
	readonly description: string | null;
	readonly outcome: Outcome;
	/** Numbers with the names and meaning that Great Expectations gives them; null when it could not be evaluated. */
	readonly result: Readonly<Record<string, Told>> | null;
	/** Null where rows are not what it is about, as of a mean. */
	readonly unexpectedCount: number | null;
	/** At most 20. */
	readonly sample: readonly OffendingRow[];
	/** One SELECT of all rows against it; null where there are none to show. */
	readonly rowsSql: string | null;
	readonly problem: EvaluationProblem | null;
};

export type SuiteVerdict = {
	readonly id: string;
	/** The suite's name when it was evaluated. */
	readonly suite: string;
	/** Null when its text was not saved. */
	readonly suiteVersion: DocumentVersionId | null;
	readonly dataset: DatasetId;
	readonly version: VersionId;
	readonly outcome: Outcome;
	readonly counts: Readonly<Record<Outcome, number>>;
	readonly checks: readonly CheckVerdict[];
	readonly rowCount: number;
	/** Texts the engine ran for it. */
	readonly scanCount: number;
	readonly atMs: number;
	readonly elapsedMs: number;
};

/** The gravest: what fails is graver than what could not be evaluated, since it is known. */
export function gravest(outcomes: readonly Outcome[]): Outcome {
	for (const outcome of ['fail', 'error', 'warn'] as const) if (outcomes.includes(outcome)) return outcome;
	return 'pass';
}

export function countOutcomes(outcomes: readonly Outcome[]): Readonly<Record<Outcome, number>> {
	const counts = { pass: 0, warn: 0, fail: 0, error: 0 };
	for (const outcome of outcomes) counts[outcome]++;
	return counts;
}
