// Runs a part of a run again: from one step on, with other parameters if a person says so. What lies before stays as it ended.
import { stepsOf } from '../core/pipeline/pipeline.ts';
import { behind } from '../core/pipeline/step-graph.ts';
import { err, ok, type Result } from '../core/result.ts';
import { runPipeline, type RunPipelineFailure, type RunPipelineInput } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';
import type { RunRecord } from '../core/pipeline/run-record.ts';

export type ReplayInput = Pick<RunPipelineInput, 'signal' | 'onState' | 'faults'> & {
	readonly run: string;
	/** The first step to run again; left out, all that did not succeed. */
	readonly from?: string | undefined;
	/** Besides those of the run. */
	readonly params?: Readonly<Record<string, unknown>> | undefined;
};

export type ReplayFailure =
	RunPipelineFailure | { readonly kind: 'unknown-step'; readonly step: string; readonly known: readonly string[] };

export async function replayRun(input: ReplayInput, effects: RunnerEffects): Promise<Result<RunRecord, ReplayFailure>> {
	const prepared = await prepareReplay(input, effects);
	return prepared.ok ? runPipeline(prepared.value, effects) : prepared;
}

export async function prepareReplay(
	{ run: id, from, params, ...rest }: ReplayInput,
	effects: RunnerEffects
): Promise<Result<RunPipelineInput, ReplayFailure>> {
	const stored = await effects.runs.run(id);
	if (!stored.ok) return stored;
	const run = stored.value;
	if (!run) return err({ kind: 'unknown-run', id });
	const parsed = effects.parse(run.text);
	if (!parsed.ok) return parsed;
	const attempts = await effects.runs.attempts(id);
	if (!attempts.ok) return attempts;
	const steps = stepsOf(parsed.value);
	if (from !== undefined && !steps.some((step) => step.id === from))
		return err({ kind: 'unknown-step', step: from, known: steps.map((step) => step.id) });
	const again = from === undefined ? new Set<string>() : new Set([from, ...behind(steps, [from])]);
	const ended = [...run.kept, ...attempts.value].filter(({ state }) => state === 'succeeded' || state === 'unchanged');
	const kept = ended
		.filter(({ step }) => !again.has(step.replace(/\[\d+\]$/, '')))
		.map((attempt) => ({ ...attempt, attempt: 1 }));
	return ok({
		...rest,
		name: run.pipeline,
		text: run.text,
		params: { ...run.params, ...params },
		environment: run.environment,
		nominalMs: run.nominalMs,
		partition: run.partition,
		file: run.file,
		cause: { kind: 'replay', run: id, from: from ?? '' },
		isForced: from !== undefined,
		kept
	});
}
