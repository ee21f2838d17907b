// Nominal times of a cron schedule: the same ones whenever, and wherever, they are asked for.
import { Cron } from 'croner';
import { err, ok, type Result } from '../result.ts';
import type { Schedule } from './pipeline.ts';

/** As many missed runs as are listed and run; older ones are left. */
const MISSED_MAX = 1000;

export function parseCron(cron: string, timeZone: string): Result<Cron, { readonly reason: string }> {
	try {
		return ok(new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' }));
	} catch (error) {
		// The package throws TypeError and RangeError for patterns it refuses.
		if (!(error instanceof Error)) throw error;
		return err({ reason: error.message.replace(/^CronPattern: /, '') });
	}
}

export function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return false;
	}
}

/** The first nominal time after `afterMs`; null when there is none. */
export function nextNominal(schedule: Schedule, afterMs: number): number | null {
	if (schedule.cron === null) return null;
	const cron = parseCron(schedule.cron, schedule.timeZone);
	return cron.ok ? (cron.value.nextRun(new Date(afterMs))?.getTime() ?? null) : null;
}

/** The first few. */
export function nextNominals(schedule: Schedule, afterMs: number, count: number): readonly number[] {
	const times: number[] = [];
	for (let at = nextNominal(schedule, afterMs); at !== null && times.length < count; at = nextNominal(schedule, at))
		times.push(at);
	return times;
}

export type DueRuns = {
	/** Nominal times to run now, oldest first. */
	readonly run: readonly number[];
	/** Nominal times that passed and that the policy leaves out. */
	readonly missed: readonly number[];
	/** Whether there were more than are listed. */
	readonly isCut: boolean;
};

/**
 * What is due at `nowMs`, given the nominal time up to which everything was dealt with.
 *
 * A time is on time, and runs under every policy, when `isOpenSinceMs` says that a page was there to see it pass.
 */
export function dueRuns(schedule: Schedule, doneUntilMs: number, openSinceMs: number, nowMs: number): DueRuns {
	if (schedule.cron === null) return { run: [], missed: [], isCut: false };
	const cron = parseCron(schedule.cron, schedule.timeZone);
	if (!cron.ok) return { run: [], missed: [], isCut: false };
	const passed: number[] = [];
	for (let at = cron.value.nextRun(new Date(doneUntilMs)); at && at.getTime() <= nowMs; at = cron.value.nextRun(at)) {
		passed.push(at.getTime());
		if (passed.length > MISSED_MAX) break;
	}
	const isCut = passed.length > MISSED_MAX;
	const listed = isCut
		? cron.value
				.previousRuns(MISSED_MAX, new Date(nowMs + 1))
				.map((time) => time.getTime())
				.toReversed()
		: passed;
	if (schedule.catchUp === 'all') return { run: listed, missed: [], isCut };
	const late = listed.filter((time) => time < openSinceMs);
	const onTime = listed.filter((time) => time >= openSinceMs);
	if (schedule.catchUp === 'none') return { run: onTime, missed: late, isCut };
	const latest = onTime.length > 0 ? onTime : late.slice(-1);
	return { run: latest, missed: listed.filter((time) => !latest.includes(time)), isCut };
}
