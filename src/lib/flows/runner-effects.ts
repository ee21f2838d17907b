// What the runner of pipelines needs from outside: a store of runs, time, chance, locks, and somebody who does the work of steps.
import type { ModelTest, TestRow } from '../core/pipeline/model-test.ts';
import type { Pipeline, TransformWork, Work } from '../core/pipeline/pipeline.ts';
import type { InvalidPipeline } from '../core/pipeline/problem.ts';
import type {
	FailureFacts,
	LogLine,
	OutputRecord,
	StepCheckpoint,
	StepOutcome,
	TableFacts
} from '../core/pipeline/run-record.ts';
import type { Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunStore } from '../db/runs.ts';
import type { Breakers } from './breakers.ts';
import type { Pieces } from './step-pieces.ts';

/** Does nothing that another page may do at the same time; `busy` when it may not wait and another one does. */
export type Lock = <T>(name: string, mayWait: boolean, work: () => Promise<T>) => Promise<T | 'busy'>;

/** What a work reads, found before it is done. */
export type Study = {
	readonly inputs: readonly TableFacts[];
	/** Besides its text and its inputs, what decides its output. */
	readonly engine: string;
	/** The text that a name in the work stands for, compiled as far as it can be; null where there is none. */
	readonly program?: string | null;
	/** Why the same text and inputs may give another output; null when they do not. */
	readonly unrepeatable: string | null;
	/** What is asked over the network, named as its breaker is; null for nothing. */
	readonly source: string | null;
};

export type WorkContext = {
	readonly pipeline: string;
	readonly run: string;
	readonly step: string;
	readonly attempt: number;
	readonly signal: AbortSignal;
	readonly log: (level: LogLine['level'], text: string) => void;
	/** To be written with the output, in its transaction. What was made of other inputs than the studied ones is not used again. */
	readonly checkpoint: (outcome: StepOutcome, isAsStudied: boolean) => StepCheckpoint;
	readonly inputs: readonly TableFacts[];
	readonly pieces: Pieces;
};

export type Done = {
	readonly outcome: StepOutcome;
	/** The checkpoint was written with it. */
	readonly isCheckpointed: boolean;
};

/** Does the work of a step that needs data; joins, verdict branches and subpipelines are the runner's own. */
export type StepWorker = {
	study(work: Work): Promise<Result<Study, FailureFacts>>;
	/** Whether what was made then is still what is there. */
	stands(output: OutputRecord): Promise<Result<boolean, FailureFacts>>;
	work(work: Work, context: WorkContext): Promise<Result<Done, FailureFacts>>;
	/** The rows that a transform makes of a test's fixtures. */
	test(work: TransformWork, test: ModelTest): Promise<Result<readonly TestRow[], FailureFacts>>;
	/** Of the fault injector: ends the thread that does the work. */
	killWorker(): void;
};

export type RunnerEffects = {
	readonly runs: RunStore;
	readonly worker: StepWorker;
	readonly breakers: Breakers;
	readonly lock: Lock;
	readonly now: () => number;
	/** 0 ≤ x < 1. */
	readonly random: () => number;
	readonly randomId: () => string;
	/** Ends early when the signal aborts. */
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	/** SHA-256, hex. */
	readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
	readonly parse: (text: string) => Result<Pipeline, InvalidPipeline>;
	/** The text of a saved pipeline; null when there is none. */
	readonly pipelineText: (name: string) => Promise<Result<string | null, StoreFailure>>;
};
