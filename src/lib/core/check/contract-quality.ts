// Quality rules of a contract as checks. A metric that must be 0 is an expectation; any other bound on it becomes a query.
import { parse } from 'yaml';
import { shownValue } from '../document/text-problem.ts';
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { unusedKeys, type LeftOut } from './exchange.ts';
import { readExpectation } from './gx-suite.ts';
import { rowConditionSql } from './row-condition.ts';
import type { Kwargs } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

type Rule = Readonly<Record<string, unknown>>;
type Found = { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] };
type About = {
	/** Null for rules of a whole object. */
	readonly column: string | null;
	/** The column that a property of the object is. */
	readonly columnOf: (property: string) => string;
};

export function qualityChecks(rules: readonly Rule[], about: About, at: string): Found {
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	for (const [index, rule] of rules.entries()) {
		const here = `${at}[${index}]`;
		const found = checkOf(rule, about, here);
		if (found.check) checks.push({ ...found.check, ...besideOf(rule) });
		left.push(...found.left);
		if (found.check) left.push(...unusedKeys(rule, usedKeys, here));
	}
	return { checks, left };
}

const operators: Readonly<Record<string, string>> = {
	mustBe: '=',
	mustNotBe: '<>',
	mustBeGreaterThan: '>',
	mustBeGreaterOrEqualTo: '>=',
	mustBeLessThan: '<',
	mustBeLessOrEqualTo: '<='
};

const usedKeys: ReadonlySet<string> = new Set([
	...Object.keys(operators),
	'mustBeBetween',
	'mustNotBeBetween',
	'type',
	'metric',
	'rule',
	'arguments',
	'unit',
	'query',
	'engine',
	'implementation',
	'name',
	'description',
	'severity',
	'validValues',
	'pattern',
	'missingValues',
	'properties'
]);

function besideOf({ name, description, severity }: Rule): Partial<WrittenCheck> {
	return {
		...(typeof name === 'string' ? { name } : {}),
		...(typeof description === 'string' ? { description } : {}),
		...(severity === 'warning' || severity === 'info' || severity === 'low' ? { severity: 'warn' as const } : {})
	};
}

type Read = { readonly check: WrittenCheck | null; readonly left: readonly LeftOut[] };
const is = (check: WrittenCheck): Read => ({ check, left: [] });
const not = (at: string, reason: LeftOut['reason'], what: string): Read => ({
	check: null,
	left: [{ at, reason, what }]
});

/** Rules of 3.0 that are metrics of 3.1 by other names; those that name no bound want none to be found. */
const oldRules: Readonly<Record<string, readonly [metric: string, isNone: boolean]>> = {
	nullCheck: ['nullValues', true],
	nullCount: ['nullValues', false],
	uniqueCheck: ['duplicateValues', true],
	duplicateCount: ['duplicateValues', false],
	validValues: ['invalidValues', true]
};

function checkOf(given: Rule, about: About, at: string): Read {
	const { type = 'library', query, engine, implementation } = given;
	if (type === 'text') return not(at, 'not-a-check', shownValue(given['description']));
	if (type === 'custom') return customCheck(engine, implementation, about.column, at);
	const named = shownValue(given['metric'] ?? given['rule'] ?? 'a rule');
	const [metric, isNoneMeant] = oldRules[named] ?? [named, false];
	const rule = isNoneMeant && comparison(given) === null ? { ...given, mustBe: 0 } : given;
	const condition = comparison(rule);
	if (condition === null) return not(at, 'not-expressible', `${named} without a comparison such as mustBe`);
	if (type === 'sql') {
		if (typeof query !== 'string') return not(at, 'wrong-parameters', 'no query');
		const sql = querySql(query, about.column);
		if (sql === null) return not(at, 'not-expressible', 'a property in a rule of no property');
		return is((isNone(rule) ? noRowsCheck(sql) : null) ?? valueCheck(sql, condition));
	}
	const found = metricOf(metric, rule, about);
	if (found === null) return not(at, 'not-expressible', named);
	if (isNone(rule) && found.plain !== null) return is(found.plain);
	const mostly = shareCheck(metric, rule, found.plain);
	if (mostly) return is(mostly);
	if (metric === 'rowCount') return is(rowCountCheck(rule, condition));
	const value = rule['unit'] === 'percent' ? `100.0 * (${found.sql}) / nullif(count(*), 0)` : found.sql;
	return is(rowsCheck(`SELECT ${value} AS found FROM {batch} HAVING NOT (${condition(value)})`));
}

/** Null where it names the property of a rule that has none. */
function querySql(query: string, column: string | null): string | null {
	const property = /\$?\{(?:property|column)\}/g;
	if (column === null && property.test(query)) return null;
	return query
		.trim()
		.replace(/;\s*$/, '')
		.replace(/\$?\{(?:object|table|model)\}/g, '{batch}')
		.replace(property, () => quoteName(column ?? ''));
}

const counted = /^select\s+count\(\*\)\s+from\s+\{batch\}\s+where\s+(.+)$/is;
const beyondRows = /\b(?:group|having|order|limit|union|except|intersect|window|qualify)\b/i;

/** Of a count of rows that is to be 0: then the rows themselves can be told. */
function noRowsCheck(sql: string): WrittenCheck | null {
	const [, condition] = counted.exec(sql) ?? [];
	if (condition === undefined || beyondRows.test(condition)) return null;
	const [, holds] = /^\((.+)\)\s+is\s+not\s+true$/is.exec(condition) ?? [];
	if (holds !== undefined && rowConditionSql({ row_condition: holds }).ok)
		return { expectation: 'expect_rows_to_satisfy_sql', kwargs: { condition: holds } };
	return rowsCheck(`SELECT * FROM {batch} WHERE ${condition}`);
}

function valueCheck(sql: string, condition: (value: string) => string): WrittenCheck {
	return rowsCheck(`SELECT * FROM (${sql}\n) AS found(value) WHERE NOT (${condition('value')})`);
}

/** At most a share of nulls is `mostly` of the others. */
function shareCheck(metric: string, rule: Rule, plain: WrittenCheck | null): WrittenCheck | null {
	const most = rule['mustBeLessOrEqualTo'];
	if (metric !== 'nullValues' || !plain || rule['unit'] !== 'percent' || typeof most !== 'number') return null;
	return { ...plain, kwargs: { ...plain.kwargs, mostly: Number((1 - most / 100).toPrecision(12)) } };
}

function rowsCheck(unexpected_rows_query: string): WrittenCheck {
	return { expectation: 'unexpected_rows_expectation', kwargs: { unexpected_rows_query } };
}

/** Whether a rule wants exactly nothing. */
function isNone(rule: Rule): boolean {
	return rule['mustBe'] === 0 || rule['mustBeLessOrEqualTo'] === 0;
}

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

function metricOf(metric: string, rule: Rule, { column, columnOf }: About): Metric | null {
	const given = rule['arguments'];
	const options = typeof given === 'object' && given !== null ? (given as Rule) : rule;
	const listIn = (name: string): readonly unknown[] | null => {
		const list = options[name];
		return Array.isArray(list) ? (list as readonly unknown[]) : null;
	};
	if (metric === 'rowCount') return { sql: 'count(*)', plain: null };
	const properties = listIn('properties')?.map((name) => columnOf(String(name))) ?? (column === null ? [] : [column]);
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
function customCheck(engine: unknown, implementation: unknown, column: string | null, at: string): Read {
	const name = String(engine)
		.toLowerCase()
		.replace(/[^a-z]/g, '');
	if (name !== 'greatexpectations' && name !== 'weir') return not(at, 'other-engine', String(engine));
	let given: unknown = implementation;
	if (typeof implementation === 'string') {
		try {
			given = parse(implementation, { maxAliasCount: 0 });
		} catch (error) {
			return not(at, 'wrong-parameters', error instanceof Error ? error.message : 'no YAML');
		}
	}
	if (typeof given !== 'object' || given === null) return not(at, 'wrong-parameters', 'no mapping');
	const { kwargs, ...rest } = given as Rule;
	const plain = typeof kwargs === 'object' && kwargs !== null ? (kwargs as Kwargs) : {};
	const isOfColumn = column !== null && !Object.keys(plain).some((key) => key.startsWith('column'));
	return readExpectation({ ...rest, kwargs: isOfColumn ? { column, ...plain } : plain }, at);
}
