// How an expectation is described: its name, the parameters it takes, and the plan it makes of them.
import * as v from 'valibot';
import type { Column } from '../version/version.ts';
import { ok, type Result } from '../result.ts';
import type { PlanContext, Planned } from './plan.ts';
import type { Told } from './told.ts';
import type { EvaluationProblem } from './verdict.ts';

export type Expectation = {
	readonly name: string;
	/** What the page groups them by. */
	readonly group:
		'table' | 'values' | 'text' | 'order' | 'aggregate' | 'distribution' | 'drift' | 'columns' | 'reference' | 'own';
	/** One sentence, as it reads in a list. */
	readonly summary: string;
	readonly schema: v.GenericSchema<unknown, Readonly<Record<string, unknown>>>;
	readonly entries: v.ObjectEntries;
	/** `kwargs` are of the schema. */
	readonly plan: (kwargs: unknown, context: PlanContext) => Planned;
};

const name = v.pipe(v.string(), v.minLength(1));
const names = v.pipe(v.array(name), v.minLength(1));

/** Rows that are left out before anything else. */
export const conditionEntries = {
	row_condition: v.optional(v.nullable(v.pipe(v.string(), v.minLength(1)))),
	condition_parser: v.optional(
		v.nullable(v.picklist(['sql', 'great_expectations', 'great_expectations__experimental__', 'pandas', 'spark']))
	)
};

export const mostlyEntries = { mostly: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1) };
export const columnEntries = { column: name };
export const pairEntries = { column_A: name, column_B: name };
export const listEntries = { column_list: v.pipe(v.array(name), v.minLength(2)) };
export const oneName = name;
export const someNames = names;
export const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
export const scalar = v.union([v.string(), v.number(), v.boolean(), v.null_()]);
export const valueSet = v.optional(v.nullable(v.array(scalar)));

type Facts<E extends v.ObjectEntries> = Pick<Expectation, 'name' | 'group' | 'summary'> & {
	readonly entries: E;
	readonly plan: (kwargs: v.InferOutput<v.StrictObjectSchema<E, undefined>>, context: PlanContext) => Planned;
};

export function expectation<const E extends v.ObjectEntries>(facts: Facts<E>): Expectation {
	const schema = v.strictObject(facts.entries);
	return {
		...facts,
		schema,
		plan: (kwargs, context) => facts.plan(v.parse(schema, kwargs), context)
	};
}

/** Goes on with a column that was found. */
export function withColumn(column: Result<Column, EvaluationProblem>, plan: (column: Column) => Planned): Planned {
	return column.ok ? plan(column.value) : column;
}

/** Known without looking at any row. */
export function known(success: boolean, result: Readonly<Record<string, Told>>): Planned {
	return ok({ measures: {}, judge: () => ({ success, result, unexpectedCount: null }), unexpected: null, fn: null });
}
