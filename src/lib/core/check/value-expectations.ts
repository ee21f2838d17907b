// Expectations of each value of a column: whether it is there, what it is, and between which bounds.
import * as v from 'valibot';
import { quoteName } from '../sql/quote.ts';
import { boundEntries, boundsSql } from './bounds.ts';
import {
	columnEntries,
	conditionEntries,
	expectation,
	known,
	mostlyEntries,
	oneName,
	valueSet,
	withColumn,
	type Expectation
} from './expectation.ts';
import { literalsOf, setOf } from './literal.ts';
import { mapPlan, presentValues } from './map-plan.ts';
import { columnOf, columnOfFamily, ordered, valueSql, type PlanContext, type Planned } from './plan.ts';
import { isOfType } from './type-names.ts';

const common = { ...columnEntries, ...mostlyEntries, ...conditionEntries };

export const valueExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_values_to_not_be_null',
		group: 'values',
		summary: 'No value is missing.',
		entries: common,
		plan: ({ column, mostly }, context) =>
			withColumn(columnOf(column, context), ({ name }) =>
				mapPlan({ counted: null, mostly, columns: [name], isOfValue: true }, `${quoteName(name)} IS NOT NULL`)
			)
	}),
	expectation({
		name: 'expect_column_values_to_be_null',
		group: 'values',
		summary: 'Every value is missing.',
		entries: common,
		plan: ({ column, mostly }, context) =>
			withColumn(columnOf(column, context), ({ name }) =>
				mapPlan({ counted: null, mostly, columns: [name], isOfValue: true }, `${quoteName(name)} IS NULL`)
			)
	}),
	expectation({
		name: 'expect_column_values_to_be_between',
		group: 'values',
		summary: 'Values are between two bounds, which belong to them unless they are strict.',
		entries: { ...common, ...boundEntries },
		plan: ({ column, mostly, ...bounds }, context) =>
			withColumn(columnOfFamily(column, ordered, context), (found) => {
				const within = boundsSql(valueSql(found), bounds, found, 'ordered');
				return within.ok ? mapPlan(presentValues(found.name, mostly), within.value) : within;
			})
	}),
	expectation({
		name: 'expect_column_values_to_be_in_set',
		group: 'values',
		summary: 'Values are some of a list; without a list, anything is.',
		entries: { ...common, value_set: valueSet },
		plan: ({ column, mostly, value_set }, context) =>
			inSet(column, mostly, value_set, context, (value, set) => (set === '' ? 'FALSE' : `${value} IN (${set})`))
	}),
	expectation({
		name: 'expect_column_values_to_not_be_in_set',
		group: 'values',
		summary: 'Values are none of a list.',
		entries: { ...common, value_set: valueSet },
		plan: ({ column, mostly, value_set }, context) =>
			inSet(column, mostly, value_set, context, (value, set) => (set === '' ? 'TRUE' : `${value} NOT IN (${set})`))
	}),
	expectation({
		name: 'expect_column_values_to_be_of_type',
		group: 'values',
		summary: 'The column has a type, by its name here or as other systems call it.',
		entries: { ...common, type_: oneName },
		plan: ({ column, type_ }, context) => typePlan(column, [type_], context)
	}),
	expectation({
		name: 'expect_column_values_to_be_in_type_list',
		group: 'values',
		summary: 'The column has one of some types; without a list, any.',
		entries: { ...common, type_list: v.optional(v.nullable(v.array(oneName))) },
		plan: ({ column, type_list }, context) => typePlan(column, type_list ?? null, context)
	})
];

function inSet(
	column: string,
	mostly: number,
	values: readonly unknown[] | null | undefined,
	context: PlanContext,
	expected: (value: string, set: string) => string
): Planned {
	if (values === null || values === undefined)
		return withColumn(columnOf(column, context), ({ name }) => mapPlan(presentValues(name, mostly), 'TRUE'));
	return withColumn(columnOfFamily(column, ordered, context), (found) => {
		const literals = literalsOf(setOf(values), found, 'value_set');
		if (!literals.ok) return literals;
		return mapPlan(presentValues(found.name, mostly), expected(valueSql(found), literals.value.join(', ')));
	});
}

/** A type is the column's, not each value's: nothing needs to be read. */
function typePlan(column: string, types: readonly string[] | null, context: PlanContext): Planned {
	return withColumn(columnOf(column, context), ({ type }) =>
		known(types === null || types.some((name) => isOfType(type, name)), { observed_value: type })
	);
}
