// What is kept of a run: one row for it, one for every attempt of a step, and one for every output that may be used again.
import type { VersionId } from '../ids.ts';
import type { StepLineage } from '../lineage/step-lineage.ts';
import type { RowDifference } from './model-test.ts';
import type { Fault } from './fault.ts';
import type { Piece } from '../script/piece.ts';
import type { Scalar } from './pipeline.ts';
import type { StepState } from './run-state.ts';

export type RunCause =
	| { readonly kind: 'hand' }
	| { readonly kind: 'schedule' }
	| { readonly kind: 'version'; readonly dataset: string }
	| { readonly kind: 'file'; readonly folder: string }
	| { readonly kind: 'backfill'; readonly backfill: string }
	| { readonly kind: 'replay'; readonly run: string; readonly from: string }
	/** A step of another run. */
	| { readonly kind: 'pipeline'; readonly run: string; readonly step: string };

export type RunRecord = {
	readonly id: string;
	readonly pipeline: string;
	/** The pipeline as it was when the run began. */
	readonly text: string;
	readonly params: Readonly<Record<string, Scalar>>;
	readonly environment: string | null;
	/** The time the run is for; of a scheduled one, when it was due. */
	readonly nominalMs: number;
	readonly partition: string | null;
	/** The file of a watched folder that it is for. */
	readonly file?: string | null;
	readonly cause: RunCause;
	/** Runs every step, also those whose output stands. */
	readonly isForced: boolean;
	/** Steps of a replayed run that are taken over as they ended. */
	readonly kept: readonly AttemptRecord[];
	readonly faults: readonly Fault[];
	/** Runs the tests of a step before it. */
	readonly isTested?: boolean;
	readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
	/** Names the page that runs it; only that one may write about it. */
	readonly owner: string | null;
	readonly isCancelRequested: boolean;
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	/** How every step ended; null while it runs. */
	readonly steps: Readonly<Record<string, StepState>> | null;
};

export type LogLine = { readonly atMs: number; readonly level: 'info' | 'warn' | 'error'; readonly text: string };

export type TableFacts = {
	readonly dataset: string;
	readonly version: VersionId;
	readonly contentHash: string;
	readonly rowCount: number;
	readonly sizeBytes: number;
};

export type Item = Readonly<Record<string, Scalar>> | Scalar;

/** What a step made. Values of `items` are cells, which stay in this workspace. */
export type StepOutcome = {
	readonly inputs: readonly TableFacts[];
	readonly table: TableFacts | null;
	readonly verdict: 'passed' | 'failed' | null;
	/** Of a check with several, each by its name. */
	readonly assertions?: readonly { readonly name: string; readonly passed: boolean }[];
	readonly chosen: readonly string[] | null;
	readonly items: readonly Item[] | null;
	/** Of a subpipeline. */
	readonly run: string | null;
	/** Of a report: the edition that it made. */
	readonly edition?: { readonly id: string; readonly report: string } | undefined;
	/** Where its columns come from; left out by steps that read no data. */
	readonly lineage?: StepLineage | undefined;
};

export const NO_OUTCOME: StepOutcome = {
	inputs: [],
	table: null,
	verdict: null,
	chosen: null,
	items: null,
	run: null
};

/** Any failure, as facts. */
export type FailureFacts = { readonly kind: string; readonly [fact: string]: unknown };

export type ModelTestOutcome = {
	readonly step: string;
	readonly name: string;
	readonly passed: boolean;
	/** The first hundred. */
	readonly differences: readonly RowDifference[];
	readonly failure: FailureFacts | null;
};

export type AttemptRecord = {
	readonly run: string;
	readonly step: string;
	/** From 1. */
	readonly attempt: number;
	readonly state: 'running' | 'succeeded' | 'unchanged' | 'failed' | 'timed_out' | 'interrupted' | 'stopped';
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	/** Of a failed one, when the next begins; null when there is none. */
	readonly retryAtMs: number | null;
	readonly outcome: StepOutcome | null;
	readonly failure: FailureFacts | null;
	/** Of its tests, where the run was asked to run them. */
	readonly tests?: readonly ModelTestOutcome[];
	/** The newest lines, at most `LOG_LINES`. */
	readonly log: readonly LogLine[];
};

/** An output and everything it came from, each part hashed: the same fingerprint, the same output. */
export type OutputRecord = {
	readonly pipeline: string;
	readonly step: string;
	readonly fingerprint: string;
	readonly parts: FingerprintParts;
	readonly outcome: StepOutcome;
	readonly run: string;
	readonly atMs: number;
	/** Hash of the tests that passed, and of what they tested; none were asked for where it is left out. */
	readonly tests?: string;
};

/** Hashes of what the step says, of what it reads, and of what reads it; the inputs by name. */
export type FingerprintParts = {
	readonly work: string;
	readonly engine: string;
	readonly inputs: Readonly<Record<string, string>>;
};

/** What lands together with a step's output, in its transaction; refused when another page has taken the run over. */
export type StepCheckpoint = {
	readonly owner: string;
	readonly attempt: AttemptRecord;
	/** Null when the output may not be used again. */
	readonly output: OutputRecord | null;
	/** What was decided before it and is not known to be on the disk. */
	readonly decided: Decided;
};

/** Of a step that runs: what its function gave so far. */
export type StepPiece = Piece & { readonly run: string; readonly step: string };

/** Ended attempts of steps that only decide, such as joins, with what other runs may find of them: written twice they are the same. */
export type Decided = readonly Pick<StepCheckpoint, 'attempt' | 'output'>[];

export const LOG_LINES = 200;
const LOG_LINE_LENGTH = 500;

export function withLine(log: readonly LogLine[], line: LogLine): readonly LogLine[] {
	return [...log.slice(1 - LOG_LINES), { ...line, text: line.text.slice(0, LOG_LINE_LENGTH) }];
}
