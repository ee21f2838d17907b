// Keeps one cutter worker for the page, started when it is first needed and again when it died.
import { wrap, type Remote } from 'comlink';
import { err, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { CutterApi } from '#workers/cutter/api.ts';
import cutterUrl from '#workers/cutter/cutter.worker.ts?worker&url';
import { spawn } from './spawn.ts';

type Cutter = { readonly remote: Remote<CutterApi>; readonly lost: Promise<StoreFailure> };

export function createCutterHost(): CutterApi {
	let cutter: Cutter | null = null;
	const start = (): Cutter => {
		const { worker, gone } = spawn(cutterUrl, 'cutter');
		const lost = gone.then((reason): StoreFailure => {
			cutter = null;
			return { kind: 'storage-unavailable', reason: `what prepares data for storage stopped: ${reason}` };
		});
		return { remote: wrap<CutterApi>(worker), lost };
	};
	const call = <T>(
		verb: (remote: Remote<CutterApi>) => Promise<Result<T, StoreFailure>>
	): Promise<Result<T, StoreFailure>> => {
		cutter ??= start();
		return Promise.race([verb(cutter.remote), cutter.lost.then((failure) => err(failure))]);
	};
	return {
		cut: (files, key) => call((remote) => remote.cut(files, key)),
		splice: (kept, columns, files, key) => call((remote) => remote.splice(kept, columns, files, key)),
		pack: (parts, key) => call((remote) => remote.pack(parts, key))
	};
}
