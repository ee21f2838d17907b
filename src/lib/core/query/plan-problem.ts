// What the edge could not answer of a named query, clause by clause; the words are in ui/explain-query.ts.
import type { PlanMisfit } from './plan-tests.ts';

export type PlanClause =
	| 'from'
	| 'with'
	| 'set'
	| 'group'
	| 'having'
	| 'qualify'
	| 'distinct'
	| 'sample'
	| 'offset'
	| 'limit'
	| 'column'
	| 'order'
	| 'condition'
	| 'operand';

export type PlanProblem =
	/** `position` in the SQL, in UTF-16; null where the engine does not tell. */
	| { readonly code: 'beyond'; readonly clause: PlanClause; readonly position: number | null }
	| { readonly code: 'unknown-column'; readonly column: string; readonly position: number | null }
	/** Found of the plan as a whole: two columns of one name, what is not compared alike, a name that is taken. */
	| ({ readonly code: 'misfit' } & PlanMisfit);

/** What the edge says of a plan that the version which is published there does not answer. */
export type PlanRefused = { readonly kind: 'plan-refused' } & PlanMisfit;
