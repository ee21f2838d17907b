// What became of alerts goes into a backup and comes back: whole into an empty workspace, what has ended beside others.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Delivery } from '#core/alert/delivery.ts';
import type { Incident } from '#core/alert/incident.ts';
import type { Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDocument } from '#lib/flows/list-documents.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { lineage, tableOf, testEffects, type TestEffects } from '../effects.ts';
import { live, MINUTE, ruleNamed, signalAt, signalsTo, tick } from './world.ts';

function value<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const RULE = 'when:\n  age: { dataset: sales, over: 1d }\n';
const SILENCE = {
	id: 's-1',
	rule: null,
	dataset: 'sales',
	subject: null,
	fromMs: 0,
	untilMs: 9e15,
	why: 'holidays',
	by: null
};

/** One incident that has ended, one that goes on, and a notice that waits. */
async function workspace(): Promise<{ readonly effects: TestEffects; readonly rule: string }> {
	const effects = testEffects();
	const table = tableOf('rows');
	value(await commitTable({ name: 'sales', onto: null, message: 'rows', table, rejects: null, lineage }, effects));
	value(await createConsole(effects).saveAlert('sales are late', RULE));
	const rule = value(await findDocument('alert', 'sales are late', effects)).document.id;
	const lived = live(
		[{ ...ruleNamed(rule), name: 'sales are late' }],
		[
			...signalsTo(
				rule,
				signalAt(MINUTE, true, 'sales'),
				signalAt(2 * MINUTE, false, 'sales'),
				signalAt(3 * MINUTE, true, 'sales')
			),
			tick(4 * MINUTE)
		]
	);
	const incidents: readonly Incident[] = [...lived.incidents.values()];
	const [ended, open] = incidents;
	expect([ended?.state, open?.state]).toEqual(['resolved', 'firing']);
	const deliveries = lived.notices.map((notice, at): Delivery => ({
		id: `d-${at}`,
		notice,
		incidents: notice.incidents.map(({ id }) => id),
		state: at === 1 ? 'waiting' : 'delivered',
		attempts: [{ atMs: 1, failure: { kind: 'webhook-unreadable' } }],
		dueAtMs: at === 1 ? 5 : null,
		createdAtMs: at,
		deliveredAtMs: at === 1 ? null : 1,
		seenAtMs: null
	}));
	const seen = { [rule]: { sales: 'v1' } };
	value(await effects.alerts.commit({ before: [], after: incidents, closed: [], deliveries, seen }));
	value(await effects.alerts.saveSilences([SILENCE]));
	return { effects, rule };
}

test('an empty workspace takes it over as it was, but nobody is told a second time', async () => {
	const { effects } = await workspace();
	const { file } = value(await backUp({}, effects));
	const other = testEffects();
	let told = 0;
	const stop = other.alerts.watch(() => told++);
	value(await restoreBackup({ file }, other));
	expect(value(await other.alerts.state())).toEqual(value(await effects.alerts.state()));
	expect(value(await other.alerts.incidents(9))).toEqual(value(await effects.alerts.incidents(9)));
	const before = value(await effects.alerts.deliveries(9));
	expect(value(await other.alerts.deliveries(9))).toEqual(
		before.map((one) => (one.state === 'waiting' ? { ...one, state: 'given-up', dueAtMs: null } : one))
	);
	expect(value(await other.alerts.waiting())).toEqual([]);
	await expect.poll(() => told).toBeGreaterThan(0);
	stop();
});

test('beside others, incidents that ended come under the names that rules and datasets have there', async () => {
	const { effects, rule } = await workspace();
	const { file } = value(await backUp({}, effects));
	const { effects: other, rule: otherRule } = await workspace();
	value(await other.alerts.saveSilences([]));
	value(await restoreBackup({ file }, other));
	const restored = value(await other.alerts.incidents(9)).filter((one) => one.rule !== otherRule);
	expect(restored).toHaveLength(1);
	const [incident] = restored;
	expect(incident).toMatchObject({ state: 'resolved', subject: 'sales' });
	expect(incident?.rule).not.toBe(rule);
	expect(incident?.ruleName).not.toBe('sales are late');
	expect(incident?.dataset).not.toBe('sales');
	const documents = await other.db.documents.toArray();
	expect(documents.map(({ id, name }) => [id, name])).toContainEqual([incident?.rule, incident?.ruleName]);
	const deliveries = value(await other.alerts.deliveries(99)).filter(({ incidents }) =>
		incidents.includes(incident?.id ?? '')
	);
	expect(deliveries.length).toBeGreaterThan(0);
	for (const { notice } of deliveries) expect(notice.incidents.map(({ id }) => id)).toEqual([incident?.id]);
	// Silences are of a time and a place.
	expect(value(await other.alerts.state()).silences).toEqual([]);
});
