// For what no server answers a named query as the page does, though it has an engine; the words are in ui/explain-query-statement.ts.
import type { PlanProblem } from './plan-problem.ts';

/** `position` in the SQL, in UTF-16; null where the engine does not tell. */
type Placed = { readonly name: string; readonly position: number | null };

export type StatementProblem =
	/** A version that is named is not the one that is published. */
	| (Placed & { readonly code: 'version' })
	/** A table that is no dataset: a file, or what the workspace tells of itself. */
	| (Placed & { readonly code: 'no-dataset' })
	/** A function that gives rows of something else than its arguments. */
	| (Placed & { readonly code: 'table-function' })
	| (Placed & { readonly code: 'model' })
	/** A function that may answer differently of the same versions, or that the server does not have. */
	| (Placed & { readonly code: 'changing' })
	| { readonly code: 'sample'; readonly position: number | null }
	| { readonly code: 'nothing-read' }
	/** The engine gives no tree of it, so that nobody can tell what it reads. */
	| { readonly code: 'untold' }
	| { readonly code: 'too-many-datasets'; readonly count: number; readonly limit: number }
	| { readonly code: 'too-long'; readonly letters: number; readonly limit: number };

export type UnpublishableProblem = PlanProblem | StatementProblem;
