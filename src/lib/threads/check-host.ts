// Keeps one check worker for the page, started when it is first needed and again when it died.
import { transfer, wrap, type Remote } from 'comlink';
import { err, type Result } from '#core/result.ts';
import type { CheckApi, CheckCrashed } from '#workers/check/api.ts';
import checkUrl from '#workers/check/check.worker.ts?worker&url';
import { spawn } from './spawn.ts';

type Check = { readonly remote: Remote<CheckApi>; readonly lost: Promise<CheckCrashed>; end(): void };

/** What a worker that died had taken in is lost: the sketch is begun anew. `end` ends the worker for good. */
export type CheckHost = { readonly api: CheckApi; end(): void };

export function createCheckHost(): CheckHost {
	let check: Check | null = null;
	const start = (): Check => {
		const spawned = spawn(checkUrl, 'check');
		const lost = spawned.gone.then((reason): CheckCrashed => {
			check = null;
			return { kind: 'check-crashed', reason };
		});
		return { remote: wrap<CheckApi>(spawned.worker), lost, end: () => spawned.end() };
	};
	const call = async <T, E>(
		verb: (remote: Remote<CheckApi>) => Promise<Result<T, E>>
	): Promise<Result<T, E | CheckCrashed>> => {
		check ??= start();
		return Promise.race([verb(check.remote), check.lost.then((failure) => err(failure))]);
	};
	return {
		api: {
			begin: (id) => call((remote) => remote.begin(id)),
			add: (id, arrowBytes) => call((remote) => remote.add(id, transfer(arrowBytes, [arrowBytes.buffer]))),
			finish: (id) => call((remote) => remote.finish(id)),
			merge: (sketches) =>
				call((remote) =>
					remote.merge(
						transfer(
							sketches,
							sketches.map(({ buffer }) => buffer)
						)
					)
				),
			cancel: (id) => call((remote) => remote.cancel(id))
		},
		end: () => check?.end()
	};
}
