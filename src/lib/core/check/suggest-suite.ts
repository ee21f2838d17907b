// A first suite from what statistics tell: what holds now and should go on to, with room where it is a guess.
import { typeFamily } from '../sql/types.ts';
import type { Meaning } from './meaning/meaning.ts';
import type { ColumnSummary, VersionStatistics } from './statistics/version-statistics.ts';
import type { WrittenCheck, WrittenSuite } from './write-suite.ts';

const FEW_ROWS = 50;
/** More values than this are no list that a person keeps. */
const FEW_VALUES = 10;
/** Bounds are set this far beyond what was seen, in parts of its range. */
const MARGIN = 0.1;

/** Of meanings that a pattern alone can tell. */
const patterns: Partial<Readonly<Record<Meaning, string>>> = {
	'e-mail': '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
	uuid: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
	url: '^https?://\\S+$'
};

/**
 * Columns that are called like a key, and whose values are all different as far as sketches tell: they are to be counted
 * before a suite says so.
 */
export function likelyKeys({ columns, keyCandidates }: VersionStatistics): readonly string[] {
	const candidates = new Set(keyCandidates.map(({ column }) => column));
	return columns
		.filter(({ name, type }) => {
			const isNamed = /(^|_|[a-z])(id|key|code|uuid)$/i.test(name);
			return isNamed && candidates.has(name) && (typeFamily(type) === 'text' || /INT/.test(type));
		})
		.map(({ name }) => name);
}

/** What is sure is a `fail`, what is guessed from few or changing values a `warn`. `unique` are columns that tell rows apart for certain. */
export function suggestSuite(
	dataset: string,
	{ rowCount, columns }: VersionStatistics,
	{ key, unique }: { readonly key: readonly string[]; readonly unique: readonly string[] }
): WrittenSuite {
	const names = columns.map(({ name }) => name);
	const single = new Set(key.length === 1 ? [...key, ...unique] : unique);
	const checks: WrittenCheck[] = [
		{ expectation: 'expect_table_columns_to_match_set', kwargs: { column_set: names, exact_match: false } },
		...(rowCount > 0 ? [{ expectation: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } }] : []),
		...(key.length > 1 ? [{ expectation: 'expect_compound_columns_to_be_unique', kwargs: { column_list: key } }] : []),
		...columns.flatMap((column) => columnChecks(column, rowCount, single.has(column.name)))
	];
	return { description: `Suggested from what ${dataset} holds.`, dataset, key: null, checks };
}

function columnChecks(summary: ColumnSummary, rowCount: number, isUnique: boolean): readonly WrittenCheck[] {
	const { name: column, type, nullCount } = summary;
	const family = typeFamily(type);
	if (rowCount === 0 || nullCount === rowCount) return [];
	const specific = family === 'number' ? numberChecks(summary) : family === 'text' ? textChecks(summary, rowCount) : [];
	return [
		{ expectation: 'expect_column_values_to_be_of_type', kwargs: { column, type_: type } },
		...presence(column, nullCount, rowCount),
		...(isUnique ? [{ expectation: 'expect_column_values_to_be_unique', kwargs: { column } }] : []),
		...specific
	];
}

function presence(column: string, nullCount: number, rowCount: number): readonly WrittenCheck[] {
	const expectation = 'expect_column_values_to_not_be_null';
	if (nullCount === 0) return [{ expectation, kwargs: { column } }];
	const mostly = Math.floor((1 - (2 * nullCount) / rowCount) * 100) / 100;
	return mostly >= 0.5 ? [{ expectation, kwargs: { column, mostly }, severity: 'warn' }] : [];
}

function numberChecks({ name: column, metrics: { min, max } }: ColumnSummary): readonly WrittenCheck[] {
	if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [];
	const room = (max - min) * MARGIN;
	const bound = (value: number): number => Number(value.toPrecision(6));
	const min_value = min >= 0 ? Math.max(0, Math.floor(min - room)) : bound(min - room);
	const max_value = bound(max + room);
	return [
		{ expectation: 'expect_column_values_to_be_between', kwargs: { column, min_value, max_value }, severity: 'warn' }
	];
}

function textChecks(summary: ColumnSummary, rowCount: number): readonly WrittenCheck[] {
	const { name: column, type, topValues, countErrorMax, metrics, meaning, texts } = summary;
	const guess = (expectation: string, kwargs: WrittenCheck['kwargs']): readonly WrittenCheck[] => [
		{ expectation, kwargs: { column, ...kwargs }, severity: 'warn' }
	];
	const distinct = metrics.isDistinctExact ? metrics.distinctCount : null;
	const isWhole = countErrorMax === 0 && topValues.length === distinct && topValues.length <= FEW_VALUES;
	if (rowCount >= FEW_ROWS && topValues.length > 0 && isWhole) {
		const value_set = topValues.map(({ value }) => String(value)).toSorted();
		return guess('expect_column_values_to_be_in_set', { value_set });
	}
	if (type !== 'VARCHAR' || !texts) return [];
	const pattern = meaning?.share === 1 ? patterns[meaning.meaning] : undefined;
	if (pattern !== undefined) return guess('expect_column_values_to_match_regex', { regex: pattern });
	if (texts.shortest === texts.longest && (metrics.distinctCount ?? 0) > 1)
		return guess('expect_column_value_lengths_to_equal', { value: texts.shortest });
	return guess('expect_column_value_lengths_to_be_between', { min_value: Math.min(1, texts.shortest) });
}
