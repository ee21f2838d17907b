// Expectations of the values that a column has, however often: that they are some of a list, all of it, and which is the commonest.
import * as v from 'valibot';
import { ok } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { columnEntries, conditionEntries, expectation, valueSet, withColumn, type Expectation } from './expectation.ts';
import { literalsOf, setOf } from './literal.ts';
import { CHEAP } from './map-plan.ts';
import { columnOfFamily, numberIn, ordered, own, scan, valueSql, type PlanContext, type Planned } from './plan.ts';
import { told, type Told } from './told.ts';

const entries = { ...columnEntries, value_set: valueSet, ...conditionEntries };
/** Of the values found, as many are told. */
const TOLD_VALUES = 20;

export const setExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_distinct_values_to_be_in_set',
		group: 'aggregate',
		summary: 'Every value the column has is one of a list; an empty list allows any.',
		entries,
		plan: (given, context) => sets(given, context, ({ isEmpty, outside }) => isEmpty || outside === 0)
	}),
	expectation({
		name: 'expect_column_distinct_values_to_contain_set',
		group: 'aggregate',
		summary: 'The column has every value of a list, and maybe others.',
		entries,
		plan: (given, context) => sets(given, context, ({ missing }) => missing === 0)
	}),
	expectation({
		name: 'expect_column_distinct_values_to_equal_set',
		group: 'aggregate',
		summary: 'The column has every value of a list, and no other.',
		entries,
		plan: (given, context) => sets(given, context, ({ outside, missing }) => outside === 0 && missing === 0)
	}),
	expectation({
		name: 'expect_column_most_common_value_to_be_in_set',
		group: 'aggregate',
		summary: 'The commonest value is one of a list; of several as common, one will do where ties are fine.',
		entries: { ...entries, ties_okay: v.optional(v.nullable(v.boolean())) },
		plan: ({ column, value_set, ties_okay }, context) =>
			withSet(column, value_set, context, (found, set) => {
				const value = valueSql(found);
				const inSet = set.length === 0 ? 'FALSE' : `"@value" IN (${set.join(', ')})`;
				const commonest = (rows: string, what: string): string =>
					`SELECT ${what} FROM (SELECT ${value} AS "@value", count(*) AS "@n" FROM ${rows} WHERE ${value} IS NOT NULL GROUP BY ${value} QUALIFY "@n" = max("@n") OVER ())`;
				return ok({
					measures: {
						commonest: own((rows) => commonest(rows, 'count(*)')),
						expected: own((rows) => commonest(rows, `count(*) FILTER (WHERE ${inSet})`)),
						observed: own((rows) =>
							commonest(rows, `list(CAST("@value" AS VARCHAR) ORDER BY "@value")[1:${TOLD_VALUES}]`)
						)
					},
					judge: (measured) => {
						const [all, expected] = [numberIn(measured['commonest']), numberIn(measured['expected'])];
						const success = ties_okay ? expected > 0 : all === 1 && expected === 1;
						return { success, result: { observed_value: listed(measured['observed']) }, unexpectedCount: null };
					},
					unexpected: null,
					fn: null
				});
			})
	})
];

type Found = {
	readonly isEmpty: boolean;
	/** Different values that are not in the list. */
	readonly outside: number;
	/** Values of the list that are not there. */
	readonly missing: number;
};

function sets(
	{ column, value_set }: { readonly column: string; readonly value_set?: readonly unknown[] | null | undefined },
	context: PlanContext,
	isExpected: (found: Found) => boolean
): Planned {
	return withSet(column, value_set, context, (found, set, values) => {
		const value = valueSql(found);
		const isOutside = set.length === 0 ? `${value} IS NOT NULL` : `${value} NOT IN (${set.join(', ')})`;
		const present = set.map((literal) => `coalesce(bool_or(${value} = ${literal}), FALSE)`);
		return ok({
			measures: {
				distinct: scan(`count(DISTINCT ${quoteName(found.name)})`, {
					column: found.name,
					sql: `count(${quoteName(found.name)})`,
					cost: 20
				}),
				outside: scan(`count(DISTINCT ${value}) FILTER (WHERE ${isOutside})`, {
					column: found.name,
					sql: `count(${value}) FILTER (WHERE ${isOutside})`,
					cost: 20
				}),
				others: scan(`approx_top_k(CAST(${value} AS VARCHAR), ${TOLD_VALUES}) FILTER (WHERE ${isOutside})`),
				...(set.length === 0
					? {}
					: {
							present: scan(`[${present.join(', ')}]`, {
								column: found.name,
								sql: `[${present.join(', ')}]`,
								cost: CHEAP * set.length
							})
						})
			},
			judge: (measured) => {
				const there = listed(measured['present']);
				const seen = (at: number): boolean => there[at] === true;
				const missing = values.filter((_value, at) => !seen(at));
				const outside = numberIn(measured['outside']);
				return {
					success: isExpected({ isEmpty: set.length === 0, outside, missing: missing.length }),
					result: {
						observed_value: [...values.filter((_value, at) => seen(at)), ...listed(measured['others'])],
						details: { distinct_count: numberIn(measured['distinct']), unexpected_count: outside, missing }
					},
					unexpectedCount: null
				};
			},
			unexpected: null,
			fn: null
		});
	});
}

function withSet(
	column: string,
	given: readonly unknown[] | null | undefined,
	context: PlanContext,
	plan: (column: Column, literals: readonly string[], values: readonly Told[]) => Planned
): Planned {
	return withColumn(columnOfFamily(column, ordered, context), (found) => {
		const values = [...new Set(setOf(given))];
		const literals = literalsOf(values, found, 'value_set');
		return literals.ok ? plan(found, literals.value, values.map(told)) : literals;
	});
}

function listed(value: unknown): readonly Told[] {
	const found = told(value);
	return Array.isArray(found) ? (found as readonly Told[]) : [];
}
