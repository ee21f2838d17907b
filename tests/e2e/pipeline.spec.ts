import { expect } from '@playwright/test';
import { seeded } from '../seeded.ts';
import { runKilled } from './pipeline-kill.ts';
import { test, type WithWeir } from './workspace.ts';

test('a pipeline whose browser is killed ends with the root hash of an undisturbed run', async ({ baseURL }) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`pipeline kill seed ${seed}`);
	const alone = await runKilled(baseURL ?? '', 0, seeded(seed), 0);
	const killed = await runKilled(baseURL ?? '', 3, seeded(seed), 4000);
	console.log(`undisturbed ${JSON.stringify(alone)}\nkilled ${JSON.stringify(killed)}`);
	expect(alone.state).toBe('succeeded');
	expect(alone.rootHash).toMatch(/^[0-9a-f]{64}$/);
	expect(killed.rootHash).toBe(alone.rootHash);
	expect(killed.attempts['succeeded']).toBe(alone.attempts['succeeded']);
	expect(killed.midRun).toBeGreaterThan(0);
});

test('pipelines by script: plan, skip, retry, breaker, replay, backfill, cancel', async ({ scripted: page }) => {
	const report = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		const rows = async (sql: string): Promise<unknown> => {
			const answer = must(await weir.sql(sql));
			const all = await answer.rows();
			await answer.release();
			return JSON.parse(
				JSON.stringify(all, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
			);
		};
		const found: Record<string, unknown> = {};
		found['refused'] = await weir.savePipeline('name: p\nsteps:\n  - { id: a, kind: jion }');
		const text = (least: number): string => `name: films
params: { least: { type: integer, default: ${least} } }
retry: { attempts: 3, delay: 10ms }
steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }
  - id: rated
    kind: transform
    needs: [movies]
    sql: SELECT "Major Genre" AS genre, count(*) AS n FROM movies WHERE "IMDB Rating" >= \${{ params.least }} GROUP BY genre ORDER BY n DESC, genre
    into: rated
  - { id: some, kind: check, needs: [rated], severity: warn, sql: SELECT sum(n) > 10 FROM rated }
  - { id: which, kind: branch, needs: [some], verdict_of: some, passed: [each], else: [none] }
  - id: each
    kind: for-each
    needs: [which, rated]
    sql: SELECT genre FROM rated WHERE genre IS NOT NULL LIMIT 2
    do: { kind: transform, sql: "SELECT count(*) AS n FROM movies WHERE \\"Major Genre\\" = \${{ item }}", into: "films_\${{ item }}" }
  - { id: none, kind: join, needs: [which] }
  - { id: end, kind: join, needs: [each, none], trigger: none_failed_min_one_success }
`;
		must(await weir.savePipeline(text(7)));
		const actions = async (options = {}): Promise<unknown> =>
			must(await weir.planPipeline('films', options)).steps.map(({ step, action, reasons }) => [
				step,
				action,
				...reasons.map(({ kind }) => kind)
			]);
		found['planned'] = await actions();
		const first = must(await weir.runPipeline('films', { faults: [{ step: 'rated', do: 'fail' }] }));
		found['first'] = first.steps;
		const { attempts } = must(await weir.run(first.id));
		found['attempts'] = attempts.filter(({ step }) => step === 'rated').map(({ state }) => state);
		found['log'] = must(await weir.runLog(first.id, { step: 'rated', search: 'FAULT:' })).map((line) => line.text);
		found['again'] = must(await weir.runPipeline('films')).steps;
		found['unchanged'] = await actions();
		found['changed'] = await actions({ params: { least: 8 } });
		const replayed = must(await weir.replayRun(first.id, { from: 'rated', params: { least: 8 } }));
		found['replayed'] = [
			replayed.state,
			must(await weir.run(replayed.id))
				.attempts.map(({ step }) => step)
				.includes('movies')
		];
		found['rows'] = await rows('SELECT count(*) AS n FROM rated');

		must(
			await weir.savePipeline(`name: down
retry: { attempts: 5, delay: 1ms }
breaker: { failures: 2, reset_after: 1h }
steps: [{ id: get, kind: ingest, url: "http://127.0.0.1:9/a.csv", into: nothing }]`)
		);
		const down = must(await weir.runPipeline('down'));
		found['down'] = must(await weir.run(down.id)).attempts.map(({ failure }) => failure?.kind);
		found['breakers'] = must(await weir.breakers()).map(({ source, state }) => [source, state]);
		found['reset'] = must(await weir.resetBreaker('http://127.0.0.1:9')).state;

		must(
			await weir.savePipeline(`name: parts
params: { genre: { type: text } }
partitions: { param: genre, by: list, values: [Comedy, Drama] }
steps: [{ id: one, kind: transform, sql: "SELECT \${{ params.genre }} AS genre, count(*) AS n FROM movies WHERE \\"Major Genre\\" = \${{ params.genre }}", into: "of_\${{ params.genre }}" }]`)
		);
		must(await weir.backfill('parts', { partitions: ['Comedy'] }));
		found['calendar'] = must(await weir.partitions('parts')).map(({ partition, state }) => [partition, state]);

		const slow = weir.runPipeline('films', { force: true, faults: [{ step: 'movies', do: 'slow', ms: 60_000 }] });
		for (;;) {
			const running = must(await weir.runs({ pipeline: 'films' })).find(({ state }) => state === 'running');
			if (running) {
				must(await weir.cancelRun(running.id));
				break;
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		found['cancelled'] = must(await slow).state;

		const count = 60;
		const joins = Array.from({ length: count }, (_step, index) => `  - { id: s${index}, kind: join }`);
		must(await weir.savePipeline(`name: nothing\nsteps:\n${joins.join('\n')}`));
		const startedMs = performance.now();
		must(await weir.runPipeline('nothing'));
		found['stepMs'] = (performance.now() - startedMs) / count;
		return found;
	});
	console.log(`runner: ${Number(report['stepMs']).toFixed(1)} ms for a step that does nothing`);
	expect(report['refused']).toMatchObject({ error: { problems: [{ line: 3, column: 20, nearest: 'join' }] } });
	expect(report['planned']).toEqual([
		['movies', 'run', 'never-run'],
		['rated', 'run', 'inputs-may-change'],
		['some', 'run', 'inputs-may-change'],
		['which', 'run', 'no-output'],
		['each', 'perhaps', 'inputs-may-change', 'branch-decides'],
		['none', 'perhaps', 'no-output', 'branch-decides'],
		['end', 'perhaps', 'no-output', 'branch-decides']
	]);
	const ended = { movies: 'succeeded', rated: 'succeeded', some: 'succeeded', none: 'skipped', end: 'succeeded' };
	expect(report['first']).toMatchObject(ended);
	expect(report['attempts']).toEqual(['failed', 'succeeded']);
	expect(report['log']).toEqual(['Fault: fail']);
	expect(report['again']).toMatchObject({
		movies: 'unchanged',
		rated: 'unchanged',
		some: 'unchanged',
		each: 'unchanged'
	});
	expect(report['unchanged']).toContainEqual(['rated', 'skip', 'unchanged']);
	expect(report['changed']).toContainEqual(['rated', 'run', 'work-changed']);
	expect(report['replayed']).toEqual(['succeeded', false]);
	expect(report['down']).toEqual(['url-refused', 'url-refused', 'source-open', 'source-open', 'source-open']);
	expect(report['breakers']).toContainEqual(['http://127.0.0.1:9', 'open']);
	expect(report['reset']).toBe('closed');
	expect(report['calendar']).toEqual([
		['Comedy', 'succeeded'],
		['Drama', 'missing']
	]);
	expect(report['cancelled']).toBe('cancelled');
});
