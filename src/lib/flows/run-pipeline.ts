// Runs a pipeline: one run at a time unless it says otherwise, from the beginning or from where a closed page left it.
import type { Pipeline, Scalar, Work } from '../core/pipeline/pipeline.ts';
import type { InvalidPipeline } from '../core/pipeline/problem.ts';
import type { FolderFailure } from '../core/pipeline/watched-file.ts';
import { fillParams, type ParamsFailure } from '../core/pipeline/references.ts';
import type { AttemptRecord, FailureFacts, RunCause, RunRecord } from '../core/pipeline/run-record.ts';
import { outcomeOf, type RunState } from '../core/pipeline/run-state.ts';
import type { Fault } from '../core/pipeline/fault.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { ClaimedRun } from '../db/runs.ts';
import { runSteps } from './run-steps.ts';
import type { RunnerEffects } from './runner-effects.ts';

export type RunPipelineInput = {
	readonly name: string;
	/** Left out, the one that is saved under the name. */
	readonly text?: string | undefined;
	readonly params?: Readonly<Record<string, unknown>> | undefined;
	readonly environment?: string | null | undefined;
	readonly nominalMs?: number | undefined;
	readonly partition?: string | null | undefined;
	readonly file?: string | null | undefined;
	readonly cause?: RunCause | undefined;
	/** Left out, it gets one; the same one twice is one run. */
	readonly id?: string | undefined;
	readonly isForced?: boolean | undefined;
	readonly kept?: readonly AttemptRecord[] | undefined;
	readonly faults?: readonly Fault[] | undefined;
	readonly isTested?: boolean | undefined;
	/** Parameters may be missing: each test has its own. */
	readonly isForTests?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onState?: ((run: RunRecord, state: RunState) => void) | undefined;
};

export type RunPipelineFailure =
	| FolderFailure
	| InvalidPipeline
	| ParamsFailure
	| StoreFailure
	| { readonly kind: 'unknown-pipeline'; readonly name: string }
	| { readonly kind: 'unknown-environment'; readonly name: string; readonly known: readonly string[] }
	| { readonly kind: 'pipeline-busy'; readonly name: string }
	| { readonly kind: 'unknown-run'; readonly id: string };

/** The run as it ended: a failed step is no failure of this flow. */
export async function runPipeline(
	input: RunPipelineInput,
	effects: RunnerEffects
): Promise<Result<RunRecord, RunPipelineFailure>> {
	const prepared = await prepareRun(input, effects);
	if (!prepared.ok) return prepared;
	const { pipeline, record } = prepared.value;
	const ran = await alone(pipeline, record.id, effects, async () => {
		const left = await finishOlder(pipeline, input.signal, effects);
		if (!left.ok) return left;
		// Claimed as it is made; one that is there already may be another page's.
		const own = { ...record, owner: effects.randomId() };
		const created = await effects.runs.create(own);
		if (!created.ok) return created;
		const claimed = created.value ? { run: own, attempts: [] } : null;
		return driveRun({ id: record.id, signal: input.signal, onState: input.onState }, effects, claimed);
	});
	return ran === 'busy' ? err({ kind: 'pipeline-busy', name: pipeline.name }) : ran;
}

/** The record of a run that has not begun, with its parameters filled in. */
export async function prepareRun(
	input: RunPipelineInput,
	effects: RunnerEffects
): Promise<Result<{ readonly pipeline: Pipeline; readonly record: RunRecord }, RunPipelineFailure>> {
	const text = input.text === undefined ? await effects.pipelineText(input.name) : ok(input.text);
	if (!text.ok) return text;
	if (text.value === null) return err({ kind: 'unknown-pipeline', name: input.name });
	const parsed = effects.parse(text.value);
	if (!parsed.ok) return parsed;
	const pipeline = parsed.value;
	const params = input.isForTests
		? ok((input.params ?? {}) as Record<string, Scalar>)
		: fillParams(pipeline.params, input.params ?? {});
	if (!params.ok) return params;
	const environment = input.environment ?? null;
	const known = Object.keys(pipeline.environments);
	if (environment !== null && !known.includes(environment))
		return err({ kind: 'unknown-environment', name: environment, known });
	const record = recordOf({ ...input, environment, text: text.value }, pipeline, params.value, effects);
	return ok({ pipeline, record });
}

/** Goes on with every run that a closed page left, or with one of them; runs that another page runs are left to it. */
export async function resumeRuns(
	{ signal, onState, id }: Pick<RunPipelineInput, 'signal' | 'onState' | 'id'>,
	effects: RunnerEffects
): Promise<Result<readonly RunRecord[], RunPipelineFailure>> {
	const left = await effects.runs.unfinished();
	if (!left.ok) return left;
	const resumed: RunRecord[] = [];
	const wanted = left.value.filter((run) => run.cause.kind !== 'pipeline' && (id === undefined || run.id === id));
	for (const run of wanted) {
		const parsed = effects.parse(run.text);
		if (!parsed.ok) return parsed;
		const pipeline = { ...parsed.value, concurrency: { ...parsed.value.concurrency, whenBusy: 'skip' } as const };
		const ran = await alone(pipeline, run.id, effects, () => driveRun({ id: run.id, signal, onState }, effects));
		if (ran === 'busy') continue;
		if (!ran.ok) return ran;
		resumed.push(ran.value);
	}
	return ok(resumed);
}

/** Under the lock of its pipeline, or of itself where several may run. */
function alone<T>(pipeline: Pipeline, id: string, effects: RunnerEffects, work: () => Promise<T>): Promise<T | 'busy'> {
	const name = pipeline.concurrency.runs === 'one' ? `pipeline ${pipeline.name}` : `run ${id}`;
	return effects.lock(name, pipeline.concurrency.whenBusy === 'wait', work);
}

/** A run that a killed page left comes first: there is one at a time. */
async function finishOlder(
	pipeline: Pipeline,
	signal: AbortSignal | undefined,
	effects: RunnerEffects
): Promise<Result<void, RunPipelineFailure>> {
	if (pipeline.concurrency.runs === 'many') return ok(undefined);
	const left = await effects.runs.unfinished();
	if (!left.ok) return left;
	for (const run of left.value) {
		if (run.pipeline !== pipeline.name || run.cause.kind === 'pipeline') continue;
		const ended = await driveRun({ id: run.id, signal, onState: undefined }, effects);
		if (!ended.ok) return ended;
	}
	return ok(undefined);
}

/** Takes a run over and runs it to its end. One that has ended already is answered as it is. */
async function driveRun(
	{ id, signal, onState }: { readonly id: string } & Pick<RunPipelineInput, 'signal' | 'onState'>,
	effects: RunnerEffects,
	/** By this page, just now. */
	created: ClaimedRun | null = null
): Promise<Result<RunRecord, RunPipelineFailure>> {
	const owner = created?.run.owner ?? effects.randomId();
	const claimed = created ? ok(created) : await effects.runs.claim(id, owner);
	if (!claimed.ok) return claimed;
	if (!claimed.value) {
		const there = await effects.runs.run(id);
		if (!there.ok) return there;
		return there.value ? ok(there.value) : err({ kind: 'unknown-run', id });
	}
	const { run } = claimed.value;
	const parsed = effects.parse(run.text);
	if (!parsed.ok) return parsed;
	const ended = await runSteps(
		{
			claimed: claimed.value,
			pipeline: parsed.value,
			owner,
			signal: signal ?? new AbortController().signal,
			onState: (state) => onState?.(run, state),
			runChild: (task) => runChild(task, effects)
		},
		effects
	);
	if (!ended.ok) return ended;
	const { state, decided } = ended.value;
	const outcome = outcomeOf(state);
	const record: RunRecord = {
		...run,
		owner: null,
		state: outcome,
		endedAtMs: effects.now(),
		steps: Object.fromEntries([...state.steps].map(([step, status]) => [step, status.state]))
	};
	const children = outcome === 'cancelled' ? await endChildren(run, effects) : ok(undefined);
	if (!children.ok) return children;
	const kept = await effects.runs.end(record, owner, decided);
	return kept.ok ? ok(record) : kept;
}

/** A child run goes on when it was left; one that failed is followed by another, which finds what stands. */
async function runChild(
	task: {
		readonly run: RunRecord;
		readonly step: string;
		readonly work: Work & { readonly kind: 'pipeline' };
		readonly signal: AbortSignal;
		readonly failures: number;
	},
	effects: RunnerEffects
): Promise<Result<string, FailureFacts>> {
	const { run, step, work, signal } = task;
	const name = work.pipeline;
	const above = await pipelinesAbove(run, effects);
	if (!above.ok) return above;
	if (above.value.includes(name)) return err({ kind: 'pipeline-in-itself', path: [...above.value, name] });
	const id = `${run.id}/${step}/${task.failures + 1}`;
	const there = await effects.runs.run(id);
	if (!there.ok) return there;
	const isOver = there.value !== null && there.value.state !== 'running';
	const text = await effects.pipelineText(name);
	if (!text.ok) return text;
	const child = text.value === null ? null : effects.parse(text.value);
	// One that knows no environments is the same in all of them.
	const knowsNone = child?.ok === true && Object.keys(child.value.environments).length === 0;
	const ended = isOver
		? ok(there.value)
		: await runPipeline(
				{
					id,
					name,
					params: work.params,
					environment: knowsNone ? null : run.environment,
					nominalMs: run.nominalMs,
					partition: run.partition,
					file: run.file,
					cause: { kind: 'pipeline', run: run.id, step },
					isForced: run.isForced,
					signal
				},
				effects
			);
	if (!ended.ok) return ended;
	return ended.value.state === 'succeeded' ? ok(id) : err({ kind: 'child-run-failed', run: id });
}

/** Runs of subpipelines that were left when their run was cancelled. */
async function endChildren(run: RunRecord, effects: RunnerEffects): Promise<Result<void, StoreFailure>> {
	const left = await effects.runs.unfinished();
	if (!left.ok) return left;
	for (const child of left.value) {
		if (child.cause.kind !== 'pipeline' || child.cause.run !== run.id) continue;
		const owner = effects.randomId();
		const claimed = await effects.runs.claim(child.id, owner);
		if (!claimed.ok) return claimed;
		const ended = await effects.runs.end({ ...child, state: 'cancelled', endedAtMs: effects.now() }, owner, []);
		if (!ended.ok) return ended;
	}
	return ok(undefined);
}

/** Names of the pipelines that a run is part of, the outermost first. */
async function pipelinesAbove(
	run: RunRecord,
	effects: RunnerEffects
): Promise<Result<readonly string[], StoreFailure>> {
	const names = [run.pipeline];
	for (let cause = run.cause; cause.kind === 'pipeline';) {
		const above = await effects.runs.run(cause.run);
		if (!above.ok) return above;
		if (!above.value) break;
		names.unshift(above.value.pipeline);
		cause = above.value.cause;
	}
	return ok(names);
}

function recordOf(
	input: RunPipelineInput & { readonly text: string; readonly environment: string | null },
	pipeline: Pipeline,
	params: Readonly<Record<string, Scalar>>,
	effects: Pick<RunnerEffects, 'now' | 'randomId'>
): RunRecord {
	const now = effects.now();
	return {
		id: input.id ?? effects.randomId(),
		pipeline: pipeline.name,
		text: input.text,
		params,
		environment: input.environment,
		nominalMs: input.nominalMs ?? now,
		partition: input.partition ?? null,
		...(input.file ? { file: input.file } : {}),
		cause: input.cause ?? { kind: 'hand' },
		isForced: input.isForced ?? false,
		kept: input.kept ?? [],
		faults: input.faults ?? [],
		...(input.isTested ? { isTested: true } : {}),
		state: 'running',
		owner: null,
		isCancelRequested: false,
		startedAtMs: now,
		endedAtMs: null,
		steps: null
	};
}
