// The state machine of a run: every trigger rule over every way its needs can end, and laws over random graphs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryBoundMs, retryDelayMs } from '#core/pipeline/retry.ts';
import {
	childId,
	isTerminal,
	outcomeOf,
	queuedSteps,
	reduce,
	startRun,
	type RunEvent,
	type RunState
} from '#core/pipeline/run-state.ts';
import type { Step, Work } from '#core/pipeline/pipeline.ts';
import { trigger, triggerRules, type TriggerRule } from '#core/pipeline/trigger-rule.ts';

const retry = { attempts: 3, delayMs: 100, factor: 2, maxDelayMs: 1000, jitter: 'full' } as const;
const at = { line: 1, column: 1 };
const step = (id: string, needs: readonly string[] = [], rule: TriggerRule = 'all_success', work?: Work): Step => ({
	id,
	needs,
	trigger: rule,
	retry,
	timeoutMs: null,
	work: work ?? { kind: 'join' },
	at
});
const branch = (id: string, needs: readonly string[] = []): Step =>
	step(id, needs, 'all_success', { kind: 'branch', on: { kind: 'sql', cases: [] }, otherwise: [] });
const run = (steps: readonly Step[], onFailure: readonly Step[] = []): RunState => startRun({ steps, onFailure });
const after = (state: RunState, ...events: readonly RunEvent[]): RunState => events.reduce(reduce, state);
const started = (step: string): RunEvent => ({ kind: 'started', step });
const succeeded = (step: string): RunEvent => ({ kind: 'succeeded', step, isUnchanged: false });
const failed = (step: string, retryAtMs: number | null = null): RunEvent => ({
	kind: 'failed',
	step,
	isTimeout: false,
	retryAtMs
});
const states = (state: RunState): Record<string, string> =>
	Object.fromEntries([...state.steps].map(([id, status]) => [id, status.state]));

/** By rule: what becomes of a step whose two needs ended so; S success, F failed, U upstream_failed, K skipped. */
const table: Readonly<Record<TriggerRule, Readonly<Record<string, string>>>> = {
	all_success: {
		SS: 'run',
		SF: 'upstream_failed',
		SU: 'upstream_failed',
		SK: 'skipped',
		KK: 'skipped',
		FK: 'upstream_failed',
		FF: 'upstream_failed'
	},
	all_failed: { SS: 'skipped', SF: 'skipped', FF: 'run', FU: 'run', FK: 'skipped', KK: 'skipped' },
	all_done: { SS: 'run', SF: 'run', FF: 'run', KK: 'run', FU: 'run', SK: 'run' },
	all_done_min_one_success: {
		SS: 'run',
		SF: 'run',
		FF: 'upstream_failed',
		KK: 'skipped',
		FK: 'upstream_failed',
		SK: 'run'
	},
	all_skipped: { KK: 'run', SK: 'skipped', FK: 'skipped', SS: 'skipped' },
	one_success: { SS: 'run', SF: 'run', SK: 'run', FF: 'upstream_failed', KK: 'skipped', FK: 'upstream_failed' },
	one_failed: { FF: 'run', SF: 'run', SU: 'run', SS: 'skipped', KK: 'skipped', FK: 'run' },
	one_done: { SS: 'run', SF: 'run', SK: 'run', FK: 'run', KK: 'skipped', UU: 'skipped' },
	none_failed: { SS: 'run', SK: 'run', KK: 'run', SF: 'upstream_failed', FK: 'upstream_failed', SU: 'upstream_failed' },
	none_failed_min_one_success: { SS: 'run', SK: 'run', KK: 'skipped', SF: 'upstream_failed', FK: 'upstream_failed' },
	none_skipped: { SS: 'run', SF: 'run', FF: 'run', SK: 'skipped', KK: 'skipped', FK: 'skipped' },
	always: { SS: 'run', FF: 'run', KK: 'run', UU: 'run' }
};

describe('trigger rules', () => {
	test.each(triggerRules)('%s decides as its table says', (rule) => {
		for (const [ends, expected] of Object.entries(table[rule])) {
			const count = (letter: string): number => ends.split(letter).length - 1;
			const upstream = {
				total: 2,
				succeeded: count('S'),
				failed: count('F'),
				upstreamFailed: count('U'),
				skipped: count('K')
			};
			expect([ends, trigger(rule, upstream)]).toEqual([ends, expected]);
		}
	});

	test('a step that needs nothing runs', () => {
		const upstream = { total: 0, succeeded: 0, failed: 0, upstreamFailed: 0, skipped: 0 };
		for (const rule of triggerRules) expect(trigger(rule, upstream)).toBe('run');
	});

	test('one_success starts before all needs have ended, all_success does not', () => {
		const upstream = { total: 2, succeeded: 1, failed: 0, upstreamFailed: 0, skipped: 0 };
		expect(trigger('one_success', upstream)).toBe('run');
		expect(trigger('all_success', upstream)).toBe('wait');
		expect(trigger('one_failed', { ...upstream, succeeded: 0, failed: 1 })).toBe('run');
		expect(trigger('one_done', upstream)).toBe('run');
	});

	test('whatever lets a step run or leaves it out once stays so as more needs end', () => {
		const ends = fc.record({ succeeded: fc.nat(3), failed: fc.nat(3), upstreamFailed: fc.nat(3), skipped: fc.nat(3) });
		fc.assert(
			fc.property(fc.constantFrom(...triggerRules), ends, ends, fc.nat(2), (rule, one, more, open) => {
				const sum = (part: typeof one): number => part.succeeded + part.failed + part.upstreamFailed + part.skipped;
				const total = sum(one) + sum(more) + open;
				const early = trigger(rule, { total, ...one });
				const late = trigger(rule, {
					total,
					succeeded: one.succeeded + more.succeeded,
					failed: one.failed + more.failed,
					upstreamFailed: one.upstreamFailed + more.upstreamFailed,
					skipped: one.skipped + more.skipped
				});
				expect(early === 'wait' || early === late).toBe(true);
			})
		);
	});
});

describe('a run', () => {
	test('goes from queued to running to its end, step by step', () => {
		let state = run([step('a'), step('b', ['a'])]);
		expect(states(state)).toEqual({ a: 'queued', b: 'waiting' });
		state = after(state, started('a'), succeeded('a'));
		expect(states(state)).toEqual({ a: 'succeeded', b: 'queued' });
		state = after(state, started('b'), failed('b', 500));
		expect(state.steps.get('b')).toMatchObject({ state: 'retrying', retryAtMs: 500, failures: 1, attempts: 1 });
		state = after(state, { kind: 'retry-due', step: 'b' }, started('b'));
		expect(state.steps.get('b')).toMatchObject({ state: 'running', attempts: 2 });
		expect(outcomeOf(after(state, failed('b')))).toBe('failed');
		expect(states(after(state, { ...failed('b'), isTimeout: true } as RunEvent))['b']).toBe('timed_out');
	});

	test('an interrupted step starts again, and that is no failure', () => {
		const state = after(run([step('a')]), started('a'), { kind: 'interrupted', step: 'a' });
		expect(state.steps.get('a')).toMatchObject({ state: 'queued', attempts: 1, failures: 0 });
	});

	test('a branch leaves out what it did not choose, but not what lies behind a chosen step too', () => {
		const steps = [
			branch('b'),
			step('x', ['b']),
			step('y', ['b']),
			step('z', ['b', 'x']),
			step('end', ['x', 'y'], 'none_failed_min_one_success')
		];
		let state = after(run(steps), started('b'), { kind: 'succeeded', step: 'b', isUnchanged: false, chosen: ['x'] });
		expect(states(state)).toEqual({ b: 'succeeded', x: 'queued', y: 'skipped', z: 'waiting', end: 'waiting' });
		state = after(state, started('x'), succeeded('x'));
		expect(states(state)).toMatchObject({ z: 'queued', end: 'queued' });
	});

	test('a step never starts before a branch it needs has decided', () => {
		const state = after(
			run([step('a'), branch('b'), step('x', ['a', 'b'], 'one_success')]),
			started('a'),
			succeeded('a')
		);
		expect(states(state)['x']).toBe('waiting');
	});

	test('a for-each has as many children as items, and ends as they do', () => {
		const begun = after(run([step('e'), step('end', ['e'])]), started('e'), {
			kind: 'succeeded',
			step: 'e',
			isUnchanged: false,
			itemCount: 2
		});
		expect(queuedSteps(begun)).toEqual([childId('e', 0), childId('e', 1)]);
		const both = [started('e[0]'), started('e[1]'), succeeded('e[0]')];
		expect(states(after(begun, ...both, succeeded('e[1]')))).toMatchObject({ e: 'succeeded', end: 'queued' });
		expect(states(after(begun, ...both, failed('e[1]')))).toMatchObject({ e: 'failed', end: 'upstream_failed' });
		const none = after(run([step('e')]), started('e'), {
			kind: 'succeeded',
			step: 'e',
			isUnchanged: false,
			itemCount: 0
		});
		expect(outcomeOf(none)).toBe('succeeded');
	});

	test('steps of a failure run after all others have ended, and only if one of them failed', () => {
		const steps = [step('a'), step('b')];
		let state = after(run(steps, [step('tell'), step('then', ['tell'])]), started('a'), failed('a'));
		expect(states(state)).toMatchObject({ b: 'queued', tell: 'waiting' });
		state = after(state, started('b'), succeeded('b'));
		expect(states(state)).toMatchObject({ tell: 'queued', then: 'waiting' });
		expect(outcomeOf(after(state, started('tell'), succeeded('tell'), started('then'), succeeded('then')))).toBe(
			'failed'
		);
		const good = after(run(steps, [step('tell')]), started('a'), succeeded('a'), started('b'), succeeded('b'));
		expect([states(good)['tell'], outcomeOf(good)]).toEqual(['skipped', 'succeeded']);
	});

	test('a failure that another step takes up is none of the run', () => {
		const state = after(
			run([step('a'), step('b', ['a'], 'all_done')]),
			started('a'),
			failed('a'),
			started('b'),
			succeeded('b')
		);
		expect(outcomeOf(state)).toBe('succeeded');
	});

	test('cancelled, nothing new starts; what runs ends, and what was committed stays', () => {
		let state = after(run([step('a'), step('b'), step('c', ['a'])]), started('a'), { kind: 'cancelled' });
		expect(states(state)).toEqual({ a: 'running', b: 'cancelled', c: 'cancelled' });
		expect(states(after(state, succeeded('a')))['a']).toBe('succeeded');
		state = after(state, { kind: 'stopped', step: 'a' });
		expect(outcomeOf(state)).toBe('cancelled');
	});

	test('a for-each whose items come after the cancel ends too', () => {
		const items: RunEvent = { kind: 'succeeded', step: 'e', isUnchanged: false, itemCount: 2 };
		const state = after(run([step('e')]), started('e'), { kind: 'cancelled' }, items);
		expect([outcomeOf(state), states(state)['e']]).toEqual(['cancelled', 'cancelled']);
	});
});

const graphs = fc.array(
	fc.record({
		needs: fc.array(fc.nat(9), { maxLength: 3 }),
		rule: fc.constantFrom(...triggerRules),
		end: fc.nat(3),
		isBranch: fc.boolean()
	}),
	{ minLength: 1, maxLength: 10 }
);

test('a run ends in the same states in whatever order its steps run', () => {
	fc.assert(
		fc.property(graphs, fc.infiniteStream(fc.nat(1000)), (drawn, random) => {
			const steps = drawn.map(({ needs, rule, isBranch }, index) => {
				const ids = [...new Set(needs.filter((need) => need < index))].map((need) => `s${need}`);
				return isBranch ? { ...branch(`s${index}`, ids), trigger: rule } : step(`s${index}`, ids, rule);
			});
			const end = (id: string): RunEvent => {
				const index = Number(id.slice(1));
				if (drawn[index]?.end === 0) return failed(id);
				if (!drawn[index]?.isBranch) return succeeded(id);
				const behind = steps.filter(({ needs }) => needs.includes(id)).map((one) => one.id);
				return { kind: 'succeeded', step: id, isUnchanged: false, chosen: behind.filter((_id, at) => at % 2 === 0) };
			};
			const play = (pick: (count: number) => number): Record<string, string> => {
				let state = run(steps);
				const running: string[] = [];
				for (;;) {
					const queued = queuedSteps(state);
					const choice = pick(queued.length + running.length);
					if (queued.length + running.length === 0) break;
					const id = [...queued, ...running][choice] ?? '';
					if (queued.includes(id)) {
						state = reduce(state, started(id));
						running.push(id);
					} else {
						running.splice(running.indexOf(id), 1);
						state = reduce(state, end(id));
					}
				}
				expect([...state.steps.values()].every((status) => isTerminal(status.state))).toBe(true);
				return states(state);
			};
			expect(play((count) => (random.next().value ?? 0) % Math.max(1, count))).toEqual(play(() => 0));
		}),
		{ numRuns: 500 }
	);
});

test('a wait before a retry grows by its factor, stays within its bound, and ends with the attempts', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 19 }),
			fc.double({ min: 0, max: 0.999999, noNaN: true }),
			(failures, random) => {
				const policy = { ...retry, attempts: 20 };
				const delay = retryDelayMs(policy, failures, random) ?? -1;
				expect(delay).toBeGreaterThanOrEqual(0);
				expect(delay).toBeLessThanOrEqual(retryBoundMs(policy, failures));
				expect(retryBoundMs(policy, failures)).toBeLessThanOrEqual(1000);
			}
		)
	);
	expect(retryDelayMs({ ...retry, jitter: 'none' }, 2, 0.5)).toBe(200);
	expect(retryDelayMs(retry, 3, 0.5)).toBeNull();
});
