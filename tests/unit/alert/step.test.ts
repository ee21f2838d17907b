// The life of incidents: told once, together, later, again, further, and once more when it is over.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silenceOf, type Silence } from '#core/alert/incident.ts';
import type { NamedRule } from '#core/alert/rule.ts';
import { acknowledgedIn, nextChangeMs, step } from '#core/alert/step.ts';
import { live, MINUTE, ruleNamed, saidOf, signalAt, signalsTo, tick, type Happening } from './world.ts';

const m = (minutes: number): number => minutes * MINUTE;

const silenceUntil = (untilMs: number, change: Partial<Silence> = {}): Silence => ({
	id: 's',
	rule: null,
	dataset: null,
	subject: null,
	fromMs: 0,
	untilMs,
	why: 'mending',
	by: null,
	...change
});

describe('an incident', () => {
	test('is told once, however often it is found, and once more when it is over', () => {
		const lived = live(
			[ruleNamed('r')],
			signalsTo(
				'r',
				signalAt(m(1), true),
				signalAt(m(2), true),
				signalAt(m(3), true),
				signalAt(m(4), false),
				signalAt(m(5), false)
			)
		);
		expect(saidOf(lived)).toEqual(['1 firing a', '4 recovery a']);
		expect(lived.open).toEqual([]);
	});

	test('is told only after so many findings and so much time, and never of evidence that counts once', () => {
		const rule = ruleNamed('r', { pending: { times: 3, forMs: m(10) } });
		const same = [1, 2, 3, 4].map((at) => signalAt(m(at), true, 'a', 'one version'));
		expect(saidOf(live([rule], [...signalsTo('r', ...same), tick(m(60))]))).toEqual([]);
		const three = [1, 2, 3].map((at) => signalAt(m(at), true));
		expect(saidOf(live([rule], [...signalsTo('r', ...three), tick(m(10)), tick(m(11))]))).toEqual(['11 firing a']);
		const short = [...three, signalAt(m(4), false)];
		const lived = live([rule], [...signalsTo('r', ...short), tick(m(60))]);
		expect([saidOf(lived), lived.open]).toEqual([[], []]);
	});

	test('that comes and goes is one, and is over when it has been fine for long enough', () => {
		const rule = ruleNamed('r', { recovery: { times: 1, forMs: m(10) }, repeatMs: m(15) });
		const flaps = [1, 4, 7, 10, 13].flatMap((at) => [signalAt(m(at), true), signalAt(m(at + 1), false)]);
		const lived = live([rule], [...signalsTo('r', ...flaps), tick(m(23)), tick(m(24)), tick(m(90))]);
		expect(saidOf(lived)).toEqual(['1 firing a', '24 recovery a']);
		expect([...lived.incidents.values()].map(({ flapCount }) => flapCount)).toEqual([4]);
	});

	test('waits for others of its group, and is told again as often as the rule says', () => {
		const rule = ruleNamed('r', { groupBy: 'rule', groupWaitMs: m(2), repeatMs: m(30) });
		const lived = live(
			[rule],
			[
				...signalsTo('r', signalAt(m(1), true, 'a'), signalAt(m(2), true, 'b')),
				tick(m(3)),
				...signalsTo('r', signalAt(m(4), true, 'c')),
				...[5, 6, 32, 33, 40].map((at) => tick(m(at)))
			]
		);
		expect(saidOf(lived)).toEqual(['3 firing a+b', '6 firing c', '33 repeat a+b', '40 repeat c']);
	});

	test('rises while nobody answers, and stays quiet from the moment somebody does', () => {
		const escalations = [
			{ afterMs: m(10), severity: 'critical', notify: [{ kind: 'email', to: ['a@b.org'] }] },
			{ afterMs: m(20), severity: null, notify: [{ kind: 'browser' }] }
		] as const;
		const rule = ruleNamed('r', { escalations, repeatMs: m(15) });
		const begun = live([rule], [...signalsTo('r', signalAt(m(1), true)), ...[10, 11, 12].map((at) => tick(m(at)))]);
		expect(begun.notices.map(({ kind, channel, severity }) => [kind, channel.kind, severity])).toEqual([
			['firing', 'page', 'warning'],
			['escalation', 'email', 'critical']
		]);
		const frame = { rules: [rule], silences: [] };
		const id = begun.open[0]?.id ?? '';
		const known = acknowledgedIn(begun.open, id, { atMs: m(13), by: 'Ada', note: null });
		const later = step(known, { kind: 'tick' }, { ...frame, nowMs: m(99) });
		expect(later.notices).toEqual([]);
		const over = step(
			later.incidents,
			{ kind: 'signal', rule: 'r', signal: signalAt(m(100), false) },
			{ ...frame, nowMs: m(100) }
		);
		expect(over.notices.map(({ kind, channel }) => [kind, channel.kind])).toEqual([
			['recovery', 'email'],
			['recovery', 'page']
		]);
	});

	test('is not told while it is silenced; what is still wrong or was told before is told afterwards', () => {
		const silence = silenceUntil(m(10), { subject: 'A' });
		const rule = ruleNamed('r');
		const events = [
			...signalsTo('r', signalAt(m(1), true, 'a'), signalAt(m(1), true, 'b'), signalAt(m(2), true, 'a')),
			tick(m(9)),
			tick(m(10))
		];
		expect(saidOf(live([rule], events, [silence]))).toEqual(['1 firing b', '10 firing a']);
		const late = silenceUntil(m(10), { fromMs: m(2) });
		const told = [...signalsTo('r', signalAt(m(1), true), signalAt(m(5), false)), tick(m(6)), tick(m(10)), tick(m(11))];
		expect(saidOf(live([rule], told, [late]))).toEqual(['1 firing a', '10 recovery a']);
		const never = [...signalsTo('r', signalAt(m(1), true), signalAt(m(5), false)), tick(m(20))];
		expect(saidOf(live([rule], never, [silenceUntil(m(10))]))).toEqual([]);
	});

	test('ends with what it is about, and in silence with its rule', () => {
		const broken = signalsTo('r', signalAt(m(1), true));
		const gone: Happening = { atMs: m(2), event: { kind: 'gone', rule: 'r', subject: 'a' } };
		expect(saidOf(live([ruleNamed('r')], [...broken, gone]))).toEqual(['1 firing a', '2 recovery a']);
		const { open } = live([ruleNamed('r')], broken);
		const off = step(open, { kind: 'tick' }, { rules: [], silences: [], nowMs: m(2) });
		expect(off).toMatchObject({ incidents: [], notices: [], closed: [{ cause: 'rule-off' }] });
	});
});

// Random lives: two rules, three subjects, a silence, and times that jump.
const patience = fc.record({ times: fc.integer({ min: 1, max: 3 }), forMs: fc.constantFrom(0, m(3), m(10)) });
const ruleWith = (id: string) =>
	fc
		.record({
			pending: patience,
			recovery: patience,
			groupBy: fc.constantFrom('incident' as const, 'rule' as const),
			groupWaitMs: fc.constantFrom(0, m(2)),
			repeatMs: fc.constantFrom(null, m(5), m(20)),
			escalations: fc.constantFrom([], [{ afterMs: m(7), severity: null, notify: [{ kind: 'browser' as const }] }])
		})
		.map((change) => ruleNamed(id, change));
const happening = fc.record({
	waitMs: fc.integer({ min: 0, max: m(4) }),
	rule: fc.constantFrom('r', 's'),
	subject: fc.constantFrom('a', 'b', 'c'),
	what: fc.constantFrom('broken', 'broken', 'fine', 'tick')
});
const happenings = fc.array(happening, { maxLength: 60 }).map((list): readonly Happening[] => {
	let atMs = 0;
	return list.map(({ waitMs, rule, subject, what }, at) => {
		atMs += waitMs;
		const signal = signalAt(atMs, what === 'broken', subject, `${at}`);
		return { atMs, event: what === 'tick' ? { kind: 'tick' } : { kind: 'signal', rule, signal } };
	});
});
const silence = fc
	.record({ fromMs: fc.integer({ min: 0, max: m(60) }), lengthMs: fc.integer({ min: 1, max: m(60) }) })
	.map(({ fromMs, lengthMs }) => silenceUntil(fromMs + lengthMs, { fromMs, subject: 'b' }));

/** Then everything is fine for hours, and is looked at. */
function withEnd(list: readonly Happening[]): readonly Happening[] {
	const endMs = Math.max(m(180), (list.at(-1)?.atMs ?? 0) + m(60));
	const calm = [0, 1, 2].flatMap((at) =>
		['a', 'b', 'c'].flatMap((subject) =>
			['r', 's'].flatMap((rule) => signalsTo(rule, signalAt(endMs + at, false, subject, `end ${at}`)))
		)
	);
	return [...list, ...calm, tick(endMs + m(60)), tick(endMs + m(120))];
}

const world = fc.tuple(ruleWith('r'), ruleWith('s'), happenings, silence);
const repeatOf = (rules: readonly NamedRule[], name: string): number =>
	rules.find((one) => one.name === name)?.rule.repeatMs ?? Infinity;

describe('whatever happens', () => {
	test('no incident is told twice within the repeat interval', () => {
		fc.assert(
			fc.property(world, ([r, s, list, quiet]) => {
				const { notices } = live([r, s], withEnd(list), [quiet]);
				const toldAt = new Map<string, number>();
				for (const { kind, atMs, incidents } of notices) {
					if (kind !== 'firing' && kind !== 'repeat') continue;
					for (const { id, ruleName } of incidents) {
						const before = toldAt.get(id);
						expect(before === undefined).toBe(kind === 'firing');
						if (before !== undefined) expect(atMs - before).toBeGreaterThanOrEqual(repeatOf([r, s], ruleName));
						toldAt.set(id, atMs);
					}
				}
			}),
			{ numRuns: 500 }
		);
	});

	test('whoever was told of an incident is told once that it is over, after everything else', () => {
		fc.assert(
			fc.property(world, ([r, s, list, quiet]) => {
				const { notices, open } = live([r, s], withEnd(list), [quiet]);
				expect(open).toEqual([]);
				const said = new Map<string, string[]>();
				for (const { kind, channel, incidents } of notices)
					for (const { id } of incidents) {
						const key = `${id} ${channel.kind}`;
						said.set(key, [...(said.get(key) ?? []), kind]);
					}
				for (const kinds of said.values()) {
					expect(kinds.filter((kind) => kind === 'recovery')).toHaveLength(1);
					expect(kinds.at(-1)).toBe('recovery');
				}
			}),
			{ numRuns: 500 }
		);
	});

	test('nothing is told of an incident while it is silenced', () => {
		fc.assert(
			fc.property(world, ([r, s, list, quiet]) => {
				for (const { atMs, incidents } of live([r, s], withEnd(list), [quiet]).notices)
					for (const incident of incidents) expect(silenceOf(incident, [quiet], atMs)).toBeNull();
			}),
			{ numRuns: 300 }
		);
	});

	test('signals about other groups change nothing', () => {
		fc.assert(
			fc.property(world, ([r, s, list]) => {
				const all = live([r, s], withEnd(list));
				const others = withEnd(list).map((one) =>
					one.event.kind === 'signal' && one.event.rule === 's' ? tick(one.atMs) : one
				);
				const alone = live([r, s], others);
				expect(all.notices.filter(({ incidents }) => incidents[0]?.ruleName === 'r')).toEqual(alone.notices);
			}),
			{ numRuns: 300 }
		);
	});

	test('an incident fires only after its patience, and time alone changes nothing before the time that is told', () => {
		fc.assert(
			fc.property(world, ([r, s, list]) => {
				const rules = [r, s];
				const { incidents, open } = live(rules, list);
				for (const { firedAtMs, sinceMs, brokenCount, rule } of incidents.values()) {
					const pending = rules.find(({ id }) => id === rule)?.rule.pending;
					if (firedAtMs === null || !pending) continue;
					expect(firedAtMs - sinceMs).toBeGreaterThanOrEqual(pending.forMs);
					expect(brokenCount).toBeGreaterThanOrEqual(pending.times);
				}
				const nowMs = list.at(-1)?.atMs ?? 0;
				const next = nextChangeMs(open, { rules, silences: [], nowMs }) ?? nowMs + m(500);
				const before = step(open, { kind: 'tick' }, { rules, silences: [], nowMs: next - 1 });
				if (next - 1 >= nowMs) expect(before).toEqual({ incidents: open, closed: [], notices: [] });
			}),
			{ numRuns: 300 }
		);
	});
});
