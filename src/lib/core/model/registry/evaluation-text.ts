// What held-out rows showed of a run, as the text it is kept as: JSON, in which numbers without end are told too.
import type { ModelReport } from '../evaluate/evaluate-model.ts';

export type RunEvaluation = {
	readonly report: ModelReport;
	readonly rowCounts: {
		readonly train: number;
		readonly valid: number;
		readonly test: number;
		readonly leftOut: number;
	};
	/** The step that did best on the validation rows; null without them. */
	readonly best: number | null;
	readonly stopped: 'done' | 'patience' | 'asked';
	readonly threads: number;
};

/** What JSON has no number for; a text of the report never begins so. */
const MARK = '\0number ';

export function writeEvaluation(evaluation: RunEvaluation): string {
	return JSON.stringify(evaluation, (_key, value: unknown) =>
		typeof value === 'number' && !Number.isFinite(value) ? `${MARK}${value}` : value
	);
}

/** The text is one of ours, under its own hash. */
export function readEvaluation(text: string): RunEvaluation {
	return JSON.parse(text, (_key, value: unknown) =>
		typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value
	) as RunEvaluation;
}
