// Keeps one check worker for the page, started when it is first needed and again when it died.
import { transfer, wrap, type Remote } from 'comlink';
import type { CheckCrashed } from '#core/check/statistics/failure.ts';
import { err, type Result } from '#core/result.ts';
import type { CheckApi } from '#workers/check/api.ts';
import checkUrl from '#workers/check/check.worker.ts?worker&url';
import { spawn } from './spawn.ts';

type Check = { readonly remote: Remote<CheckApi>; readonly lost: Promise<CheckCrashed>; end(): void };

/** `end` ends the worker; the next call starts another one. */
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
			sketch: (arrowBytes) => call((remote) => remote.sketch(transfer(arrowBytes, [arrowBytes.buffer]))),
			merge: (sketches, names) =>
				call((remote) =>
					remote.merge(
						transfer(
							sketches,
							sketches.map(({ buffer }) => buffer)
						),
						names
					)
				),
			statistics: (sketch, schema) => call((remote) => remote.statistics(sketch, schema)),
			compare: (before, after, rules) => call((remote) => remote.compare(before, after, rules)),
			relations: (datasets, name) => call((remote) => remote.relations(datasets, name)),
			grow: (sample, options) => call((remote) => remote.grow(transfer(sample, [sample.buffer]), options)),
			rank: (grown, arrowBytes, limit) =>
				call((remote) => remote.rank(grown, transfer(arrowBytes, [arrowBytes.buffer]), limit)),
			causes: (grown, rows) => call((remote) => remote.causes(grown, rows))
		},
		end: () => check?.end()
	};
}
