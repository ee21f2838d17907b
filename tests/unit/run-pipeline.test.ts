// The runner's flows in a quiet world: replay, one run at a time, subpipelines, environments, and runs that are refused.
import { expect, test } from 'vitest';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import type { AttemptRecord } from '#core/pipeline/run-record.ts';
import { planPipeline } from '#lib/flows/plan-run.ts';
import { replayRun } from '#lib/flows/replay-run.ts';
import { resumeRuns, runPipeline, type RunPipelineInput } from '#lib/flows/run-pipeline.ts';
import type { RunnerEffects } from '#lib/flows/runner-effects.ts';
import type { Behaviour } from '../pipeline-reads.ts';
import { World } from '../pipeline-world.ts';
import { seeded } from '../seeded.ts';

const chain = `name: chain
params: { n: { type: integer, default: 1 } }
steps:
  - { id: a, kind: ingest, url: "https://a.test", into: ta }
  - { id: b, needs: [a], kind: transform, sql: "SELECT \${{ params.n }} FROM ta", into: tb }
  - { id: c, needs: [b], kind: transform, sql: SELECT 1 FROM tb, into: tc }
`;

function worldOf(texts: Readonly<Record<string, string>>, behaviours: Readonly<Record<string, Behaviour>> = {}): World {
	return new World({
		random: seeded(1),
		parse: parsePipeline,
		pipelines: new Map(Object.entries(texts)),
		behaviours: new Map(Object.entries(behaviours)),
		deathChance: 0,
		deaths: 0,
		breakerFailures: 5,
		plant: null
	});
}

async function inWorld<T>(world: World, work: (effects: RunnerEffects) => Promise<T>): Promise<T> {
	const answer: { value?: T } = {};
	await world.pages.play(async (page) => {
		answer.value = await work(world.effects(page));
	});
	expect(world.violations).toEqual([]);
	if (answer.value === undefined) throw new Error('it did not end');
	return answer.value;
}

const ran = (world: World, run: string): readonly string[] =>
	[...world.runs.attempts.values()].filter((one) => one.run === run).map(({ step, state }) => `${step} ${state}`);

test('a replay from a step runs it and what lies behind it, and keeps what lies before', async () => {
	const world = worldOf({ chain });
	const ids = await inWorld(world, async (effects) => {
		const first = await runPipeline({ name: 'chain' }, effects);
		if (!first.ok) throw new Error(first.error.kind);
		const replay = await replayRun({ run: first.value.id, from: 'b', params: { n: 2 } }, effects);
		if (!replay.ok) throw new Error(replay.error.kind);
		expect(replay.value).toMatchObject({ state: 'succeeded', params: { n: 2 }, steps: { a: 'succeeded' } });
		return [first.value.id, replay.value.id];
	});
	expect(ran(world, ids[0] ?? '')).toEqual(['a succeeded', 'b succeeded', 'c succeeded']);
	expect(ran(world, ids[1] ?? '')).toEqual(['b succeeded', 'c succeeded']);
});

test('what is decided while another step commits is told of', async () => {
	const lane = (name: string, at: number): string => {
		const needs = at === 0 ? '' : `, needs: [${name}${at - 1}]`;
		return `  - { id: ${name}${at}, kind: ingest, url: "https://a.test", into: t_${name}${at}${needs} }`;
	};
	const steps = Array.from({ length: 60 }, (_none, at) => [
		...['a', 'b'].map((name) => lane(name, at)),
		`  - { id: j${at}, kind: join, needs: [b${at}] }`
	]).flat();
	const world = worldOf({ lanes: `name: lanes\nmax_parallel: 2\nsteps:\n${steps.join('\n')}\n` });
	const id = await inWorld(world, async (effects) => {
		const run = await runPipeline({ name: 'lanes' }, effects);
		return run.ok ? run.value.id : run.error.kind;
	});
	expect(ran(world, id)).toHaveLength(steps.length);
});

test('a replay without a step runs what did not succeed', async () => {
	const world = worldOf({ chain }, { b: { failures: 1, how: 'for-good', source: null, workMs: 1 } });
	const id = await inWorld(world, async (effects) => {
		const first = await runPipeline({ name: 'chain' }, effects);
		if (!first.ok) throw new Error(first.error.kind);
		expect(first.value.steps).toEqual({ a: 'succeeded', b: 'failed', c: 'upstream_failed' });
		world.input.behaviours.delete('b');
		const replay = await replayRun({ run: first.value.id }, effects);
		return replay.ok ? replay.value.id : replay.error.kind;
	});
	expect(ran(world, id)).toEqual(['b succeeded', 'c succeeded']);
});

test('a plan of a replay says what is kept', async () => {
	const world = worldOf({ chain });
	const kept: readonly AttemptRecord[] = [
		{
			...{ run: 'r', step: 'a', attempt: 1, state: 'succeeded', startedAtMs: 0, endedAtMs: 1 },
			...{ retryAtMs: null, outcome: null, failure: null, log: [] }
		}
	];
	const plan = await inWorld(world, (effects) => planPipeline({ name: 'chain', kept }, effects));
	expect(plan.ok && plan.value.steps.map(({ step, action }) => [step, action])).toEqual([
		['a', 'skip'],
		['b', 'run'],
		['c', 'run']
	]);
});

test('of two runs at a time the second waits, is left out, or runs, as the pipeline says', async () => {
	const both = async (concurrency: string): Promise<readonly string[]> => {
		const world = worldOf({ chain: `${chain}concurrency: ${concurrency}\n` });
		return inWorld(world, async (effects) => {
			const input: RunPipelineInput = { name: 'chain' };
			const ended = await Promise.all([runPipeline(input, effects), runPipeline(input, effects)]);
			const times = ended.flatMap((run) => {
				if (!run.ok) return [];
				const own = [...world.runs.attempts.values()].filter((attempt) => attempt.run === run.value.id);
				return [{ begun: Math.min(...own.map(({ startedAtMs }) => startedAtMs)), ended: run.value.endedAtMs ?? 0 }];
			});
			const [one, other] = times;
			if (!one || !other) return ended.map((run) => (run.ok ? run.value.state : run.error.kind)).sort();
			return [one.begun < other.ended && other.begun < one.ended ? 'beside' : 'after'];
		});
	};
	expect(await both('{ runs: one, when_busy: wait }')).toEqual(['after']);
	expect(await both('{ runs: one, when_busy: skip }')).toEqual(['pipeline-busy', 'succeeded']);
	expect(await both('{ runs: many }')).toEqual(['beside']);
});

test('a subpipeline is a run of its own; one that would run itself is refused with the way round', async () => {
	const outer = 'name: outer\nsteps: [{ id: call, kind: pipeline, pipeline: chain, params: { n: 7 } }]\n';
	const ring = 'name: ring\nsteps: [{ id: call, kind: pipeline, pipeline: ring }]\n';
	const world = worldOf({ chain, outer, ring });
	await inWorld(world, async (effects) => {
		expect(await runPipeline({ id: 'o', name: 'outer' }, effects)).toMatchObject({ value: { state: 'succeeded' } });
		expect(world.runs.runs.get('o/call/1')).toMatchObject({
			pipeline: 'chain',
			params: { n: 7 },
			state: 'succeeded'
		});
		expect(await runPipeline({ id: 'r', name: 'ring' }, effects)).toMatchObject({ value: { state: 'failed' } });
		return true;
	});
	expect(world.runs.attempts.get('r call 1')?.failure).toEqual({
		kind: 'pipeline-in-itself',
		path: ['ring', 'ring']
	});
});

test('a subpipeline has the environment of its run, unless it knows none at all', async () => {
	const sub = (name: string): string => `  - { id: ${name}, kind: pipeline, pipeline: ${name} }\n`;
	const knowing = (name: string): string => `environments: { ${name}: { place: there } }\n`;
	const step = '  - { id: a, kind: join }\n';
	const world = worldOf({
		above: `name: above\nenv: { place: here }\n${knowing('prod')}steps:\n${sub('knows')}${sub('none')}${sub('other')}`,
		knows: `name: knows\nenv: { place: here }\n${knowing('prod')}steps:\n${step}`,
		none: `name: none\nsteps:\n${step}`,
		other: `name: other\nenv: { place: here }\n${knowing('test')}steps:\n${step}`
	});
	const steps = await inWorld(world, async (effects) => {
		const run = await runPipeline({ name: 'above', environment: 'prod' }, effects);
		return run.ok ? run.value.steps : run.error;
	});
	expect(steps).toEqual({ knows: 'succeeded', none: 'succeeded', other: 'failed' });
	const environments = [...world.runs.runs.values()].map(({ pipeline, environment }) => [pipeline, environment]);
	expect(environments).toEqual([
		['above', 'prod'],
		['knows', 'prod'],
		['none', null]
	]);
});

test('a run that cannot begin is refused before anything is kept', async () => {
	const world = worldOf({ chain });
	await inWorld(world, async (effects) => {
		expect(await runPipeline({ name: 'chian' }, effects)).toMatchObject({ error: { kind: 'unknown-pipeline' } });
		const environment = await runPipeline({ name: 'chain', environment: 'prod' }, effects);
		expect(environment).toMatchObject({ error: { kind: 'unknown-environment' } });
		const wrong = await runPipeline({ name: 'chain', params: { n: 'one' } }, effects);
		expect(wrong).toMatchObject({ error: { kind: 'parameter-of-wrong-type' } });
		return true;
	});
	expect(world.runs.runs.size).toBe(0);
});

test('a page that opens goes on with what was left, once', async () => {
	const world = worldOf({ chain });
	await inWorld(world, async (effects) => {
		const first = await runPipeline({ id: 'left', name: 'chain' }, effects);
		if (!first.ok) throw new Error(first.error.kind);
		world.runs.runs.set('left', { ...first.value, state: 'running', endedAtMs: null, steps: null });
		world.runs.attempts.delete('left c 1');
		expect(await resumeRuns({}, effects)).toMatchObject({ value: [{ id: 'left', state: 'succeeded' }] });
		expect(await resumeRuns({}, effects)).toEqual({ ok: true, value: [] });
		return true;
	});
	expect(ran(world, 'left')).toEqual(['a succeeded', 'b succeeded', 'c unchanged']);
});

test('what a step says can be read while it runs, and joins before it are kept with its beginning', async () => {
	const text = `name: slow
steps:
  - { id: a, kind: transform, sql: SELECT 1, into: ta }
  - { id: j, needs: [a], kind: join }
  - { id: b, needs: [j], kind: transform, sql: SELECT 1 FROM ta, into: tb }
`;
	const world = worldOf({ slow: text }, { b: { failures: 0, how: 'fail', source: null, workMs: 5000 } });
	await inWorld(world, async (effects) => {
		const running = runPipeline({ id: 'r', name: 'slow' }, effects);
		await effects.sleep(2000, new AbortController().signal);
		const attempts = await effects.runs.attempts('r');
		expect(attempts.ok && attempts.value.map(({ step, state }) => [step, state])).toEqual([
			['a', 'succeeded'],
			['j', 'succeeded'],
			['b', 'running']
		]);
		expect(attempts.ok && attempts.value[2]?.log.map((line) => line.text)).toEqual([
			expect.stringMatching(/^Reads ta@/)
		]);
		expect(await running).toMatchObject({ value: { state: 'succeeded' } });
		return true;
	});
	expect(ran(world, 'r')).toEqual(['a succeeded', 'j succeeded', 'b succeeded']);
});
