// What a run would do and why, which texts repeat, when schedules are due, which partitions there are, and breakers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { versionId } from '#core/ids.ts';
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { partitionKeys } from '#core/pipeline/partition-keys.ts';
import type { Partitions, Pipeline, Schedule } from '#core/pipeline/pipeline.ts';
import { planRun, type StepFacts } from '#core/pipeline/plan.ts';
import { whyUnrepeatable } from '#core/pipeline/repeatable.ts';
import { NO_OUTCOME, type OutputRecord, type TableFacts } from '#core/pipeline/run-record.ts';
import { dueRuns, nextNominal } from '#core/pipeline/schedule.ts';
import { err, ok } from '#core/result.ts';
import { breakerNow, Breakers, resetBreaker } from '#lib/flows/breakers.ts';

function pipelineOf(text: string): Pipeline {
	const parsed = parsePipeline(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error.problems));
	return parsed.value;
}

describe('a plan', () => {
	const pipeline = pipelineOf(`name: p
steps:
  - { id: a, kind: transform, sql: SELECT 1 FROM raw, into: ta }
  - { id: b, needs: [a], kind: transform, sql: SELECT 1 FROM ta, into: tb }
  - { id: w, needs: [b], kind: branch, cases: [{ if: SELECT true, then: [c] }] }
  - { id: c, needs: [w], kind: transform, sql: SELECT 1 FROM other, into: tc }
  - { id: j, needs: [c], kind: join, trigger: all_done }
on_failure:
  - { id: f, kind: transform, sql: SELECT 1, into: tf }
`);
	const table = (dataset: string, contentHash: string): TableFacts => ({
		dataset,
		version: versionId('v'),
		contentHash,
		rowCount: 1,
		sizeBytes: 100
	});
	const output = (step: string, parts: OutputRecord['parts']): OutputRecord => ({
		pipeline: 'p',
		step,
		fingerprint: 'x',
		parts,
		outcome: { ...NO_OUTCOME, table: table(`t${step}`, 'made') },
		run: 'r',
		atMs: 0
	});
	const facts = (
		step: string,
		input: string,
		state: Partial<StepFacts> & { was?: OutputRecord['parts'] }
	): StepFacts => {
		const parts = { work: 'w', engine: 'e', inputs: { [input]: '1' } };
		const { was, ...rest } = state;
		return {
			studied: { fingerprint: 'x', parts, inputs: [table(input, '1')], unrepeatable: null },
			failure: null,
			known: null,
			stands: false,
			last: was ? output(step, was) : null,
			tests: null,
			into: `t${step}`,
			reads: [],
			...rest
		};
	};
	const plan = (all: Readonly<Record<string, StepFacts>>, kept: readonly string[] = [], isForced = false) =>
		Object.fromEntries(
			planRun({ pipeline, facts: new Map(Object.entries(all)), isForced, kept: new Set(kept) }).steps.map((step) => [
				step.step,
				[step.action, ...step.reasons.map(({ kind }) => kind)]
			])
		);
	const same = { work: 'w', engine: 'e', inputs: { raw: '1' } };
	const done = (step: string, input: string): StepFacts =>
		facts(step, input, { known: output(step, same), stands: true, was: same });

	test('runs what is the same where it is to meet a fault on its first attempt', () => {
		const all = new Map([['a', done('a', 'raw')]]);
		const actionWith = (attempts: readonly number[]) =>
			planRun({
				pipeline,
				facts: all,
				isForced: false,
				kept: new Set(),
				faults: [{ step: 'a', do: 'slow', attempts, ms: 1 }]
			}).steps.find(({ step }) => step === 'a');
		expect(actionWith([1])).toMatchObject({ action: 'run', reasons: [{ kind: 'meets-fault' }] });
		expect(actionWith([2])).toMatchObject({ action: 'skip' });
	});

	test('leaves out what is the same, and says so', () => {
		expect(
			plan({ a: done('a', 'raw'), b: done('b', 'ta'), w: { ...done('w', 'tb'), into: null }, c: done('c', 'other') })
		).toEqual({
			a: ['skip', 'unchanged'],
			b: ['skip', 'unchanged'],
			w: ['skip', 'unchanged'],
			c: ['skip', 'unchanged'],
			j: ['run', 'no-output'],
			f: ['perhaps', 'after-failure']
		});
	});

	test('says what changed, and who may change with it', () => {
		const planned = plan({
			a: facts('a', 'raw', { was: { work: 'old', engine: 'e', inputs: { raw: '0' } } }),
			b: done('b', 'ta'),
			w: { ...done('w', 'tb'), into: null },
			c: facts('c', 'other', {})
		});
		expect(planned).toMatchObject({
			a: ['run', 'work-changed', 'inputs-changed'],
			b: ['perhaps', 'inputs-may-change'],
			w: ['perhaps', 'inputs-may-change'],
			c: ['perhaps', 'never-run', 'branch-decides']
		});
	});

	test('tells of outputs that somebody changed, of what does not repeat, of replays and of force', () => {
		const a = facts('a', 'raw', { known: output('a', same), stands: false, was: same });
		const b = done('b', 'ta');
		const unrepeatable = { ...b, studied: b.studied && { ...b.studied, unrepeatable: 'it uses random()' } };
		expect(plan({ a, b: unrepeatable }, ['a'])).toMatchObject({ a: ['skip', 'kept'], b: ['run', 'unrepeatable'] });
		expect(plan({ a, b })).toMatchObject({ a: ['run', 'output-changed'] });
		expect(plan({ a, b }, [], true)).toMatchObject({ a: ['run', 'forced'], b: ['run', 'forced'] });
	});
});

describe('a text repeats', () => {
	const pure = new Set(['sum', 'avg', 'round', 'upper']);
	const isDataset = (name: string): boolean => name === 'flights';
	const why = (sql: string): string | null => whyUnrepeatable(sql, pure, isDataset);

	test('when it reads datasets and its own tables, with pure functions', () => {
		expect(why('WITH a AS (SELECT sum(x) AS s FROM flights) SELECT round(s, CAST(1 AS INTEGER)) FROM a')).toBeNull();
		expect(why('SELECT * FROM range(3) WHERE x IN (1, 2) AND EXISTS (SELECT 1 FROM flights)')).toBeNull();
		expect(why('SELECT avg(x) OVER (PARTITION BY y) FROM flights@v2')).toBeNull();
		expect(why("SELECT 'random()' AS a -- now()\nFROM flights")).toBeNull();
	});

	test('and not when chance, the clock, files or tables of the session come in', () => {
		for (const sql of [
			'SELECT random() FROM flights',
			'SELECT * FROM flights WHERE d < now()',
			'SELECT current_date',
			"SELECT * FROM 'a.csv'",
			"SELECT * FROM read_csv('https://a/b.csv')",
			'SELECT * FROM flights USING SAMPLE 10',
			'SELECT * FROM flights TABLESAMPLE 10%',
			'SELECT * FROM scratch',
			'SELECT * FROM flights JOIN memory.main.other ON true',
			'SELECT my_macro(1)',
			'SELECT x.nextval()'
		])
			expect([sql, why(sql) === null]).toEqual([sql, false]);
	});
});

describe('a schedule', () => {
	const schedule = (cron: string, catchUp: Schedule['catchUp'] = 'all', timeZone = 'UTC'): Schedule => ({
		cron,
		timeZone,
		catchUp,
		onVersion: [],
		onFile: null
	});
	const at = (text: string): number => Date.parse(text);

	test('is due at times that do not depend on when one looks', () => {
		const hour = 3_600_000;
		fc.assert(
			fc.property(
				fc.integer({ min: at('2024-01-01T00:00Z') / 60_000, max: at('2026-12-31T00:00Z') / 60_000 }),
				fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 }),
				fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
				(startMin, gaps, timeZone) => {
					const daily = schedule('15 2,14 * * *', 'all', timeZone);
					const start = startMin * 60_000;
					let now = start;
					const seen: number[] = [];
					for (const gap of gaps) {
						const next = now + gap * 60_000;
						seen.push(...dueRuns(daily, now, now, next).run);
						now = next;
					}
					expect(seen).toEqual(dueRuns(daily, start, start, now).run);
					for (let time = nextNominal(daily, start); time !== null && time <= now; time = nextNominal(daily, time))
						expect(seen).toContain(time);
					expect(seen.every((time) => time > start && time <= now + hour)).toBe(true);
				}
			),
			{ numRuns: 60 }
		);
	});

	test('catches up as its policy says, and lists what it leaves out', () => {
		const [from, opened, now] = [at('2026-03-01T07:00Z'), at('2026-03-04T12:00Z'), at('2026-03-04T12:05Z')];
		const days = ['2026-03-02T06:00Z', '2026-03-03T06:00Z', '2026-03-04T06:00Z'].map(at);
		expect(dueRuns(schedule('0 6 * * *', 'all'), from, opened, now)).toEqual({ run: days, missed: [], isCut: false });
		expect(dueRuns(schedule('0 6 * * *', 'latest'), from, opened, now)).toMatchObject({
			run: days.slice(2),
			missed: days.slice(0, 2)
		});
		expect(dueRuns(schedule('0 6 * * *', 'none'), from, opened, now)).toMatchObject({ run: [], missed: days });
		expect(dueRuns(schedule('3 12 * * *', 'none'), opened, opened, now).run).toEqual([at('2026-03-04T12:03Z')]);
	});

	test('keeps to the clocks of its time zone when they change', () => {
		const berlin = schedule('0 6 * * *', 'all', 'Europe/Berlin');
		expect(nextNominal(berlin, at('2026-03-28T12:00Z'))).toBe(at('2026-03-29T04:00Z'));
		expect(nextNominal(berlin, at('2026-03-27T12:00Z'))).toBe(at('2026-03-28T05:00Z'));
	});
});

test('partitions are days, weeks from Monday, months, years, or a list', () => {
	const keys = (by: Partitions['by'], from: string, to: string): readonly string[] =>
		partitionKeys({ param: 'p', by, from: null, values: ['DE', 'FR'] }, from, to);
	expect(keys('day', '2001-02-27', '2001-03-01')).toEqual(['2001-02-27', '2001-02-28', '2001-03-01']);
	expect(keys('week', '2001-03-01', '2001-03-12')).toEqual(['2001-02-26', '2001-03-05', '2001-03-12']);
	expect(keys('month', '2001-11-15', '2002-01-01')).toEqual(['2001-11-01', '2001-12-01', '2002-01-01']);
	expect(keys('year', '2001-01-01', '2002-05-01')).toEqual(['2001-01-01', '2002-01-01']);
	expect(keys('list', '', '')).toEqual(['DE', 'FR']);
	expect(keys('day', 'soon', '2001-01-01')).toEqual([]);
});

describe('a breaker', () => {
	const kept = new Map<string, BreakerRecord>();
	let now = 0;
	const runs = {
		breaker: (source: string) => Promise.resolve(ok(kept.get(source) ?? null)),
		saveBreaker: (breaker: BreakerRecord) => {
			kept.set(breaker.source, breaker);
			return Promise.resolve(ok(undefined));
		}
	};
	const fresh = (): Breakers => new Breakers({ runs, now: () => now });
	let calls = 0;
	const call = async (breakers: Breakers, isGood: boolean): Promise<string> => {
		const result = await breakers.call(
			{
				source: 's',
				settings: { failures: 3, resetAfterMs: 1000 },
				isFault: () => true,
				work: () => {
					calls++;
					return Promise.resolve(isGood ? ok('good') : err({ kind: 'url-refused' }));
				}
			},
			new AbortController().signal
		);
		return result.ok ? result.value : result.error.kind;
	};

	test('opens after failures in a row, lets one call try when its time is over, and closes on success, across reloads', async () => {
		let breakers = fresh();
		expect(await call(breakers, false)).toBe('url-refused');
		expect(await call(breakers, true)).toBe('good');
		for (let time = 0; time < 3; time++) expect(await call(breakers, false)).toBe('url-refused');
		expect(kept.get('s')).toMatchObject({ state: 'open', failures: 3, openings: 1, retryAtMs: 1000 });
		breakers = fresh();
		now = 999;
		expect(await call(breakers, true)).toBe('source-open');
		expect(breakerNow(kept.get('s') ?? expect.unreachable(), 1000).state).toBe('half-open');
		now = 1000;
		const before = calls;
		const both = await Promise.all([call(breakers, false), call(breakers, true)]);
		expect(both).toEqual(['url-refused', 'source-open']);
		expect(calls).toBe(before + 1);
		// Each opening lasts longer than the one before.
		expect(kept.get('s')).toMatchObject({ state: 'open', openings: 2, retryAtMs: 3000 });
		now = 3000;
		expect(await call(fresh(), true)).toBe('good');
		expect(kept.get('s')).toMatchObject({ state: 'closed', failures: 0, openings: 0 });
	});

	test('is asked again at once after a reset', async () => {
		const breakers = fresh();
		for (let time = 0; time < 3; time++) await call(breakers, false);
		expect(await call(breakers, true)).toBe('source-open');
		await runs.saveBreaker(resetBreaker(kept.get('s') ?? expect.unreachable()));
		expect(await call(breakers, true)).toBe('good');
	});
});
