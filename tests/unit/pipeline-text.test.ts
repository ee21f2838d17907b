// The text of a pipeline: what is read, and every way it can be wrong, with line and column.
import { toJsonSchema } from '@valibot/to-json-schema';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { pipelineSchema } from '#core/pipeline/pipeline-schema.ts';
import type { PipelineProblem } from '#core/pipeline/problem.ts';
import { fillSql, fillUrl, fillParams } from '#core/pipeline/references.ts';
import { problemLine, problemWords } from '#lib/ui/pipeline-words.ts';

const whole = `# Flights, day by day
name: daily-flights
description: Delays by carrier
params:
  day: { type: date, default: 2001-01-03 }
  least: { type: integer, default: 5 }
env:
  base: https://example.org
environments:
  test: { base: http://localhost:1 }
retry: { attempts: 4, delay: 2s, factor: 3, max_delay: 1m }
timeout: 10m
breaker: { failures: 3, reset_after: 30s }
max_parallel: 3
concurrency: { runs: one, when_busy: skip }
schedule: { cron: "0 6 * * 1-5", time_zone: Europe/Berlin, catch_up: all, on_version: [airports] }
partitions: { param: day, by: day, from: 2001-01-01 }
steps:
  - id: flights
    kind: ingest
    sample: flights
    into: flights
  - id: rates
    kind: ingest
    url: \${{ env.base }}/rates/\${{ params.day }}.csv
    into: rates
    mode: upsert
    key: [day]
    options: { csv: { delimiter: ";" } }
  - id: per-day
    kind: transform
    needs: [flights]
    sql: |
      SELECT origin, count(*) AS n
      FROM flights
      WHERE date::date = \${{ params.day }}
      GROUP BY origin HAVING n > \${{ params.least }}
    into: per_day
    key: [origin]
    retry: { attempts: 1 }
  - id: sound
    kind: check
    needs: [per-day]
    sql: SELECT count(*) > 0 FROM per_day
    severity: warn
  - id: which
    kind: branch
    needs: [sound]
    verdict_of: sound
    passed: [each]
    else: [nothing]
  - id: each
    kind: for-each
    needs: [which]
    sql: SELECT origin FROM per_day ORDER BY 1 LIMIT 3
    do:
      kind: transform
      sql: SELECT * FROM per_day WHERE origin = \${{ item.origin }}
      into: one_\${{ item.origin }}
  - { id: nothing, kind: join, needs: [which] }
  - { id: end, kind: join, needs: [each, nothing, rates], trigger: none_failed_min_one_success }
on_failure:
  - { id: tell, kind: transform, sql: "SELECT \${{ failure.step }} AS step", into: failures }
`;

test('a whole pipeline is read with its policies, durations and places', () => {
	const parsed = parsePipeline(whole);
	if (!parsed.ok) throw new Error(parsed.error.problems.map(problemLine).join('\n'));
	const { steps, onFailure, retry: _retry, ...rest } = { retry: null, ...parsed.value };
	expect(rest).toMatchObject({
		name: 'daily-flights',
		breaker: { failures: 3, resetAfterMs: 30_000 },
		maxParallel: 3,
		concurrency: { runs: 'one', whenBusy: 'skip' },
		schedule: { cron: '0 6 * * 1-5', timeZone: 'Europe/Berlin', catchUp: 'all', onVersion: ['airports'] },
		partitions: { param: 'day', by: 'day', from: '2001-01-01' }
	});
	expect(steps.map(({ id, at }) => [id, at.line])).toEqual([
		['flights', 19],
		['rates', 23],
		['per-day', 30],
		['sound', 41],
		['which', 46],
		['each', 52],
		['nothing', 60],
		['end', 61]
	]);
	expect(steps[1]?.retry).toEqual({ attempts: 4, delayMs: 2000, factor: 3, maxDelayMs: 60_000, jitter: 'full' });
	expect(steps[2]?.retry.attempts).toBe(1);
	expect(steps[2]?.timeoutMs).toBe(600_000);
	expect(onFailure.map(({ id }) => id)).toEqual(['tell']);
});

const head = 'name: p\nsteps:\n';
const one = (rest: string): string => `${head}  - id: a\n${rest}`;
const join = '    kind: join\n';

/** Text, code, line, column. */
const malformed: readonly (readonly [string, PipelineProblem['code'], number, number])[] = [
	['', 'empty-text', 1, 1],
	['# nothing but a comment\n', 'empty-text', 1, 1],
	['- a\n- b\n', 'wrong-type', 1, 1],
	['just words', 'wrong-type', 1, 1],
	['name: p\nsteps: [', 'yaml-syntax', 2, 9],
	['name: "p\nsteps: []', 'yaml-syntax', 2, 10],
	['name: p\nname: q\nsteps: []', 'yaml-syntax', 2, 1],
	['name: p\n\tsteps: []', 'yaml-syntax', 2, 1],
	['name: p\n---\nname: q\n', 'yaml-syntax', 2, 1],
	['name: p\n', 'missing-key', 1, 1],
	['steps:\n  - { id: a, kind: join }\n', 'missing-key', 1, 1],
	['name: p\nsteps: []\n', 'out-of-range', 2, 8],
	['name: p\nsteps: some\n', 'wrong-type', 2, 8],
	['name: my pipeline\nsteps:\n  - { id: a, kind: join }\n', 'bad-id', 1, 7],
	[`nmae: p\n${one(join)}`, 'unknown-key', 1, 1],
	[`env: [1]\n${one(join)}`, 'wrong-type', 1, 6],
	[`stepz: 1\n${one(join)}`, 'unknown-key', 1, 1],
	[one('    kid: join\n'), 'missing-key', 3, 5],
	[one('    kind: transfrom\n'), 'not-allowed', 4, 11],
	[one('    kind: join\n    trigger: all_sucess\n'), 'not-allowed', 5, 14],
	[one('    kind: join\n    needs: a\n'), 'wrong-type', 5, 12],
	[one('    kind: join\n    needs: [1]\n'), 'wrong-type', 5, 13],
	[one('    kind: join\n    needs: [b]\n'), 'unknown-step', 5, 13],
	[one('    kind: join\n    needs: [a]\n'), 'cycle', 5, 13],
	[
		`${head}  - {id: a, kind: join, needs: [c]}\n  - {id: b, kind: join, needs: [a]}\n  - {id: c, kind: join, needs: [b]}\n`,
		'cycle',
		3,
		33
	],
	[`${head}  - {id: a, kind: join}\n  - {id: A, kind: join}\n`, 'duplicate-id', 4, 10],
	[one('    kind: transform\n    sql: SELECT 1\n'), 'missing-key', 3, 5],
	[one('    kind: transform\n    sql: SELECT 1\n    into: a@b\n'), 'bad-dataset-name', 6, 11],
	[one('    kind: transform\n    sql: SELECT 1\n    into: x\n    retry: { attempts: 0 }\n'), 'out-of-range', 7, 24],
	[one('    kind: transform\n    sql: SELECT 1\n    into: x\n    retry: { attempts: 1.5 }\n'), 'out-of-range', 7, 24],
	[one('    kind: transform\n    sql: SELECT 1\n    into: x\n    retry: { delay: soon }\n'), 'bad-duration', 7, 21],
	[one('    kind: transform\n    sql: SELECT 1\n    into: x\n    retry: { atempts: 2 }\n'), 'unknown-key', 7, 14],
	[one('    kind: join\n    timeout: 10\n'), 'wrong-type', 5, 14],
	[one('    kind: join\n    timeout: 10 minutes\n'), 'bad-duration', 5, 14],
	[one('    kind: ingest\n    into: x\n'), 'one-of', 3, 5],
	[one('    kind: ingest\n    sample: flights\n    url: https://a\n    into: x\n'), 'one-of', 3, 5],
	[one('    kind: ingest\n    sample: fligths\n    into: x\n'), 'unknown-sample', 5, 13],
	[one('    kind: ingest\n    sample: flights\n'), 'missing-key', 3, 5],
	[one('    kind: ingest\n    dataset: y\n    into: x\n'), 'one-of', 6, 11],
	[one('    kind: ingest\n    url: https://a\n    into: x\n    mode: upsert\n'), 'missing-key', 3, 5],
	[one('    kind: check\n    sql: SELECT ${{ params.x }}\n'), 'unknown-reference', 5, 17],
	[one("    kind: check\n    sql: SELECT '${{ run.date }}' = 'a'\n"), 'reference-in-quotes', 5, 18],
	[one("    kind: check\n    sql: |\n      SELECT\n        '${{ run.date }}' = 'a'\n"), 'reference-in-quotes', 7, 10],
	[one('    kind: check\n    sql: SELECT 1 -- ${{ run.date }}\n'), 'reference-in-quotes', 5, 22],
	[one('    kind: check\n    sql: SELECT ${{ run.date\n'), 'open-reference', 5, 17],
	[one('    kind: check\n    sql: SELECT true\n    severity: fatal\n'), 'not-allowed', 6, 15],
	[one('    kind: branch\n'), 'nothing-chosen', 3, 5],
	[one('    kind: branch\n    cases: [{ if: SELECT true, then: [b] }]\n'), 'unknown-step', 5, 39],
	[
		`${one('    kind: branch\n    cases: [{ if: SELECT true, then: [b] }]\n')}  - {id: b, kind: join}\n`,
		'not-behind-branch',
		5,
		39
	],
	[
		`${one('    kind: branch\n    verdict_of: b\n    else: [b]\n')}  - {id: b, kind: join, needs: [a]}\n`,
		'not-a-check',
		5,
		17
	],
	[one('    kind: for-each\n    items: [1]\n    do: { kind: branch }\n'), 'not-allowed', 6, 17],
	[one('    kind: for-each\n    do: { kind: check, sql: SELECT true }\n'), 'one-of', 3, 5],
	[one('    kind: for-each\n    items: [[1]]\n    do: { kind: check, sql: SELECT true }\n'), 'wrong-type', 5, 13],
	[
		one('    kind: for-each\n    items: [1]\n    do: { kind: transform, sql: SELECT 1, into: x }\n'),
		'one-output-for-all',
		6,
		49
	],
	[`params: { d: { type: dat } }\n${one(join)}`, 'not-allowed', 1, 22],
	[`params: { d: { type: date, default: 2001-02-30 } }\n${one(join)}`, 'bad-value', 1, 37],
	[`params: { d: { type: integer, default: 1.5 } }\n${one(join)}`, 'bad-value', 1, 40],
	[`environments: { test: { base: 1 } }\n${one(join)}`, 'unknown-key', 1, 25],
	[`schedule: { cron: "* * * *" }\n${one(join)}`, 'bad-cron', 1, 19],
	[`schedule: { cron: "61 * * * *" }\n${one(join)}`, 'bad-cron', 1, 19],
	[`schedule: { cron: "0 6 * * *", time_zone: Mars/Base }\n${one(join)}`, 'bad-time-zone', 1, 43],
	[`schedule: { catch_up: all }\n${one(join)}`, 'one-of', 1, 11],
	[`partitions: { param: day, by: day }\n${one(join)}`, 'unknown-reference', 1, 22],
	[`max_parallel: 9\n${one(join)}`, 'out-of-range', 1, 15],
	[
		`${one('    kind: transform\n    sql: SELECT 1\n    into: x\n')}  - {id: b, kind: transform, sql: SELECT 2, into: X}\n`,
		'same-output',
		7,
		51
	],
	[
		`${one('    kind: transform\n    sql: SELECT 1\n    into: x\n')}  - {id: b, kind: check, sql: SELECT count(*) > 0 FROM x}\n`,
		'reads-before-made',
		7,
		56
	],
	[
		'a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
		'yaml-syntax',
		1,
		1
	]
];

describe('a malformed text is refused with its line, its column, and what to do next', () => {
	test.each(malformed)('%j is %s', (text, code, line, column) => {
		const parsed = parsePipeline(text);
		const problems = parsed.ok ? [] : parsed.error.problems;
		const found = problems.find((problem) => problem.code === code);
		expect(found, problems.map(problemLine).join('\n')).toMatchObject({ line, column });
		for (const problem of problems) {
			const { what, next } = problemWords(problem);
			expect(what).not.toBe('');
			expect(next).not.toBe('');
			expect(problemLine(problem)).not.toMatch(/undefined|\[object|NaN/);
		}
	});

	test('there are at least forty of them', () => {
		expect(malformed.length).toBeGreaterThanOrEqual(40);
	});
});

test('a circle is shown as the path round it', () => {
	const parsed = parsePipeline(
		`${head}  - {id: a, kind: join, needs: [c]}\n  - {id: b, kind: join, needs: [a]}\n  - {id: c, kind: join, needs: [b]}\n`
	);
	expect(parsed).toMatchObject({ error: { problems: [{ steps: ['a', 'c', 'b', 'a'] }] } });
});

test('a parameter in SQL is a typed literal, whatever its text is', () => {
	const scope = new Map([
		['params.name', { type: 'text', value: "'; DROP TABLE a; --" }],
		['params.day', { type: 'date', value: '2001-01-03' }]
	] as const);
	const filled = fillSql('SELECT * FROM t WHERE n = ${{ params.name }} AND d >= ${{params.day}}', scope);
	expect(filled).toMatchObject({
		value: { sql: "SELECT * FROM t WHERE n = '''; DROP TABLE a; --' AND d >= CAST('2001-01-03' AS DATE)" }
	});
	expect(
		fillUrl('${{ params.name }}?q=${{ params.name }}', new Map([['params.name', { type: 'text', value: 'a/b' }]]))
	).toEqual({ ok: true, value: 'a/b?q=a%2Fb' });
});

test('parameters that are missing, unknown or of another type are refused by name', () => {
	const params = [{ name: 'n', type: 'integer', default: undefined }] as const;
	expect(fillParams(params, {})).toMatchObject({ error: { kind: 'missing-parameter', name: 'n' } });
	expect(fillParams(params, { n: 1, m: 2 })).toMatchObject({ error: { kind: 'unknown-parameter', name: 'm' } });
	expect(fillParams(params, { n: '1' })).toMatchObject({ error: { kind: 'parameter-of-wrong-type', name: 'n' } });
	expect(fillParams(params, { n: 1 })).toEqual({ ok: true, value: { n: 1 } });
});

test('the published JSON Schema is made from the one that reads', async () => {
	const path = new URL('../../static/schemas/pipeline.json', import.meta.url).pathname;
	// It has no flags of patterns: an address of a webhook is compared without regard to case.
	const schema = {
		$id: '/schemas/pipeline.json',
		...toJsonSchema(pipelineSchema, { typeMode: 'input', errorMode: 'ignore' })
	};
	const text = await format(JSON.stringify(schema), { ...(await resolveConfig(path)), filepath: path });
	await expect(text).toMatchFileSnapshot(path);
});
