// Alerts from end to end through window.weir: a suite that fails, notices that are recorded before they are sent, and pages that die between.
import 'fake-indexeddb/auto';
import { tableFromIPC } from '@uwdata/flechette';
import { beforeAll, describe, expect, test } from 'vitest';
import { versionSketchKey } from '#core/check/sketch/plan-sketches.ts';
import { encodeSegmentSketch, SegmentSketchBuilder } from '#core/check/sketch/segment-sketch.ts';
import { versionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import { lookAtAlerts } from '#lib/flows/look-at-alerts.ts';
import { sendNotices, type Notifier } from '#lib/flows/send-notices.ts';
import { SharedEngine } from '../../rebuild-graphs.ts';
import { testEffects, type TestEffects } from '../effects.ts';

const shared = new SharedEngine();
beforeAll(() => shared.start(), 60_000);

function value<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const people = (rows: string): string => `SELECT * FROM (VALUES ${rows}) AS t(id, city)`;
const SOUND = "(1, 'Köln'), (2, 'Roma')";
const UNSOUND = '(1, NULL), (2, NULL)';
const SUITE = 'dataset: people\nchecks:\n  - expect_column_values_to_not_be_null: { column: city }\n';

/** `clock.now` is the time; it stands still unless it is moved. */
async function workspace(notifier: Partial<Notifier> = {}) {
	const engine = await shared.start();
	const clock = { now: 1_700_000_000_000 };
	const base = testEffects({ engine: engine.api });
	const effects: TestEffects = { ...base, now: () => clock.now, notifier: { ...base.notifier, ...notifier } };
	shared.effects = effects;
	const weir = createConsole(effects);
	const check = async (rows: string): Promise<string> => {
		clock.now += 60_000;
		value(await weir.save('people', people(rows), { replace: true }));
		const { outcome } = value(await weir.check('people', 'sound'));
		value(await weir.checkAlerts());
		return outcome;
	};
	const said = async (): Promise<readonly string[]> =>
		value(await weir.deliveries())
			.toReversed()
			.map(({ notice, state }) => `${notice.kind} ${notice.channel.kind} ${state}`);
	value(await weir.save('people', people(SOUND)));
	value(await weir.saveSuite('sound', SUITE));
	return { effects, weir, clock, check, said };
}

describe('a suite that fails', () => {
	test('is told once, not again while it goes on failing, and once more when it holds', async () => {
		const { weir, check, said } = await workspace();
		value(await weir.saveAlert('people go wrong', 'when:\n  verdict: { suite: sound }\n'));
		expect(await check(SOUND)).toBe('pass');
		expect(await said()).toEqual([]);
		expect(await check(UNSOUND)).toBe('fail');
		expect(await said()).toEqual(['firing page delivered']);
		expect(value(await weir.incidents({ open: true }))).toMatchObject([
			{ subject: 'people: sound', state: 'firing', text: '1 check of v3 did not hold: city: to not be null.' }
		]);
		await check(UNSOUND);
		await check(UNSOUND);
		expect(await said()).toEqual(['firing page delivered']);
		await check(SOUND);
		expect(await said()).toEqual(['firing page delivered', 'recovery page delivered']);
		expect(value(await weir.incidents({ open: true }))).toEqual([]);
		expect(value(await weir.incidents())).toMatchObject([{ state: 'resolved', cause: 'recovered', brokenCount: 3 }]);
	});

	test('is what a rehearsal shows that is done before the rule is switched on', async () => {
		const { weir, check, said } = await workspace();
		const text = 'when:\n  verdict: { suite: sound }\ndisabled: true\n';
		value(await weir.saveAlert('people go wrong', text));
		for (const rows of [SOUND, UNSOUND, UNSOUND, SOUND, UNSOUND, SOUND]) await check(rows);
		expect(await said()).toEqual([]);
		const rehearsal = value(await weir.rehearseAlert('people go wrong'));
		expect(rehearsal.noticeCounts).toEqual({ firing: 2, repeat: 0, escalation: 0, recovery: 2 });
		expect(value(await weir.rehearseAlert(`${text}pending: { times: 2 }\n`)).incidents).toHaveLength(1);
		expect(await weir.rehearseAlert('when: {}\n')).toMatchObject({ error: { kind: 'invalid-alert' } });
	});

	test('is quiet from the moment it is acknowledged, silenced, or its rule is off', async () => {
		const { weir, check, said, clock } = await workspace();
		const rule = 'when:\n  verdict: { suite: sound }\nrepeat: 1m\n';
		value(await weir.saveAlert('people go wrong', rule));
		value(await weir.silence({ dataset: 'people', for: '30m', why: 'mending' }));
		await check(UNSOUND);
		expect(await said()).toEqual([]);
		expect(value(await weir.incidents({ open: true }))).toMatchObject([{ isSilenced: true }]);
		const [silence] = value(await weir.silences());
		value(await weir.endSilence(silence?.id ?? ''));
		value(await weir.checkAlerts());
		clock.now += 60_000;
		value(await weir.checkAlerts());
		expect(await said()).toEqual(['firing page delivered', 'repeat page delivered']);
		const [incident] = value(await weir.incidents({ open: true }));
		value(await weir.acknowledge(incident?.id ?? '', { note: 'on it' }));
		clock.now += 600_000;
		value(await weir.checkAlerts());
		expect(await said()).toHaveLength(2);
		value(await weir.saveAlert('people go wrong', `${rule}disabled: true\n`));
		value(await weir.checkAlerts());
		expect(value(await weir.incidents())).toMatchObject([{ state: 'resolved', cause: 'rule-off' }]);
		expect(await said()).toHaveLength(2);
		expect(await weir.acknowledge('nobody')).toMatchObject({ error: { kind: 'unknown-alert', what: 'incident' } });
		value(await weir.removeAlert('people go wrong'));
		expect(value(await weir.alerts())).toEqual([]);
		value(await weir.undo());
		expect(value(await weir.alerts())).toMatchObject([{ name: 'people go wrong', isOn: false }]);
	});
});

describe('a notice', () => {
	test('is tried again until it arrives, with the same id', async () => {
		const ids: string[] = [];
		const posted: unknown[] = [];
		const { weir, check, clock, said } = await workspace({
			webhook: ({ id, body }) => {
				ids.push(id);
				posted.push(JSON.parse(body));
				const answer = ids.length < 3 ? err({ kind: 'webhook-refused', status: 503 } as const) : ok(undefined);
				return Promise.resolve(answer);
			}
		});
		value(
			await weir.saveAlert('wrong', "when:\n  verdict: {}\nnotify: [ { webhook: 'https://hooks.example.org/x' } ]\n")
		);
		await check(UNSOUND);
		expect(await said()).toEqual(['firing webhook waiting']);
		value(await weir.checkAlerts());
		expect(ids).toHaveLength(1);
		for (let round = 0; round < 3; round++) {
			clock.now += 3_600_000;
			value(await weir.checkAlerts());
		}
		expect(await said()).toEqual(['firing webhook delivered']);
		expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
		expect(posted[0]).toMatchObject({
			version: 1,
			id: ids[0],
			kind: 'firing',
			severity: 'warning',
			incidents: [{ rule: 'wrong', subject: 'people: sound', dataset: 'people', resolved: null }]
		});
		expect(value(await weir.deliveries())[0]?.attempts.map(({ failure }) => failure?.kind)).toEqual([
			'webhook-refused',
			'webhook-refused',
			undefined
		]);
	});

	test('that nobody takes is given up, at once where that will not change, and can be sent once more', async () => {
		const answers = { status: 404 };
		const { weir, check, clock, said } = await workspace({
			webhook: () => Promise.resolve(err({ kind: 'webhook-refused', status: answers.status }))
		});
		value(
			await weir.saveAlert('wrong', "when:\n  verdict: {}\nnotify: [ { webhook: 'https://hooks.example.org/x' } ]\n")
		);
		await check(UNSOUND);
		expect(await said()).toEqual(['firing webhook given-up']);
		answers.status = 500;
		const [first] = value(await weir.deliveries());
		expect(value(await weir.retryDelivery(first?.id ?? ''))).toMatchObject({ state: 'waiting', attempts: [] });
		for (let round = 0; round < 12; round++) {
			value(await weir.checkAlerts());
			clock.now += 5 * 3_600_000;
		}
		expect(await said()).toEqual(['firing webhook given-up']);
		expect(value(await weir.deliveries())[0]?.attempts).toHaveLength(10);
		expect(await weir.retryDelivery('nobody')).toMatchObject({ error: { what: 'delivery' } });
	});

	test('is not lost when the page dies after it was recorded, nor made twice when it dies while it is sent', async () => {
		const sent: string[] = [];
		const { effects, weir, clock } = await workspace({
			webhook: ({ id }) => {
				sent.push(id);
				return Promise.resolve(ok(undefined));
			}
		});
		value(
			await weir.saveAlert(
				'few',
				"when:\n  metric: { of: row_count, below: 9 }\nnotify: [ { webhook: 'https://a.example' } ]\n"
			)
		);
		// Recorded, and dead before anything was sent.
		value(await lookAtAlerts(effects));
		expect(sent).toEqual([]);
		// Sent, and dead before that was recorded.
		const dying = { ...effects, alerts: { ...effects.alerts, changeDelivery: () => Promise.resolve(ok(null)) } };
		value(await sendNotices(dying));
		clock.now += 60_000;
		value(await lookAtAlerts(effects));
		value(await sendNotices(effects));
		value(await sendNotices(effects));
		expect([sent.length, new Set(sent).size]).toEqual([2, 1]);
		expect(value(await weir.deliveries())).toMatchObject([{ state: 'delivered' }]);
	});

	test('goes to each of its channels, and one that fails keeps no other', async () => {
		const mails: unknown[] = [];
		const { weir, check, said } = await workspace({
			mail: (mail) => {
				mails.push(mail);
				return Promise.resolve(ok(undefined));
			}
		});
		value(
			await weir.saveAlert(
				'wrong',
				'when:\n  verdict: {}\nseverity: critical\nnotify: [ page, browser, { email: [ a@b.org ] } ]\n'
			)
		);
		await check(UNSOUND);
		expect((await said()).toSorted()).toEqual([
			'firing browser given-up',
			'firing email delivered',
			'firing page delivered'
		]);
		expect(mails).toMatchObject([{ to: ['a@b.org'], subject: '[critical] wrong: people: sound' }]);
	});
});

test('a version that drifts from the pinned baseline fires, and one that is as it was is over', async () => {
	const { effects, weir, clock, said } = await workspace();
	// The engine of these tests hands no segments out: what would be kept of them is kept for it.
	const save = async (from: number): Promise<void> => {
		clock.now += 60_000;
		const rows = `SELECT range AS id, (range % 10 + ${from})::DOUBLE AS price FROM range(500)`;
		const { version } = value(await weir.save('prices', rows, { replace: true }));
		const builder = new SegmentSketchBuilder();
		builder.add(tableFromIPC(await value(await weir.sql('SELECT * FROM prices')).arrow()));
		const sketch = encodeSegmentSketch(builder.finish());
		value(await effects.sketches.save(new Map([[versionSketchKey(versionId(version)), sketch]])));
	};
	await save(0);
	value(await weir.pinBaseline('prices'));
	value(await weir.saveAlert('prices drift', 'when:\n  drift: { dataset: prices }\ndisabled: true\n'));
	for (const from of [0, 100, 0]) await save(from);
	expect(value(await weir.rehearseAlert('prices drift')).incidents).toMatchObject([
		{ subject: 'prices', noticeCount: 2, facts: { kind: 'drift', version: 3, columns: ['price'] } }
	]);
	value(await weir.saveAlert('prices drift', 'when:\n  drift: { dataset: prices }\n'));
	value(await weir.checkAlerts());
	expect(await said()).toEqual([]);
	await save(50);
	value(await weir.checkAlerts());
	expect(await said()).toEqual(['firing page delivered']);
	expect(value(await weir.incidents({ open: true }))[0]?.text).toBe('v5 has drifted from the baseline, v1: price.');
});
