// Expectations of a table as a whole: how many rows it has, and which columns in which order.
import * as v from 'valibot';
import { ok } from '../result.ts';
import { amountEntries, isWithin } from './bounds.ts';
import { conditionEntries, expectation, known, oneName, whole, type Expectation } from './expectation.ts';
import { numberIn, own, scan, type Judged, type Measured, type Plan, type Planned } from './plan.ts';
import { datasetSql } from './other-dataset.ts';

const { min_value, max_value, strict_min, strict_max } = amountEntries;
const bounds = { min_value, max_value, strict_min, strict_max };
const names = v.optional(v.nullable(v.array(oneName)));

export const tableExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_table_row_count_to_be_between',
		group: 'table',
		summary: 'The number of rows is between two bounds.',
		entries: { ...bounds, ...conditionEntries },
		plan: (given) => rowCount((count) => isWithin(count, given))
	}),
	expectation({
		name: 'expect_table_row_count_to_equal',
		group: 'table',
		summary: 'There is one number of rows.',
		entries: { value: whole, ...conditionEntries },
		plan: ({ value }) => rowCount((count) => count === value)
	}),
	expectation({
		name: 'expect_table_row_count_to_equal_other_table',
		group: 'reference',
		summary: 'There are as many rows as in another dataset.',
		entries: { other_table_name: oneName, ...conditionEntries },
		plan: ({ other_table_name }, context) => {
			const other = datasetSql(other_table_name, context);
			if (!other.ok) return other;
			return counted(
				{ self: scan('count(*)'), other: own(() => `SELECT count(*) FROM ${other.value}`) },
				(measured) => {
					const [self, there] = [numberIn(measured['self']), numberIn(measured['other'])];
					const result = { observed_value: { self, other: there } };
					return { success: self === there, result, unexpectedCount: null };
				}
			);
		}
	}),
	expectation({
		name: 'expect_table_column_count_to_be_between',
		group: 'table',
		summary: 'The number of columns is between two bounds.',
		entries: bounds,
		plan: (given, { schema }) => known(isWithin(schema.length, given), { observed_value: schema.length })
	}),
	expectation({
		name: 'expect_table_column_count_to_equal',
		group: 'table',
		summary: 'There is one number of columns.',
		entries: { value: whole },
		plan: ({ value }, { schema }) => known(schema.length === value, { observed_value: schema.length })
	}),
	expectation({
		name: 'expect_table_columns_to_match_ordered_list',
		group: 'table',
		summary: 'The columns are those of a list, in its order.',
		entries: { column_list: names },
		plan: ({ column_list }, { schema }) => {
			const found = schema.map(({ name }) => name);
			if (!column_list) return known(true, { observed_value: found });
			const length = Math.max(found.length, column_list.length);
			const mismatched = Array.from({ length }, (_value, at) => ({
				'Expected Column Position': at,
				Expected: column_list[at] ?? null,
				Found: found[at] ?? null
			})).filter(({ Expected, Found }) => Expected !== Found);
			if (mismatched.length === 0) return known(true, { observed_value: found });
			return known(false, { observed_value: found, details: { mismatched } });
		}
	}),
	expectation({
		name: 'expect_table_columns_to_match_set',
		group: 'table',
		summary: 'The columns are those of a list in any order, or some more where that will do.',
		entries: { column_set: names, exact_match: v.optional(v.nullable(v.boolean()), true) },
		plan: ({ column_set, exact_match }, { schema }) => {
			const found = schema.map(({ name }) => name);
			const wanted = column_set ?? [];
			const unexpected = found.filter((name) => !wanted.includes(name)).toSorted();
			const missing = wanted.filter((name) => !found.includes(name)).toSorted();
			if (unexpected.length === 0 && missing.length === 0) return known(true, { observed_value: found });
			const mismatched = {
				...(unexpected.length > 0 ? { unexpected } : {}),
				...(missing.length > 0 ? { missing } : {})
			};
			const success = missing.length === 0 && !exact_match;
			return known(success, { observed_value: found.toSorted(), details: { mismatched } });
		}
	}),
	expectation({
		name: 'expect_column_to_exist',
		group: 'table',
		summary: 'There is a column of that name, at a place where one is given (0 is the first).',
		entries: { column: oneName, column_index: v.optional(v.nullable(v.pipe(v.number(), v.integer()))) },
		plan: ({ column, column_index }, { schema }) => {
			const found = schema.map(({ name }) => name);
			const at = column_index ?? null;
			return known(at === null ? found.includes(column) : found.at(at) === column, {});
		}
	})
];

function rowCount(isExpected: (count: number) => boolean): Planned {
	return counted({ rows: scan('count(*)') }, (measured) => {
		const count = numberIn(measured['rows']);
		return { success: isExpected(count), result: { observed_value: count }, unexpectedCount: null };
	});
}

function counted(measures: Plan['measures'], judge: (measured: Measured) => Judged): Planned {
	return ok({ measures, judge, unexpected: null, fn: null });
}
