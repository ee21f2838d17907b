// Expectations of how far a version is from a trusted one: told from the sketches of both, so that no row is read.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import type { TypeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { entropy } from './divergence.ts';
import { columnEntries, expectation, oneName, someNames, withColumn, type Expectation } from './expectation.ts';
import { columnOf, columnOfFamily, columnsOf, type DriftFound, type Judged, type Planned } from './plan.ts';
import type { DriftMeasure } from './statistics/column-drift.ts';
import type { ColumnComparison } from './statistics/compare-sketches.ts';
import { told, type Told } from './told.ts';
import type { EvaluationProblem } from './verdict.ts';

/** Left out, the pinned one. */
const baseline = v.optional(v.nullable(oneName));
const threshold = v.pipe(v.number(), v.minValue(0));
const numbers: readonly TypeFamily[] = ['number', 'date'];
const values: readonly TypeFamily[] = [...numbers, 'boolean', 'text'];
/** Of columns and changes, as many are told. */
const TOLD = 20;

export const driftExpectations: readonly Expectation[] = [
	less('psi', 'The population stability index of a column against the baseline', values, measure('psi')),
	less(
		'kl_divergence',
		'The Kullback–Leibler divergence of a column from the baseline, over its deciles or values,',
		values,
		divergence
	),
	less(
		'ks_statistic',
		'The Kolmogorov–Smirnov statistic of a column against the baseline',
		numbers,
		measure('kolmogorov-smirnov')
	),
	less(
		'jensen_shannon_distance',
		'The Jensen–Shannon distance of a column from the baseline',
		values,
		measure('jensen-shannon')
	),
	less(
		'wasserstein_distance',
		'The Wasserstein distance of a column from the baseline, in standard deviations of that,',
		numbers,
		measure('wasserstein')
	),
	less(
		'null_ratio_change',
		'The share of nulls, which may have become more or fewer, changed against the baseline by what',
		null,
		measure('null-ratio')
	),
	expectation({
		name: 'expect_column_to_not_have_drifted_from_baseline',
		group: 'drift',
		summary: 'A column has not drifted from the baseline by the thresholds of its dataset.',
		entries: { ...columnEntries, baseline },
		plan: (given, context) =>
			withColumn(columnOf(given.column, context), (column) =>
				driftPlan(
					given.baseline,
					ofColumn(column, ({ hasDrifted, over, measures }) =>
						judged(!hasDrifted, { observed_value: over.length === 0 ? 'steady' : over, details: measures })
					)
				)
			)
	}),
	expectation({
		name: 'expect_table_to_not_have_drifted_from_baseline',
		group: 'drift',
		summary: 'No column has drifted from the baseline, or none of some, and none came, went or changed its type.',
		entries: {
			baseline,
			columns: v.optional(v.nullable(someNames)),
			ignore_schema: v.optional(v.nullable(v.boolean())),
			max_drifted_columns: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))))
		},
		plan: (given, context) => {
			const wanted = columnsOf(given.columns ?? [], context);
			if (!wanted.ok) return wanted;
			const names = new Set(wanted.value.map(({ name }) => name));
			const isMeant = (name: string): boolean => names.size === 0 || names.has(name);
			return driftPlan(given.baseline, ({ columns, schema }) => {
				const drifted = columns.filter(({ column, hasDrifted }) => hasDrifted && isMeant(column));
				const changed = given.ignore_schema ? [] : changesOf(schema).filter(isMeant);
				return ok(
					judged(drifted.length <= (given.max_drifted_columns ?? 0) && changed.length === 0, {
						observed_value: drifted.length,
						details: {
							drifted: drifted.slice(0, TOLD).map(({ column }) => column),
							changed: changed.slice(0, TOLD),
							compared_columns: columns.length
						}
					})
				);
			});
		}
	})
];

/** `families` are the columns that have the measure; null is all of them. */
function less(
	noun: string,
	words: string,
	families: readonly TypeFamily[] | null,
	valueOf: (column: ColumnComparison) => number | null
): Expectation {
	return expectation({
		name: `expect_column_${noun}_from_baseline_to_be_less_than`,
		group: 'drift',
		summary: `${words} is below a threshold.`,
		entries: { ...columnEntries, threshold, baseline },
		plan: (given, context) => {
			const column = families ? columnOfFamily(given.column, families, context) : columnOf(given.column, context);
			return withColumn(column, (found) =>
				driftPlan(
					given.baseline,
					ofColumn(found, (compared) => {
						const value = valueOf(compared);
						// As of a mean: of no values at all nothing is known, and that fails.
						return judged(value !== null && value < given.threshold, { observed_value: told(value) });
					})
				)
			);
		}
	});
}

function measure(name: DriftMeasure): (column: ColumnComparison) => number | null {
	return ({ measures }) => measures[name] ?? null;
}

/** Infinite where values are now that were not before. */
function divergence({ bins, categories }: ColumnComparison): number | null {
	const counts = bins ?? categories;
	const isThere = (some: readonly number[]): boolean => some.some((count) => count > 0);
	return counts && isThere(counts.before) && isThere(counts.after) ? entropy(counts.after, counts.before) : null;
}

function changesOf({ added, removed, retyped }: DriftFound['schema']): readonly string[] {
	return [...[...added, ...removed].map(({ name }) => name), ...retyped.map(({ column }) => column)];
}

function driftPlan(
	given: string | null | undefined,
	judge: (found: DriftFound) => Result<Judged, EvaluationProblem>
): Planned {
	return ok({
		measures: {},
		judge: () => judged(false, {}),
		unexpected: null,
		fn: null,
		drift: { baseline: given ?? null, judge }
	});
}

function ofColumn(
	{ name }: Column,
	judge: (column: ColumnComparison) => Judged
): (found: DriftFound) => Result<Judged, EvaluationProblem> {
	return ({ columns }) => {
		const compared = columns.find(({ column }) => column === name);
		return compared ? ok(judge(compared)) : err({ code: 'not-in-baseline', column: name });
	};
}

function judged(success: boolean, result: Readonly<Record<string, Told>>): Judged {
	return { success, result, unexpectedCount: null };
}
