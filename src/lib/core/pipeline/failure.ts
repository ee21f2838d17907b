// What can go wrong with pipelines, runs and their steps, as facts; the words are in ui/explain-pipeline.ts.
import type { InvalidPipeline } from './problem.ts';
import type { FolderFailure } from './watched-file.ts';
import type { ParamsFailure } from './references.ts';

/** Of a step that ran; also kept with its attempt. */
export type StepFailure =
	| { readonly kind: 'check-failed'; readonly step: string; readonly assertions: readonly string[] }
	/** Tests of the step, before it was run. */
	| { readonly kind: 'model-test-failed'; readonly step: string; readonly tests: readonly string[] }
	| { readonly kind: 'no-fixture'; readonly table: string }
	/** A condition that is not one true or false. */
	| { readonly kind: 'no-condition'; readonly step: string; readonly rowCount: number; readonly columnCount: number }
	| { readonly kind: 'too-many-items'; readonly count: number; readonly limit: number }
	| {
			readonly kind: 'source-open';
			readonly source: string;
			readonly retryAtMs: number;
			readonly lastFailure: string | null;
	  }
	| { readonly kind: 'timed-out'; readonly timeoutMs: number }
	| { readonly kind: 'fault-injected'; readonly step: string; readonly attempt: number }
	| { readonly kind: 'interrupted-too-often'; readonly times: number }
	| { readonly kind: 'child-run-failed'; readonly run: string }
	| { readonly kind: 'pipeline-in-itself'; readonly path: readonly string[] }
	| { readonly kind: 'unknown-reference'; readonly name: string };

export type PipelineFailure =
	| FolderFailure
	| InvalidPipeline
	| ParamsFailure
	| StepFailure
	| { readonly kind: 'unknown-pipeline'; readonly name: string }
	| { readonly kind: 'unknown-environment'; readonly name: string; readonly known: readonly string[] }
	| { readonly kind: 'pipeline-busy'; readonly name: string }
	| { readonly kind: 'unknown-run'; readonly id: string }
	| { readonly kind: 'unknown-step'; readonly step: string; readonly known: readonly string[] }
	| { readonly kind: 'no-partitions'; readonly name: string }
	| { readonly kind: 'not-missed'; readonly name: string; readonly nominalMs: number }
	| { readonly kind: 'unknown-breaker'; readonly source: string };
