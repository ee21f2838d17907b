// Expectations that look beyond the rows of one version: to another dataset, to the clock, to SQL and to functions of one's own.
import * as v from 'valibot';
import { err, ok } from '../result.ts';
import { parseUserFunction } from '../script/parse-user-function.ts';
import { quoteName } from '../sql/quote.ts';
import { ageMs } from './age.ts';
import {
	columnEntries,
	conditionEntries,
	expectation,
	known,
	mostlyEntries,
	oneName,
	someNames,
	withColumn,
	type Expectation
} from './expectation.ts';
import { mapPlan, presentValues, queryPlan } from './map-plan.ts';
import { datasetSql } from './other-dataset.ts';
import { columnOf, columnOfFamily, columnsOf, HOLDS, numberIn, own, scan, type Plan, type Planned } from './plan.ts';
import { told } from './told.ts';

/** Stands for the rows in a query of one's own, as in Great Expectations. */
const BATCH = /\{batch\}/g;
const hours = (ms: number): number => Math.round((ms / 3_600_000) * 1000) / 1000;

export const referenceExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_values_to_be_in_dataset',
		group: 'reference',
		summary: 'Values are also in a column of another dataset, as a foreign key is.',
		entries: {
			...columnEntries,
			dataset: oneName,
			dataset_column: v.optional(v.nullable(oneName)),
			...mostlyEntries,
			...conditionEntries
		},
		plan: ({ column, dataset, dataset_column, mostly }, context) =>
			withColumn(columnOf(column, context), ({ name }) => {
				const other = datasetSql(dataset, context);
				if (!other.ok) return other;
				const there = quoteName(dataset_column ?? name);
				const value = quoteName(name);
				return queryPlan(
					presentValues(name, mostly),
					(rows) =>
						`SELECT r.* FROM ${rows} AS r ANTI JOIN (SELECT ${there} AS "@there" FROM ${other.value}) AS o ON r.${value} = o."@there" WHERE r.${value} IS NOT NULL`
				);
			})
	}),
	expectation({
		name: 'expect_column_max_to_be_recent',
		group: 'reference',
		summary: 'The latest moment in a column is not older than an age such as 24h.',
		entries: { ...columnEntries, max_age: oneName, ...conditionEntries },
		plan: ({ column, max_age }, context) =>
			withColumn(columnOfFamily(column, ['date'], context), ({ name, type }) => {
				const age = ageMs(max_age);
				if (age === null) return wrongAge(max_age);
				const value = type === 'DATE' ? `CAST(max(${quoteName(name)}) AS TIMESTAMP)` : `max(${quoteName(name)})`;
				return ok({
					measures: {
						observed: scan(`CAST(max(${quoteName(name)}) AS VARCHAR)`),
						latest: scan(`CAST(epoch_ms(${value}) AS DOUBLE)`)
					},
					judge: (measured) => {
						const latest = measured['latest'];
						const isThere = typeof latest === 'number';
						const observed = told(measured['observed']);
						return {
							success: isThere && context.nowMs - latest <= age,
							result: {
								observed_value: observed,
								...(isThere ? { details: { age_hours: hours(context.nowMs - latest) } } : {})
							},
							unexpectedCount: null
						};
					},
					unexpected: null,
					fn: null
				});
			})
	}),
	expectation({
		name: 'expect_version_to_be_recent',
		group: 'reference',
		summary: 'The version was made not longer ago than an age such as 24h.',
		entries: { max_age: oneName },
		plan: ({ max_age }, { nowMs, versionAtMs }) => {
			const age = ageMs(max_age);
			if (age === null) return wrongAge(max_age);
			const isRecent = versionAtMs !== null && nowMs - versionAtMs <= age;
			const observed = versionAtMs === null ? null : new Date(versionAtMs).toISOString();
			const details = versionAtMs === null ? {} : { details: { age_hours: hours(nowMs - versionAtMs) } };
			return known(isRecent, { observed_value: observed, ...details });
		}
	}),
	expectation({
		name: 'unexpected_rows_expectation',
		group: 'own',
		summary: 'A query of your own finds no row; {batch} in it stands for the rows that are checked.',
		entries: { unexpected_rows_query: oneName, ...conditionEntries },
		plan: ({ unexpected_rows_query }) => {
			const query = unexpected_rows_query.trim().replace(/;\s*$/, '');
			const select = (rows: string): string => query.replace(BATCH, () => `(SELECT * FROM ${rows})`);
			return ok({
				measures: { unexpected: own((rows) => `SELECT count(*) FROM (${select(rows)}\n)`) },
				judge: (measured) => {
					const count = numberIn(measured['unexpected']);
					const observed = `${count} unexpected ${count === 1 ? 'row' : 'rows'}`;
					return { success: count === 0, result: { observed_value: observed }, unexpectedCount: count };
				},
				unexpected: { select, columns: null },
				fn: null
			});
		}
	}),
	expectation({
		name: 'expect_rows_to_satisfy_sql',
		group: 'own',
		summary: 'An SQL condition of your own holds for each row.',
		entries: {
			condition: oneName,
			columns: v.optional(v.nullable(someNames)),
			...mostlyEntries,
			...conditionEntries
		},
		plan: ({ condition, columns, mostly }, context) => {
			const shown = columnsOf(columns ?? [], context);
			if (!shown.ok) return shown;
			const names = shown.value.map(({ name }) => name);
			return mapPlan({ counted: null, mostly, columns: names, isOfValue: false }, `${condition}\n`);
		}
	}),
	expectation({
		name: 'expect_rows_to_satisfy_function',
		group: 'own',
		summary: 'A JavaScript or TypeScript function of your own, which is given a row, answers true.',
		entries: {
			code: oneName,
			language: v.optional(v.picklist(['javascript', 'typescript']), 'javascript'),
			columns: v.optional(v.nullable(someNames)),
			...mostlyEntries,
			...conditionEntries
		},
		plan: ({ code, language, columns, mostly }, context) => {
			const read = columnsOf(columns ?? [], context);
			if (!read.ok) return read;
			const names = read.value.map(({ name }) => name);
			const inputs = columns ? names : null;
			const fn = parseUserFunction({ code, language, inputs, outputs: { [HOLDS]: 'BOOLEAN' } });
			if (!fn.ok) return err({ code: 'function', reason: `${fn.error.path}: ${fn.error.expected}` });
			return predicatePlan(
				mapPlan({ counted: null, mostly, columns: names, isOfValue: false }, quoteName(HOLDS)),
				fn.value
			);
		}
	})
];

function predicatePlan(plan: Planned, fn: Plan['fn']): Planned {
	return plan.ok ? ok({ ...plan.value, fn }) : plan;
}

function wrongAge(given: string): Planned {
	return err({ code: 'wrong-value', parameter: 'max_age', value: given, expected: 'an age such as 30m, 24h or 7d' });
}
