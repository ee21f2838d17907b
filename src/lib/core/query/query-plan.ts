// What the edge keeps of a named query that is published: no SQL, but which columns of one published dataset, which rows of it, in which order.
//
// | member | |
// | --- | --- |
// | parameters | as the query declares them, values in the form of their type |
// | columns | what each row has, under which name |
// | where | all of them hold; of `any`, at least one |
// | order | the first decides; equal rows stay in the order of the file |
// | limit | rows in all; null for no bound |
import { array, boolean, maxLength, maxValue, minLength, minValue, nullable, number, object } from 'valibot';
import { integer, parse, picklist, pipe, regex, string, union, type InferOutput } from 'valibot';
import { PAGE_ROWS_MAX, parameterTypes, type Parameter } from './named-query.ts';
import { nameShape } from './query-schema.ts';

/** The comparison of a row's cell with operands. Nothing holds of NULL but `is-null`. */
export const planTests = [
	...(['=', '!=', '<', '<=', '>', '>='] as const),
	...(['in', 'like', 'not-like', 'contains', 'starts-with', 'is-null', 'is-not-null'] as const)
];
/** Types of parameters, and `exact`: a number with a point, which is compared digit by digit, not as a DOUBLE. */
export const operandTypes = [...parameterTypes, 'exact'] as const;

const name = pipe(string(), regex(nameShape));
const column = pipe(string(), minLength(1), maxLength(1000));
const text = pipe(string(), maxLength(10_000));
const texts = pipe(array(text), maxLength(1000));

/** Of conditions, and of those of which one is enough. */
export const CONDITIONS_MAX = 100;

const operand = union([object({ parameter: name }), object({ type: picklist(operandTypes), value: text })]);

const condition = object({
	column,
	test: picklist(planTests),
	operands: pipe(array(operand), maxLength(1000)),
	/** Where this parameter is NULL, it holds of every row. */
	unlessNull: nullable(name)
});
const choice = object({ any: pipe(array(condition), minLength(2), maxLength(CONDITIONS_MAX)) });

export const queryPlanSchema = object({
	parameters: pipe(
		array(
			object({
				name,
				type: picklist(parameterTypes),
				isList: boolean(),
				description: nullable(text),
				default: nullable(union([text, texts])),
				isRequired: boolean(),
				allowed: nullable(texts),
				min: nullable(text),
				max: nullable(text)
			})
		),
		maxLength(100)
	),
	columns: pipe(array(object({ column, as: column })), minLength(1), maxLength(2000)),
	where: pipe(array(union([condition, choice])), maxLength(CONDITIONS_MAX)),
	order: pipe(array(object({ column, isDescending: boolean(), isNullsFirst: boolean() })), maxLength(50)),
	limit: nullable(
		union([pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER)), object({ parameter: name })])
	),
	/** Of a page where who asks says nothing. */
	pageRows: pipe(number(), integer(), minValue(1), maxValue(PAGE_ROWS_MAX))
});

export type QueryPlan = InferOutput<typeof queryPlanSchema>;
export type PlanCondition = InferOutput<typeof condition>;
export type PlanTerm = QueryPlan['where'][number];
export type PlanOperand = PlanCondition['operands'][number];
export type PlanTest = PlanCondition['test'];
export type OperandType = (typeof operandTypes)[number];

/** Of a term, those of which one is enough. */
export function choicesOf(term: PlanTerm): readonly PlanCondition[] {
	return 'any' in term ? term.any : [term];
}

/** Its members in the order of the schema, as the edge keeps them. */
export function canonicalPlan(plan: QueryPlan): QueryPlan {
	return parse(queryPlanSchema, plan);
}

/** As they go to the edge. */
export function wireParameters(parameters: readonly Parameter[]): QueryPlan['parameters'] {
	return parameters.map((one) => ({
		...one,
		default: typeof one.default === 'string' || one.default === null ? one.default : [...one.default],
		allowed: one.allowed && [...one.allowed]
	}));
}

/** Names that the address of a query's rows has for itself. */
export const reservedNames: readonly string[] = ['limit', 'cursor', 'format'];
