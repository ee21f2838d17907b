// Random pipelines in the runner's world, each run twice: left alone, and with pages that die. Shared by the test and the campaign.
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { retryBoundMs } from '#core/pipeline/retry.ts';
import { stepsOf } from '#core/pipeline/pipeline.ts';
import { triggerRules } from '#core/pipeline/trigger-rule.ts';
import type { AttemptRecord, RunRecord } from '#core/pipeline/run-record.ts';
import { runPipeline } from '#lib/flows/run-pipeline.ts';
import type { RunnerEffects } from '#lib/flows/runner-effects.ts';
import { seeded } from './seeded.ts';
import type { Plant } from './pipeline-plants.ts';
import type { Behaviour } from './pipeline-reads.ts';
import { BREAKER_RESET_MS } from './pipeline-workers.ts';
import { World } from './pipeline-world.ts';

export type Simulated = { readonly problems: readonly string[]; readonly deaths: number; readonly awaits: number };

type Case = {
	readonly text: string;
	readonly pipelines: ReadonlyMap<string, string>;
	readonly behaviours: Map<string, Behaviour>;
	readonly breakerFailures: number;
	readonly runs: readonly string[];
	readonly parse: RunnerEffects['parse'];
	/** How it ends does not depend on chance: no breaker opens, and nobody cancels it. */
	readonly isSure: boolean;
	/** When a person cancels the run; null for never. */
	readonly cancelAfterMs: number | null;
	/** When somebody commits the table that functions read; never where its end is sure. */
	readonly changesMs: readonly number[];
};

export async function simulate(seed: number, plant: Plant | null): Promise<Simulated> {
	const drawn = draw(seeded(seed));
	const alone = await play(drawn, seeded(seed + 1), 0, null);
	const disturbed = await play(drawn, seeded(seed + 2), 12, plant);
	const problems = [
		...check(alone, drawn, null).map((problem) => `undisturbed: ${problem}`),
		...check(disturbed, drawn, alone)
	];
	return {
		problems: problems.map((problem) => `seed ${seed}: ${problem}`),
		deaths: disturbed.pages.deaths,
		awaits: alone.pages.awaits + disturbed.pages.awaits
	};
}

async function play(drawn: Case, random: () => number, deaths: number, plant: Plant | null): Promise<World> {
	const { pipelines, behaviours, breakerFailures, text, parse } = drawn;
	const deathChance = deaths === 0 ? 0 : 0.005 + random() * 0.08;
	const world = new World({ random, parse, pipelines, behaviours, breakerFailures, deathChance, deaths, plant });
	let isCancelled = false;
	world.workers.change('outer');
	let changesMs = drawn.changesMs;
	await world.pages.play(async (page) => {
		if (drawn.cancelAfterMs !== null && !isCancelled) {
			isCancelled = true;
			const person = world.effects({ number: -3, isAlive: true });
			void person.sleep(drawn.cancelAfterMs, new AbortController().signal).then(() => person.runs.requestCancel('run'));
		}
		const stranger = world.effects({ number: -4, isAlive: true });
		for (const afterMs of changesMs)
			void stranger.sleep(afterMs, new AbortController().signal).then(() => world.workers.change('outer'));
		changesMs = [];
		// A second page of the same person does the same, now and then.
		const pages = deaths > 0 && random() < 0.3 ? [page, { number: -2, isAlive: true }] : [page];
		for (const id of drawn.runs) {
			const input = { id, name: 'p', text, nominalMs: 0 };
			const ended = await Promise.all(pages.map((one) => runPipeline(input, world.effects(one))));
			for (const one of ended)
				if (!one.ok && page.isAlive) world.violations.push(`the run was refused: ${JSON.stringify(one.error)}`);
		}
	});
	return world;
}

function check(world: World, drawn: Case, alone: World | null): string[] {
	const problems = [...world.violations, ...world.editions.problems(world.runs.attempts.values())];
	const { runs, attempts } = world.runs;
	const { tables, commits } = world.workers;
	for (const run of runs.values()) if (run.state === 'running') problems.push(`${run.id} did not end`);
	for (const [key, count] of commits) if (count !== 1) problems.push(`${key} was committed ${count} times`);
	const committed = new Set<string>();
	const newest = new Map<string, AttemptRecord>();
	for (const attempt of attempts.values()) {
		const { run, step, state, outcome, retryAtMs, endedAtMs } = attempt;
		if (state === 'running') problems.push(`${run} ${step} runs for ever`);
		if (outcome?.table && state === 'succeeded') {
			committed.add(`${run} ${step}`);
			const before = newest.get(outcome.table.dataset);
			if (!before || (before.endedAtMs ?? 0) < (endedAtMs ?? 0)) newest.set(outcome.table.dataset, attempt);
		}
		if (retryAtMs === null || endedAtMs === null) continue;
		const pipeline = drawn.parse(runs.get(run)?.text ?? '');
		if (!pipeline.ok) continue;
		const retry = stepsOf(pipeline.value).find(({ id }) => id === step.replace(/\[.*/, ''))?.retry;
		const own = [...attempts.values()].filter((one) => one.run === run && one.step === step);
		const failures = own.filter((one) => one.attempt <= attempt.attempt && ['failed', 'timed_out'].includes(one.state));
		const bound = retry ? retryBoundMs(retry, failures.length) : 0;
		if (retryAtMs - endedAtMs > bound) problems.push(`${step} waits ${retryAtMs - endedAtMs} ms, and may ${bound}`);
	}
	for (const [dataset, { step, outcome }] of newest)
		if (world.workers.table(dataset)?.content !== outcome?.table?.contentHash)
			problems.push(`${step} is done, and ${dataset} is not what it made`);
	for (const key of commits.keys()) if (!committed.has(key)) problems.push(`${key} is committed, and not done`);
	const isDone = (state: string): boolean => state === 'succeeded' || state === 'unchanged';
	const told = new Set(
		[...attempts.values()].flatMap(({ run, step, state }) => (isDone(state) ? `${run} ${step}` : []))
	);
	for (const { id, steps } of runs.values())
		for (const [step, state] of Object.entries(steps ?? {}))
			if (isDone(state) && !told.has(`${id} ${step}`)) problems.push(`${id} ${step} is done, and no attempt says so`);
	if (!alone || !drawn.isSure) return problems;
	// Of two subpipelines that make the same, either may find that the other did.
	const shown = (id: string, steps: RunRecord['steps']): readonly (readonly [string, string])[] =>
		Object.entries(steps ?? {})
			.map(([step, state]) => [step, id.includes('/') && state === 'unchanged' ? 'succeeded' : state] as const)
			.sort();
	const states = (one: World): string =>
		JSON.stringify([...one.runs.runs.values()].map(({ id, steps }) => [id, shown(id, steps)]).sort());
	if (states(world) !== states(alone)) problems.push(`ends as ${states(world)} and undisturbed as ${states(alone)}`);
	const contents = (all: typeof tables): string =>
		JSON.stringify([...all].map(([name, { content }]) => [name, content]).sort());
	if (contents(tables) !== contents(alone.workers.tables))
		problems.push('tables differ from those of an undisturbed run');
	return problems;
}

/** A pipeline of two to nine steps of all kinds, and how each behaves. */
function draw(random: () => number): Case {
	const below = (limit: number): number => Math.floor(random() * limit);
	const isSure = random() < 0.7;
	const breakerFailures = isSure ? 100 : 2;
	const count = 2 + below(8);
	const behaviours = new Map<string, Behaviour>();
	const lines = [
		'name: p',
		`max_parallel: ${1 + below(3)}`,
		`breaker: { failures: ${breakerFailures}, reset_after: ${BREAKER_RESET_MS}ms }`,
		`retry: { attempts: ${1 + below(isSure ? 4 : 6)}, delay: 1s, max_delay: 8s }`,
		'steps:'
	];
	const makers: string[] = [];
	const ids: string[] = [];
	const branches: { id: string; line: number }[] = [];
	const needers = new Map<string, string[]>();
	for (let index = 0; index < count; index++) {
		const id = `s${index}`;
		const needs = [
			...new Set([ids[below(ids.length + 1)], ids[below(ids.length + 2)], ids[below(ids.length + 3)]])
		].filter((need): need is string => need !== undefined);
		for (const need of needs) needers.set(need, [...(needers.get(need) ?? []), id]);
		const rule = needs.length > 0 && random() < 0.25 ? triggerRules[below(triggerRules.length)] : undefined;
		const head = `  - { id: ${id}, needs: [${needs.join(', ')}]${rule ? `, trigger: ${rule}` : ''}`;
		const reads = rule ? [] : needs.filter((need) => makers.includes(need));
		const sql = `SELECT 1${reads.map((need) => ` FROM t_${need}`).join('')}`;
		const kind = below(11);
		const timeout = random() < 0.3 ? ', timeout: 1s' : '';
		const how = random() < 0.15 ? 'for-good' : timeout !== '' && random() < 0.5 ? 'slow' : 'fail';
		const source = kind < 3 && !timeout ? `https://source-${below(2)}.test` : null;
		behaviours.set(id, { failures: random() < 0.5 ? 0 : below(5), how, source, workMs: below(300) });
		if (kind < 3)
			lines.push(`${head}, kind: ingest, url: "${source ?? 'https://own.test'}", into: t_${id}${timeout} }`);
		else if (kind < 6 && random() < 0.3)
			lines.push(
				`${head}, kind: transform, input: outer, function: { code: "export default () => 1", outputs: { x: DOUBLE } }, into: t_${id} }`
			);
		else if (kind < 6) lines.push(`${head}, kind: transform, sql: "${sql}", into: t_${id}${timeout} }`);
		else if (kind === 6) lines.push(`${head}, kind: check, sql: "${sql}", severity: warn${timeout} }`);
		else if (kind === 7) {
			branches.push({ id, line: lines.length });
			lines.push(`${head}, kind: branch, cases: [{ if: "${sql}", then: [THEN] }], else: []${timeout} }`);
		} else if (kind === 10)
			lines.push(
				`${head}, kind: report, report: weekly, share: {}, notify: [page, { webhook: "https://hook.test/a" }] }`
			);
		else if (kind === 8)
			lines.push(
				`${head}, kind: for-each, sql: "${sql}", do: { kind: transform, sql: "SELECT \${{ item }}", into: "e_${id}_\${{ item }}" }${timeout} }`
			);
		else lines.push(`${head}, kind: ${random() < 0.5 ? 'join' : 'pipeline, pipeline: child'} }`);
		if (kind < 6) makers.push(id);
		ids.push(id);
	}
	for (const { id, line } of branches) {
		const behind = needers.get(id) ?? [];
		const chosen = behind.filter(() => random() < 0.5);
		const then = chosen.length > 0 ? chosen : behind.slice(0, 1);
		lines[line] =
			then.length > 0
				? (lines[line] ?? '').replace('THEN', then.join(', '))
				: (lines[line] ?? '').replace(/kind: branch.*\}\], else: \[\]/, 'kind: check, sql: "SELECT 1"');
	}
	if (random() < 0.3)
		lines.push('on_failure:', '  - { id: f0, kind: transform, sql: "SELECT ${{ failure.step }}", into: t_f0 }');
	const child = [
		'name: child',
		'retry: { attempts: 2 }',
		'steps:',
		'  - { id: c0, kind: transform, sql: "SELECT 1", into: t_c0 }',
		'  - { id: c1, needs: [c0], kind: transform, sql: "SELECT 1 FROM t_c0", into: t_c1 }'
	];
	behaviours.set('c0', { failures: below(2), how: 'fail', source: null, workMs: 10 });
	behaviours.set('c1', { failures: below(3), how: 'fail', source: null, workMs: 10 });
	const text = lines.join('\n');
	const cancelAfterMs = !isSure && random() < 0.4 ? below(8000) : null;
	const changesMs = isSure ? [] : Array.from({ length: below(8) }, () => below(6000));
	const runs = random() < 0.3 ? ['run', 'again'] : ['run'];
	const pipelinesByText = new Map([text, child.join('\n')].map((one) => [one, parsePipeline(one)]));
	const parse: RunnerEffects['parse'] = (one) => pipelinesByText.get(one) ?? parsePipeline(one);
	return {
		text,
		runs,
		parse,
		pipelines: new Map([
			['p', text],
			['child', child.join('\n')]
		]),
		behaviours,
		breakerFailures,
		isSure,
		cancelAfterMs,
		changesMs
	};
}
