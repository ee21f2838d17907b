// The text of named queries, what may be given to them, and which of their rows may be kept.
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { bindArguments } from '#core/query/bind-arguments.ts';
import { unkeptReason } from '#core/query/cacheable.ts';
import { parseQuery } from '#core/query/parse-query.ts';
import { queryJsonSchema } from '#core/query/query-schema.ts';
import { sampleQuery } from '#core/query/sample-query.ts';
import { invariant } from '#core/result.ts';
import { argumentWords, queryProblemWords } from '#lib/ui/explain-query.ts';

function problemsOf(text: string): readonly string[] {
	const parsed = parseQuery(text);
	if (parsed.ok) return [];
	return parsed.error.problems.map((one) => {
		const { what, next } = queryProblemWords(one);
		return `${one.line}:${one.column} ${what}. ${next}`;
	});
}

function queryOf(text: string) {
	const parsed = parseQuery(text);
	invariant(parsed.ok, `it can be read: ${problemsOf(text).join(', ')}`);
	return parsed.value;
}

function bound(text: string, given: Readonly<Record<string, unknown>>) {
	const done = bindArguments('q', queryOf(text), given);
	if (!done.ok) return done.error.problems.map((one) => argumentWords(one).what);
	return [done.value.sql, ...done.value.params];
}

const typed = (type: string, rules = ''): string => `parameters: { a: { type: ${type}${rules} } }\nsql: SELECT $a AS b`;

describe('the text of a named query', () => {
	test('the sample can be read', () => {
		expect(queryOf(sampleQuery.text)).toMatchObject({ ttlMs: 86_400_000, pageRows: 500 });
	});

	test.each([
		['sql: SELECT $citty\nparameters: { city: { type: text } }', '1:13 The SQL takes $citty'],
		['sql: SELECT 1\nparameters: { city: { type: text } }', '2:15 The SQL does not take $city'],
		['sql: SELECT ?', '1:13 ? has no name'],
		['sql: SELECT $1', '1:13 $1 has no name'],
		['sql: SELECT 1; SELECT 2', '1:16 A second statement begins here'],
		['sql: DROP TABLE x', '1:6 DROP does not read rows'],
		['sql: SELECT 1\nttl: soon', '2:6 “soon” is no length of time'],
		['sql: SELECT 1\npage: 0', '2:7 0 cannot stand here'],
		['sql: SELECT 1\nttls: 1d', '2:1 ttls means nothing here. Did you mean ttl?'],
		['description: nothing', '1:1 sql is missing'],
		['sql: SELECT $a\nparameters: { a: { type: list } }', '2:18 The list does not say what it holds'],
		['sql: SELECT $a\nparameters: { a: { type: text, min: 3 } }', '2:37 A text has no min and max'],
		['sql: SELECT $a\nparameters: { a: { type: integer, min: 3, max: 1 } }', '2:48 1 breaks'],
		['sql: SELECT $a\nparameters: { a: { type: integer, default: 0.5 } }', '2:44 0.5 breaks'],
		['sql: SELECT $a\nparameters: { a: { type: date, default: 2023-02-29 } }', '2:41 2023-02-29 breaks'],
		['sql: SELECT $a\nparameters: { "a b": { type: text } }', '2:15 A parameter cannot be called a b'],
		['[]', '1:1 Expected a mapping, found a list']
	])('%j is refused where it is wrong', (text, wanted) => {
		expect(
			problemsOf(text).some((line) => line.startsWith(wanted)),
			problemsOf(text).join('\n')
		).toBe(true);
	});

	test('the published JSON Schema is made from what reads it, and takes the sample', async () => {
		const path = new URL('../../static/schemas/query.json', import.meta.url).pathname;
		const text = await format(JSON.stringify(queryJsonSchema()), { ...(await resolveConfig(path)), filepath: path });
		await expect(text).toMatchFileSnapshot(path);
		const accepts = new Ajv({ strict: false }).compile(queryJsonSchema());
		expect(accepts({ sql: 'SELECT 1', ttl: '1d', parameters: { a: { type: 'list', of: 'date' } } })).toBe(true);
		expect(accepts({ ttl: '1d' })).toBe(false);
		expect(accepts({ sql: 'SELECT 1', parameters: { a: { type: 'colour' } } })).toBe(false);
	});
});

describe('what is given to a named query', () => {
	test('a value is bound beside the text, whatever it holds', () => {
		const evil = "'; DROP TABLE flights; --";
		expect(bound(typed('text'), { a: evil })).toEqual(['SELECT CAST($1 AS VARCHAR) AS b', evil]);
	});

	test('a parameter that is taken twice is bound once, and one in a text or a comment is none', () => {
		const text = `parameters: { a: { type: integer } }\nsql: "SELECT $a, '$b', $a /* $c */"`;
		expect(bound(text, { a: 7 })).toEqual(["SELECT CAST($1 AS BIGINT), '$b', CAST($1 AS BIGINT) /* $c */", '7']);
	});

	test('a list is a list of bound values, also an empty one', () => {
		const text = typed('list', ', of: date');
		expect(bound(text, { a: ['2024-02-29', new Date('2024-03-01T00:00:00Z')] })).toEqual([
			'SELECT [CAST($1 AS DATE), CAST($2 AS DATE)] AS b',
			'2024-02-29',
			'2024-03-01'
		]);
		expect(bound(text, { a: [] })).toEqual(['SELECT CAST([] AS DATE[]) AS b']);
	});

	test('left out, it is the default, or NULL where it need not be given, or missing', () => {
		expect(bound(typed('integer', ', default: 3'), {})).toEqual(['SELECT CAST($1 AS BIGINT) AS b', '3']);
		expect(bound(typed('integer', ', required: false'), {})).toEqual(['SELECT CAST(NULL AS BIGINT) AS b']);
		expect(bound(typed('integer'), {})).toEqual(['a is missing']);
	});

	test.each([
		['integer', '', 9_223_372_036_854_775_808n],
		['integer', '', 1.5],
		['integer', '', '1e3'],
		['integer', '', ''],
		['integer', ', min: 3', 2],
		['integer', ', max: "9007199254740993"', '9007199254740994'],
		['decimal', '', Number.NaN],
		['decimal', '', 'Infinity'],
		['decimal', ', max: 0.5', 0.51],
		['date', '', '2023-02-29'],
		['date', '', '2024-1-1'],
		['date', ', min: 2024-01-01', '2023-12-31'],
		['timestamp', '', '2024-01-01T25:00:00Z'],
		['timestamp', '', '2024-01-01T10:00:00+02:00'],
		['boolean', '', 'yes'],
		['text', '', 5],
		['text', ', allowed: [sun, rain]', 'snow'],
		['list', ', of: text, allowed: [sun, rain]', ['sun', 'snow']],
		['list', ', of: text', 'sun'],
		['text', '', null]
	])('%s%s does not take %s', (type, rules, given) => {
		expect(bound(typed(type, rules), { a: given })[0]).toMatch(/^a cannot be “/);
	});

	test('equal values have one form, so that they are one key of the cache', () => {
		const forms = (type: string, given: readonly unknown[]): unknown[] => [
			...new Set(given.map((one) => bound(typed(type), { a: one })[1]))
		];
		expect(forms('integer', [42, '42', ' +42 ', 42n, '0042'])).toEqual(['42']);
		expect(forms('decimal', [0.5, '0.50', '.5', '5e-1'])).toEqual(['0.5']);
		expect(forms('boolean', [true, 'true'])).toEqual(['true']);
		expect(forms('timestamp', ['2024-01-01', '2024-01-01T00:00Z', '2024-01-01 00:00:00.000'])).toEqual([
			'2024-01-01 00:00:00'
		]);
	});

	test('a name that the query does not have is refused, prototypes too', () => {
		expect(bound(typed('text'), { a: 'x', ab: 1 })).toEqual(['The query has no parameter ab']);
		expect(bound(typed('text'), { a: 'x', ['__proto__x']: 1 })).toEqual(['The query has no parameter __proto__x']);
	});
});

const pure = new Set(['sum', 'upper']);
const isDataset = (name: string): boolean => name === 't';

test.each([
	['SELECT now()', 'may-change'],
	['SELECT clock_timestamp() FROM t', 'may-change'],
	['SELECT random () FROM t', 'may-change'],
	['SELECT * FROM t WHERE day = CURRENT_DATE', 'may-change'],
	['SELECT * FROM t USING SAMPLE 10%', 'may-change'],
	["SELECT predict('m') FROM t", 'asks-model'],
	['SELECT * FROM check_results', 'reads-workspace'],
	["SELECT * FROM read_csv('a.csv')", 'may-change'],
	["SELECT * FROM 'a.parquet'", 'may-change'],
	["SELECT * FROM t, 'a.parquet'", 'may-change'],
	["SELECT * FROM ('a.parquet' CROSS JOIN t)", 'may-change'],
	['SELECT * FROM "a.parquet"', 'may-change'],
	['SELECT sum(a), upper(b) FROM t', undefined],
	["SELECT 'now()' -- random()\nFROM t", undefined],
	['SELECT random, "now" FROM t', undefined],
	["SELECT * FROM t WHERE a IN ('x', 'y')", undefined]
])('%j: rows are kept unless %s', (sql, reason) => {
	expect(unkeptReason(sql, null, { pure, isDataset })?.reason).toBe(reason);
});
