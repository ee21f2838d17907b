import { describe, expect, test } from 'vitest';
import { findPredictions } from '#core/sql/find-predictions.ts';

function tablesOf(sql: string) {
	const found = findPredictions(sql);
	if (!found.ok) throw new Error(found.error.kind === 'sql-error' ? found.error.message : found.error.kind);
	return found.value;
}

const refusalOf = (sql: string): string => {
	const found = findPredictions(sql);
	return !found.ok && found.error.kind === 'sql-error' ? found.error.message : '';
};

describe('calls of models in SQL', () => {
	test('a text without calls has none, whatever its words', () => {
		expect(tablesOf("SELECT predict, 'predict(' FROM t -- predict('m')\n")).toEqual([]);
		expect(tablesOf('SELECT predicted(1) FROM t')).toEqual([]);
	});

	test('a call is of the table its query reads', () => {
		const sql = "SELECT id, predict('churn@production', age, lower(plan)) AS p FROM people AS q WHERE age > 3";
		const [table] = tablesOf(sql);
		expect(table).toMatchObject({ sql: 'people', alias: 'q', prefix: '' });
		expect(sql.slice(table?.start, table?.end)).toBe('people AS q');
		expect(table?.calls).toMatchObject([
			{ function: 'predict', model: 'churn@production', arguments: ['age', 'lower(plan)'], isUnnamed: false }
		]);
	});

	test('the shares of all classes are asked for too', () => {
		const [table] = tablesOf("SELECT predict_probabilities('m')['a'], predict_probability('m') AS q FROM t");
		expect(table?.calls.map((call) => call.function)).toEqual(['predict_probabilities', 'predict_probability']);
	});

	test.each([
		["SELECT predict('m') FROM t", 't', 't'],
		["SELECT predict('m') FROM t q", 't', 'q'],
		["SELECT predict('m') FROM t@v2 AS q LIMIT 3", 't@v2', 'q'],
		["SELECT predict('m') FROM t@v2", 't@v2', 't'],
		['SELECT predict(\'m\') FROM "my table" ORDER BY 1', '"my table"', '"my table"'],
		["SELECT predict('m') FROM (SELECT 1 AS a, 2 AS b) AS given", '(SELECT 1 AS a, 2 AS b)', 'given'],
		["SELECT predict('m') FROM read_csv('a.csv', sep = ',') csv", "read_csv('a.csv', sep = ',')", 'csv'],
		["FROM t SELECT predict('m')", 't', 't']
	])('%s reads %s as %s', (sql, item, alias) => {
		expect(tablesOf(sql)).toMatchObject([{ sql: item, alias }]);
	});

	test('a call within another function or clause is of the same query', () => {
		const sql =
			"SELECT round(predict('m', a), 2) FROM t WHERE predict_probability('m', a) > 0.5 GROUP BY predict('m', a)";
		const [table, ...others] = tablesOf(sql);
		expect(others).toEqual([]);
		expect(table?.calls.map(({ function: name }) => name)).toEqual(['predict', 'predict_probability', 'predict']);
	});

	test('a table is told with the common table expressions before it', () => {
		const sql = "WITH a AS (SELECT * FROM t), b AS (SELECT predict('m') AS p FROM a) SELECT predict('n') FROM b";
		const [first, second] = tablesOf(sql);
		expect(first).toMatchObject({ sql: 'a', prefix: 'WITH a AS (SELECT * FROM t) ' });
		expect(second).toMatchObject({ sql: 'b', prefix: expect.stringMatching(/^WITH a AS .* FROM a\) $/) as unknown });
	});

	test('what another one needs comes first', () => {
		const sql = "SELECT predict('outer', p) FROM (SELECT predict('inner') AS p FROM t) AS s";
		expect(tablesOf(sql).map(({ calls }) => calls.map(({ model }) => model))).toEqual([['inner'], ['outer']]);
	});

	test('each side of a union has its own table', () => {
		const sql = "SELECT predict('m') FROM a UNION ALL SELECT predict('m') FROM b";
		expect(tablesOf(sql).map((table) => table.sql)).toEqual(['a', 'b']);
	});

	test('a whole column without a name is told, so that it gets one', () => {
		const [table] = tablesOf("SELECT predict('m'), predict('m') + 1, predict('m') AS p FROM t");
		expect(table?.calls.map(({ isUnnamed }) => isUnnamed)).toEqual([true, false, false]);
	});

	test.each([
		["SELECT predict('m')", 'reads a table'],
		["SELECT predict('m') FROM a, b", 'reads one table'],
		["SELECT predict('m') FROM a JOIN b USING (id)", 'reads one table'],
		['SELECT predict(name, 1) FROM t', 'name of a model as text'],
		["SELECT predict('m', predict('n', a)) FROM t", 'cannot stand in another']
	])('%s is refused: it %s', (sql, words) => {
		expect(refusalOf(sql)).toContain(words);
	});
});
