// How sync stands, in a line and a half.
import type { Syncing } from '#lib/state/syncing.svelte.ts';
import { waitingWords } from './waiting-words.ts';

type On = Extract<NonNullable<Syncing['state']>, { kind: 'on' }>;
export type StateWords = {
	readonly tone: 'good' | 'plain' | 'warn' | 'bad';
	readonly title: string;
	readonly detail: string;
};

const ALARMS: ReadonlySet<string> = new Set(['rolled-back', 'forked', 'forged', 'server-lost-data']);
const RESEEDABLE: ReadonlySet<string> = new Set([...ALARMS, 'object-lost', 'broken-object', 'edge-access-refused']);

/** Whether filling the server from here may put it right. */
export function isReseedable(kind: string): boolean {
	return RESEEDABLE.has(kind);
}

export function stateWords(
	{
		waiting,
		records,
		troubles,
		isPaused,
		syncedAtMs,
		keys
	}: Pick<On, 'waiting' | 'records' | 'troubles' | 'isPaused' | 'syncedAtMs' | 'keys'>,
	{ isOnline, isBusy }: { readonly isOnline: boolean; readonly isBusy: boolean }
): StateWords {
	const last = syncedAtMs === null ? 'It has not been in step yet.' : `In step last on ${timeText(syncedAtMs)}.`;
	const count = waitingWords([{ what: 'dataset', count: waiting.length }, ...records.waiting]);
	if (keys === 'removed')
		return { tone: 'warn', title: 'This device was removed', detail: `What is here stays, and is readable. ${last}` };
	if (keys === 'locked')
		return {
			tone: 'plain',
			title: 'Locked',
			detail: waiting.length === 0 ? last : `${count} until it is unlocked. ${last}`
		};
	if (isBusy) return { tone: 'plain', title: 'Syncing…', detail: last };
	if (troubles.some(({ failure }) => ALARMS.has(failure.kind)))
		return {
			tone: 'bad',
			title: 'Stopped: the server cannot be believed',
			detail: `Nothing here was overwritten. ${last}`
		};
	if (!isOnline || troubles.some(({ failure }) => failure.kind === 'edge-unreachable'))
		return {
			tone: 'plain',
			title: 'Offline',
			detail: count === '' ? last : `${count} until the server answers again. ${last}`
		};
	if (troubles.some(({ failure }) => failure.kind === 'edge-full'))
		return {
			tone: 'warn',
			title: 'The server is full',
			detail: `${waiting.length === 0 ? 'What comes is kept here.' : `${count}, and stays here meanwhile.`} ${last}`
		};
	if (troubles.length > 0) return { tone: 'warn', title: 'Not in step', detail: last };
	if (isPaused) return { tone: 'plain', title: 'Paused', detail: count === '' ? last : `${count}. ${last}` };
	if (count !== '') return { tone: 'plain', title: `${count} to be sent`, detail: last };
	return syncedAtMs === null
		? { tone: 'plain', title: 'Ready to sync', detail: last }
		: { tone: 'good', title: 'In step', detail: last };
}

/** A day, for what was made or seen then. */
export function dayText(ms: number): string {
	return new Date(ms).toLocaleString('en', { dateStyle: 'medium' });
}

function timeText(ms: number): string {
	return new Date(ms).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
