// Expectations of a row's values beside each other, in two columns or in several.
import * as v from 'valibot';
import { quoteName, quoteValue } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { err, ok, type Result } from '../result.ts';
import { duplicatesPlan } from './duplicates.ts';
import {
	conditionEntries,
	expectation,
	listEntries,
	mostlyEntries,
	pairEntries,
	scalar,
	type Expectation
} from './expectation.ts';
import { literalOf } from './literal.ts';
import { mapPlan, type MapRule } from './map-plan.ts';
import { columnOf, columnsOf, familyNames, valueSql, type PlanContext, type Planned } from './plan.ts';
import type { EvaluationProblem } from './verdict.ts';

const pairIgnored = v.optional(
	v.picklist(['both_values_are_missing', 'either_value_is_missing', 'neither']),
	'both_values_are_missing'
);
const listIgnored = v.optional(
	v.picklist(['all_values_are_missing', 'any_value_is_missing', 'never']),
	'all_values_are_missing'
);
const pair = { ...pairEntries, ...mostlyEntries, ...conditionEntries, ignore_row_if: pairIgnored };
const list = { ...listEntries, ...mostlyEntries, ...conditionEntries, ignore_row_if: listIgnored };
const pairSet = v.pipe(v.array(v.pipe(v.array(scalar), v.length(2))), v.minLength(1));

export const columnExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_pair_values_to_be_equal',
		group: 'columns',
		summary: 'Two columns have the same value in each row.',
		entries: pair,
		plan: (given, context) => pairPlan(given, context, (a, b) => ok(`${valueSql(a)} = ${valueSql(b)}`))
	}),
	expectation({
		name: 'expect_column_pair_values_a_to_be_greater_than_b',
		group: 'columns',
		summary: 'The value of one column is above that of another, or equal where that will do.',
		entries: { ...pair, or_equal: v.optional(v.nullable(v.boolean())) },
		plan: (given, context) =>
			pairPlan(given, context, (a, b) => {
				const [one, other] = [valueSql(a), valueSql(b)];
				return ok(given.or_equal ? `${one} >= ${other} OR (${one} IS NULL AND ${other} IS NULL)` : `${one} > ${other}`);
			})
	}),
	expectation({
		name: 'expect_column_pair_values_to_be_in_set',
		group: 'columns',
		summary: 'The values of two columns are one of a list of pairs.',
		entries: { ...pair, value_pairs_set: v.optional(v.nullable(pairSet)) },
		plan: (given, context) =>
			pairPlan(given, context, (a, b) => (given.value_pairs_set ? inPairs(given.value_pairs_set, a, b) : ok('TRUE')))
	}),
	expectation({
		name: 'expect_compound_columns_to_be_unique',
		group: 'columns',
		summary: 'No two rows have the same values in all of some columns.',
		entries: list,
		plan: (given, context) =>
			listPlan(given, context, (columns, rule) =>
				duplicatesPlan(
					columns.map(({ name }) => name),
					rule
				)
			)
	}),
	expectation({
		name: 'expect_select_column_values_to_be_unique_within_record',
		group: 'columns',
		summary: 'Within a row, no two of some columns have the same value.',
		entries: list,
		plan: (given, context) =>
			listPlan(given, context, (columns, rule) => {
				const values = columns.map(valueSql);
				const differ = values.flatMap((one, at) =>
					values.slice(at + 1).map((other) => `${one} IS DISTINCT FROM ${other}`)
				);
				return mapPlan(rule, differ.join(' AND '));
			})
	}),
	expectation({
		name: 'expect_multicolumn_sum_to_equal',
		group: 'columns',
		summary: 'In each row, the values of some columns have one sum.',
		entries: { ...list, sum_total: v.number() },
		plan: (given, context) =>
			listPlan(given, context, (columns, rule) => {
				const other = columns.find(({ type }) => typeFamily(type) !== 'number');
				if (other)
					return err({
						code: 'wrong-type',
						column: other.name,
						type: other.type,
						expected: familyNames.number
					});
				const sum = columns.map(({ name }) => quoteName(name)).join(' + ');
				return mapPlan(rule, `${sum} = ${quoteValue(given.sum_total)}`);
			})
	})
];

type Pair = {
	readonly column_A: string;
	readonly column_B: string;
	readonly mostly: number;
	readonly ignore_row_if: 'both_values_are_missing' | 'either_value_is_missing' | 'neither';
};

function pairPlan(
	{ column_A, column_B, mostly, ignore_row_if }: Pair,
	context: PlanContext,
	expected: (a: Column, b: Column) => Result<string, EvaluationProblem>
): Planned {
	const first = columnOf(column_A, context);
	if (!first.ok) return first;
	const second = columnOf(column_B, context);
	if (!second.ok) return second;
	const [a, b] = [first.value, second.value];
	const [one, other] = [typeFamily(a.type), typeFamily(b.type)];
	if (one !== other)
		return err({ code: 'wrong-type', column: b.name, type: b.type, expected: `${familyNames[one]}, as ${a.name} is` });
	const sql = expected(a, b);
	if (!sql.ok) return sql;
	const ignored = { both_values_are_missing: 'all', either_value_is_missing: 'any', neither: 'none' } as const;
	return mapPlan(ruleOf([a, b], mostly, ignored[ignore_row_if]), sql.value);
}

type List = {
	readonly column_list: readonly string[];
	readonly mostly: number;
	readonly ignore_row_if: 'all_values_are_missing' | 'any_value_is_missing' | 'never';
};

function listPlan(
	{ column_list, mostly, ignore_row_if }: List,
	context: PlanContext,
	plan: (columns: readonly Column[], rule: MapRule) => Planned
): Planned {
	const found = columnsOf(column_list, context);
	if (!found.ok) return found;
	const ignored = { all_values_are_missing: 'all', any_value_is_missing: 'any', never: 'none' } as const;
	return plan(found.value, ruleOf(found.value, mostly, ignored[ignore_row_if]));
}

function ruleOf(columns: readonly Column[], mostly: number, ignored: 'all' | 'any' | 'none'): MapRule {
	const present = columns.map(({ name }) => `${quoteName(name)} IS NOT NULL`);
	const counted = { all: `(${present.join(' OR ')})`, any: present.join(' AND '), none: 'TRUE' };
	return { counted: counted[ignored], mostly, columns: columns.map(({ name }) => name), isOfValue: false };
}

function inPairs(pairs: readonly (readonly unknown[])[], a: Column, b: Column): Result<string, EvaluationProblem> {
	const same = (column: Column, value: unknown): Result<string, EvaluationProblem> => {
		if (value === null || value === undefined) return ok(`${quoteName(column.name)} IS NULL`);
		const literal = literalOf(value, column, 'value_pairs_set');
		return literal.ok ? ok(`${valueSql(column)} = ${literal.value}`) : literal;
	};
	const parts: string[] = [];
	for (const [one, other] of pairs) {
		const first = same(a, one);
		if (!first.ok) return first;
		const second = same(b, other);
		if (!second.ok) return second;
		parts.push(`(${first.value} AND ${second.value})`);
	}
	return ok(parts.join(' OR '));
}
