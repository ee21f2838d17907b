// The ways to the Open Data Contract Standard 3 and back: what comes across, what is told, and that what goes out is valid.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { exportDataContract } from '#core/check/export-contract.ts';
import type { Imported } from '#core/check/exchange.ts';
import { importSuite } from '#core/check/import-suite.ts';
import { parseSuite } from '#core/check/parse-suite.ts';
import type { Suite } from '#core/check/suite.ts';
import { writeSuite } from '#core/check/write-suite.ts';

// The standard's own JSON Schema, under its licence (Apache 2.0), which lies beside it.
const schemaFile = join(import.meta.dirname, '../vectors/odcs/odcs-json-schema-v3.1.0.json');
const ajv = new Ajv2019({ strict: false, allErrors: true });
(addFormats.default as unknown as (to: Ajv2019) => void)(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

function faultsOf(yaml: string): readonly string[] {
	validate(parse(yaml));
	return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function suiteOf(text: string): Suite {
	const parsed = parseSuite(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

function imported(yaml: string, object: string | null = null): Imported {
	const read = importSuite(yaml, object);
	if (!read.ok) throw new Error(JSON.stringify(read.error));
	return read.value;
}

const toldOf = ({ suite }: Imported): readonly string[] =>
	suite.checks.map(({ expectation, kwargs }) => `${expectation} ${JSON.stringify(kwargs)}`);

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
			'schema[1] other-object',
			'schema[0].properties[2].logicalTypeOptions.format not-expressible',
			'schema[0].properties[2].quality[2] not-a-check',
			'schema[0].properties[2].quality[3] other-engine',
			'schema[0].properties[4].logicalType not-expressible',
			'slaProperties[1] not-a-check',
			'status not-a-check',
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

	test('an older one says exclusive bounds by yes or no, and its rules have other names', () => {
		const older = imported(`
apiVersion: v3.0.2
kind: DataContract
id: c2
version: 1.0.0
status: draft
description: { purpose: To be counted., usage: daily }
slaDefaultElement: air.measured
schema:
  - name: air
    physicalName: air_quality
    businessName: Air
    tags: []
    relationships:
      - { from: air.station, to: stations.id }
      - { from: [air.a, air.b], to: [stations.a, stations.b] }
    properties:
      - name: uid
        physicalName: UniqueID
        primaryKey: true
        primaryKeyPosition: 1
        classification: public
        partitioned: false
        logicalType: integer
        logicalTypeOptions: { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }
        quality:
          - { rule: nullCheck, dimension: completeness }
          - { rule: minCheck, customProperties: [{ property: min, value: 1 }] }
          - { rule: duplicateCount, mustBeLessThan: 10 }
          - { metric: nullValues, mustBeLessOrEqualTo: 5, unit: percent }
          - { type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE {property} < 0', mustBe: 0 }
      - name: measured
        physicalName: measured_at
      - name: where
        logicalType: object
        properties: [{ name: street }, { name: city }]
      - name: unit
        enum: [{ value: kg }, { value: g }]
    quality:
      - { metric: duplicateValues, mustBe: 0, arguments: { properties: [uid, measured] } }
      - { type: sql, query: 'SELECT max({property}) FROM {object}', mustBeLessThan: 3 }
  - name: stations
    physicalName: station_list
    properties: [{ name: id, physicalName: station_id }]
slaProperties:
  - { property: latency, value: 4, unit: d, driver: regulatory }
`);
		expect(older.suite).toMatchObject({ description: 'To be counted.', dataset: 'air_quality', key: ['UniqueID'] });
		expect(toldOf(older)).toEqual([
			'expect_column_values_to_not_be_null {"column":"UniqueID"}',
			'expect_column_values_to_be_unique {"column":"UniqueID"}',
			expect.stringContaining('in_type_list'),
			'expect_column_values_to_be_between {"column":"UniqueID","min_value":0,"max_value":9,"strict_min":true}',
			'expect_column_values_to_not_be_null {"column":"UniqueID"}',
			expect.stringContaining('count(DISTINCT'),
			'expect_column_values_to_not_be_null {"column":"UniqueID","mostly":0.95}',
			'unexpected_rows_expectation {"unexpected_rows_query":"SELECT * FROM {batch} WHERE \\"UniqueID\\" < 0"}',
			'expect_column_values_to_be_in_set {"column":"unit","value_set":["kg","g"]}',
			'expect_compound_columns_to_be_unique {"column_list":["UniqueID","measured_at"]}',
			'expect_column_values_to_be_in_dataset {"column":"station","dataset":"station_list","dataset_column":"station_id"}',
			'expect_column_max_to_be_recent {"column":"measured_at","max_age":"4d"}'
		]);
		expect(older.left.map(({ at, reason, what }) => `${at}: ${reason}: ${what}`)).toEqual([
			'schema[1]: other-object: stations',
			'schema[0].properties[0]: not-a-check: classification',
			'schema[0].properties[0].quality[0]: not-a-check: dimension',
			'schema[0].properties[0].quality[1]: not-expressible: minCheck without a comparison such as mustBe',
			'schema[0].properties[2].logicalType: not-expressible: object',
			'schema[0].properties[2].properties: not-expressible: street',
			'schema[0].properties[2].properties: not-expressible: city',
			'schema[0].quality[1]: not-expressible: a property in a rule of no property',
			'schema[0].relationships[1]: not-expressible: ["air.a","air.b"] to ["stations.a","stations.b"]',
			'schema[0]: not-a-check: businessName',
			'slaProperties[0]: not-a-check: driver',
			'description: not-a-check: usage'
		]);
		expect(parseSuite(writeSuite(older.suite)).ok).toBe(true);
	});

	const text = [
		'description: What orders promise',
		'dataset: orders',
		'key: [id, line]',
		'checks:',
		'  - expect_column_values_to_not_be_null: { column: id }',
		'  - expect_column_values_to_not_be_null: { column: line }',
		'  - expect_compound_columns_to_be_unique: { column_list: [id, line] }',
		'  - expect_column_values_to_be_unique: { column: mail }',
		'  - expect_column_values_to_not_be_null: { column: mail, mostly: 0.9 }',
		'  - expect_column_values_to_match_regex: { column: mail, regex: "@" }',
		'  - expect_column_value_lengths_to_be_between: { column: mail, min_value: 3 }',
		'  - expect_column_values_to_be_between: { column: amount, min_value: 0, strict_min: true, max_value: 9.5 }',
		'  - expect_column_values_to_be_between: { column: amount, min_value: 1, mostly: 0.5 }',
		'    severity: warn',
		'    name: mostly more',
		'    description: It is so.',
		'  - expect_column_values_to_be_in_set: { column: kind, value_set: [a, b, 3, true] }',
		'    result_format: COMPLETE',
		'  - expect_column_values_to_be_in_set: { column: kind, value_set: [a, b, "2024-01-02", "yes"] }',
		'  - expect_column_values_to_be_between: { column: at, min_value: "2024-01-02" }',
		'  - expect_column_values_to_be_in_dataset: { column: who, dataset: people, dataset_column: id }',
		'  - expect_column_values_to_be_in_dataset: { column: who, dataset: "the people", dataset_column: id }',
		'  - expect_column_max_to_be_recent: { column: at, max_age: 36h }',
		'  - expect_version_to_be_recent: { max_age: 2d }',
		'  - expect_version_to_be_recent: { max_age: 90s }',
		'  - expect_table_row_count_to_be_between: { min_value: 1 }',
		'  - expect_table_row_count_to_be_between: { min_value: 1, max_value: 5 }',
		'  - expect_table_row_count_to_equal: { value: 4 }',
		'  - expect_rows_to_satisfy_sql: { condition: (a) < (b) }',
		'  - expect_table_to_not_have_drifted_from_baseline: {}',
		'  - expect_column_mean_to_be_between: { column: amount, min_value: 1 }'
	].join('\n');
	const schema = [
		{ name: 'id', type: 'BIGINT' },
		{ name: 'line', type: 'BIGINT' },
		{ name: 'mail', type: 'VARCHAR' },
		{ name: 'amount', type: 'DECIMAL(9,2)' },
		{ name: 'kind', type: 'VARCHAR' },
		{ name: 'who', type: 'BIGINT' },
		{ name: 'at', type: 'TIMESTAMP' },
		{ name: 'nested', type: 'STRUCT(a INTEGER)' }
	];

	test('a suite goes out as a contract that is valid, and comes back with the same checks', () => {
		const suite = suiteOf(text);
		const { text: yaml, left } = exportDataContract('orders', suite, schema);
		expect(left).toEqual([]);
		expect(faultsOf(yaml)).toEqual([]);
		const contract = parse(yaml) as { schema: { properties: object[]; quality: object[] }[]; slaProperties: object[] };
		expect(contract.schema[0]?.properties.slice(0, 4)).toMatchObject([
			{ name: 'id', logicalType: 'integer', primaryKey: true, primaryKeyPosition: 1 },
			{ primaryKeyPosition: 2 },
			{ name: 'mail', logicalType: 'string', unique: true, logicalTypeOptions: { pattern: '@', minLength: 3 } },
			{ logicalTypeOptions: { exclusiveMinimum: 0, maximum: 9.5 }, quality: [{ type: 'custom' }, { type: 'custom' }] }
		]);
		expect(contract.schema[0]?.quality).toContainEqual(
			expect.objectContaining({ type: 'sql', query: 'SELECT COUNT(*) FROM {object} WHERE ((a) < (b)) IS NOT TRUE' })
		);
		expect(contract.slaProperties).toHaveLength(2);
		expect(parse(yaml, { version: '1.1' })).toEqual(contract);
		const back = imported(yaml);
		expect(back.left).toEqual([]);
		expect(back.suite).toMatchObject({ description: 'What orders promise', dataset: 'orders', key: ['id', 'line'] });
		const again = suiteOf(writeSuite(back.suite));
		const types = 'expect_column_values_to_be_in_type_list';
		const sorted = ({ checks }: Suite): readonly string[] =>
			checks
				.filter(({ expectation }) => expectation !== types)
				.map(({ index: _index, line: _line, kwargs, name, ...one }) =>
					// The number that tells equal names apart depends on the order.
					JSON.stringify({ ...one, name: name.replace(/ \(\d\)$/, ''), kwargs: Object.entries(kwargs).toSorted() })
				)
				.toSorted();
		expect(sorted(again)).toEqual(sorted(suite));
	});

	test('a key that no check asserts, and what is off, is told', () => {
		const suite = suiteOf('key: [a]\nchecks:\n  - expect_column_to_exist: { column: a }\n    disabled: true\n');
		const { text: yaml, left } = exportDataContract('s', suite, []);
		expect(left.map(({ at, reason }) => [at, reason])).toEqual([
			['a: to exist', 'disabled'],
			['key', 'not-expressible']
		]);
		expect(faultsOf(yaml)).toEqual([]);
	});

	test('the schema that valid means is the published one', () => {
		expect(faultsOf('apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: draft\n')).toEqual([]);
		expect(faultsOf('kind: DataContract\n')).not.toEqual([]);
	});
});
