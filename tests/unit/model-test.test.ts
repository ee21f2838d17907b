// Tests of a pipeline's steps: over their own rows, on their own and before the step runs.
import { beforeAll, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { differences } from '#core/pipeline/model-test.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { planPipeline } from '#lib/flows/plan-run.ts';
import { runPipeline } from '#lib/flows/run-pipeline.ts';
import { saveQuery } from '#lib/flows/save-query.ts';
import { testPipeline } from '#lib/flows/test-pipeline.ts';
import { SharedEngine } from '../rebuild-graphs.ts';
import { testEffects } from './effects.ts';

const engine = new SharedEngine();
beforeAll(() => engine.start(), 60_000);

const text = (n: number): string => `name: p
params: { least: { type: integer } }
steps:
  - id: sums
    kind: transform
    sql: |
      WITH most AS (SELECT s, day, sum(v) AS total FROM t WHERE v > \${{ params.least }} GROUP BY ALL)
      SELECT * FROM most
    into: sums
    tests:
      - name: adds
        params: { least: 1 }
        given:
          t:
            - { v: 1, s: a, day: 2001-01-03 }
            - { v: 2, s: a, day: 2001-01-03 }
            - { v: 3, s: a, day: 2001-01-03 }
            - { v: 4, s: b }
        expect:
          - { s: b, total: 4 }
          - { s: a, total: ${n}, day: 2001-01-03 }
      - name: of nothing comes nothing
        params: { least: 0 }
        given: { t: [] }
        expect: []
`;

async function workspace(pipeline: string) {
	const { api } = await engine.start();
	const effects = testEffects({ engine: api });
	engine.effects = effects;
	const sql = "SELECT 5::INTEGER AS v, 'z' AS s, DATE '2020-02-02' AS day";
	expect((await saveQuery({ id: resultId('t'), name: 't', sql, whenTaken: 'refuse' }, effects)).ok).toBe(true);
	const runner = createRunner(effects, new Breakers(effects));
	return { ...runner, pipelineText: () => Promise.resolve({ ok: true, value: pipeline } as const) };
}

test('tests read their own rows and no others, and tell a difference row by row', async () => {
	const good = await testPipeline({ name: 'p' }, await workspace(text(5)));
	expect(good).toMatchObject({ value: [{ step: 'sums', name: 'adds', passed: true }, { passed: true }] });
	const bad = await testPipeline({ name: 'p' }, await workspace(text(6)));
	expect(bad).toMatchObject({
		value: [
			{
				passed: false,
				differences: [
					{ expected: { s: 'a', total: 6 }, got: { s: 'a', total: 5, day: '2001-01-03' }, columns: ['total'] }
				]
			},
			{ passed: true }
		]
	});
	const lacking = await testPipeline({ name: 'p' }, await workspace(text(5).replace('{ t: [] }', '{}')));
	expect(lacking).toMatchObject({ value: [{}, { passed: false, failure: { kind: 'no-fixture', table: 't' } }] });
});

test('a run that is asked to test a step first does not run it when a test fails, and keeps what the tests said', async () => {
	const run = async (pipeline: string): Promise<readonly unknown[]> => {
		const runner = await workspace(pipeline);
		const ran = await runPipeline({ name: 'p', params: { least: 2 }, isTested: true }, runner);
		if (!ran.ok) throw new Error(ran.error.kind);
		const attempts = await runner.runs.attempts(ran.value.id);
		return attempts.ok ? attempts.value : [];
	};
	expect(await run(text(5))).toMatchObject([{ state: 'succeeded', tests: [{ passed: true }, { passed: true }] }]);
	expect(await run(text(6))).toMatchObject([
		{ state: 'failed', failure: { kind: 'model-test-failed', tests: ['adds'] }, tests: [{ passed: false }, {}] }
	]);
});

test('a step whose output stands is tested when its tests are new or changed, and the plan says so before', async () => {
	const runner = await workspace('');
	const both = async (pipeline: string, isTested: boolean) => {
		const input = { name: 'p', text: pipeline, params: { least: 2 }, isTested };
		const plan = await planPipeline(input, runner);
		const ran = await runPipeline(input, runner);
		const attempts = ran.ok ? await runner.runs.attempts(ran.value.id) : ran;
		if (!plan.ok || !attempts.ok) throw new Error('neither fails');
		const [{ state, tests = [] } = { state: 'none' }] = attempts.value;
		return [
			plan.value.steps[0]?.reasons.map(({ kind }) => kind).join(),
			state,
			tests.map(({ passed }) => passed).join()
		];
	};
	const stricter = text(5).replace('of nothing comes nothing', 'of nothing still comes nothing');
	expect(await both(text(5), false)).toEqual(['never-run', 'succeeded', '']);
	expect(await both(text(5), false)).toEqual(['unchanged', 'unchanged', '']);
	expect(await both(text(5), true)).toEqual(['unchanged,tests-run', 'unchanged', 'true,true']);
	expect(await both(text(5), true)).toEqual(['unchanged,tests-stand', 'unchanged', '']);
	expect(await both(stricter, true)).toEqual(['unchanged,tests-run', 'unchanged', 'true,true']);
	expect(await both(text(6), true)).toEqual(['unchanged,tests-run', 'failed', 'false,true']);
	expect(await both(text(6), true)).toEqual(['unchanged,tests-run', 'failed', 'false,true']);
});

test('rows are compared in any order, as often as they are there, with the tolerance that is given', () => {
	const row = (v: number) => ({ v });
	expect(differences([row(1), row(2)], [row(2), row(1)], 0)).toEqual([]);
	expect(differences([row(1)], [row(1), row(1)], 0)).toEqual([{ expected: null, got: row(1), columns: [] }]);
	expect(differences([row(1)], [row(1.01)], 0.1)).toEqual([]);
	expect(differences([row(1), row(3)], [row(1)], 0)).toEqual([{ expected: row(3), got: null, columns: [] }]);
	expect(differences([{ l: [1, { a: 2 }] }], [{ l: [1, { a: 2 }] }], 0)).toEqual([]);
});

test('a test that sets a parameter there is none of is told at its place', () => {
	const parsed = parsePipeline(text(5).replace('{ least: 1 }', '{ lest: 1 }'));
	expect(parsed).toMatchObject({
		error: { problems: [{ line: 12, column: 19, code: 'unknown-key', nearest: 'least' }] }
	});
});
