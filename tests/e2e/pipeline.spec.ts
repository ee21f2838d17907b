import { expect } from '@playwright/test';
import { seeded } from '../seeded.ts';
import { runKilled } from './pipeline-kill.ts';
import { test, type WithWeir } from './workspace.ts';

test('a pipeline whose browser is killed ends with the root hash of an undisturbed run', async ({ baseURL }) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`pipeline kill seed ${seed}`);
	const run = { flights: 'made-up', random: seeded(seed) } as const;
	const alone = await runKilled(baseURL ?? '', { ...run, kills: 0, longestMs: 0 });
	// However fast the machine is, it comes before the end. The campaign kills ten times.
	const killed = await runKilled(baseURL ?? '', { ...run, kills: 1, longestMs: alone.ranMs / 2 });
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
		const text = (least: number): string => `name: by-script
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
			must(await weir.planPipeline('by-script', options)).steps.map(({ step, action, reasons }) => [
				step,
				action,
				...reasons.map(({ kind }) => kind)
			]);
		found['planned'] = await actions();
		const first = must(await weir.runPipeline('by-script', { faults: [{ step: 'rated', do: 'fail' }] }));
		found['first'] = first.steps;
		const { attempts } = must(await weir.run(first.id));
		found['attempts'] = attempts.filter(({ step }) => step === 'rated').map(({ state }) => state);
		found['log'] = must(await weir.runLog(first.id, { step: 'rated', search: 'FAULT:' })).map((line) => line.text);
		found['again'] = must(await weir.runPipeline('by-script')).steps;
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

		const slow = weir.runPipeline('by-script', { force: true, faults: [{ step: 'movies', do: 'slow', ms: 60_000 }] });
		for (;;) {
			const running = must(await weir.runs({ pipeline: 'by-script' })).find(({ state }) => state === 'running');
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

test('faults in a real browser: a jumping clock, a full disk, a step that takes too long', async ({
	scripted: page
}) => {
	const report = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		must(
			await weir.savePipeline(`name: hard
retry: { attempts: 3, delay: 10ms, jitter: none }
steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }
  - { id: few, kind: transform, needs: [movies], into: few, sql: "SELECT Title FROM movies LIMIT 5" }
  - { id: fewer, kind: transform, needs: [few], into: fewer, timeout: 2s, sql: "SELECT Title FROM few LIMIT 2" }`)
		);
		const found: Record<string, unknown> = {};
		const met = async (step: string, fault: 'time-out' | 'clock-jump' | 'quota', ms = 1000): Promise<void> => {
			const run = must(await weir.runPipeline('hard', { force: true, faults: [{ step, do: fault, ms }] }));
			const { attempts } = must(await weir.run(run.id));
			const own = attempts.filter((one) => one.step === step);
			found[fault] = [run.state, ...own.map(({ state, failure }) => failure?.kind ?? state)];
			if (fault !== 'clock-jump') return;
			const last = own.at(-1);
			found['jumped'] = (last?.endedAtMs ?? 0) - (last?.startedAtMs ?? 0) >= ms;
		};
		await met('few', 'clock-jump', 3_600_000);
		await met('few', 'quota');
		await met('fewer', 'time-out');
		found['versions'] = must(await weir.versions('few')).length;
		return found;
	});
	expect(report).toEqual({
		'clock-jump': ['succeeded', 'succeeded'],
		jumped: true,
		quota: ['succeeded', 'storage-full', 'succeeded'],
		'time-out': ['succeeded', 'timed-out', 'succeeded'],
		versions: 3
	});
});

test('recipes, functions, tests and several assertions in a pipeline, and the lineage of its columns', async ({
	scripted: page
}) => {
	const report = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		must(
			await weir.saveDocument(
				'recipe',
				'good-films',
				`input: movies\nsteps:\n  - filter: '"IMDB Rating" >= 8'\n  - select: [Title, IMDB Rating, Major Genre]\n`
			)
		);
		must(
			await weir.savePipeline(`name: of-recipes
steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }
  - { id: good, kind: transform, needs: [movies], recipe: good-films, into: good }
  - id: loud
    kind: transform
    needs: [good]
    input: good
    function:
      code: "export default (row) => row.Title === null ? null : String(row.Title).toUpperCase()"
      inputs: [Title]
      outputs: { loud: VARCHAR }
    into: loud
    tests:
      - { name: upper, given: { good: [{ Title: a }] }, expect: [{ loud: A }] }
  - id: counted
    kind: transform
    needs: [loud]
    sql: |
      SELECT "Major Genre" AS genre, count(*) AS n, max("IMDB Rating") AS best
      FROM loud WHERE loud IS NOT NULL GROUP BY "Major Genre"
    into: counted
    tests:
      - name: counts
        given: { loud: [{ loud: A, Major Genre: x, IMDB Rating: 8.5 }, { loud: B, Major Genre: x, IMDB Rating: 9 }] }
        expect: [{ genre: x, n: 2, best: 9 }]
  - id: sound
    kind: check
    needs: [counted]
    assertions:
      some: SELECT count(*) > 0 FROM counted
      high: SELECT min(best) >= 8 FROM counted`)
		);
		const tests = must(await weir.testPipeline('of-recipes')).map(({ name, passed, failure }) => [
			name,
			passed,
			failure
		]);
		const run = must(await weir.runPipeline('of-recipes', { tests: true }));
		const again = must(await weir.runPipeline('of-recipes'));
		const rows = await weir.sql('SELECT sum(n)::INTEGER AS n FROM counted');
		const events = must(await weir.lineageEvents({ run: run.id }));
		const best = must(await weir.lineage({ dataset: 'counted', column: 'best' }));
		return {
			tests,
			steps: run.steps,
			again: again.steps,
			failures: must(await weir.run(run.id))
				.attempts.map(({ failure }) => failure)
				.filter((one) => one !== null),
			counts: rows.ok ? await rows.value.rows() : rows.error,
			events: events.length,
			unknown: best.nodes.flatMap(({ unknown }) => unknown),
			edges: best.edges
				.map(
					({ from, to, subtype }) =>
						`${from.dataset}.${from.column ?? '*'} ${subtype ?? ''} ${to.dataset}.${to.column ?? '*'}`
				)
				.sort()
		};
	});
	console.log(JSON.stringify(report.edges));
	expect(report.failures).toEqual([]);
	expect(report.tests).toEqual([
		['upper', true, null],
		['counts', true, null]
	]);
	const all = (state: string) => ({ movies: state, good: state, loud: state, counted: state, sound: state });
	expect(report.steps).toEqual(all('succeeded'));
	expect(report.again).toEqual(all('unchanged'));
	expect(report.counts).toMatchObject([{ n: expect.any(Number) as unknown }]);
	expect(report.events).toBe(12);
	expect(report.unknown).toEqual([]);
	expect(report.edges).toEqual([
		'good.IMDB Rating IDENTITY loud.IMDB Rating',
		'good.Major Genre IDENTITY loud.Major Genre',
		'good.Title TRANSFORMATION loud.loud',
		'loud.IMDB Rating AGGREGATION counted.best',
		'loud.Major Genre GROUP_BY counted.*',
		'loud.loud FILTER counted.*',
		'movies.IMDB Rating FILTER good.*',
		'movies.IMDB Rating IDENTITY good.IMDB Rating',
		'movies.Major Genre IDENTITY good.Major Genre',
		'movies.Title IDENTITY good.Title'
	]);
});

test('a file that a query reads by itself is an input of its lineage', async ({ scripted: page }) => {
	const report = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		const file = `${location.origin}/samples/airports.csv`;
		must(
			await weir.savePipeline(`name: reads
steps: [{ id: read, kind: transform, sql: "SELECT count(*) AS n FROM read_csv('${file}?key=1', header = true)", into: airports_read }]`)
		);
		const run = must(await weir.runPipeline('reads'));
		const events = must(await weir.lineageEvents({ run: run.id }));
		const made = events.find(({ job, eventType }) => job.name === 'reads.read' && eventType === 'COMPLETE');
		const graph = must(await weir.lineage({ dataset: 'airports_read' }));
		return {
			inputs: made?.inputs.map(({ namespace, name }) => [namespace === location.origin, name]),
			before: graph.edges.map(({ from }) => from.dataset === file),
			unknown: graph.nodes.flatMap(({ unknown }) => unknown).map((what) => what.replace(location.origin, ''))
		};
	});
	expect(report).toEqual({
		inputs: [[true, '/samples/airports.csv']],
		before: [true],
		unknown: ['columns of /samples/airports.csv']
	});
});

test('a new file in a watched folder starts a run that reads it', async ({ scripted: page }) => {
	const report = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('inbox', { create: true });
		must(await weir.watchFolder('inbox', folder));
		must(
			await weir.savePipeline(`name: inbox
schedule: { on_file: { folder: inbox, pattern: "*.csv" } }
steps: [{ id: read, kind: ingest, folder: inbox, file: "\${{ run.file }}", into: arrived }]`)
		);
		// The page looks by itself too, and who looks meanwhile does nothing: what is there at the first look is not new.
		for (let round = 0; round < 40; round++) {
			must(await weir.runDue());
			if (must(await weir.schedules()).some(({ pipeline, files }) => pipeline === 'inbox' && files !== null)) break;
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		const file = await folder.getFileHandle('one.csv', { create: true });
		const writable = await file.createWritable();
		await writable.write('a,b\n1,2\n3,4\n');
		await writable.close();
		for (let round = 0; round < 40; round++) {
			must(await weir.runDue());
			if (must(await weir.runs({ pipeline: 'inbox' })).some(({ state }) => state !== 'running')) break;
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		const runs = must(await weir.runs({ pipeline: 'inbox' })).map(({ state, cause }) => [state, cause.kind]);
		const rows = must(await weir.sql('SELECT sum(a)::INTEGER AS a FROM arrived'));
		return { runs, rows: await rows.rows(), folders: must(await weir.watchedFolders()) };
	});
	expect(report).toEqual({ runs: [['succeeded', 'file']], rows: [{ a: 4 }], folders: ['inbox'] });
});
