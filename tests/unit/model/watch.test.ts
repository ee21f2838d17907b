import { describe, expect, test } from 'vitest';
import type { Condition, Measure, Measured } from '#core/alert/rule.ts';
import { signalsOf, type DatasetPast, type VersionFacts } from '#core/alert/signals.ts';
import { versionId } from '#core/ids.ts';
import { predictedColumns } from '#core/model/watch/predicted-columns.ts';
import { confusionSql, numbersSql } from '#core/model/watch/performance-sql.ts';
import { modelInputSql, nullsSql } from '#core/onnx/serve-sql.ts';
import type { WatchFacts } from '#core/model/watch/watch-facts.ts';

describe('the columns of what a model said', () => {
	test.each([
		["SELECT *, predict('churn') AS p, predict_probability('churn') AS \"how likely\" FROM t", 'p', 'how likely'],
		["SELECT predict('churn'), id FROM t", 'predict', null],
		["SELECT predict('Churn@production', a, b)\n\tAS -- said\n\tp FROM t", 'p', null],
		["SELECT predict('fraud') AS f, predict('churn') AS p FROM t", 'p', null],
		["SELECT round(predict('churn'), 2) AS p FROM t", null, null],
		["SELECT id FROM t WHERE predict('churn') = 'yes'", null, null]
	])('%s', (sql, prediction, probability) => {
		expect(predictedColumns(sql, 'churn')).toEqual({ prediction, probability });
	});
});

describe('the query for how good it was', () => {
	const rows = { scored: '"s@1"', prediction: 'p', probability: 'q', labels: null, label: 'y', type: 'DOUBLE' };

	test('takes one label for each key, however often it stands there', () => {
		const labels = { sql: 'SELECT * FROM told;', key: ['a', 'b'], label: 'y' };
		expect(numbersSql({ ...rows, labels })).toContain(
			'max("y") AS label FROM (SELECT * FROM told\n) AS told GROUP BY "a", "b"'
		);
	});
	test('compares labels that are numbers as numbers, and answers as the texts they are', () => {
		const sql = confusionSql(rows, ['1', "it's"]);
		expect(sql).toContain(
			"list_position([TRY_CAST('1' AS DOUBLE), TRY_CAST('it''s' AS DOUBLE)], CAST(label AS DOUBLE))"
		);
		expect(sql).toContain("list_position(CAST(['1', 'it''s'] AS VARCHAR[]), CAST(prediction AS VARCHAR))");
	});
});

describe('an alert rule', () => {
	const facts = (drift: number, labels: string | null, auc?: number): WatchFacts => ({
		model: 'churn',
		number: 1,
		measures: { prediction_drift: drift, ...(auc === undefined ? {} : { labelled_auc: auc }) },
		inputs: { Age: drift / 2 },
		labelledRows: 0,
		labels
	});
	const past = (...watched: readonly (WatchFacts | null)[]): DatasetPast => ({
		name: 'scored',
		verdicts: [],
		drifts: [],
		versions: watched.map((watch, at): VersionFacts => ({
			id: versionId(`v${at + 1}`),
			number: at + 1,
			atMs: at,
			rowCount: 1,
			sizeBytes: 1,
			rejectCount: 0,
			statistics: [],
			...(watch ? { watch } : {})
		}))
	});
	const rule = (of: Measure, column: string | null = null): Condition => ({
		kind: 'metric',
		dataset: null,
		measured: { of, column, suite: null, check: null },
		above: 1,
		below: 0.6
	});
	const told = (condition: Condition, dataset: DatasetPast) =>
		signalsOf(condition, { datasets: [dataset], runs: [], missed: [] }, 100);

	test('watches the drift of what a model scored, and says whose it is', () => {
		const signals = told(rule('prediction_drift'), past(facts(0.8, null), null, facts(3, null)));
		expect(signals.map(({ isBroken, evidence }) => [isBroken, evidence])).toEqual([
			[false, 'v1'],
			[true, 'v3']
		]);
		expect(signals[1]?.facts).toMatchObject({ of: 'prediction_drift', model: 'churn', value: 3 });
	});
	test('of one input asks about that column, whatever the case of its name', () => {
		const signals = told(rule('input_drift', 'age'), past(facts(4, null)));
		expect(signals.map(({ subject, isBroken }) => [subject, isBroken])).toEqual([['scored: age', true]]);
		expect(told(rule('input_drift', 'size'), past(facts(4, null)))).toEqual([]);
	});
	test('of a class asks about that one, and of none about the one that does worst', () => {
		const score = (recall: number) => ({ labelled_precision: 0.9, labelled_recall: recall, labelled_f1: 0.9 });
		const watched = past({ ...facts(0, 'may'), classes: { left: score(0.4), stayed: score(0.8) } });
		const measured = { of: 'labelled_recall', column: null, suite: null, check: null } as const;
		const broken = (given: Measured): readonly unknown[] =>
			told({ kind: 'metric', dataset: null, measured: given, above: null, below: 0.6 }, watched).map((one) => [
				one.subject,
				one.isBroken,
				one.evidence
			]);
		expect(broken({ ...measured, class: 'stayed' })).toEqual([['scored: stayed', false, 'v1 may']]);
		expect(broken(measured)).toEqual([['scored', true, 'v1 may']]);
		expect(broken({ ...measured, class: 'nobody' })).toEqual([]);
	});
	test('hears again of an old version when labels come later', () => {
		const evidence = (watched: WatchFacts): readonly string[] =>
			told(rule('labelled_auc'), past(watched)).map((one) => one.evidence);
		expect(evidence(facts(0, null))).toEqual([]);
		expect(evidence(facts(0, 'may', 0.5))).toEqual(['v1 may']);
		expect(evidence(facts(0, 'june', 0.7))).toEqual(['v1 june']);
	});
});

describe('a null that a model cannot be told of', () => {
	const column = (name: string, kind: 'number' | 'whole' | 'text') => ({ name, kind, missing: '' });
	const input = (name: string, type: 'float' | 'int64' | 'string') => ({ name, type, rank: 1 as const });
	const signature = {
		columns: [column('size', 'number'), column('rooms', 'whole'), column('city', 'text')],
		inputs: [input('size', 'float'), input('rooms', 'int64'), input('city', 'string')],
		answer: { kind: 'number' as const, output: 'y' }
	};
	const given = ['size', 'rooms', 'city'].map((name) => ({ name, type: 'DOUBLE', sql: `"${name}"` }));

	test('is counted of whole numbers alone: others have a value that says it', () => {
		expect(nullsSql(signature, given)).toEqual({
			columns: ['rooms'],
			select: 'count(*) FILTER (("rooms") IS NULL) AS n0'
		});
		expect(nullsSql({ ...signature, columns: signature.columns.slice(0, 1) }, given)).toBeNull();
		expect(modelInputSql(signature, given)).toContain('CAST("rooms" AS BIGINT) AS c1');
	});
});
