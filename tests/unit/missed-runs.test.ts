// Runs that a closed page missed: one is run after all, another is let go, and that can be taken back.
import { expect, test } from 'vitest';
import { nextNominals } from '#core/pipeline/schedule.ts';
import { newestFile } from '#core/pipeline/watched-file.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { dismissMissed, missedRuns, restoreMissed, runMissed } from '#lib/flows/missed-runs.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { savePipeline } from '#lib/flows/pipelines.ts';
import { keepSchedule } from '#lib/flows/schedule-kept.ts';
import { listSchedules, runDue } from '#lib/flows/schedules.ts';
import { testEffects } from './effects.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const text = `name: hourly
schedule: { cron: '0 * * * *', catch_up: none }
steps: [{ id: nothing, kind: join }]
`;

/** A page that was open at midnight, and again at half past three. */
async function missedThree() {
	let clock = START;
	const effects = { ...testEffects(), now: () => clock };
	expect((await savePipeline({ text }, effects)).ok).toBe(true);
	const runner = createRunner(effects, new Breakers(effects));
	await runDue({ openSinceMs: START }, effects, runner);
	clock = START + 3.5 * HOUR;
	await runDue({ openSinceMs: clock }, effects, runner);
	const missed = async (): Promise<unknown> => {
		const all = await listSchedules(effects, runner);
		return all.ok ? all.value[0]?.missedMs.map((time) => (time - START) / HOUR) : all.error;
	};
	return { effects, runner, missed };
}

test('a missed run that is run after all is run once, for its time, and is missed no longer', async () => {
	const { effects, runner, missed } = await missedThree();
	expect(await missed()).toEqual([1, 2, 3]);
	const nominalMs = START + 2 * HOUR;
	const ran = await runMissed({ name: 'hourly', nominalMs }, effects, runner);
	expect(ran).toMatchObject({
		ok: true,
		value: { id: 'hourly 2026-01-01T02:00:00.000Z', nominalMs, cause: { kind: 'schedule' }, state: 'succeeded' }
	});
	expect(await missed()).toEqual([1, 3]);
	expect(await runMissed({ name: 'hourly', nominalMs }, effects, runner)).toEqual({
		ok: false,
		error: { kind: 'not-missed', name: 'hourly', nominalMs }
	});
	// Also when the page was closed before it could note that.
	await effects.store.saveSetting('missed hourly', []);
	expect(await missed()).toEqual([1, 3]);
});

test('missed runs that are let go come back when that is undone, and stay gone after the next look', async () => {
	const { effects, runner, missed } = await missedThree();
	expect(await dismissMissed({ name: 'hourly', nominalMs: START + HOUR }, effects)).toEqual({
		ok: true,
		value: [START + HOUR]
	});
	expect(await dismissMissed({ name: 'hourly', nominalMs: START }, effects)).toMatchObject({
		error: { kind: 'not-missed' }
	});
	expect(await missed()).toEqual([2, 3]);
	expect(await dismissMissed({ name: 'hourly' }, effects)).toMatchObject({
		value: [START + 2 * HOUR, START + 3 * HOUR]
	});
	await runDue({ openSinceMs: START + 3.5 * HOUR }, effects, runner);
	expect(await missed()).toEqual([]);
	expect(await restoreMissed({ name: 'hourly', nominalMs: [START + 3 * HOUR] }, effects)).toEqual({
		ok: true,
		value: [START + 3 * HOUR]
	});
	expect(await missed()).toEqual([3]);
});

test('a look at what is due that ends later takes back nothing that was let go meanwhile', async () => {
	const { effects } = await missedThree();
	await dismissMissed({ name: 'hourly' }, effects);
	const late = { doneUntilMs: START + 4 * HOUR, missedMs: [1, 2, 3, 4].map((hour) => START + hour * HOUR), seen: {} };
	await keepSchedule('hourly', late, effects);
	expect(await missedRuns('hourly', effects)).toEqual({ ok: true, value: [START + 4 * HOUR] });
});

test('the next times of a schedule follow the clocks of its zone, and of a folder the newest file is told', () => {
	const schedule = {
		cron: '0 6 * * *',
		timeZone: 'Europe/Berlin',
		catchUp: 'latest',
		onVersion: [],
		onFile: null
	} as const;
	const spring = Date.UTC(2026, 2, 28, 0);
	expect(nextNominals(schedule, spring, 2)).toEqual([Date.UTC(2026, 2, 28, 5), Date.UTC(2026, 2, 29, 4)]);
	expect(nextNominals({ ...schedule, cron: null }, spring, 2)).toEqual([]);
	expect(newestFile({ 'a.csv': '3 10', 'b.csv': '1 30', 'c.csv': '2 20' })).toEqual({
		count: 3,
		newest: { path: 'b.csv', modifiedMs: 30 }
	});
	expect(newestFile({})).toEqual({ count: 0, newest: null });
});
