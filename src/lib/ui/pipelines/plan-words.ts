// Why a step runs, is left out, or may be: what the plan says before a run, and what the run says after it.
import type { GraphStep } from '#core/pipeline/edit-graph.ts';
import type { PlannedStep, PlanReason } from '#core/pipeline/plan.ts';
import type { StepReason } from '#core/pipeline/run-report.ts';
import { samples } from '#core/samples/samples.ts';
import { explainKept } from '../explain.ts';
import type { StateWords } from './run-words.ts';

export const actionWords: Readonly<Record<PlannedStep['action'], StateWords>> = {
	run: { word: 'will run', tone: 'next' },
	perhaps: { word: 'may run', tone: 'maybe' },
	skip: { word: 'left out', tone: 'off' }
};

/** As far as it can be known: of a sample its file, otherwise the tables that are there already. */
export function plannedReads(planned: PlannedStep, step: GraphStep | undefined): number | null {
	if (planned.inputs.length > 0) return planned.readBytes;
	const sample = step?.fields['sample'];
	return samples.find(({ id }) => id === sample)?.sizeBytes ?? null;
}

export function planReason(reason: PlanReason): string {
	switch (reason.kind) {
		case 'unchanged':
			return 'same code, same inputs: its output stands';
		case 'tests-run':
			return reason.count === 1 ? 'its test runs' : `its ${reason.count} tests run`;
		case 'tests-stand':
			return reason.count === 1 ? 'its test passed before' : `its ${reason.count} tests passed before`;
		case 'kept':
			return 'stays as it ended';
		case 'forced':
			return 'every step is to run';
		case 'meets-fault':
			return 'it is to meet a fault';
		case 'never-run':
			return 'never ran';
		case 'work-changed':
			return 'what it says has changed';
		case 'engine-changed':
			return 'the engine has changed';
		case 'inputs-changed':
			return `${list(reason.datasets)} changed`;
		case 'output-changed':
			return `somebody changed ${reason.dataset} since`;
		case 'unrepeatable':
			return `runs every time: ${reason.why}`;
		case 'inputs-may-change':
			return `${list(reason.steps)} may change what it reads`;
		case 'branch-decides':
			return `${list(reason.branches)} decides`;
		case 'no-output':
			return 'makes no table of its own';
		case 'after-failure':
			return 'only after a failure';
		case 'cannot-be-known':
			return `not known yet: ${explainKept(reason.failure).title}`;
	}
}

export function stepReason(reason: StepReason): string {
	switch (reason.kind) {
		case 'unchanged':
			return 'Same code and same inputs: its output stands';
		case 'kept':
			return 'Taken over from the run that was replayed';
		case 'not-chosen':
			return `The branch ${reason.branch} chose other steps`;
		case 'rule':
			return `The rule ${reason.rule} did not hold`;
		case 'failed-before':
			return reason.steps.length === 0 ? 'A step before it failed' : `${list(reason.steps)} failed before it`;
		case 'no-failure':
			return 'Nothing failed';
	}
}

function list(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
