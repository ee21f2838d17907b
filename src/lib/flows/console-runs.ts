// Runs as the console tells of them, and its jobs.
import { parsePipeline } from '../core/pipeline/parse-pipeline.ts';
import { restoreRun } from '../core/pipeline/restore-run.ts';
import type { AttemptRecord, RunRecord } from '../core/pipeline/run-record.ts';
import { isTerminal, startRun, type RunState, type StepState } from '../core/pipeline/run-state.ts';
import { ok, type Result } from '../core/result.ts';
import type { RunFacts, RunOptions } from './console-pipeline-types.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';

export function asRun<F>(
	effects: Pick<Effects, 'jobs'>,
	label: string,
	options: Pick<RunOptions, 'signal' | 'onState'>,
	work: (job: JobHandle, onState: (run: RunRecord, state: RunState) => void) => Promise<Result<RunRecord, F>>
): Promise<Result<RunFacts, F>> {
	return asJob(effects.jobs, label, options.signal, async (job) => {
		const ended = await work(job, (_run, state) => {
			const states = [...state.steps.values()].map((step) => step.state);
			job.progress({ fraction: states.filter(isTerminal).length / Math.max(1, states.length) });
			options.onState?.(statesOf(state));
		});
		return ended.ok ? ok(runFacts(ended.value, ended.value.steps ?? {})) : ended;
	});
}

export function runFacts(run: RunRecord, steps: Readonly<Record<string, StepState>>): RunFacts {
	const { id, pipeline, state, params, environment, nominalMs, partition, cause, startedAtMs, endedAtMs } = run;
	return { id, pipeline, state, params, environment, nominalMs, partition, cause, startedAtMs, endedAtMs, steps };
}

export function stepsNow(run: RunRecord, attempts: readonly AttemptRecord[]): Readonly<Record<string, StepState>> {
	const parsed = parsePipeline(run.text);
	if (!parsed.ok) return {};
	const state = statesOf(restoreRun(startRun(parsed.value), [...run.kept, ...attempts]));
	const running = attempts
		.filter((attempt) => attempt.state === 'running')
		.map(({ step }) => [step, 'running'] as const);
	return { ...state, ...Object.fromEntries(running) };
}

function statesOf(state: RunState): Readonly<Record<string, StepState>> {
	return Object.fromEntries([...state.steps].map(([step, status]) => [step, status.state]));
}
