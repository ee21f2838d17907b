// What fails because the engine went away between two calls is told as that, and nothing else is.
import { expect, test } from 'vitest';
import type { FailureFacts } from '#core/pipeline/run-record.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { EngineState } from '#lib/flows/effects.ts';
import { noticingLoss } from '#lib/flows/engine-loss.ts';

async function told(state: EngineState | null, end: Result<number, FailureFacts>): Promise<unknown> {
	const listeners = new Set<(state: EngineState) => void>();
	const effects = {
		watchEngine: (listener: (state: EngineState) => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}
	};
	const answer = await noticingLoss(effects, () => {
		if (state !== null) for (const listener of listeners) listener(state);
		return Promise.resolve(end);
	});
	expect(listeners.size).toBe(0);
	return answer.ok ? answer.value : answer.error.kind;
}

test('what the next engine does not know is a loss; what succeeded, or was wrong anyway, stays as it is', async () => {
	expect(await told('restarting', err({ kind: 'unknown-result' }))).toBe('engine-crashed');
	expect(await told('failed', err({ kind: 'sql-error' }))).toBe('engine-crashed');
	expect(await told('restarting', err({ kind: 'check-failed' }))).toBe('check-failed');
	expect(await told('restarting', err({ kind: 'cancelled' }))).toBe('cancelled');
	expect(await told('restarting', ok(1))).toBe(1);
	expect(await told('ready', err({ kind: 'sql-error' }))).toBe('sql-error');
	expect(await told(null, err({ kind: 'sql-error' }))).toBe('sql-error');
});
