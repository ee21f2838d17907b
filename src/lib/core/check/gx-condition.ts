// Row conditions that Great Expectations 1.x writes as objects, as SQL.
import * as v from 'valibot';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Kwargs } from './suite.ts';

type Condition =
	| {
			readonly type: 'comparison';
			readonly column: { readonly name: string };
			readonly operator: Operator;
			readonly parameter: Value | readonly Value[];
	  }
	| { readonly type: 'nullity'; readonly column: { readonly name: string }; readonly is_null: boolean }
	| { readonly type: 'and' | 'or'; readonly conditions: readonly Condition[] };
type Value = string | number | boolean;
type Operator = keyof typeof operators;

const operators = {
	'==': '=',
	'!=': '<>',
	'<': '<',
	'<=': '<=',
	'>': '>',
	'>=': '>=',
	IN: 'IN',
	NOT_IN: 'NOT IN'
} as const;

const named = v.object({ name: v.string() });
const value = v.union([v.string(), v.number(), v.boolean()]);
const conditionShape: v.GenericSchema<unknown, Condition> = v.variant('type', [
	v.object({
		type: v.literal('comparison'),
		column: named,
		operator: v.picklist(Object.keys(operators) as readonly Operator[]),
		parameter: v.union([value, v.array(value)])
	}),
	v.object({ type: v.literal('nullity'), column: named, is_null: v.boolean() }),
	v.object({ type: v.literal('and'), conditions: v.pipe(v.array(v.lazy(() => conditionShape)), v.minLength(1)) }),
	v.object({ type: v.literal('or'), conditions: v.pipe(v.array(v.lazy(() => conditionShape)), v.minLength(1)) })
]);
const passed = v.object({ type: v.literal('pass_through'), pass_through_filter: v.string() });

/** The same parameters with the condition as a text; null where it is no condition that can be read. */
export function withTextCondition(kwargs: Kwargs): Kwargs | null {
	const { row_condition, condition_parser, ...others } = kwargs;
	if (typeof row_condition !== 'object' || row_condition === null) return kwargs;
	const filter = v.safeParse(passed, row_condition);
	if (filter.success)
		return {
			...kwargs,
			row_condition: filter.output.pass_through_filter,
			condition_parser: condition_parser ?? 'pandas'
		};
	const read = v.safeParse(conditionShape, row_condition);
	const sql = read.success ? sqlOf(read.output) : null;
	return sql === null ? null : { ...others, row_condition: sql };
}

/** Null where a list stands for one value, or one for a list. */
function sqlOf(condition: Condition): string | null {
	switch (condition.type) {
		case 'nullity':
			return `${quoteName(condition.column.name)} IS ${condition.is_null ? '' : 'NOT '}NULL`;
		case 'comparison':
			return comparisonSql(condition);
		default: {
			const parts = condition.conditions.map(sqlOf);
			if (parts.includes(null)) return null;
			return parts.length === 1 ? (parts[0] ?? null) : `(${parts.join(condition.type === 'and' ? ' AND ' : ' OR ')})`;
		}
	}
}

function comparisonSql({ column, operator, parameter }: Extract<Condition, { type: 'comparison' }>): string | null {
	const isOfMany = operator === 'IN' || operator === 'NOT_IN';
	if (isOfMany !== Array.isArray(parameter)) return null;
	const name = quoteName(column.name);
	if (!Array.isArray(parameter)) return `${name} ${operators[operator]} ${literal(parameter as Value)}`;
	// SQL has no empty list.
	if (parameter.length === 0) return operator === 'IN' ? 'false' : 'true';
	return `${name} ${operators[operator]} (${parameter.map((one: Value) => literal(one)).join(', ')})`;
}

function literal(given: Value): string {
	return typeof given === 'string' ? quoteText(given) : String(given);
}
