// Expectations of one number about a column: its mean, its sum, how many different values it has. No row is against them by itself.
import { ok } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import { typeFamily, type TypeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { amountEntries, boundEntries, boundsSql, isWithin, type Bounds } from './bounds.ts';
import { columnEntries, conditionEntries, expectation, withColumn, type Expectation } from './expectation.ts';
import { deviationOfValues, isWholeType, meanOfValues, medianOfValues, sumOfValues } from './by-value.ts';
import { CHEAP } from './map-plan.ts';
import {
	columnOf,
	columnOfFamily,
	countRows,
	numberIn,
	ordered,
	scan,
	valueSql,
	type OfValues,
	type PlanContext,
	type Planned
} from './plan.ts';
import { told } from './told.ts';

const common = { ...columnEntries, ...conditionEntries };
/** True counts as 1, false as 0. */
const numbers: readonly TypeFamily[] = ['number', 'boolean'];

export const aggregateExpectations: readonly Expectation[] = [
	ofNumbers('mean', 'The mean of a column', (value) => `avg(${value})`, { sql: meanOfValues, cost: 8 }),
	ofNumbers('median', 'The median of a column', (value) => `quantile_cont(${value}, 0.5)`, {
		sql: medianOfValues,
		cost: 39
	}),
	ofNumbers('stdev', 'The standard deviation of a sample', (value) => `stddev_samp(${value})`, {
		sql: deviationOfValues,
		cost: 18
	}),
	ofNumbers('sum', 'The sum of a column', (value) => `sum(${value})`, { sql: sumOfValues, cost: 8 }),
	ofValues('min', 'The least value of a column'),
	ofValues('max', 'The greatest value of a column'),
	expectation({
		name: 'expect_column_unique_value_count_to_be_between',
		group: 'aggregate',
		summary: 'The number of different values is between two bounds.',
		entries: { ...common, ...amountEntries },
		plan: ({ column, ...bounds }, context) => counted(column, context, bounds, ({ distinct }) => numberIn(distinct))
	}),
	expectation({
		name: 'expect_column_proportion_of_unique_values_to_be_between',
		group: 'aggregate',
		summary: 'The number of different values, in proportion to all that are there, is between two bounds.',
		entries: { ...common, ...amountEntries },
		plan: ({ column, ...bounds }, context) =>
			counted(column, context, bounds, ({ distinct, present }) =>
				numberIn(present) === 0 ? 0 : numberIn(distinct) / numberIn(present)
			)
	}),
	expectation({
		name: 'expect_column_proportion_of_non_null_values_to_be_between',
		group: 'aggregate',
		summary: 'The number of values that are there, in proportion to all rows, is between two bounds.',
		entries: { ...common, ...amountEntries },
		plan: ({ column, ...bounds }, context) =>
			counted(column, context, bounds, ({ present, rows }) =>
				numberIn(rows) === 0 ? 0 : numberIn(present) / numberIn(rows)
			)
	})
];

type ByValue = { readonly sql: (value: string) => string; readonly cost: number };

function ofNumbers(noun: string, words: string, sql: (value: string) => string, byValue: ByValue): Expectation {
	return expectation({
		name: `expect_column_${noun}_to_be_between`,
		group: 'aggregate',
		summary: `${words} is between two bounds.`,
		entries: { ...common, ...amountEntries },
		plan: ({ column, ...bounds }, context) =>
			withColumn(columnOfFamily(column, numbers, context), (found) => {
				const isBoolean = typeFamily(found.type) === 'boolean';
				const quoted = quoteName(found.name);
				const counted = isBoolean ? { ...found, type: 'INTEGER' } : found;
				// Sums of other numbers depend on the order of the rows.
				const ofValues = isWholeType(found.type)
					? { column: found.name, sql: byValue.sql(quoted), cost: byValue.cost }
					: null;
				return aggregate(sql(isBoolean ? `CAST(${quoted} AS INTEGER)` : quoted), counted, bounds, ofValues);
			})
	});
}

function ofValues(noun: 'min' | 'max', words: string): Expectation {
	return expectation({
		name: `expect_column_${noun}_to_be_between`,
		group: 'aggregate',
		summary: `${words} is between two bounds.`,
		entries: { ...common, ...boundEntries },
		plan: ({ column, ...bounds }, context) =>
			withColumn(columnOfFamily(column, ordered, context), (found) => {
				const sql = `${noun}(${valueSql(found)})`;
				return aggregate(sql, found, bounds, { column: found.name, sql, cost: CHEAP });
			})
	});
}

/** Held against its bounds by the engine, in the column's own type. Of no values at all nothing is known, and that fails. */
function aggregate(sql: string, column: Column, bounds: Bounds, ofValues: OfValues | null): Planned {
	const within = boundsSql(sql, bounds, column, 'none');
	if (!within.ok) return within;
	const family = typeFamily(column.type);
	const measuresOf = (value: string, isWithin: string) => ({
		observed: family === 'boolean' ? value : `CAST(${value} AS ${family === 'number' ? 'DOUBLE' : 'VARCHAR'})`,
		within: `(${value} IS NOT NULL AND ${isWithin})`
	});
	const ofRows = measuresOf(sql, within.value);
	const boundsOfValues = ofValues && boundsSql(ofValues.sql, bounds, column, 'none');
	const grouped = ofValues && boundsOfValues?.ok ? measuresOf(ofValues.sql, boundsOfValues.value) : null;
	return ok({
		measures: {
			observed: scan(ofRows.observed, ofValues && grouped && { ...ofValues, sql: grouped.observed }),
			within: scan(ofRows.within, ofValues && grouped && { ...ofValues, sql: grouped.within, cost: 0 })
		},
		judge: (measured) => ({
			success: measured['within'] === true,
			result: { observed_value: told(measured['observed']) },
			unexpectedCount: null
		}),
		unexpected: null,
		fn: null
	});
}

type Counts = { readonly rows: unknown; readonly present: unknown; readonly distinct: unknown };

function counted(column: string, context: PlanContext, bounds: Bounds, value: (counts: Counts) => number): Planned {
	return withColumn(columnOf(column, context), (found) => {
		const quoted = quoteName(found.name);
		return ok({
			measures: {
				rows: scan('count(*)'),
				present: countRows(`${quoted} IS NOT NULL`, { column: found.name, cost: CHEAP }),
				distinct: scan(`count(DISTINCT ${quoted})`, { column: found.name, sql: `count(${quoted})`, cost: 20 })
			},
			judge: (measured) => {
				const observed = value({
					rows: measured['rows'],
					present: measured['present'],
					distinct: measured['distinct']
				});
				return { success: isWithin(observed, bounds), result: { observed_value: observed }, unexpectedCount: null };
			},
			unexpected: null,
			fn: null
		});
	});
}
