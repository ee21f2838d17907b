// Why a named query is not opened to everybody.
import type { PlanProblem, PlanRefused } from './plan-problem.ts';
import type { UnpublishableProblem } from './statement-problem.ts';

export type PublishQueryFailure =
	| {
			readonly kind: 'query-unpublishable';
			readonly query: string;
			readonly sql: string;
			/** At least one. */
			readonly problems: readonly UnpublishableProblem[];
	  }
	/** Nothing is published of these, so that the query could not be asked of them; at least one. */
	| { readonly kind: 'dataset-unpublished'; readonly query: string; readonly datasets: readonly string[] }
	| { readonly kind: 'query-unpublished'; readonly query: string }
	| {
			readonly kind: 'engine-missing';
			readonly query: string;
			readonly sql: string;
			/** Why it is no plan, which the server could answer without an engine; at least one. */
			readonly because: readonly PlanProblem[];
	  }
	/** `message` is in the words of the server's engine; `position` in the SQL, in UTF-16, where it tells. */
	| {
			readonly kind: 'statement-refused';
			readonly query: string;
			readonly sql: string;
			readonly message: string;
			readonly position: number | null;
	  }
	/** Others ask it, or the runtime ended it in the middle. */
	| { readonly kind: 'engine-busy'; readonly query: string }
	| { readonly kind: 'engine-limit'; readonly query: string; readonly of: EngineLimit; readonly limit: number };

/** What the server's engine is bounded in: bytes, or seconds. */
export type EngineLimit = 'input' | 'memory' | 'answer' | 'seconds';

/** What the edge says of a query that it does not take. */
export type QueryRefused =
	| PlanRefused
	| { readonly kind: 'engine-missing' }
	| { readonly kind: 'engine-busy' }
	| Pick<Extract<PublishQueryFailure, { kind: 'statement-refused' }>, 'kind' | 'message' | 'position'>
	| Pick<Extract<PublishQueryFailure, { kind: 'engine-limit' }>, 'kind' | 'of' | 'limit'>
	| { readonly kind: 'dataset-withdrawn'; readonly dataset: string };
