// Many runs of a pipeline, one a partition, and the calendar of how each stands.
import { partitionKeys, nominalOf } from '../core/pipeline/partition-keys.ts';
import type { Pipeline } from '../core/pipeline/pipeline.ts';
import type { RunRecord } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { JobHandle } from './jobs.ts';
import { prepareRun, runPipeline, type RunPipelineFailure, type RunPipelineInput } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';

export type BackfillInput = Pick<RunPipelineInput, 'name' | 'environment'> & {
	/** Dates, both inclusive; of a list, none. */
	readonly from?: string | undefined;
	readonly to?: string | undefined;
	/** These and no others. */
	readonly partitions?: readonly string[] | undefined;
	readonly params?: Readonly<Record<string, unknown>> | undefined;
	/** Also those that succeeded with this very text. */
	readonly isAgain?: boolean | undefined;
};

export type PartitionState = {
	readonly partition: string;
	readonly state: RunRecord['state'] | 'missing';
	/** The newest run of it; null when it is missing. */
	readonly run: string | null;
	/** It ran with another text of the pipeline than it has now. */
	readonly isOutdated: boolean;
};

export type BackfillFailure =
	RunPipelineFailure | { readonly kind: 'no-partitions'; readonly name: string } | { readonly kind: 'cancelled' };

/** A partition that fails does not keep the next from running. Closed in the middle and begun anew, it goes on. */
export async function backfill(
	input: BackfillInput,
	job: JobHandle,
	effects: RunnerEffects
): Promise<Result<readonly PartitionState[], BackfillFailure>> {
	const calendar = await partitionStates(input, effects);
	if (!calendar.ok) return calendar;
	const { states, pipeline } = calendar.value;
	const id = effects.randomId();
	const ended = new Map<string, PartitionState>(states.map((state) => [state.partition, state]));
	for (const [index, { partition, state, isOutdated }] of states.entries()) {
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		job.progress({ fraction: index / states.length });
		if (state === 'succeeded' && !isOutdated && input.isAgain !== true) continue;
		const run = await runPipeline(
			{
				name: input.name,
				params: { ...input.params, [pipeline.partitions?.param ?? '']: partition },
				environment: input.environment,
				nominalMs: nominalOf(partition) ?? undefined,
				partition,
				cause: { kind: 'backfill', backfill: id },
				signal: job.signal
			},
			effects
		);
		if (!run.ok) return run;
		ended.set(partition, { partition, state: run.value.state, run: run.value.id, isOutdated: false });
	}
	return ok([...ended.values()]);
}

export async function partitionStates(
	input: BackfillInput,
	effects: RunnerEffects
): Promise<Result<{ readonly pipeline: Pipeline; readonly states: readonly PartitionState[] }, BackfillFailure>> {
	const text = await effects.pipelineText(input.name);
	if (!text.ok) return text;
	if (text.value === null) return err({ kind: 'unknown-pipeline', name: input.name });
	const parsed = effects.parse(text.value);
	if (!parsed.ok) return parsed;
	const pipeline = parsed.value;
	if (!pipeline.partitions) return err({ kind: 'no-partitions', name: input.name });
	const today = new Date(effects.now()).toISOString().slice(0, 10);
	const keys = input.partitions ?? partitionKeys(pipeline.partitions, input.from ?? null, input.to ?? today);
	for (const key of keys.slice(0, 1)) {
		const params = { ...input.params, [pipeline.partitions.param]: key };
		const fits = await prepareRun({ ...input, params, partition: key }, effects);
		if (!fits.ok) return fits;
	}
	const newest = await newestRuns(pipeline.name, effects);
	if (!newest.ok) return newest;
	const states = keys.map((partition): PartitionState => {
		const run = newest.value.get(partition);
		if (!run) return { partition, state: 'missing', run: null, isOutdated: false };
		return { partition, state: run.state, run: run.id, isOutdated: run.text !== text.value };
	});
	return ok({ pipeline, states });
}

async function newestRuns(
	pipeline: string,
	effects: RunnerEffects
): Promise<Result<ReadonlyMap<string, RunRecord>, StoreFailure>> {
	const runs = await effects.runs.runs({ pipeline, limit: 10_000 });
	if (!runs.ok) return runs;
	const newest = new Map<string, RunRecord>();
	for (const run of runs.value)
		if (run.partition !== null && !newest.has(run.partition)) newest.set(run.partition, run);
	return ok(newest);
}
