// What each kind of step holds, as schemas: the parser, the published JSON Schema and the types are all made from these.
import * as v from 'valibot';
import { functionStepSchema } from './function-step.ts';

const name = v.pipe(v.string(), v.minLength(1));
const names = v.pipe(v.array(name), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const scalar = v.union([v.string(), v.number(), v.boolean()]);
/** SQL; a bare number or true is SQL too. */
const expression = v.union([v.pipe(v.string(), v.minLength(1)), v.number(), v.boolean()]);
const expressions = v.pipe(v.record(name, expression), v.minEntries(1));
const order = v.pipe(
	v.array(
		v.union([
			name,
			v.strictObject({
				column: name,
				descending: v.optional(v.boolean()),
				nulls: v.optional(v.picklist(['first', 'last']))
			})
		])
	),
	v.minLength(1),
	v.description('Columns, each with " desc" behind it or as { column, descending, nulls }.')
);
const bound = v.union([v.pipe(v.number(), v.integer()), v.literal('unbounded')]);
const frame = v.union([
	v.strictObject({ last: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
	v.strictObject({ rows: v.tuple([bound, bound]) }),
	v.strictObject({ range: v.union([v.number(), name]) })
]);

export const misfitChoices = ['fail', 'null', 'reject'] as const;
export const fillMethods = ['constant', 'previous', 'next', 'mean', 'median', 'mode'] as const;
export const joinKinds = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;
export const cardinalities = ['one-to-one', 'one-to-many', 'many-to-one', 'many-to-many'] as const;

export const stepSchemas = {
	select: v.pipe(
		v.union([names, v.strictObject({ except: names })]),
		v.description('Columns to keep, in this order; or all but some.')
	),
	rename: v.pipe(v.record(name, name), v.minEntries(1), v.description('New names by old ones.')),
	cast: v.pipe(
		v.strictObject({
			columns: v.pipe(v.record(name, name), v.minEntries(1)),
			misfits: v.optional(v.union([v.picklist(misfitChoices), v.null()]))
		}),
		v.description(
			'Types by column. What does not fit ends the run (fail), becomes null, or goes to the rejects (reject).'
		)
	),
	derive: v.pipe(expressions, v.description('SQL expressions by the name of the column they make or replace.')),
	filter: v.pipe(expression, v.description('A SQL condition; rows where it is true stay.')),
	deduplicate: v.pipe(
		v.union([
			v.null(),
			v.strictObject({
				by: v.optional(names),
				keep: v.optional(v.picklist(['first', 'last'])),
				order: v.optional(order)
			})
		]),
		v.description('One row for each value of some columns, the first or last by an order; without columns, whole rows.')
	),
	fill: v.pipe(
		v.strictObject({
			columns: names,
			with: v.picklist(fillMethods),
			value: v.optional(scalar),
			by: v.optional(names),
			order: v.optional(order)
		}),
		v.description('Puts values where there are none, within groups.')
	),
	split: v.pipe(
		v.strictObject({
			column: name,
			by: v.optional(name),
			pattern: v.optional(name),
			into: v.optional(names),
			rows: v.optional(v.boolean()),
			keep: v.optional(v.boolean())
		}),
		v.description('A text at a delimiter or pattern, or a list, into columns or into rows.')
	),
	join: v.pipe(
		v.strictObject({
			with: name,
			on: v.union([names, v.pipe(v.record(name, name), v.minEntries(1))]),
			kind: v.optional(v.picklist(joinKinds)),
			columns: v.optional(names),
			suffix: v.optional(name),
			expect: v.optional(v.picklist(cardinalities))
		}),
		v.description('Columns of another table where some columns agree. `expect` is checked before the run.')
	),
	union: v.pipe(
		v.union([name, names, v.strictObject({ with: v.union([name, names]), distinct: v.optional(v.boolean()) })]),
		v.description('Rows of other tables below; columns match by name.')
	),
	aggregate: v.pipe(
		v.strictObject({ by: v.optional(names), columns: v.optional(expressions) }),
		v.description('One row a group, with SQL aggregates by the name of their column.')
	),
	pivot: v.pipe(
		v.strictObject({ on: name, in: v.pipe(v.array(scalar), v.minLength(1)), value: expression, by: names }),
		v.description('Values of a column become columns.')
	),
	unpivot: v.pipe(
		v.strictObject({ columns: names, name: v.optional(name), value: v.optional(name), nulls: v.optional(v.boolean()) }),
		v.description('Columns become rows of a name and a value.')
	),
	window: v.pipe(
		v.strictObject({
			columns: expressions,
			by: v.optional(names),
			order: v.optional(order),
			frame: v.optional(frame)
		}),
		v.description(
			'SQL functions over the rows around each row. An expression with OVER of its own can say OVER w for the window of the step.'
		)
	),
	sample: v.pipe(
		v.strictObject({
			rows: v.optional(count),
			fraction: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
			seed: v.optional(count)
		}),
		v.description('Rows at random, the same for the same seed.')
	),
	sort: order,
	limit: v.pipe(
		v.union([count, v.strictObject({ rows: count, offset: v.optional(count) })]),
		v.description('The first rows.')
	),
	sql: v.pipe(v.string(), v.minLength(1), v.description('One SELECT over `input`, the rows of the step before.')),
	javascript: functionStepSchema
} as const;

export type StepKind = keyof typeof stepSchemas;
export type StepValue<K extends StepKind> = v.InferOutput<(typeof stepSchemas)[K]>;
export type Order = v.InferOutput<typeof order>;
export type Frame = v.InferOutput<typeof frame>;

export const stepKinds = Object.keys(stepSchemas) as readonly StepKind[];

const inputs = v.union([name, v.pipe(v.record(name, name), v.minEntries(1))]);

export const stepCommon = { name: v.optional(name), disabled: v.optional(v.boolean()) };
export const recipeEntries = {
	description: v.optional(v.string()),
	input: v.pipe(
		inputs,
		v.description(
			'A dataset, or name@version; or several by the names that steps call them, the first of which is transformed.'
		)
	),
	output: v.pipe(v.optional(name), v.description('The dataset that a run makes or adds a version to.'))
};
