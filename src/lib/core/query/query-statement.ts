// What the edge keeps of a named query that no plan has words for: its SQL, which an engine there answers over published datasets.
//
// | member | |
// | --- | --- |
// | sql | as it is written, with its `$parameters` |
// | parameters | as the query declares them, values in the form of their type |
// | datasets | what the SQL calls them, and where each is published |
// | timeZone | of the engine that it was written in: times with a zone are read alike |
import { array, maxLength, minLength, object, pipe, regex, string, parse, type InferOutput } from 'valibot';
import { randomId } from '../contract/wire.ts';
import { queryPlanSchema, type QueryPlan } from './query-plan.ts';

/** Letters of the SQL. */
export const STATEMENT_LETTERS = 60_000;
export const STATEMENT_DATASETS = 20;

export const queryStatementSchema = object({
	parameters: queryPlanSchema.entries.parameters,
	sql: pipe(string(), minLength(1), maxLength(STATEMENT_LETTERS)),
	datasets: pipe(
		array(object({ name: pipe(string(), minLength(1), maxLength(1000)), publication: randomId })),
		minLength(1),
		maxLength(STATEMENT_DATASETS)
	),
	timeZone: pipe(string(), regex(/^[A-Za-z0-9_+\-/]{1,100}$/)),
	/** Of a page where who asks says nothing. */
	pageRows: queryPlanSchema.entries.pageRows
});

export type QueryStatement = InferOutput<typeof queryStatementSchema>;

export function isStatement(plan: QueryPlan | QueryStatement): plan is QueryStatement {
	return 'sql' in plan;
}

/** Its members in the order of the schema, as the edge keeps them. */
export function canonicalStatement(statement: QueryStatement): QueryStatement {
	return parse(queryStatementSchema, statement);
}
