// Starts an ingest worker for one import. Its calls settle even when the worker is ended or dies.
import { proxy, wrap } from 'comlink';
import type { IngestFailure } from '#core/ingest/options.ts';
import { err, type Result } from '#core/result.ts';
import type { IngestApi, IngestWorkerApi } from '#workers/ingest/api.ts';
import ingestUrl from '#workers/ingest/ingest.worker.ts?worker&url';
import { spawn } from './spawn.ts';

/**
 * Ending it terminates the worker; what is pending then fails with `cancelled`.
 *
 * `compiled` is the engine's code when another worker has compiled it already: this one then starts without.
 */
export function startIngest(compiled: WebAssembly.Module | null): { readonly api: IngestApi; end(): void } {
	const spawned = spawn(ingestUrl, 'ingest');
	const remote = wrap<IngestWorkerApi>(spawned.worker);
	if (compiled) void remote.adopt(compiled);
	let isEnded = false;
	const lost = spawned.gone.then((reason): IngestFailure =>
		isEnded ? { kind: 'cancelled' } : { kind: 'worker-crashed', reason }
	);
	const settled = <T>(answer: Promise<Result<T, IngestFailure>>): Promise<Result<T, IngestFailure>> =>
		Promise.race([answer, lost.then((failure) => err(failure))]);
	const api: IngestApi = {
		guess: (input, overrides) => settled(remote.guess(input, overrides)),
		read: (input, overrides, onProgress) => settled(remote.read(input, overrides, proxy(onProgress))),
		download: (url, onProgress) => settled(remote.download(url, proxy(onProgress))),
		// A hash has no failures of its own, so a worker that is gone can only reject.
		hash: (blob) =>
			Promise.race([
				remote.hash(blob),
				lost.then((failure) => Promise.reject(new DOMException(failure.kind, 'AbortError')))
			])
	};
	return {
		api,
		end() {
			isEnded = true;
			spawned.end();
		}
	};
}
