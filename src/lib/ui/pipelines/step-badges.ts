// What the canvas says of each step of a run: its state, how long it took, how many rows it made.
import { stepOfProblem, type GraphStep } from '#core/pipeline/edit-graph.ts';
import type { PipelineProblem } from '#core/pipeline/problem.ts';
import type { AttemptRecord } from '#core/pipeline/run-record.ts';
import type { StepState } from '#core/pipeline/run-state.ts';
import { rowsText } from '../amounts.ts';
import type { Badge } from './graph-props.ts';
import { problemWords } from '../pipeline-words.ts';
import { spanText, stepStates } from './run-words.ts';

export function stepBadges(
	steps: Readonly<Record<string, StepState>>,
	attempts: readonly AttemptRecord[],
	nowMs: number
): ReadonlyMap<string, Badge> {
	return new Map(
		Object.entries(steps)
			.filter(([step]) => !step.includes('['))
			.map(([step, state]): [string, Badge] => {
				const own = attempts.filter((attempt) => attempt.step === step);
				const children = Object.entries(steps).filter(([name]) => name.startsWith(`${step}[`));
				const { word, tone } = stepStates[state];
				return [
					step,
					{
						tone,
						word,
						detail: detailOf(
							own,
							children.map(([, one]) => one),
							nowMs
						)
					}
				];
			})
	);
}

function detailOf(attempts: readonly AttemptRecord[], children: readonly StepState[], nowMs: number): string {
	const last = attempts.at(-1);
	if (!last) return '';
	const done = children.filter((state) => state === 'succeeded' || state === 'unchanged').length;
	const parts = [
		children.length > 0 ? `${done} of ${children.length}` : '',
		attempts.length > 1 ? `attempt ${last.attempt}` : '',
		last.outcome?.table && last.state !== 'unchanged' ? rowsText(last.outcome.table.rowCount) : '',
		last.outcome?.table || children.length > 0 || last.state === 'unchanged'
			? ''
			: spanText((last.endedAtMs ?? nowMs) - last.startedAtMs)
	];
	return parts.filter((part) => part !== '').join(' · ');
}

/** Steps whose text has to be mended. */
export function problemBadges(
	steps: readonly GraphStep[],
	problems: readonly PipelineProblem[]
): ReadonlyMap<string, Badge> {
	const badges = new Map<string, Badge>();
	for (const problem of problems) {
		const step = stepOfProblem(steps, problem);
		if (step && !badges.has(step.id))
			badges.set(step.id, { tone: 'bad', word: `line ${problem.line}`, detail: problemWords(problem).what });
	}
	return badges;
}
