// The ways to Great Expectations and to data contracts: what comes across, and what is told because it does not.
import { describe, expect, test } from 'vitest';
import { exportDataContract } from '#core/check/export-contract.ts';
import { exportGxSuite } from '#core/check/gx-suite.ts';
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
			['expectations[4]', 'wrong-parameters']
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
			expect(back.value.left).toEqual([]);
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
		expect(left.map(leftOutWords)[1]).toBe('a: to exist: it is disabled (expect_column_to_exist)');
	});

	test('a text that is neither a suite nor a contract is refused', () => {
		expect(importSuite('{"a": 1}', null)).toMatchObject({ error: { kind: 'unreadable-suite', format: 'unknown' } });
		expect(importSuite('{', null)).toMatchObject({ error: { kind: 'unreadable-suite', format: 'unknown' } });
		expect(importSuite('{"expectations": 3}', null)).toMatchObject({ error: { format: 'great-expectations' } });
		expect(importSuite('kind: DataContract\napiVersion: v2.2.2\n', null)).toMatchObject({ error: { format: 'odcs' } });
	});
});

describe('data contracts', () => {
	const contract = `
apiVersion: v3.1.0
kind: DataContract
id: c1
name: orders contract
version: 1.0.0
status: active
servers: [{ server: prod, type: local }]
schema:
  - name: orders
    physicalName: orders_2024
    properties:
      - name: order_id
        primaryKey: true
        primaryKeyPosition: 1
        logicalType: integer
      - name: line
        primaryKey: true
        primaryKeyPosition: 2
      - name: email
        logicalType: string
        required: true
        unique: true
        logicalTypeOptions: { minLength: 3, maxLength: 50, pattern: '@', format: email }
        relationships: [{ to: people.email }]
        quality:
          - { metric: invalidValues, mustBe: 0, arguments: { pattern: '@example' }, severity: warning, name: ours }
          - { metric: nullValues, mustBeLessThan: 5, unit: percent }
          - { type: text, description: It is checked by hand. }
          - { type: custom, engine: soda, implementation: x }
          - type: custom
            engine: greatExpectations
            implementation: |
              type: expect_column_values_to_match_regex
              kwargs:
                regex: '^a'
      - name: amount
        logicalType: number
        logicalTypeOptions: { exclusiveMinimum: 0, maximum: 100, multipleOf: 5 }
        quality:
          - { type: sql, query: 'SELECT count(*) FROM {object} WHERE {property} > 5', mustBeGreaterThan: 1 }
      - name: extra
        logicalType: object
    quality:
      - { metric: rowCount, mustBeBetween: [1, 100] }
      - { metric: duplicateValues, mustBe: 0, arguments: { properties: [order_id, line] } }
  - name: others
slaProperties:
  - { property: freshness, value: 24, unit: h, element: orders.at }
  - { property: retention, value: 3, unit: y }
`;

	test('what can be checked comes across, and everything else is told', () => {
		const imported = importSuite(contract, null);
		if (!imported.ok) throw new Error(JSON.stringify(imported.error));
		const { suite, left, name } = imported.value;
		expect(name).toBe('orders contract');
		expect(suite).toMatchObject({ dataset: 'orders_2024', key: ['order_id', 'line'] });
		const told = suite.checks.map(({ expectation, kwargs }) =>
			`${expectation} ${typeof kwargs['column'] === 'string' ? kwargs['column'] : ''}`.trim()
		);
		expect(told).toEqual([
			'expect_column_values_to_not_be_null order_id',
			'expect_column_values_to_be_in_type_list order_id',
			'expect_column_values_to_not_be_null line',
			'expect_column_values_to_not_be_null email',
			'expect_column_values_to_be_unique email',
			'expect_column_values_to_be_in_type_list email',
			'expect_column_value_lengths_to_be_between email',
			'expect_column_values_to_match_regex email',
			'expect_column_values_to_be_in_dataset email',
			'expect_column_values_to_match_regex email',
			'unexpected_rows_expectation',
			'expect_column_values_to_match_regex email',
			'expect_column_values_to_be_in_type_list amount',
			'expect_column_values_to_be_between amount',
			'expect_rows_to_satisfy_sql',
			'unexpected_rows_expectation',
			'expect_table_row_count_to_be_between',
			'expect_compound_columns_to_be_unique',
			'expect_compound_columns_to_be_unique',
			'expect_column_max_to_be_recent at'
		]);
		expect(left.map(({ at, reason }) => `${at} ${reason}`)).toEqual([
			'schema[1] not-a-check',
			'schema[0].properties[2].logicalTypeOptions.format not-expressible',
			'schema[0].properties[2].quality[2] not-a-check',
			'schema[0].properties[2].quality[3] other-engine',
			'schema[0].properties[4].logicalType not-expressible',
			'slaProperties[1] not-a-check',
			'servers not-a-check'
		]);
		const between = suite.checks.find(({ expectation }) => expectation === 'expect_column_values_to_be_between');
		expect(between?.kwargs).toEqual({ column: 'amount', min_value: 0, max_value: 100, strict_min: true });
		expect(suite.checks.find((check) => check.name === 'ours')).toMatchObject({ severity: 'warn' });
		expect(parseSuite(writeSuite(suite)).ok).toBe(true);
	});

	test('another object of it is chosen by its name', () => {
		expect(importSuite(contract, 'others')).toMatchObject({ value: { suite: { dataset: 'others', checks: [] } } });
		expect(importSuite(contract, 'nobody')).toMatchObject({ error: { kind: 'unreadable-suite' } });
	});

	test('a suite goes out as a contract and comes back with the same checks', () => {
		const text = [
			'dataset: orders',
			'checks:',
			'  - expect_column_values_to_not_be_null:',
			'      column: id',
			'  - expect_column_values_to_be_unique:',
			'      column: id',
			'  - expect_column_values_to_be_between:',
			'      column: amount',
			'      min_value: 0',
			'      mostly: 0.9',
			'    severity: warn',
			'  - expect_rows_to_satisfy_sql:',
			'      condition: a < b',
			''
		].join('\n');
		const schema = [
			{ name: 'id', type: 'BIGINT' },
			{ name: 'amount', type: 'DECIMAL(9,2)' }
		];
		const { text: yaml, left } = exportDataContract('orders', suiteOf(text), schema);
		expect(left).toEqual([]);
		expect(yaml).toContain('logicalType: integer');
		const back = importSuite(yaml, null);
		if (!back.ok) throw new Error(JSON.stringify(back.error));
		const types = 'expect_column_values_to_be_in_type_list';
		const checks = back.value.suite.checks.filter(({ expectation }) => expectation !== types);
		expect(back.value.left).toEqual([]);
		expect(checks.map(({ expectation, kwargs }) => [expectation, kwargs])).toEqual(
			suiteOf(text).checks.map(({ expectation, kwargs }) => [expectation, kwargs])
		);
	});
});
