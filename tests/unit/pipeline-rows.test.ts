// Transforms whose rows come from recipes and functions: what is read, what is wrong with the text, and when they run again.
import { beforeAll, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { ok } from '#core/result.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { planPipeline } from '#lib/flows/plan-run.ts';
import { runPipeline } from '#lib/flows/run-pipeline.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import { saveQuery } from '#lib/flows/save-query.ts';
import { problemLine } from '#lib/ui/pipeline-words.ts';
import { SharedEngine } from '../rebuild-graphs.ts';
import { testEffects, type TestEffects } from './effects.ts';

const engine = new SharedEngine();
beforeAll(() => engine.start(), 60_000);

const problemsOf = (text: string): readonly unknown[] => {
	const parsed = parsePipeline(text);
	if (parsed.ok) return [];
	expect(parsed.error.problems.map(problemLine).join(' ')).not.toMatch(/undefined|\[object/);
	return parsed.error.problems.map(({ line, column, code, path }) => [line, column, code, path]);
};

test('steps and functions in a pipeline are checked as in a recipe, at their own line and column', () => {
	const head = 'name: p\nparams: { least: { type: integer } }\nsteps:\n  - id: a\n    kind: transform\n    into: b\n';
	expect(problemsOf(`${head}    input: t\n    steps:\n      - filter: v > \${{ params.least }}\n`)).toEqual([]);
	expect(problemsOf(`${head}    input: t\n    steps:\n      - limit: 3\n      - filtr: v > 3\n`)).toEqual([
		[10, 9, 'recipe-step', 'steps[0].steps[1].filtr']
	]);
	expect(problemsOf(`${head}    input: t\n    steps:\n      - filter: (v > 3\n`)).toEqual([
		[9, 17, 'recipe-step', 'steps[0].steps[0].filter']
	]);
	expect(problemsOf(`${head}    input: t\n    steps:\n      - filter: v > \${{ params.last }}\n`)).toEqual([
		[9, 21, 'unknown-reference', 'steps[0].steps[0].filter']
	]);
	expect(problemsOf(`${head}    steps: [{ limit: 3 }]\n`)).toEqual([[4, 5, 'missing-key', 'steps[0]']]);
	expect(problemsOf(`${head}    recipe: r\n    sql: SELECT 1\n`)).toEqual([[4, 5, 'one-of', 'steps[0]']]);
	const fn = '    input: t\n    function: { code: "export default (r) => 1", outputs: { x: ODD } }\n';
	expect(problemsOf(`${head}${fn}`)).toMatchObject([[8, 64, 'bad-function', 'steps[0].function.outputs.x']]);
	const other = '  - { id: c, kind: transform, input: b, steps: [{ limit: 1 }], into: d }\n';
	expect(problemsOf(`${head}    sql: SELECT 1 AS v\n${other}`)).toMatchObject([
		[8, 38, 'reads-before-made', 'steps[1].input']
	]);
});

async function workspace(): Promise<TestEffects> {
	const { api } = await engine.start();
	const effects = testEffects({ engine: api });
	engine.effects = effects;
	const sql = "SELECT * FROM (VALUES (1, 'a'), (5, 'b'), (9, 'b')) AS t(v, s)";
	const saved = await saveQuery({ id: resultId('t'), name: 't', sql, whenTaken: 'refuse' }, effects);
	expect(saved.ok).toBe(true);
	return effects;
}

test('a recipe runs as a step, and runs again when its text, its input or a parameter changed', async () => {
	const effects = await workspace();
	const text = `name: p
params: { least: { type: integer, default: 3 } }
steps:
  - { id: saved, kind: transform, recipe: clean, into: cleaned }
  - id: own
    kind: transform
    needs: [saved]
    input: cleaned
    steps:
      - filter: v > \${{ params.least }}
      - aggregate: { by: [s], columns: { n: count(*) } }
    into: counted
`;
	const keep = (filter: string): Promise<unknown> =>
		saveDocument({ kind: 'recipe', name: 'clean', text: `input: t\nsteps:\n  - filter: ${filter}\n` }, effects);
	const run = async (params = {}): Promise<unknown> => {
		const ran = await runPipeline({ name: 'p', text, params }, createRunner(effects, new Breakers(effects)));
		return ran.ok ? ran.value.steps : ran.error;
	};
	await keep('v < 9');
	expect(await run()).toEqual({ saved: 'succeeded', own: 'succeeded' });
	expect(await run()).toEqual({ saved: 'unchanged', own: 'unchanged' });
	expect(await run({ least: 4 })).toEqual({ saved: 'unchanged', own: 'succeeded' });
	await keep('v < 10');
	expect(await run({ least: 4 })).toEqual({ saved: 'succeeded', own: 'succeeded' });
	await keep('v < 11');
	expect(await run({ least: 4 })).toEqual({ saved: 'succeeded', own: 'unchanged' });
	const cleaned = await effects.store.datasets();
	const head = cleaned.ok ? cleaned.value.find(({ name }) => name === 'cleaned')?.head : undefined;
	const version = head === undefined ? null : await effects.store.version(head);
	expect(version?.ok && version.value?.lineage).toMatchObject({ operation: 'recipe' });
});

test('a plan tells what is wrong with a recipe against the columns that are there, with its line', async () => {
	const effects = await workspace();
	const text =
		'name: p\nsteps:\n  - id: a\n    kind: transform\n    input: t\n    steps:\n      - limit: 3\n      - select: [w]\n    into: b\n';
	const plan = await planPipeline({ name: 'p', text }, createRunner(effects, new Breakers(effects)));
	expect(plan.ok && plan.value.steps[0]?.reasons).toMatchObject([
		{ kind: 'cannot-be-known', failure: { kind: 'recipe-problems', problems: [{ line: 8, what: 'unknown-column' }] } }
	]);
});

test('a check reads the versions that it was studied with, whatever was committed since', async () => {
	const effects = await workspace();
	const { worker } = createRunner(effects, new Breakers(effects));
	const assertions = [{ name: '', sql: 'SELECT count(*) = 3 FROM t' }];
	const work = { kind: 'check', assertions, suite: null, severity: 'error' } as const;
	const studied = await worker.study(work);
	const more = { id: resultId('more'), name: 't', sql: "SELECT 1 AS v, 'z' AS s", whenTaken: 'new-version' } as const;
	expect(await saveQuery(more, effects)).toMatchObject({ ok: true });
	const { signal } = new AbortController();
	const inputs = studied.ok ? studied.value.inputs : [];
	const checkpoint = () => expect.unreachable('a check has no version to keep it with');
	const pieces = { each: () => Promise.resolve(ok(0)), keep: () => Promise.resolve() };
	const context = {
		pipeline: 'p',
		run: 'r',
		step: 'c',
		attempt: 1,
		signal,
		log: () => undefined,
		checkpoint,
		inputs,
		pieces
	};
	expect(await worker.work(work, context)).toMatchObject({ value: { outcome: { verdict: 'passed' } } });
	await worker.study(work);
	expect(await worker.work(work, context)).toMatchObject({ error: { kind: 'check-failed' } });
});
