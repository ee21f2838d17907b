// What a pipeline is once its text was read: steps with their needs, parameters, policies. `${{ … }}` is still in its texts.
import type { Channel } from '../alert/rule.ts';
import type { Place } from '../document/text-problem.ts';
import type { IngestOverrides } from '../ingest/options.ts';
import type { InputValue } from '../report/report.ts';
import type { UserFunction } from '../script/user-function.ts';
import type { ModelTest } from './model-test.ts';
import type { TriggerRule } from './trigger-rule.ts';

export const paramTypes = ['text', 'integer', 'number', 'boolean', 'date', 'timestamp'] as const;
export type ParamType = (typeof paramTypes)[number];
export type Scalar = string | number | boolean | null;

export type Param = {
	readonly name: string;
	readonly type: ParamType;
	/** Undefined: it must be given. */
	readonly default: Scalar | undefined;
};

export type RetryPolicy = {
	/** With the first; 1 is no retry. */
	readonly attempts: number;
	readonly delayMs: number;
	readonly factor: number;
	readonly maxDelayMs: number;
	readonly jitter: 'full' | 'none';
};

export type BreakerPolicy = {
	/** Failures one after the other that open it. */
	readonly failures: number;
	readonly resetAfterMs: number;
};

export type Schedule = {
	readonly cron: string | null;
	readonly timeZone: string;
	/** What becomes of nominal times that passed while no page was open. */
	readonly catchUp: 'all' | 'latest' | 'none';
	/** Datasets whose new version starts a run. */
	readonly onVersion: readonly string[];
	/** A watched folder, each new file of which starts a run; null for none. */
	readonly onFile: { readonly folder: string; readonly pattern: string } | null;
};

export type Partitions = {
	/** The parameter that a run of one partition gets. */
	readonly param: string;
	readonly by: 'day' | 'week' | 'month' | 'year' | 'list';
	/** The first key, inclusive; null without a beginning. */
	readonly from: string | null;
	readonly values: readonly string[];
};

export type IngestWork = {
	readonly kind: 'ingest';
	readonly source:
		| { readonly kind: 'url'; readonly url: string }
		| { readonly kind: 'sample'; readonly sample: string }
		| { readonly kind: 'file'; readonly folder: string; readonly file: string }
		/** A saved connection, which says itself what becomes of the rows. */
		| { readonly kind: 'connection'; readonly connection: string }
		| { readonly kind: 'dataset'; readonly dataset: string };
	/** Null for a dataset that is read where it is, and for a connection that says it itself. */
	readonly into: string | null;
	readonly mode: 'replace' | 'append' | 'upsert';
	readonly key: readonly string[];
	readonly options: IngestOverrides;
};

/** What makes the rows of a transform. */
export type TransformRows =
	| { readonly kind: 'sql'; readonly sql: string }
	/** A saved recipe; `input` takes the place of its own when it is given. */
	| { readonly kind: 'recipe'; readonly recipe: string; readonly input: string | null }
	/** Steps of a recipe written in the pipeline: its text as a recipe, and the line of each step in the pipeline's. */
	| {
			readonly kind: 'steps';
			readonly input: string;
			readonly steps: readonly unknown[];
			readonly lines: readonly number[];
	  }
	/** What a registered model says of the rows of a dataset, beside them: its answer, and of classes how likely that is. */
	| {
			readonly kind: 'score';
			readonly input: string;
			readonly model: string;
			readonly prediction: string;
			readonly probability: string;
	  }
	/** A user function over the rows of a dataset. */
	| { readonly kind: 'function'; readonly input: string; readonly fn: UserFunction };

export type TransformWork = {
	readonly kind: 'transform';
	readonly rows: TransformRows;
	readonly into: string;
	/** Null keeps the key of the version before. */
	readonly key: readonly string[] | null;
	readonly tests: readonly ModelTest[];
};

export type CheckWork = {
	readonly kind: 'check';
	/** All must hold. Each is a query of one row and one column; true passes. At least one, unless there is a suite. */
	readonly assertions: readonly { readonly name: string; readonly sql: string }[];
	readonly severity: 'error' | 'warn';
	readonly suite: SuiteGate | null;
};

/** A saved suite that a dataset, or version of one, is held against, and what becomes of rows it is against. */
export type SuiteGate = {
	readonly suite: string;
	readonly dataset: string;
	readonly gate: 'block' | 'warn' | 'quarantine';
	/** Of a quarantine: the dataset of the good rows, whose rejects are the others. */
	readonly into: string | null;
};

export type BranchWork = {
	readonly kind: 'branch';
	readonly on:
		| { readonly kind: 'sql'; readonly cases: readonly { readonly sql: string; readonly then: readonly string[] }[] }
		| { readonly kind: 'verdict'; readonly check: string; readonly passed: readonly string[] };
	/** What goes on when no case holds, or the verdict is bad. */
	readonly otherwise: readonly string[];
};

export type ReportWork = {
	readonly kind: 'report';
	/** The name of a saved report. */
	readonly report: string;
	/** Of its inputs, by their names. */
	readonly inputs: Readonly<Record<string, InputValue>>;
	/** Editions of this step that are kept; older ones go. */
	readonly keep: number;
	/** Null makes no link. */
	readonly share: { readonly expiresInDays: number; readonly views: number | null } | null;
	/** Who is told of an edition, with its link where there is one. */
	readonly notify: readonly Channel[];
};

export type SimpleWork = IngestWork | TransformWork | CheckWork;

export type ForEachWork = {
	readonly kind: 'for-each';
	readonly items:
		| { readonly kind: 'list'; readonly list: readonly (Scalar | Readonly<Record<string, Scalar>>)[] }
		| { readonly kind: 'sql'; readonly sql: string };
	readonly work: SimpleWork;
};

export type Work =
	| SimpleWork
	| BranchWork
	| ForEachWork
	| ReportWork
	| { readonly kind: 'join' }
	| {
			readonly kind: 'pipeline';
			readonly pipeline: string;
			readonly params: Readonly<Record<string, Scalar>>;
	  };

export type Step = {
	readonly id: string;
	readonly needs: readonly string[];
	readonly trigger: TriggerRule;
	readonly retry: RetryPolicy;
	readonly timeoutMs: number | null;
	readonly work: Work;
	readonly at: Place;
};

export type Pipeline = {
	readonly name: string;
	readonly description: string;
	readonly params: readonly Param[];
	readonly env: Readonly<Record<string, Scalar>>;
	readonly environments: Readonly<Record<string, Readonly<Record<string, Scalar>>>>;
	readonly breaker: BreakerPolicy;
	/** Steps that run at one time, at most. */
	readonly maxParallel: number;
	readonly concurrency: { readonly runs: 'one' | 'many'; readonly whenBusy: 'wait' | 'skip' };
	readonly schedule: Schedule | null;
	readonly partitions: Partitions | null;
	readonly steps: readonly Step[];
	/** Run in their order of needs once all steps have ended and one of them failed. */
	readonly onFailure: readonly Step[];
};

/** All steps, those of a failure last. */
export function stepsOf(pipeline: Pick<Pipeline, 'steps' | 'onFailure'>): readonly Step[] {
	return [...pipeline.steps, ...pipeline.onFailure];
}

/** The dataset a step writes, as a text that may hold `${{ … }}`. */
export function outputOf(work: Work): string | null {
	if (work.kind === 'ingest' || work.kind === 'transform') return work.into;
	if (work.kind === 'check') return work.suite?.into ?? null;
	return work.kind === 'for-each' ? outputOf(work.work) : null;
}

/** The queries a step runs; of a for-each, the one of its items. */
export function sqlsOf(work: Work): readonly string[] {
	if (work.kind === 'check') return work.assertions.map(({ sql }) => sql);
	if (work.kind === 'transform') return work.rows.kind === 'sql' ? [work.rows.sql] : [];
	if (work.kind === 'branch' && work.on.kind === 'sql') return work.on.cases.map(({ sql }) => sql);
	return work.kind === 'for-each' && work.items.kind === 'sql' ? [work.items.sql] : [];
}

/** The dataset, or version of one, that a step names as its input besides its queries; null where it names none. */
export function inputOf(work: Work): string | null {
	if (work.kind === 'ingest') return work.source.kind === 'dataset' ? work.source.dataset : null;
	if (work.kind === 'transform') return work.rows.kind === 'sql' ? null : work.rows.input;
	if (work.kind === 'check') return work.suite?.dataset ?? null;
	return work.kind === 'for-each' ? inputOf(work.work) : null;
}
