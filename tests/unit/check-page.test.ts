// What the page makes of suites: forms, first values, edits that keep what nobody touched, and the score of a dataset.
import { expect, test } from 'vitest';
import { breaksOf } from '#core/check/breaks.ts';
import { expectations } from '#core/check/catalogue.ts';
import { editSuite } from '#core/check/edit-suite.ts';
import { healthOf, healthTrend, scoreOf } from '#core/check/health.ts';
import { parseSuite } from '#core/check/parse-suite.ts';
import { sampleSuite } from '#core/check/sample-suite.ts';
import type { CheckVerdict, Outcome, SuiteVerdict } from '#core/check/verdict.ts';
import { datasetId, versionId } from '#core/ids.ts';
import { checkFields, firstKwargs, textOf, valueOf } from '#lib/ui/check/check-fields.ts';
import { aboutText, parameterText } from '#lib/ui/check/check-words.ts';

test.each(expectations.map(({ name }) => name))('%s can be added, and begins as a suite that can be read', (name) => {
	for (const columns of [['a', 'b', 'c'], ['a'], []]) {
		const text = editSuite('checks: []\n', {
			kind: 'add',
			at: 0,
			step: name,
			value: firstKwargs(name, columns) as never
		});
		const parsed = parseSuite(text);
		expect(parsed.ok ? parsed.value.checks.map(({ expectation }) => expectation) : parsed.error).toEqual([name]);
	}
});

test('every parameter of every expectation has a control', () => {
	for (const { name, entries } of expectations)
		expect(
			checkFields(name)
				.map((field) => field.name)
				.sort()
		).toEqual(
			Object.keys(entries)
				.filter((entry) => entry !== 'condition_parser')
				.sort()
		);
});

test('values come back from a form as they were', () => {
	for (const value of [1, -2.5, true, false, 'text', '5', 'true', '', "it's", 'a b'])
		expect(value === '' ? '' : valueOf(textOf(value))).toBe(value);
	expect(valueOf('  ')).toBe(null);
});

test('an edit of one check leaves the others and all comments as they are', () => {
	const before = sampleSuite.text;
	const parsed = parseSuite(before);
	const at = parsed.ok ? parsed.value.checks.findIndex(({ kwargs }) => kwargs['column'] === 'US Gross') : -1;
	const after = editSuite(before, {
		kind: 'change',
		at,
		step: 'expect_column_values_to_be_between',
		value: { column: 'US Gross', min_value: 500 }
	});
	const changed = before.split('\n').filter((line, index) => line !== after.split('\n')[index]);
	expect(changed).toEqual(['  - expect_column_values_to_be_between: { column: US Gross, min_value: 1 }']);
	const warned = editSuite(after, { kind: 'beside', at, key: 'severity', value: '' });
	expect(warned.match(/severity: warn/g)?.length).toBe((before.match(/severity: warn/g)?.length ?? 0) - 1);
});

test('the score counts what holds, half of what warns, and the newest verdict of each suite alone', () => {
	expect(scoreOf({ pass: 0, warn: 0, fail: 0, error: 0 })).toBe(null);
	expect(scoreOf({ pass: 3, warn: 1, fail: 0, error: 0 })).toBe(87);
	expect(scoreOf({ pass: 999, warn: 0, fail: 1, error: 0 })).toBe(99);
	const [one, two] = [versionId('one'), versionId('two')];
	const verdict = (
		suite: string,
		version: typeof one,
		atMs: number,
		outcomes: Partial<Record<Outcome, number>>
	): SuiteVerdict => ({
		id: `${suite} ${atMs}`,
		suite,
		suiteVersion: null,
		dataset: datasetId('d'),
		version,
		outcome: (outcomes.fail ?? 0) > 0 ? 'fail' : 'pass',
		counts: { pass: 0, warn: 0, fail: 0, error: 0, ...outcomes },
		checks: [],
		rowCount: 1,
		scanCount: 1,
		atMs,
		elapsedMs: 1
	});
	const verdicts = [
		verdict('a', two, 4, { pass: 4 }),
		verdict('b', one, 3, { pass: 1, fail: 1 }),
		verdict('A', one, 2, { fail: 4 })
	];
	expect(healthOf(verdicts, two)).toMatchObject({ score: 83, outcome: 'fail', staleSuites: ['b'], checkedAtMs: 4 });
	expect(healthTrend(verdicts, 5).map(({ version, score }) => [version, score])).toEqual([
		[one, 16],
		[two, 100]
	]);
	expect(healthOf([], two)).toMatchObject({ score: null, outcome: null });
});

test('what broke when follows each check over the versions of a line, in whatever order they were checked', () => {
	const ids = ['one', 'two', 'three', 'four'].map(versionId);
	const check = (name: string, outcome: Outcome): CheckVerdict => ({
		check: name,
		expectation: 'expect_column_to_exist',
		kwargs: {},
		severity: 'fail',
		description: null,
		outcome,
		result: null,
		unexpectedCount: null,
		sample: [],
		rowsSql: null,
		problem: null
	});
	const verdict = (suite: string, at: number, atMs: number, checks: readonly CheckVerdict[]): SuiteVerdict => ({
		id: `${suite} ${at}`,
		suite,
		suiteVersion: null,
		dataset: datasetId('d'),
		version: ids[at] ?? versionId('elsewhere'),
		outcome: 'pass',
		counts: { pass: 0, warn: 0, fail: 0, error: 0 },
		checks,
		rowCount: 1,
		scanCount: 1,
		atMs,
		elapsedMs: 1
	});
	const verdicts = [
		verdict('a', 1, 9, [check('x', 'warn'), check('y', 'pass')]),
		verdict('a', 3, 8, [check('x', 'pass'), check('y', 'fail')]),
		verdict('A', 2, 7, [check('x', 'fail'), check('y', 'pass')]),
		verdict('a', 0, 6, [check('x', 'pass'), check('y', 'error')]),
		verdict('a', 9, 5, [check('x', 'fail')])
	];
	expect(breaksOf(verdicts, ids)).toMatchObject([
		{ check: 'y', outcome: 'fail', version: 'four', atMs: 8, hasHeld: true, mended: null },
		{ check: 'x', outcome: 'fail', version: 'two', atMs: 9, hasHeld: true, mended: { version: 'four', atMs: 8 } },
		{ check: 'y', outcome: 'error', version: 'one', hasHeld: false, mended: { version: 'two' } }
	]);
	expect(breaksOf(verdicts, [])).toEqual([]);
});

test('a check is told in words', () => {
	const kwargs = { column: 'x', min_value: 0, max_value: 5, mostly: 0.95, row_condition: "region = 'EU'" };
	expect(aboutText(kwargs)).toBe('x');
	expect(parameterText(kwargs)).toBe("0 to 5, in at least 95 % of rows, where region = 'EU'");
	expect(parameterText({ min_value: 0, max_value: 5, strict_max: true })).toBe('at least 0, below 5');
	expect(parameterText({ min_value: 0, strict_min: true })).toBe('above 0');
	expect(aboutText({})).toBe('the table');
});
