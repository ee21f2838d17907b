// Expectations of texts: patterns, lengths, and whether they can be read as a date or as JSON.
import * as v from 'valibot';
import { quoteText } from '../sql/quote.ts';
import { amountEntries, boundsSql } from './bounds.ts';
import {
	columnEntries,
	conditionEntries,
	expectation,
	mostlyEntries,
	oneName,
	whole,
	withColumn,
	type Expectation
} from './expectation.ts';
import { mapPlan, presentValues } from './map-plan.ts';
import { columnOfFamily, valueSql, type PlanContext, type Planned } from './plan.ts';

const common = { ...columnEntries, ...mostlyEntries, ...conditionEntries };
const matchOn = v.optional(v.nullable(v.picklist(['any', 'all'])), 'any');
type Texts = { readonly column: string; readonly mostly: number };

/** Nanoseconds of a row. */
const costs = { regex: 90, like_pattern: 15, length: 25, parse: 200 };

const regex = (value: string, pattern: string): string => `regexp_matches(${value}, ${quoteText(pattern)})`;
const like = (value: string, pattern: string, escape: string | null): string =>
	`${value} LIKE ${quoteText(pattern)}${escape === null ? '' : ` ESCAPE ${quoteText(escape)}`}`;
/** Before one of them, % and _ stand for themselves. */
const escapeEntries = { escape: v.optional(v.nullable(v.pipe(v.string(), v.length(1)))) };

export const textExpectations: readonly Expectation[] = [
	...patternExpectations('regex', 'a regular expression', regex, {}),
	...patternExpectations(
		'like_pattern',
		'a pattern of LIKE, where % is any text and _ any character',
		like,
		escapeEntries
	),
	expectation({
		name: 'expect_column_value_lengths_to_be_between',
		group: 'text',
		summary: 'Texts have a number of characters between two bounds.',
		entries: { ...common, ...amountEntries },
		plan: ({ column, mostly, ...bounds }, context) =>
			withColumn(columnOfFamily(column, ['text'], context), (found) => {
				const lengths = { name: `the length of ${found.name}`, type: 'BIGINT' };
				const within = boundsSql(`length(${valueSql(found)})`, bounds, lengths, 'one');
				return within.ok ? mapPlan(presentValues(found.name, mostly), within.value, costs.length) : within;
			})
	}),
	expectation({
		name: 'expect_column_value_lengths_to_equal',
		group: 'text',
		summary: 'Texts have one number of characters.',
		entries: { ...common, value: whole },
		plan: (given, context) => texts(given, context, costs.length, (value) => `length(${value}) = ${given.value}`)
	}),
	expectation({
		name: 'expect_column_values_to_match_strftime_format',
		group: 'text',
		summary: 'Texts are dates or times as a format such as %Y-%m-%d writes them.',
		entries: { ...common, strftime_format: oneName },
		plan: (given, context) =>
			texts(
				given,
				context,
				costs.parse,
				(value) => `try_strptime(${value}, ${quoteText(given.strftime_format)}) IS NOT NULL`
			)
	}),
	expectation({
		name: 'expect_column_values_to_be_dateutil_parseable',
		group: 'text',
		summary: 'Texts are dates or times in one of many ways to write them.',
		entries: common,
		plan: (given, context) => texts(given, context, costs.parse, isDateSql)
	}),
	expectation({
		name: 'expect_column_values_to_be_json_parseable',
		group: 'text',
		summary: 'Texts are JSON.',
		entries: common,
		plan: (given, context) => texts(given, context, costs.parse, (value) => `json_valid(${value})`)
	})
];

function patternExpectations(
	noun: 'regex' | 'like_pattern',
	words: string,
	matchesOf: (value: string, pattern: string, escape: string | null) => string,
	more: v.ObjectEntries
): readonly Expectation[] {
	const list = `${noun}_list`;
	// An empty pattern is one: every text matches it.
	const entries = { ...common, [noun]: v.string(), ...more };
	const listEntries = { ...common, [list]: v.pipe(v.array(v.string()), v.minLength(1)), ...more };
	const matches = (given: object, value: string, pattern: string): string => {
		const { escape = null } = given as { readonly escape?: string | null };
		return matchesOf(value, pattern, escape);
	};
	const patternIn = (given: object): string => String((given as Readonly<Record<string, unknown>>)[noun]);
	const patternsIn = (given: object): readonly string[] => {
		const found = (given as Readonly<Record<string, unknown>>)[list];
		return Array.isArray(found) ? found.map(String) : [];
	};
	return [
		expectation({
			name: `expect_column_values_to_match_${noun}`,
			group: 'text',
			summary: `Texts match ${words}.`,
			entries,
			plan: (given, context) => texts(given, context, costs[noun], (value) => matches(given, value, patternIn(given)))
		}),
		expectation({
			name: `expect_column_values_to_not_match_${noun}`,
			group: 'text',
			summary: `Texts do not match ${words}.`,
			entries,
			plan: (given, context) =>
				texts(given, context, costs[noun], (value) => `NOT ${matches(given, value, patternIn(given))}`)
		}),
		expectation({
			name: `expect_column_values_to_match_${list}`,
			group: 'text',
			summary: `Texts match any or all of some patterns, each ${words}.`,
			entries: { ...listEntries, match_on: matchOn },
			plan: (given, context) => {
				const joint = given.match_on === 'all' ? ' AND ' : ' OR ';
				return texts(given, context, costs[noun] * patternsIn(given).length, (value) =>
					patternsIn(given)
						.map((pattern) => matches(given, value, pattern))
						.join(joint)
				);
			}
		}),
		expectation({
			name: `expect_column_values_to_not_match_${list}`,
			group: 'text',
			summary: `Texts match none of some patterns, each ${words}.`,
			entries: listEntries,
			plan: (given, context) =>
				texts(given, context, costs[noun] * patternsIn(given).length, (value) =>
					patternsIn(given)
						.map((pattern) => `NOT ${matches(given, value, pattern)}`)
						.join(' AND ')
				)
		})
	];
}

function texts(
	{ column, mostly }: Texts,
	context: PlanContext,
	cost: number,
	expected: (value: string) => string
): Planned {
	return withColumn(columnOfFamily(column, ['text'], context), (found) =>
		mapPlan(presentValues(found.name, mostly), expected(valueSql(found)), cost)
	);
}

/**
 * Ways that python-dateutil reads too. It also reads fuzzier ones, such as a date with its parts in any order and ordinals of
 * days; those are told as not readable.
 */
const dateFormats = ['%d %B %Y', '%B %d %Y', '%d %b %Y', '%b %d %Y', '%m/%d/%Y', '%d.%m.%Y', '%Y/%m/%d', '%m-%d-%Y'];
const timeFormats = ['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p'];
const otherFormats = [
	'%Y%m%d',
	'%Y%m%dT%H%M%S',
	'%Y-%m',
	'%Y',
	'%B %Y',
	'%b %Y',
	'%H:%M',
	'%H:%M:%S',
	'%a %b %d %H:%M:%S %Y',
	'%a, %d %b %Y %H:%M:%S %z',
	'%Y-%m-%dT%H:%M:%S.%fZ',
	'%Y-%m-%dT%H:%M:%SZ'
];

function isDateSql(value: string): string {
	const formats = [...dateFormats.flatMap((day) => timeFormats.map((time) => day + time)), ...otherFormats];
	const list = formats.map(quoteText).join(', ');
	const plain = `replace(trim(${value}), ',', '')`;
	return `TRY_CAST(${value} AS TIMESTAMP) IS NOT NULL OR try_strptime(${plain}, [${list}]) IS NOT NULL`;
}
