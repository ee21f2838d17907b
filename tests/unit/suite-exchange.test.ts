// The ways to Great Expectations and back: what comes across, and what is told because it does not.
import { describe, expect, test } from 'vitest';
import { exportGxSuite } from '#core/check/export-gx-suite.ts';
import { importSuite } from '#core/check/import-suite.ts';
import { parseSuite } from '#core/check/parse-suite.ts';
import type { Suite } from '#core/check/suite.ts';
import { writeSuite } from '#core/check/write-suite.ts';
import { leftOutWords } from '#lib/ui/explain-check.ts';

function suiteOf(text: string): Suite {
	const parsed = parseSuite(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

describe('Great Expectations', () => {
	const old = {
		expectation_suite_name: 'sound',
		data_asset_type: null,
		meta: { great_expectations_version: '0.18.0', notes: { format: 'markdown', content: ['About', 'people'] } },
		expectations: [
			{
				expectation_type: 'expect_column_values_to_not_be_null',
				kwargs: { column: 'a', result_format: 'COMPLETE' },
				meta: {}
			},
			{
				expectation_type: 'expect_column_values_to_be_between',
				kwargs: { column: 'a', min_value: 1, max_value: null, parse_strings_as_datetimes: true }
			},
			{ expectation_type: 'expect_multicolumn_values_to_be_unique', kwargs: { column_list: ['a', 'b'] } },
			{ expectation_type: 'expect_column_values_to_be_lucky', kwargs: { column: 'a' } },
			{
				expectation_type: 'expect_column_values_to_be_in_set',
				kwargs: { column: 'a', value_set: { $PARAMETER: 'set' } }
			}
		]
	};

	test('a suite from before 1.0 comes across, and what does not is told', () => {
		const imported = importSuite(JSON.stringify(old), null);
		if (!imported.ok) throw new Error(JSON.stringify(imported.error));
		const { name, suite, left } = imported.value;
		expect(name).toBe('sound');
		expect(suite.description).toBe('About\npeople');
		expect(suite.checks.map(({ expectation, kwargs }) => [expectation, kwargs])).toEqual([
			['expect_column_values_to_not_be_null', { column: 'a' }],
			['expect_column_values_to_be_between', { column: 'a', min_value: 1 }],
			['expect_select_column_values_to_be_unique_within_record', { column_list: ['a', 'b'] }]
		]);
		expect(suite.checks[0]?.resultFormat).toBe('COMPLETE');
		expect(left.map(({ at, reason }) => [at, reason])).toEqual([
			['expectations[1].kwargs.parse_strings_as_datetimes', 'changed'],
			['expectations[3]', 'unknown-expectation'],
			['expectations[4]', 'wrong-parameters'],
			['the whole', 'not-a-check']
		]);
		expect(parseSuite(writeSuite(suite)).ok).toBe(true);
	});

	const recent = {
		name: 'orders',
		id: '6ce3e7f9-6d6c-4f5f-a6a6-2f2a5f3b0d11',
		notes: 'About orders',
		suite_parameters: { most: 100 },
		meta: { great_expectations_version: '1.24.1', owner: 'data team' },
		expectations: [
			{
				type: 'expect_column_values_to_be_between',
				kwargs: {
					column: 'amount',
					max_value: { $PARAMETER: 'most' },
					row_condition: {
						type: 'and',
						conditions: [
							{ type: 'comparison', column: { name: 'country' }, operator: 'IN', parameter: ['DE', "d'or"] },
							{
								type: 'or',
								conditions: [
									{ type: 'nullity', column: { name: 'paid at' }, is_null: false },
									{ type: 'comparison', column: { name: 'n' }, operator: '>=', parameter: 2 }
								]
							}
						]
					},
					result_format: { result_format: 'COMPLETE', unexpected_index_column_names: ['id'] }
				},
				meta: { ticket: 7 },
				id: 'd3b3c3a0-0000-4000-8000-000000000000',
				severity: 'info'
			},
			{ type: 'expect_column_type_to_be', kwargs: { column: 'amount', type_: 'DOUBLE', catch_exceptions: true } },
			{ type: 'expect_column_values_to_not_be_null', kwargs: { column: 'a', windows: [{ offset: 1 }] } },
			{ type: 'expect_column_values_to_not_be_null', kwargs: 3 },
			{ type: 'expect_column_to_exist', kwargs: { column: 'a' }, extra: true },
			{
				type: 'expect_column_values_to_not_be_null',
				kwargs: {
					column: 'a',
					row_condition: { type: 'comparison', column: { name: 'b' }, operator: 'IN', parameter: 1 }
				}
			}
		]
	};

	test('a suite of 1.x comes across with its parameters, conditions and severities', () => {
		const imported = importSuite(JSON.stringify(recent), null);
		if (!imported.ok) throw new Error(JSON.stringify(imported.error));
		const { suite, left } = imported.value;
		expect(suite.description).toBe('About orders');
		const condition = `("country" IN ('DE', 'd''or') AND ("paid at" IS NOT NULL OR "n" >= 2))`;
		expect(suite.checks).toMatchObject([
			{
				kwargs: { column: 'amount', max_value: 100, row_condition: condition },
				severity: 'warn',
				resultFormat: 'COMPLETE'
			},
			{ expectation: 'expect_column_values_to_be_of_type', kwargs: { column: 'amount', type_: 'DOUBLE' } },
			{ expectation: 'expect_column_to_exist' }
		]);
		expect(left.map(({ at, reason, what }) => `${at}: ${reason}: ${what}`)).toEqual([
			'expectations[0].meta.ticket: not-a-check: 7',
			'expectations[0].severity: changed: info is taken for a warning',
			'expectations[0].kwargs.result_format: not-a-check: unexpected_index_column_names',
			expect.stringMatching(/^expectations\[2\]: wrong-parameters: .*windows/),
			expect.stringMatching(/^expectations\[3\]: wrong-parameters: kwargs/),
			'expectations[4].extra: not-a-check: true',
			expect.stringMatching(/^expectations\[5\]: wrong-parameters: row_condition/),
			'owner: not-a-check: data team',
			'the whole: not-a-check: catch_exceptions, great_expectations_version, id'
		]);
		expect(parseSuite(writeSuite(suite)).ok).toBe(true);
	});

	const text = [
		'description: About people',
		'checks:',
		'  - expect_column_values_to_not_be_null:',
		'      column: a',
		'      mostly: 0.9',
		'    name: mostly there',
		'    severity: warn',
		'    description: It should be there.',
		'    result_format: COMPLETE',
		'  - expect_table_row_count_to_be_between:',
		'      min_value: 1',
		''
	].join('\n');

	test.each(['great-expectations', 'great-expectations-0'] as const)(
		'a suite goes out as %s and comes back the same',
		(kind) => {
			const exported = exportGxSuite('sound', suiteOf(text), kind);
			expect(exported.left).toEqual([]);
			const key = kind === 'great-expectations' ? 'type' : 'expectation_type';
			expect(JSON.parse(exported.text)).toMatchObject({
				expectations: [{ [key]: 'expect_column_values_to_not_be_null' }, {}]
			});
			const back = importSuite(exported.text, null);
			if (!back.ok) throw new Error(JSON.stringify(back.error));
			expect(back.value.left.map(({ what }) => what)).toEqual(['great_expectations_version']);
			expect(writeSuite(back.value.suite)).toBe(text);
		}
	);

	test('what it does not have is told and left out', () => {
		const suite = suiteOf(
			'key: [a]\nchecks:\n  - expect_version_to_be_recent: { max_age: 1d }\n  - expect_column_to_exist: { column: a }\n    disabled: true\n  - expect_table_row_count_to_equal: { value: 1, row_condition: a > 1 }\n'
		);
		const { left, text: json } = exportGxSuite('s', suite, 'great-expectations');
		expect(left.map(({ reason }) => reason)).toEqual([
			'no-such-expectation-there',
			'disabled',
			'changed',
			'not-expressible'
		]);
		expect(JSON.parse(json)).toMatchObject({ expectations: [{ kwargs: { condition_parser: 'spark' } }] });
		const refused = suiteOf(
			[
				'checks:',
				'  - expect_column_values_to_be_between: { column: a, min_value: b }',
				'  - expect_column_values_to_be_in_set: { column: a }',
				'  - expect_column_value_lengths_to_be_between: { column: a }',
				'  - expect_table_column_count_to_be_between: { min_value: 1, strict_min: true }',
				'  - expect_column_values_to_be_between: { column: a, min_value: 2024-01-01 }',
				'  - expect_column_value_z_scores_to_be_less_than: { column: a, threshold: 3 }'
			].join('\n')
		);
		const some = exportGxSuite('s', refused, 'great-expectations');
		expect(some.left.map(({ reason }) => reason)).toEqual(Array(4).fill('not-expressible'));
		expect(JSON.parse(some.text)).toMatchObject({ expectations: [{}, { kwargs: { double_sided: true } }] });
		expect(left.map(leftOutWords)[1]).toBe('a: to exist: it is disabled (expect_column_to_exist)');
	});

	test('a text that is neither a suite nor a contract is refused', () => {
		expect(importSuite('{"a": 1}', null)).toMatchObject({ error: { kind: 'unreadable-suite', format: 'unknown' } });
		expect(importSuite('{', null)).toMatchObject({ error: { kind: 'unreadable-suite', format: 'unknown' } });
		expect(importSuite('{"expectations": 3}', null)).toMatchObject({ error: { format: 'great-expectations' } });
		expect(importSuite('kind: DataContract\napiVersion: v2.2.2\n', null)).toMatchObject({ error: { format: 'odcs' } });
	});
});
