// Starts script workers: each runs the user functions of one piece of work, and is ended with it.
import { transfer, wrap } from 'comlink';
import type { ScriptFailure } from '#core/script/user-function.ts';
import { err, type Result } from '#core/result.ts';
import type { ScriptApi } from '#workers/script/api.ts';
import scriptUrl from '#workers/script/script.worker.ts?worker&url';
import { spawn } from './spawn.ts';

/** After `end`, what is pending fails with `script-crashed`. */
export type ScriptSession = { readonly api: ScriptApi; end(): void };

export function startScript(): ScriptSession {
	const spawned = spawn(scriptUrl, 'script');
	const remote = wrap<ScriptApi>(spawned.worker);
	const lost = spawned.gone.then((reason): ScriptFailure => ({ kind: 'script-crashed', reason }));
	const settled = <T>(answer: Promise<Result<T, ScriptFailure>>): Promise<Result<T, ScriptFailure>> =>
		Promise.race([answer, lost.then((failure) => err(failure))]);
	return {
		api: {
			call: (fn, arrow, startRow) => settled(remote.call(fn, transfer(arrow, [arrow.buffer]), startRow)),
			test: (fn) => settled(remote.test(fn))
		},
		end: () => spawned.end()
	};
}
