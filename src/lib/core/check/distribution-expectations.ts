// Expectations of how the values of a column are spread: quantiles, and the divergence from a distribution that was written down.
import * as v from 'valibot';
import { err, ok } from '../result.ts';
import { quoteName, quoteValue } from '../sql/quote.ts';
import { columnEntries, conditionEntries, expectation, scalar, withColumn, type Expectation } from './expectation.ts';
import { literalsOf } from './literal.ts';
import { binWeights, entropy, valueWeights, type Partition } from './divergence.ts';
import { columnOfFamily, numberIn, ordered, own, scan, valueSql, type Measure, type Planned } from './plan.ts';
import { told } from './told.ts';
import type { Column } from '../version/version.ts';

const ratio = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const bound = v.nullable(v.number());
const weights = v.array(v.pipe(v.number(), v.minValue(0)));
const partition = v.strictObject({
	values: v.optional(v.array(scalar)),
	bins: v.optional(v.array(v.number())),
	weights,
	tail_weights: v.optional(v.pipe(weights, v.length(2)))
});
/** How far a quantile may be from a bound and still be within: Great Expectations compares them so. */
const RELATIVE_TOLERANCE = 1e-4;
/** Values besides the expected ones whose counts are taken one by one. */
const OTHER_VALUES = 10_000;

export const distributionExpectations: readonly Expectation[] = [
	expectation({
		name: 'expect_column_quantile_values_to_be_between',
		group: 'distribution',
		summary: 'Quantiles of a column are between bounds, each with its own; null is no bound.',
		entries: {
			...columnEntries,
			quantile_ranges: v.strictObject({
				quantiles: v.pipe(v.array(ratio), v.minLength(1)),
				value_ranges: v.array(v.pipe(v.array(bound), v.length(2)))
			}),
			allow_relative_error: v.optional(v.nullable(v.union([v.boolean(), v.string()]))),
			...conditionEntries
		},
		plan: ({ column, quantile_ranges: { quantiles, value_ranges }, allow_relative_error }, context) =>
			withColumn(columnOfFamily(column, ['number'], context), ({ name }) => {
				if (quantiles.length !== value_ranges.length)
					return err({
						code: 'wrong-value',
						parameter: 'value_ranges',
						value: `${value_ranges.length} of them`,
						expected: `one for each of ${quantiles.length} quantiles`
					});
				const kind = allow_relative_error === 'linear' ? 'quantile_cont' : 'quantile_disc';
				const list = quantiles.map((one) => String(one)).join(', ');
				const value = `CAST(${quoteName(name)} AS DOUBLE)`;
				return ok({
					measures: { values: scan(`${kind}(${value}, [${list}])`) },
					judge: (measured) => {
						const given = measured['values'];
						const values = Array.isArray(given) ? given.map(Number) : [];
						const details = value_ranges.map(([low, high], at) =>
							isInRange(values[at] ?? Number.NaN, low ?? -Infinity, high ?? Infinity)
						);
						return {
							success: details.every(Boolean),
							result: {
								observed_value: { quantiles, values: values.map(told) },
								details: { success_details: details }
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
		name: 'expect_column_kl_divergence_to_be_less_than',
		group: 'distribution',
		summary: 'The values are spread as written down, up to a Kullback–Leibler divergence.',
		entries: {
			...columnEntries,
			partition_object: partition,
			threshold: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0)))),
			tail_weight_holdout: v.optional(ratio, 0),
			internal_weight_holdout: v.optional(ratio, 0),
			bucketize_data: v.optional(v.boolean(), true),
			...conditionEntries
		},
		plan: ({ column, partition_object, threshold, ...given }, context) => {
			const { values, bins } = partition_object;
			const most = threshold ?? null;
			if (values)
				return withColumn(columnOfFamily(column, ordered, context), (found) =>
					valueDivergence(found, { ...partition_object, values }, given, most)
				);
			if (bins)
				return withColumn(columnOfFamily(column, ['number'], context), (found) =>
					binDivergence(found, { ...partition_object, bins }, given, most)
				);
			return wrongPartition('neither values nor bins', 'values or bins');
		}
	})
];

function isInRange(value: number, low: number, high: number): boolean {
	const near = (bound: number): boolean =>
		Number.isFinite(bound) && Math.abs(value - bound) <= RELATIVE_TOLERANCE * Math.abs(bound);
	return near(low) || near(high) || (low <= value && value <= high);
}

type Holdouts = { readonly tail_weight_holdout: number; readonly internal_weight_holdout: number };

function wrongPartition(value: string, expected: string): Planned {
	return err({ code: 'wrong-value', parameter: 'partition_object', value, expected });
}

function isWhole(weights: readonly number[]): boolean {
	return Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) <= 1e-5 + 1e-8;
}

function valueDivergence(
	column: Column,
	{ values, weights: expected }: Partition & { readonly values: readonly unknown[] },
	{ tail_weight_holdout, internal_weight_holdout }: Holdouts,
	threshold: number | null
): Planned {
	if (values.length !== expected.length || !isWhole(expected))
		return wrongPartition(JSON.stringify(expected), 'a weight for each value, with a sum of 1');
	if (internal_weight_holdout > 0)
		return err({
			code: 'wrong-value',
			parameter: 'internal_weight_holdout',
			value: String(internal_weight_holdout),
			expected: 'nothing, where values and not bins are expected'
		});
	const literals = literalsOf(values, column, 'partition_object');
	if (!literals.ok) return literals;
	const value = valueSql(column);
	const others = (rows: string): string =>
		`SELECT list(n) FROM (SELECT count(*) AS n FROM ${rows} WHERE ${value} NOT IN (${literals.value.join(', ')}) GROUP BY ${value} LIMIT ${OTHER_VALUES})`;
	return diverge(
		{
			counts: scan(`[${literals.value.map((one) => `count_if(${value} = ${one})`).join(', ')}]`),
			others: own(others),
			present: scan(`count(${value})`)
		},
		(counts, rest, present) => valueWeights(expected, counts, rest, present, tail_weight_holdout),
		threshold
	);
}

function binDivergence(
	column: Column,
	given: Partition & { readonly bins: readonly number[] },
	holdouts: Holdouts,
	threshold: number | null
): Planned {
	const { bins, weights: expected, tail_weights } = given;
	if (
		bins.length !== expected.length + 1 ||
		!isWhole([...expected, ...(tail_weights ?? [])]) ||
		bins.some((edge, at) => at > 0 && edge <= (bins[at - 1] ?? Infinity))
	)
		return wrongPartition(JSON.stringify(bins), 'one more edge than weights, ascending, and weights with a sum of 1');
	const isOpen = bins[0] === -Infinity || bins.at(-1) === Infinity;
	if (
		(tail_weights && (isOpen || holdouts.tail_weight_holdout > 0)) ||
		(bins[0] === -Infinity && bins.at(-1) === Infinity && holdouts.tail_weight_holdout > 0)
	)
		return wrongPartition('weights of tails twice', 'tail_weights, or tail_weight_holdout, or edges at infinity');
	const value = `CAST(${quoteName(column.name)} AS DOUBLE)`;
	const edge = (at: number): string => quoteValue(bins[at] ?? 0);
	// As a histogram has it: the last bin holds its upper edge, the others do not.
	const inBin = expected.map((_weight, at) => {
		const isLast = at === expected.length - 1;
		return `count_if(${value} >= ${edge(at)} AND ${value} ${isLast ? '<=' : '<'} ${edge(at + 1)})`;
	});
	return diverge(
		{
			counts: scan(`[${inBin.join(', ')}]`),
			others: scan(`[count_if(${value} < ${edge(0)}), count_if(${value} > ${edge(expected.length)})]`),
			present: scan(`count(${value})`)
		},
		(counts, tails, present) => binWeights(given, counts, tails, present, holdouts),
		threshold
	);
}

type Weights = { readonly observed: readonly number[]; readonly expected: readonly number[] };

function diverge(
	measures: Readonly<Record<'counts' | 'others' | 'present', Measure>>,
	weigh: (counts: readonly number[], others: readonly number[], present: number) => Weights,
	threshold: number | null
): Planned {
	const listOf = (value: unknown): readonly number[] => (Array.isArray(value) ? value.map(Number) : []);
	return ok({
		measures,
		judge: (measured) => {
			const { observed, expected } = weigh(
				listOf(measured['counts']),
				listOf(measured['others']),
				numberIn(measured['present'])
			);
			const divergence = entropy(observed, expected);
			return {
				success: threshold === null || divergence <= threshold,
				result: {
					observed_value: Number.isFinite(divergence) ? divergence : null,
					details: {
						observed_partition: { weights: observed.map(told) },
						expected_partition: { weights: expected.map(told) }
					}
				},
				unexpectedCount: null
			};
		},
		unexpected: null,
		fn: null
	});
}
