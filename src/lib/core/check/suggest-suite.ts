// A first suite from what a profile saw: what holds now and should go on to, with room where it is a guess.
import { typeFamily } from '../sql/types.ts';
import type { ColumnProfile } from '../profile/profile.ts';
import type { WrittenCheck, WrittenSuite } from './write-suite.ts';

const FEW_ROWS = 50;
/** Bounds are set this far beyond what was seen, in parts of its range. */
const MARGIN = 0.1;
const email = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/** What is sure is a `fail`, what is guessed from few or changing values a `warn`. */
export function suggestSuite(
	dataset: string,
	profiles: readonly ColumnProfile[],
	key: readonly string[]
): WrittenSuite {
	const rowCount = profiles[0]?.rowCount ?? 0;
	const columns = profiles.map(({ column }) => column);
	const checks: WrittenCheck[] = [
		{ expectation: 'expect_table_columns_to_match_set', kwargs: { column_set: columns, exact_match: false } },
		...(rowCount > 0 ? [{ expectation: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } }] : []),
		...(key.length > 1 ? [{ expectation: 'expect_compound_columns_to_be_unique', kwargs: { column_list: key } }] : []),
		...profiles.flatMap((profile) => columnChecks(profile, key.length === 1 && key[0] === profile.column))
	];
	return { description: `Suggested from what ${dataset} holds.`, dataset, key: null, checks };
}

function columnChecks(profile: ColumnProfile, isKey: boolean): readonly WrittenCheck[] {
	const { column, type, rowCount, nullCount } = profile;
	const family = typeFamily(type);
	if (rowCount === 0 || nullCount === rowCount) return [];
	const specific = family === 'number' ? numberChecks(profile) : family === 'text' ? textChecks(profile) : [];
	return [
		{ expectation: 'expect_column_values_to_be_of_type', kwargs: { column, type_: type } },
		...presence(profile),
		...(isKey || isLikelyKey(profile)
			? [{ expectation: 'expect_column_values_to_be_unique', kwargs: { column } }]
			: []),
		...specific
	];
}

function presence({ column, rowCount, nullCount }: ColumnProfile): readonly WrittenCheck[] {
	const expectation = 'expect_column_values_to_not_be_null';
	if (nullCount === 0) return [{ expectation, kwargs: { column } }];
	const mostly = Math.floor((1 - (2 * nullCount) / rowCount) * 100) / 100;
	return mostly >= 0.5 ? [{ expectation, kwargs: { column, mostly }, severity: 'warn' }] : [];
}

function isLikelyKey({ type, rowCount, nullCount, distinctCount, isDistinctExact, column }: ColumnProfile): boolean {
	const isNamed = /(^|_|[a-z])(id|key|code|uuid)$/i.test(column);
	const isWhole = typeFamily(type) === 'text' || /INT/.test(type);
	return (
		isNamed && isWhole && isDistinctExact === true && nullCount === 0 && distinctCount === rowCount && rowCount > 1
	);
}

function numberChecks({ column, min, max }: ColumnProfile): readonly WrittenCheck[] {
	const [low, high] = [Number(min), Number(max)];
	if (min === null || max === null || !Number.isFinite(low) || !Number.isFinite(high)) return [];
	const room = (high - low) * MARGIN;
	const bound = (value: number): number => Number(value.toPrecision(6));
	const min_value = low >= 0 ? Math.max(0, Math.floor(low - room)) : bound(low - room);
	const max_value = bound(high + room);
	return [
		{ expectation: 'expect_column_values_to_be_between', kwargs: { column, min_value, max_value }, severity: 'warn' }
	];
}

function textChecks({ column, rowCount, distinctCount, topValues, lengths }: ColumnProfile): readonly WrittenCheck[] {
	const values = topValues?.map(({ value }) => value) ?? [];
	if (rowCount >= FEW_ROWS && values.length > 0 && values.length === distinctCount)
		return [
			{
				expectation: 'expect_column_values_to_be_in_set',
				kwargs: { column, value_set: values.toSorted() },
				severity: 'warn'
			}
		];
	if (values.length > 0 && values.every((value) => email.test(value)))
		return [
			{
				expectation: 'expect_column_values_to_match_regex',
				kwargs: { column, regex: email.source },
				severity: 'warn'
			}
		];
	if (lengths && lengths.min === lengths.max && distinctCount > 1)
		return [
			{
				expectation: 'expect_column_value_lengths_to_equal',
				kwargs: { column, value: lengths.min },
				severity: 'warn'
			}
		];
	return lengths
		? [
				{
					expectation: 'expect_column_value_lengths_to_be_between',
					kwargs: { column, min_value: Math.min(1, lengths.min) },
					severity: 'warn'
				}
			]
		: [];
}
