// What `window.weir` offers for pipelines and their runs.
import type { LineageGraph } from '../core/lineage/graph.ts';
import type { LineageEvent } from '../core/lineage/open-lineage.ts';
import type { BreakerRecord } from '../core/pipeline/breaker-record.ts';
import type { PipelineFailure } from '../core/pipeline/failure.ts';
import type { Fault } from '../core/pipeline/fault.ts';
import type { RunPlan } from '../core/pipeline/plan.ts';
import type { InvalidPipeline } from '../core/pipeline/problem.ts';
import type { AttemptRecord, LogLine, ModelTestOutcome, RunCause } from '../core/pipeline/run-record.ts';
import type { StepState } from '../core/pipeline/run-state.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { PartitionState } from './backfill.ts';
import type { Answer as AnswerOf } from './console-answer.ts';
import type { ScheduleFacts } from './schedules.ts';

type Failures = PipelineFailure | StoreFailure | { readonly kind: 'cancelled' };
type Answer<T, E = Failures> = AnswerOf<T, E>;

export type PipelineFacts = {
	readonly name: string;
	readonly description: string;
	readonly text: string;
	readonly savedAtMs: number;
	readonly stepCount: number;
};

export type RunFacts = {
	readonly id: string;
	readonly pipeline: string;
	readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
	readonly params: Readonly<Record<string, unknown>>;
	readonly environment: string | null;
	readonly nominalMs: number;
	readonly partition: string | null;
	readonly cause: RunCause;
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	/** How each step stands, items of a for-each as `step[0]`. */
	readonly steps: Readonly<Record<string, StepState>>;
};

export type RunOptions = {
	readonly params?: Readonly<Record<string, unknown>>;
	readonly environment?: string;
	/** Runs also steps whose output stands. */
	readonly force?: boolean;
	/** The time the run is for; now when nothing is said. */
	readonly nominalMs?: number;
	/** A test tool: faults the run is to meet. `attempts` are [1] and `ms` 1000 when left out. */
	readonly faults?: readonly (Pick<Fault, 'step' | 'do'> & Partial<Fault>)[];
	/** Runs the tests of each step before it; one that fails fails the step. */
	readonly tests?: boolean;
	readonly signal?: AbortSignal;
	readonly onState?: (steps: Readonly<Record<string, StepState>>) => void;
};

type BackfillOptions = {
	readonly from?: string;
	readonly to?: string;
	readonly partitions?: readonly string[];
	readonly params?: Readonly<Record<string, unknown>>;
	readonly environment?: string;
	/** Also partitions that succeeded with this very text. */
	readonly again?: boolean;
	readonly signal?: AbortSignal;
};

export type PipelineConsole = {
	/** Keeps a pipeline's text under the name it has. */
	savePipeline(text: string): Answer<PipelineFacts, InvalidPipeline | StoreFailure>;
	pipelines(): Answer<readonly PipelineFacts[]>;
	removePipeline(name: string): Answer<{ readonly name: string }>;
	/** What a run would do, and why, without running anything. `replay` plans the replay of a run. */
	planPipeline(
		name: string,
		options?: Omit<RunOptions, 'faults' | 'signal' | 'onState'> & {
			readonly replay?: { readonly run: string; readonly from?: string };
		}
	): Answer<RunPlan>;
	/** Runs a pipeline to its end; a failed step is no failure of the call, but a `state` of its answer. */
	runPipeline(name: string, options?: RunOptions): Answer<RunFacts>;
	/** Runs the tests of a pipeline's steps over their own rows; nothing stored is read or changed. */
	testPipeline(
		name: string,
		options?: { readonly step?: string; readonly params?: Readonly<Record<string, unknown>> }
	): Answer<readonly ModelTestOutcome[]>;
	/** Newest first. */
	runs(options?: { readonly pipeline?: string; readonly limit?: number }): Answer<readonly RunFacts[]>;
	/** One run with every attempt of every step. */
	run(id: string): Answer<RunFacts & { readonly attempts: readonly AttemptRecord[] }>;
	/** Lines of all its steps in the order of time. */
	runLog(
		id: string,
		options?: { readonly step?: string; readonly search?: string }
	): Answer<readonly (LogLine & { readonly step: string; readonly attempt: number })[]>;
	cancelRun(id: string): Answer<RunFacts>;
	/** Runs a step and all behind it once more, or all that did not succeed; what lies before stays as it ended. */
	replayRun(
		id: string,
		options?: Pick<RunOptions, 'params' | 'faults' | 'signal' | 'onState'> & { readonly from?: string }
	): Answer<RunFacts>;
	/** Goes on with runs that a closed page left; the page does so by itself when it opens. */
	resumeRuns(): Answer<readonly RunFacts[]>;
	/** Runs a pipeline for each of its partitions that has not succeeded. */
	backfill(name: string, options?: BackfillOptions): Answer<readonly PartitionState[]>;
	/** The calendar of its partitions: how the newest run of each stands. */
	partitions(name: string, options?: Omit<BackfillOptions, 'again' | 'signal'>): Answer<readonly PartitionState[]>;
	/** What a dataset, or a column of it, came from and went into; all there is when none is named. `run`: as of its end. */
	lineage(options?: {
		readonly dataset?: string;
		readonly column?: string;
		readonly run?: string;
	}): Answer<LineageGraph>;
	/** OpenLineage events of one run, of a pipeline's runs or of all, oldest first. */
	lineageEvents(options?: { readonly run?: string; readonly pipeline?: string }): Answer<readonly LineageEvent[]>;
	breakers(): Answer<readonly BreakerRecord[]>;
	resetBreaker(source: string): Answer<BreakerRecord>;
	/** Lets a pipeline watch a folder under a name; a person is asked for it unless a handle is given. Chromium only. */
	watchFolder(
		name: string,
		handle?: FileSystemDirectoryHandle
	): Answer<
		{ readonly name: string },
		| Failures
		| { readonly kind: 'unsupported-option'; readonly option: string; readonly value: string; readonly reason: string }
	>;
	/** Asks a person once more for a folder that the browser shows no longer; right after a press or a key only. */
	allowFolder(name: string): Answer<{ readonly name: string }>;
	unwatchFolder(name: string): Answer<{ readonly name: string }>;
	watchedFolders(): Answer<readonly string[]>;
	/** When each scheduled pipeline runs next, and what it missed. */
	schedules(): Answer<readonly ScheduleFacts[]>;
	/** Runs what is due; the page does so by itself while it is open. */
	runDue(): Answer<readonly RunFacts[]>;
	/** Runs one of the `missedMs` of a schedule after all, as it would have been then. */
	runMissed(name: string, nominalMs: number, options?: Pick<RunOptions, 'signal' | 'onState'>): Answer<RunFacts>;
	/** Lets one of them go, or all; the answer is what went. */
	dismissMissed(name: string, nominalMs?: number): Answer<readonly number[]>;
	/** Takes that back; the answer is what is missed then. */
	restoreMissed(name: string, nominalMs: readonly number[]): Answer<readonly number[]>;
};
