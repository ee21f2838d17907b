// Quality rules of a contract as checks. A metric that must be 0 is an expectation; any other bound on it becomes a query.
import { parse } from 'yaml';
import { shownValue } from '../document/text-problem.ts';
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import type { LeftOut } from './exchange.ts';
import { readExpectation } from './gx-suite.ts';
import type { Kwargs } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

type Rule = Readonly<Record<string, unknown>>;
type Found = { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] };

/** `column` is null for rules of a whole object. */
export function qualityChecks(rules: readonly Rule[], column: string | null, at: string): Found {
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	for (const [index, rule] of rules.entries()) {
		const found = checkOf(rule, column, `${at}[${index}]`);
		if ('reason' in found) left.push(found);
		else checks.push({ ...found, ...besideOf(rule) });
	}
	return { checks, left };
}

function besideOf({ name, description, severity }: Rule): Partial<WrittenCheck> {
	return {
		...(typeof name === 'string' ? { name } : {}),
		...(typeof description === 'string' ? { description } : {}),
		...(severity === 'warning' || severity === 'info' || severity === 'low' ? { severity: 'warn' as const } : {})
	};
}

function checkOf(rule: Rule, column: string | null, at: string): WrittenCheck | LeftOut {
	const { type = 'library', query, engine, implementation } = rule;
	const metric = rule['metric'] ?? rule['rule'];
	if (type === 'text') return { at, reason: 'not-a-check', what: shownValue(rule['description']) };
	if (type === 'custom') return customCheck(engine, implementation, column, at);
	const condition = comparison(rule);
	if (condition === null) return { at, reason: 'not-expressible', what: 'no comparison such as mustBe' };
	if (type === 'sql' && typeof query === 'string') {
		const sql = query
			.trim()
			.replace(/;\s*$/, '')
			.replace(/\$?\{(?:object|table|model)\}/g, '{batch}')
			.replace(/\$?\{(?:property|column)\}/g, () => quoteName(column ?? ''));
		return rowsCheck(`SELECT * FROM (${sql}\n) AS found(value) WHERE NOT (${condition('value')})`);
	}
	const found = metricOf(String(metric), rule, column);
	if (found === null) return { at, reason: 'not-expressible', what: String(metric) };
	if (isNone(rule) && found.plain !== null) return found.plain;
	if (metric === 'rowCount') return rowCountCheck(rule, condition);
	const value = rule['unit'] === 'percent' ? `100.0 * (${found.sql}) / nullif(count(*), 0)` : found.sql;
	return rowsCheck(`SELECT ${value} AS found FROM {batch} HAVING NOT (${condition(value)})`);
}

function rowsCheck(unexpected_rows_query: string): WrittenCheck {
	return { expectation: 'unexpected_rows_expectation', kwargs: { unexpected_rows_query } };
}

/** Whether a rule wants exactly nothing. */
function isNone(rule: Rule): boolean {
	return rule['mustBe'] === 0 || rule['mustBeLessOrEqualTo'] === 0;
}

const operators: Readonly<Record<string, string>> = {
	mustBe: '=',
	mustNotBe: '<>',
	mustBeGreaterThan: '>',
	mustBeGreaterOrEqualTo: '>=',
	mustBeLessThan: '<',
	mustBeLessOrEqualTo: '<='
};

/** All comparisons of a rule, of whatever SQL is put in; null when there is none. */
function comparison(rule: Rule): ((value: string) => string) | null {
	const parts: ((value: string) => string)[] = [];
	for (const [name, operator] of Object.entries(operators)) {
		const bound = rule[name];
		if (typeof bound === 'number' || typeof bound === 'string' || typeof bound === 'boolean')
			parts.push((value) => `${value} ${operator} ${quoteValue(bound)}`);
	}
	// As the standard has it, the bounds themselves are not between.
	for (const [name, isNot] of [
		['mustBeBetween', false],
		['mustNotBeBetween', true]
	] as const) {
		const given: unknown = rule[name];
		const [low, high] = Array.isArray(given) ? (given as readonly unknown[]) : [];
		if (typeof low !== 'number' || typeof high !== 'number') continue;
		const within = (value: string): string => `${value} > ${quoteValue(low)} AND ${value} < ${quoteValue(high)}`;
		parts.push(isNot ? (value) => `NOT (${within(value)})` : within);
	}
	return parts.length === 0 ? null : (value) => parts.map((part) => part(value)).join(' AND ');
}

type Metric = {
	/** An aggregate over the rows. */
	readonly sql: string;
	/** The expectation that says it is 0. */
	readonly plain: WrittenCheck | null;
};

function metricOf(metric: string, rule: Rule, column: string | null): Metric | null {
	const given = rule['arguments'];
	const options = typeof given === 'object' && given !== null ? (given as Rule) : rule;
	const listIn = (name: string): readonly unknown[] | null => {
		const list = options[name];
		return Array.isArray(list) ? (list as readonly unknown[]) : null;
	};
	if (metric === 'rowCount') return { sql: 'count(*)', plain: null };
	const properties = listIn('properties')?.map(String) ?? (column === null ? [] : [column]);
	if (metric === 'duplicateValues' && properties.length > 0) {
		const [only, ...others] = properties;
		const names = properties.map(quoteName).join(', ');
		const plain: WrittenCheck =
			others.length === 0
				? { expectation: 'expect_column_values_to_be_unique', kwargs: { column: only } }
				: { expectation: 'expect_compound_columns_to_be_unique', kwargs: { column_list: properties } };
		return { sql: `count((${names})) - count(DISTINCT (${names}))`, plain };
	}
	if (column === null) return null;
	const name = quoteName(column);
	const plain = (expectation: string, kwargs: Kwargs = {}): WrittenCheck => ({
		expectation,
		kwargs: { column, ...kwargs }
	});
	const missing = listIn('missingValues');
	if (metric === 'nullValues' || (metric === 'missingValues' && !missing))
		return { sql: `count(*) FILTER (WHERE ${name} IS NULL)`, plain: plain('expect_column_values_to_not_be_null') };
	if (metric === 'missingValues' && missing) {
		const texts = missing.filter((value) => value !== null).map((value) => quoteText(shownValue(value)));
		const isMissing = `${name} IS NULL${texts.length > 0 ? ` OR CAST(${name} AS VARCHAR) IN (${texts.join(', ')})` : ''}`;
		const sql = `NOT (${isMissing})`;
		return {
			sql: `count(*) FILTER (WHERE ${isMissing})`,
			plain: { expectation: 'expect_rows_to_satisfy_sql', kwargs: { condition: sql, columns: [column] } }
		};
	}
	const values = listIn('validValues');
	const { pattern } = options;
	if (metric !== 'invalidValues') return null;
	if (values) {
		const texts = values.map((value) => quoteText(shownValue(value))).join(', ');
		return {
			sql: `count(*) FILTER (WHERE CAST(${name} AS VARCHAR) NOT IN (${texts}))`,
			plain: plain('expect_column_values_to_be_in_set', { value_set: values })
		};
	}
	if (typeof pattern !== 'string') return null;
	return {
		sql: `count(*) FILTER (WHERE NOT regexp_matches(${name}, ${quoteText(pattern)}))`,
		plain: plain('expect_column_values_to_match_regex', { regex: pattern })
	};
}

function rowCountCheck(rule: Rule, condition: (value: string) => string): WrittenCheck {
	const { mustBe, mustBeBetween } = rule;
	if (typeof mustBe === 'number' && mustBe >= 0)
		return { expectation: 'expect_table_row_count_to_equal', kwargs: { value: mustBe } };
	const [low, high] = Array.isArray(mustBeBetween) ? (mustBeBetween as readonly unknown[]) : [];
	const least = rule['mustBeGreaterThan'] ?? rule['mustBeGreaterOrEqualTo'] ?? low;
	const most = rule['mustBeLessThan'] ?? rule['mustBeLessOrEqualTo'] ?? high;
	const isOther = rule['mustNotBe'] !== undefined || rule['mustNotBeBetween'] !== undefined;
	if (isOther) return rowsCheck(`SELECT count(*) AS found FROM {batch} HAVING NOT (${condition('count(*)')})`);
	return {
		expectation: 'expect_table_row_count_to_be_between',
		kwargs: {
			...(typeof least === 'number' ? { min_value: least } : {}),
			...(typeof most === 'number' ? { max_value: most } : {}),
			...(typeof least === 'number' && rule['mustBeGreaterOrEqualTo'] === undefined ? { strict_min: true } : {}),
			...(typeof most === 'number' && rule['mustBeLessOrEqualTo'] === undefined ? { strict_max: true } : {})
		}
	};
}

/** Checks of Great Expectations, and those that Weir wrote there itself, as a mapping or as its text. */
function customCheck(
	engine: unknown,
	implementation: unknown,
	column: string | null,
	at: string
): WrittenCheck | LeftOut {
	const name = String(engine)
		.toLowerCase()
		.replace(/[^a-z]/g, '');
	if (name !== 'greatexpectations' && name !== 'weir') return { at, reason: 'other-engine', what: String(engine) };
	let given: unknown = implementation;
	if (typeof implementation === 'string') {
		try {
			given = parse(implementation, { maxAliasCount: 0 });
		} catch (error) {
			return { at, reason: 'wrong-parameters', what: error instanceof Error ? error.message : 'no YAML' };
		}
	}
	if (typeof given !== 'object' || given === null) return { at, reason: 'wrong-parameters', what: 'no mapping' };
	const { kwargs, ...rest } = given as Rule;
	const plain = typeof kwargs === 'object' && kwargs !== null ? (kwargs as Kwargs) : {};
	const isOfColumn = column !== null && !Object.keys(plain).some((key) => key.startsWith('column'));
	const read = readExpectation({ ...rest, kwargs: isOfColumn ? { column, ...plain } : plain }, at);
	if (read.check) return read.check;
	return read.left[0] ?? { at, reason: 'wrong-parameters', what: String(engine) };
}
