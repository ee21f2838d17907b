// The state of a run from what was kept of it: every attempt is an event, and the order of steps does not matter.
import type { AttemptRecord } from './run-record.ts';
import { reduce, type RunEvent, type RunState } from './run-state.ts';

/** Attempts of one step are applied in their order, and a child's once its for-each has it. */
export function restoreRun(state: RunState, attempts: readonly AttemptRecord[]): RunState {
	const left = new Map<string, AttemptRecord[]>();
	for (const attempt of attempts.toSorted((one, other) => one.attempt - other.attempt))
		left.set(attempt.step, [...(left.get(attempt.step) ?? []), attempt]);
	let restored = state;
	for (;;) {
		const ready = [...left.keys()].filter((step) => restored.steps.get(step)?.state === 'queued');
		if (ready.length === 0) return restored;
		for (const step of ready) {
			for (const attempt of left.get(step) ?? [])
				for (const event of eventsOf(attempt)) restored = reduce(restored, event);
			left.delete(step);
		}
	}
}

function eventsOf(attempt: AttemptRecord): readonly RunEvent[] {
	const { step, state, outcome, retryAtMs } = attempt;
	const begun: readonly RunEvent[] = [
		{ kind: 'retry-due', step },
		{ kind: 'started', step }
	];
	switch (state) {
		case 'succeeded':
		case 'unchanged':
			return [...begun, succeeded(step, state === 'unchanged', outcome)];
		case 'failed':
		case 'timed_out':
			return [...begun, { kind: 'failed', step, isTimeout: state === 'timed_out', retryAtMs }];
		case 'stopped':
			return [...begun, { kind: 'stopped', step }];
		case 'running':
		case 'interrupted':
			return [...begun, { kind: 'interrupted', step }];
	}
}

export function succeeded(step: string, isUnchanged: boolean, outcome: AttemptRecord['outcome']): RunEvent {
	return {
		kind: 'succeeded',
		step,
		isUnchanged,
		chosen: outcome?.chosen ?? null,
		itemCount: outcome?.items?.length ?? null
	};
}
