// Starts script workers: each runs the user functions of one piece of work, and waits a moment for the next one afterwards.
import { transfer, wrap, type Remote } from 'comlink';
import type { ScriptFailure } from '#core/script/user-function.ts';
import { err, type Result } from '#core/result.ts';
import type { ScriptApi } from '#workers/script/api.ts';
import scriptUrl from '#workers/script/script.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';

/**
 * After `end`, what is pending fails with `script-crashed`. `giveBack` keeps the thread for the next piece of work: every call
 * begins in a machine in which nothing ran before, whoever had it.
 */
export type ScriptSession = { readonly api: ScriptApi; end(): void; giveBack(): void };

type Started = { readonly spawned: Spawned; readonly remote: Remote<ScriptApi> };

/** A machine is compiled anew in a new thread, which takes longer than many a piece of work. */
const KEPT_MS = 10_000;
const KEPT = 2;

export function createScriptSessions(): () => ScriptSession {
	/** Each with what ends its waiting. */
	const idle = new Map<Started, () => void>();
	const keep = (started: Started): void => {
		if (idle.size >= KEPT) return started.spawned.end();
		const timer = setTimeout(() => {
			idle.delete(started);
			started.spawned.end();
		}, KEPT_MS);
		idle.set(started, () => clearTimeout(timer));
	};
	return () => {
		const [waiting] = idle;
		if (!waiting) return session(startWorker(), keep);
		const [started, stopWaiting] = waiting;
		stopWaiting();
		idle.delete(started);
		return session(started, keep);
	};
}

function startWorker(): Started {
	const spawned = spawn(scriptUrl, 'script');
	return { spawned, remote: wrap<ScriptApi>(spawned.worker) };
}

function session({ spawned, remote }: Started, keep: (started: Started) => void): ScriptSession {
	const lost = spawned.gone.then((reason): ScriptFailure => ({ kind: 'script-crashed', reason }));
	const settled = <T>(answer: Promise<Result<T, ScriptFailure>>): Promise<Result<T, ScriptFailure>> =>
		Promise.race([answer, lost.then((failure) => err(failure))]);
	return {
		api: {
			call: (fn, arrow, startRow) => settled(remote.call(fn, transfer(arrow, [arrow.buffer]), startRow)),
			test: (fn) => settled(remote.test(fn))
		},
		end: () => spawned.end(),
		giveBack: () => keep({ spawned, remote })
	};
}
