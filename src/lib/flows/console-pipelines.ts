// The console's verbs for pipelines and their runs.
import { faultKinds, type Fault } from '../core/pipeline/fault.ts';
import { parsePipeline } from '../core/pipeline/parse-pipeline.ts';
import { stepsOf } from '../core/pipeline/pipeline.ts';
import { err, ok, type Result } from '../core/result.ts';
import { backfill, partitionStates } from './backfill.ts';
import { breakerNow, Breakers, resetBreaker } from './breakers.ts';
import type { PipelineConsole, PipelineFacts, RunOptions } from './console-pipeline-types.ts';
import type { InvalidArgument } from './console-answer.ts';
import { invalid, isTexts } from './console-values.ts';
import type { Effects } from './effects.ts';
import { asRun, runFacts, stepsNow } from './console-runs.ts';
import { scheduleVerbs } from './console-schedules.ts';
import { asJob } from './jobs.ts';
import { lineageEvents, lineageGraph } from './lineage.ts';
import { createRunner } from './pipeline-runner.ts';
import { listPipelines, removePipeline, savePipeline, type SavedPipeline } from './pipelines.ts';
import { planPipeline } from './plan-run.ts';
import { prepareReplay, replayRun } from './replay-run.ts';
import { resumeRuns, runPipeline } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { testPipeline } from './test-pipeline.ts';

const RUNS_LISTED = 100;

export function pipelineVerbs(effects: Effects): PipelineConsole {
	const breakers = new Breakers(effects);
	const runner = (): RunnerEffects => createRunner(effects, breakers);
	const verbs: PipelineConsole = {
		savePipeline: async (text) => {
			if (typeof text !== 'string') return invalid('text', 'a pipeline as YAML');
			const saved = await savePipeline({ text }, effects);
			return saved.ok ? ok(pipelineFacts({ name: saved.value.name, text, savedAtMs: effects.now() })) : saved;
		},
		pipelines: async () => {
			const all = await listPipelines(effects);
			return all.ok ? ok(all.value.map(pipelineFacts)) : all;
		},
		removePipeline: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			const removed = await removePipeline({ name }, effects);
			return removed.ok ? ok({ name }) : removed;
		},
		planPipeline: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			const { params, environment, force: isForced, nominalMs, tests: isTested, replay } = options;
			if (!replay) return planPipeline({ name, params, environment, isForced, nominalMs, isTested }, runner());
			const prepared = await prepareReplay({ ...replay, params }, runner());
			return prepared.ok ? planPipeline(prepared.value, runner()) : prepared;
		},
		runPipeline: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			const faults = parseFaults(options.faults);
			if (!faults.ok) return faults;
			const { params, environment, force: isForced, nominalMs, tests: isTested } = options;
			return asRun(effects, `Run ${name}`, options, (job, onState) =>
				runPipeline(
					{
						name,
						params,
						environment,
						isForced,
						nominalMs,
						isTested,
						faults: faults.value,
						signal: job.signal,
						onState
					},
					runner()
				)
			);
		},
		testPipeline: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			const { step, params } = options;
			return asJob(effects.jobs, `Test ${name}`, undefined, () => testPipeline({ name, step, params }, runner()));
		},
		runs: async (options = {}) => {
			const { pipeline = null, limit = RUNS_LISTED } = options;
			if (!Number.isInteger(limit) || limit < 1) return invalid('limit', 'a whole number, 1 or more');
			const runs = await effects.runs.runs({ pipeline, limit });
			return runs.ok ? ok(runs.value.map((run) => runFacts(run, run.steps ?? {}))) : runs;
		},
		run: async (id) => {
			if (typeof id !== 'string') return invalid('id', 'the id of a run');
			const run = await effects.runs.run(id);
			if (!run.ok) return run;
			if (!run.value) return err({ kind: 'unknown-run', id } as const);
			const attempts = await effects.runs.attempts(id);
			if (!attempts.ok) return attempts;
			const steps = run.value.steps ?? stepsNow(run.value, attempts.value);
			return ok({ ...runFacts(run.value, steps), attempts: attempts.value });
		},
		runLog: async (id, options = {}) => {
			const run = await verbs.run(id);
			if (!run.ok) return run;
			const search = options.search?.toLowerCase() ?? '';
			const lines = run.value.attempts
				.filter(({ step }) => options.step === undefined || step === options.step)
				.flatMap(({ step, attempt, log }) => log.map((line) => ({ ...line, step, attempt })))
				.filter(({ text }) => text.toLowerCase().includes(search));
			return ok(lines.toSorted((one, other) => one.atMs - other.atMs));
		},
		cancelRun: async (id) => {
			if (typeof id !== 'string') return invalid('id', 'the id of a run');
			const asked = await effects.runs.requestCancel(id);
			if (!asked.ok) return asked;
			if (!asked.value) return err({ kind: 'unknown-run', id } as const);
			// The page that runs it hears of it; one that nobody runs is ended here.
			const ended = await resumeRuns({ id }, runner());
			return ended.ok ? verbs.run(id) : ended;
		},
		replayRun: async (id, options = {}) => {
			if (typeof id !== 'string') return invalid('id', 'the id of a run');
			const faults = parseFaults(options.faults);
			if (!faults.ok) return faults;
			const { from, params } = options;
			return asRun(effects, `Replay ${id}`, options, (job, onState) =>
				replayRun({ run: id, from, params, faults: faults.value, signal: job.signal, onState }, runner())
			);
		},
		resumeRuns: async () => {
			const left = await effects.runs.unfinished();
			if (!left.ok) return left;
			if (left.value.length === 0) return ok([]);
			return asJob(effects.jobs, 'Go on with runs', undefined, async (job) => {
				const resumed = await resumeRuns({ signal: job.signal }, runner());
				return resumed.ok ? ok(resumed.value.map((run) => runFacts(run, run.steps ?? {}))) : resumed;
			});
		},
		backfill: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			if (options.partitions !== undefined && !isTexts(options.partitions))
				return invalid('partitions', 'a list of keys');
			const { again: isAgain, signal, ...input } = options;
			return asJob(effects.jobs, `Backfill ${name}`, signal, (job) =>
				backfill({ name, isAgain, ...input }, job, runner())
			);
		},
		partitions: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			const calendar = await partitionStates({ name, ...options }, runner());
			return calendar.ok ? ok(calendar.value.states) : calendar;
		},
		lineage: async (options = {}) => {
			if (options.column !== undefined && options.dataset === undefined)
				return invalid('dataset', 'the dataset whose column it is');
			return lineageGraph(options, runner());
		},
		lineageEvents: (options = {}) => lineageEvents(options, runner()),
		breakers: async () => {
			const all = await effects.runs.breakers();
			return all.ok ? ok(all.value.map((breaker) => breakerNow(breaker, effects.now()))) : all;
		},
		resetBreaker: async (source) => {
			if (typeof source !== 'string') return invalid('source', 'the source of a breaker');
			const stored = await effects.runs.breaker(source);
			if (!stored.ok) return stored;
			if (!stored.value) return err({ kind: 'unknown-breaker', source } as const);
			const reset = resetBreaker(stored.value);
			const saved = await effects.runs.saveBreaker(reset);
			return saved.ok ? ok(reset) : saved;
		},
		...scheduleVerbs(effects, runner)
	};
	return verbs;
}

function parseFaults(given: RunOptions['faults']): Result<readonly Fault[], InvalidArgument> {
	const faults: Fault[] = [];
	for (const { step, do: kind, attempts = [1], ms = 1000 } of given ?? []) {
		if (typeof step !== 'string') return invalid('faults', 'faults with the id of a step');
		if (!faultKinds.includes(kind)) return invalid('faults', faultKinds.join(', '));
		faults.push({ step, do: kind, attempts, ms });
	}
	return ok(faults);
}

function pipelineFacts({ name, text, savedAtMs }: SavedPipeline): PipelineFacts {
	const parsed = parsePipeline(text);
	const description = parsed.ok ? parsed.value.description : '';
	return { name, description, text, savedAtMs, stepCount: parsed.ok ? stepsOf(parsed.value).length : 0 };
}
