// The text of suites, and how few scans a suite is.
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { ageMs } from '#core/check/age.ts';
import { expectationNames, expectations, ownNames } from '#core/check/catalogue.ts';
import { expectationFacts } from '#core/check/check-fields.ts';
import { compileScans, planSuite } from '#core/check/compile-suite.ts';
import { entropy } from '#core/check/divergence.ts';
import { parseSuite } from '#core/check/parse-suite.ts';
import { rowConditionSql } from '#core/check/row-condition.ts';
import type { Suite } from '#core/check/suite.ts';
import { suiteJsonSchema } from '#core/check/suite-schema.ts';
import { countOutcomes, gravest, type EvaluationProblem } from '#core/check/verdict.ts';
import { evaluationWords, suiteProblemWords } from '#lib/ui/explain-check.ts';

/** Each problem as `line:column words`. */
function faults(text: string): readonly string[] {
	const parsed = parseSuite(text);
	if (parsed.ok || parsed.error.kind !== 'invalid-suite') return [];
	return parsed.error.problems.map((problem) => {
		const { what, next } = suiteProblemWords(problem);
		expect(next).not.toBe('');
		return `${problem.line}:${problem.column} ${what}`;
	});
}

function suiteOf(text: string): Suite {
	const parsed = parseSuite(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

describe('the text', () => {
	test('checks have names of their own, also where nobody gave them one', () => {
		const { checks } = suiteOf(
			[
				'checks:',
				'  - expect_column_values_to_not_be_null: { column: a }',
				'  - expect_column_values_to_not_be_null: { column: a, mostly: 0.5 }',
				'  - expect_table_row_count_to_equal: { value: 3 }',
				'    name: three rows',
				'    severity: warn'
			].join('\n')
		);
		expect(checks.map(({ name }) => name)).toEqual(['a: to not be null', 'a: to not be null (2)', 'three rows']);
		expect(checks.map(({ severity }) => severity)).toEqual(['fail', 'fail', 'warn']);
		expect(checks.map(({ line }) => line)).toEqual([2, 3, 4]);
	});

	test.each([
		[
			'checks:\n  - expect_column_values_to_be_nul: { column: a }',
			['2:5 There is no expectation expect_column_values_to_be_nul']
		],
		['checks:\n  - severity: warn', ['2:5 This check has no expectation']],
		[
			'checks:\n  - expect_column_values_to_be_null: { colum: a }',
			['2:38 column is missing', '2:40 colum means nothing here']
		],
		['checks:\n  - expect_column_values_to_be_null: { column: 3 }', ['2:48 Expected a text, found a number']],
		['checks:\n  - expect_column_values_to_be_null: { column: a, mostly: 2 }', ['2:59 2 cannot stand here']],
		[
			'checks:\n  - expect_column_values_to_be_null: { column: a }\n    severity: loud',
			['3:15 “loud” is not known here']
		],
		[
			'checks:\n  - expect_column_to_exist: { column: a }\n    expect_column_values_to_be_null: { column: a }',
			['3:5 expect_column_to_exist and expect_column_values_to_be_null cannot stand in one check']
		],
		[
			'checks:\n  - { expect_column_to_exist: { column: a }, name: x }\n  - { expect_column_to_exist: { column: b }, name: X }',
			['3:52 There is a check X already, in line 2']
		],
		[
			"checks:\n  - expect_table_row_count_to_equal: { value: 1, row_condition: 'a > (1' }",
			['2:65 The row condition cannot be read']
		],
		['check: []', ['1:1 check means nothing here']],
		['checks: 3', ['1:9 Expected a list, found a number']],
		['- a', ['1:1 Expected a mapping, found a list']],
		['', ['1:1 The text is empty']],
		[
			'checks: [',
			['1:10 This is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]']
		]
	])('%j is refused where it is wrong', (text, wanted) => {
		expect(faults(text)).toEqual(wanted);
	});

	test('the published JSON Schema is made from what reads it', async () => {
		const path = new URL('../../static/schemas/suite.json', import.meta.url).pathname;
		const text = await format(JSON.stringify(suiteJsonSchema()), { ...(await resolveConfig(path)), filepath: path });
		await expect(text).toMatchFileSnapshot(path);
		for (const name of expectationNames) expect(text).toContain(`"${name}"`);
	});

	test('what the parser takes and refuses, the published schema does too', () => {
		const accepts = new Ajv({ strict: false }).compile(suiteJsonSchema());
		const ofNulls = (kwargs: object) => ({ checks: [{ expect_column_values_to_be_null: kwargs }] });
		for (const [value, isFine] of [
			[ofNulls({ column: 'a', mostly: 0.5, row_condition: 'b > 1' }), true],
			[{ dataset: 'd', key: ['a'], checks: null }, true],
			[
				{ checks: [{ expect_table_row_count_to_equal: { value: 1 }, name: 'n', severity: 'warn', disabled: true }] },
				true
			],
			[ofNulls({}), false],
			[ofNulls({ column: 'a', mostly: 2 }), false],
			[ofNulls({ column: 'a', colour: 'red' }), false],
			[{ checks: [{ expect_luck: {} }] }, false],
			[{ checks: [{ severity: 'warn' }] }, false],
			[{ tests: [] }, false]
		] as const) {
			expect(accepts(value), JSON.stringify(value)).toBe(isFine);
			expect(parseSuite(JSON.stringify(value)).ok, JSON.stringify(value)).toBe(isFine);
		}
	});

	test('there are at least 45 expectations of Great Expectations, and a few besides', () => {
		expect(expectationNames.length - ownNames.size).toBeGreaterThanOrEqual(45);
		expect(new Set(expectationNames).size).toBe(expectationNames.length);
	});
});

test('an expectation tells the fields of a form for it, read from its schema', () => {
	const facts = expectations.map(expectationFacts);
	expect(facts.filter(({ isStandard }) => isStandard)).toHaveLength(54);
	const between = facts.find(({ name }) => name === 'expect_column_values_to_be_between');
	expect(between?.fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
		['column', 'column', true],
		['mostly', 'number', false],
		['row_condition', 'sql', false],
		['condition_parser', 'choice', false],
		['min_value', 'value', false],
		['max_value', 'value', false],
		['strict_min', 'boolean', false],
		['strict_max', 'boolean', false]
	]);
	const pairs = facts.find(({ name }) => name === 'expect_column_pair_values_to_be_equal');
	expect(pairs?.fields.at(-1)?.choices).toEqual(['both_values_are_missing', 'either_value_is_missing', 'neither']);
});

describe('row conditions', () => {
	test.each([
		['col("a") == "x"', '"a" = \'x\''],
		['col("n") >= 5', '"n" >= CAST(\'5\' AS INTEGER)'],
		['col("a").notNull()', '"a" IS NOT NULL'],
		['col("d") > date("2020-01-01") & (col("n") < 3 | col("n") > 7)', null]
	])('%s as Great Expectations writes it', (text, wanted) => {
		const read = rowConditionSql({ row_condition: text, condition_parser: 'great_expectations' });
		if (wanted !== null) expect(read).toEqual({ ok: true, value: wanted });
		else
			expect(read).toMatchObject({
				value:
					'"d" > CAST(\'2020-01-01\' AS TIMESTAMP) AND ("n" < CAST(\'3\' AS INTEGER) OR "n" > CAST(\'7\' AS INTEGER))'
			});
	});

	test.each(['col("a") ==', 'a > 1', 'col("a") > 1 col("b") > 2', 'col("a") > 1 &', 'col("a") > 1)'])(
		'%s is none',
		(text) => {
			expect(rowConditionSql({ row_condition: text, condition_parser: 'great_expectations' }).ok).toBe(false);
		}
	);

	test('SQL is taken as it is, unless it would end what holds it', () => {
		expect(rowConditionSql({ row_condition: "a = ')' AND (b)" })).toEqual({ ok: true, value: "a = ')' AND (b)" });
		expect(rowConditionSql({ row_condition: 'a) OR (b' }).ok).toBe(false);
		expect(rowConditionSql({ row_condition: 'a; DROP TABLE b' }).ok).toBe(false);
		expect(rowConditionSql({})).toEqual({ ok: true, value: null });
	});
});

test('thirty checks of one table are one scan, and one more for what needs queries of its own', () => {
	const columns = Array.from({ length: 10 }, (_value, at) => ({ name: `c${at}`, type: 'INTEGER' }));
	const checks = columns.flatMap(({ name }) => [
		`  - expect_column_values_to_not_be_null: { column: ${name} }`,
		`  - expect_column_values_to_be_between: { column: ${name}, min_value: 0 }`,
		`  - expect_column_values_to_be_unique: { column: ${name} }`
	]);
	const suite = suiteOf(`checks:\n${checks.join('\n')}\n`);
	const planned = planSuite(suite.checks, { schema: columns, nowMs: 0, versionAtMs: null, datasets: [] });
	const plans = planned.flatMap(({ planned: one }) => (one.ok ? [one.value] : []));
	expect(plans).toHaveLength(30);
	const queries = compileScans(plans);
	expect(queries).toHaveLength(2);
	// Of all checks of a column the rows are counted once.
	expect(queries[0]?.sql.match(/count\(\*\) AS/g)).toHaveLength(1);
});

test('an outcome is the gravest, and a failure is graver than what could not be evaluated', () => {
	expect(gravest(['pass', 'error', 'fail', 'warn'])).toBe('fail');
	expect(gravest(['warn', 'error'])).toBe('error');
	expect(gravest([])).toBe('pass');
	expect(countOutcomes(['pass', 'pass', 'warn'])).toEqual({ pass: 2, warn: 1, fail: 0, error: 0 });
});

const problems: { readonly [Code in EvaluationProblem['code']]: Extract<EvaluationProblem, { code: Code }> } = {
	'unknown-column': { code: 'unknown-column', column: 'nmae', nearest: 'name' },
	'wrong-type': { code: 'wrong-type', column: 'n', type: 'INTEGER', expected: 'a text' },
	'wrong-value': { code: 'wrong-value', parameter: 'min_value', value: '"a"', expected: 'a number' },
	'unknown-dataset': { code: 'unknown-dataset', dataset: 'sales' },
	'no-baseline': { code: 'no-baseline', reference: null },
	'not-in-baseline': { code: 'not-in-baseline', column: 'n' },
	engine: { code: 'engine', message: 'missing )' },
	function: { code: 'function', reason: 'it took too long' }
};

test.each(Object.values(problems))('why a check could not be evaluated is said in words: $code', (problem) => {
	const { what, next } = evaluationWords(problem);
	expect(what).not.toBe('');
	expect(next).not.toBe('');
	expect(`${what} ${next}`).not.toMatch(/undefined|\[object/);
});

test('ages and divergences', () => {
	expect(['90s', '30m', '24h', '7d', '2w', '1.5h'].map(ageMs)).toEqual([
		90_000, 1_800_000, 86_400_000, 604_800_000, 1_209_600_000, 5_400_000
	]);
	expect(['', 'h', '5', '5y', '-1d'].map(ageMs)).toEqual([null, null, null, null, null]);
	expect(entropy([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
	expect(entropy([0.5, 0.5], [1, 0])).toBe(Infinity);
});
