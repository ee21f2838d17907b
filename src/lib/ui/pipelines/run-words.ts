// How states of steps and runs are said and coloured, and times as people read them.
import type { RunCause, RunRecord } from '#core/pipeline/run-record.ts';
import type { StepState } from '#core/pipeline/run-state.ts';

export type Tone = 'good' | 'same' | 'busy' | 'warn' | 'again' | 'bad' | 'off' | 'wait' | 'next' | 'maybe';
export type StateWords = { readonly word: string; readonly tone: Tone };

export const stepStates: Readonly<Record<StepState, StateWords>> = {
	waiting: { word: 'waiting', tone: 'wait' },
	queued: { word: 'queued', tone: 'wait' },
	running: { word: 'running', tone: 'busy' },
	retrying: { word: 'waits to try again', tone: 'again' },
	succeeded: { word: 'succeeded', tone: 'good' },
	unchanged: { word: 'unchanged', tone: 'same' },
	failed: { word: 'failed', tone: 'bad' },
	timed_out: { word: 'timed out', tone: 'bad' },
	skipped: { word: 'skipped', tone: 'off' },
	upstream_failed: { word: 'not reached', tone: 'off' },
	cancelled: { word: 'cancelled', tone: 'off' }
};

export const runStates: Readonly<Record<RunRecord['state'] | 'missing', StateWords>> = {
	running: { word: 'running', tone: 'busy' },
	succeeded: { word: 'succeeded', tone: 'good' },
	failed: { word: 'failed', tone: 'bad' },
	cancelled: { word: 'cancelled', tone: 'off' },
	missing: { word: 'not run', tone: 'wait' }
};

export function causeText(cause: RunCause): string {
	const { kind } = cause;
	switch (cause.kind) {
		case 'hand':
			return 'by hand';
		case 'schedule':
			return 'by schedule';
		case 'version':
			return `new version of ${cause.dataset}`;
		case 'file':
			return `new file in ${cause.folder}`;
		case 'backfill':
			return 'backfill';
		case 'replay':
			return cause.from === '' ? 'replay of what failed' : `replay from ${cause.from}`;
		case 'pipeline':
			return `step ${cause.step} of another run`;
		default:
			return `new ${kind}`;
	}
}

/** Today by its time, otherwise with its day: `06:00`, `Thu 27 Nov, 06:00`. */
export function timeText(ms: number, nowMs: number): string {
	const date = new Date(ms);
	const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
	const isToday = date.toDateString() === new Date(nowMs).toDateString();
	if (isToday) return time;
	const isYear = date.getFullYear() === new Date(nowMs).getFullYear();
	const day = date.toLocaleDateString('en-GB', {
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		...(isYear ? {} : { year: 'numeric' })
	});
	return `${day}, ${time}`;
}

/** `just now`, `12 min ago`, `3 h ago`, then the day. */
export function agoText(ms: number, nowMs: number): string {
	const minutes = Math.floor((nowMs - ms) / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} min ago`;
	return minutes < 24 * 60 ? `${Math.floor(minutes / 60)} h ago` : timeText(ms, nowMs);
}

export function spanText(ms: number): string {
	if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
	if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
