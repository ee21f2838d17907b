// Why a named query is not opened to everybody.
import type { PlanProblem } from './plan-problem.ts';
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
	/** `message` is the words of the server's engine; `position` in the SQL, in UTF-16, where it tells. */
	| {
			readonly kind: 'statement-refused';
			readonly query: string;
			readonly sql: string;
			readonly message: string;
			readonly position: number | null;
	  };
