// Expectations of a value among the others of its column: that it is the only one, in order, and no outlier.
import * as v from 'valibot';
import { quoteName, quoteValue } from '../sql/quote.ts';
import {
	columnEntries,
	conditionEntries,
	expectation,
	mostlyEntries,
	withColumn,
	type Expectation
} from './expectation.ts';
import { presentValues, queryPlan } from './map-plan.ts';
import { columnOf, columnOfFamily, ordered, type PlanContext, type Planned } from './plan.ts';
import { duplicatesPlan } from './duplicates.ts';

const common = { ...columnEntries, ...mostlyEntries, ...conditionEntries };
const strictly = v.optional(v.nullable(v.boolean()));

export const orderExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_values_to_be_unique',
		group: 'order',
		summary: 'No value stands in two rows; every row of a repeated value is against it.',
		entries: common,
		plan: ({ column, mostly }, context) =>
			withColumn(columnOf(column, context), ({ name }) => duplicatesPlan([name], presentValues(name, mostly)))
	}),
	expectation({
		name: 'expect_column_values_to_be_increasing',
		group: 'order',
		summary: 'No value is below the one before it, in the order of the rows; strictly, nor equal to it.',
		entries: { ...common, strictly },
		plan: (given, context) => orderPlan(given, given.strictly ? '<=' : '<', context)
	}),
	expectation({
		name: 'expect_column_values_to_be_decreasing',
		group: 'order',
		summary: 'No value is above the one before it, in the order of the rows; strictly, nor equal to it.',
		entries: { ...common, strictly },
		plan: (given, context) => orderPlan(given, given.strictly ? '>=' : '>', context)
	}),
	expectation({
		name: 'expect_column_value_z_scores_to_be_less_than',
		group: 'order',
		summary: 'No value is many standard deviations from the mean.',
		entries: { ...common, threshold: v.number(), double_sided: v.optional(v.nullable(v.boolean()), true) },
		plan: ({ column, mostly, threshold, double_sided }, context) =>
			withColumn(columnOfFamily(column, ['number'], context), ({ name }) => {
				const value = `CAST(${quoteName(name)} AS DOUBLE)`;
				// Where all values are equal there is no score, and each is against it: so it is where this comes from.
				const select = (rows: string): string => {
					const score = `(${value} - (SELECT avg(${value}) FROM ${rows})) / nullif((SELECT stddev_samp(${value}) FROM ${rows}), 0)`;
					const expected = double_sided
						? `abs(${score}) < ${quoteValue(Math.abs(threshold))}`
						: `${score} < ${quoteValue(threshold)}`;
					return `SELECT * FROM ${rows} WHERE ${quoteName(name)} IS NOT NULL AND (${expected}) IS NOT TRUE`;
				};
				return queryPlan(presentValues(name, mostly), select);
			})
	})
];

/** Missing values are passed over: a value is held against the nearest one before it that is there. */
function orderPlan(
	{ column, mostly }: { readonly column: string; readonly mostly: number },
	against: string,
	context: PlanContext
): Planned {
	return withColumn(columnOfFamily(column, ordered, context), ({ name }) => {
		const value = quoteName(name);
		return queryPlan(
			presentValues(name, mostly),
			(rows) =>
				`SELECT * EXCLUDE ("@before") FROM (SELECT *, lag(${value}) OVER () AS "@before" FROM ${rows} WHERE ${value} IS NOT NULL) WHERE ${value} ${against} "@before"`
		);
	});
}
