// Starts ingest workers, one for each import, and keeps one warm. Calls settle even when a worker is ended or dies.
import { proxy, wrap, type Remote } from 'comlink';
import type { IngestFailure } from '#core/ingest/options.ts';
import { err, type Result } from '#core/result.ts';
import type { IngestApi, IngestWorkerApi } from '#workers/ingest/api.ts';
import ingestUrl from '#workers/ingest/ingest.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';

type Session = { readonly api: IngestApi; end(): void };
type Started = { readonly spawned: Spawned; readonly remote: Remote<IngestWorkerApi> };

export type IngestSessions = {
	/** Ending it terminates the worker; what is pending then fails with `cancelled`. */
	start(): Session;
	/** Opens an engine for the next import, unless one is open or an import runs: two would take memory for nothing. */
	warm(): void;
};

/** `compiled` gives the engine's code once another worker has compiled it: an ingest worker then starts without. */
export function createIngestSessions(compiled: () => WebAssembly.Module | null): IngestSessions {
	let spare: Started | null = null;
	let running = 0;
	const startWorker = (): Started => {
		const spawned = spawn(ingestUrl, 'ingest');
		const remote = wrap<IngestWorkerApi>(spawned.worker);
		const module = compiled();
		if (module) void remote.adopt(module);
		return { spawned, remote };
	};
	const warm = (): void => {
		if (spare || running > 0 || !compiled()) return;
		const started = startWorker();
		spare = started;
		void started.remote.warm();
		void started.spawned.gone.then(() => {
			if (spare === started) spare = null;
		});
	};
	return {
		warm,
		start: () => {
			const started = spare ?? startWorker();
			spare = null;
			running++;
			return session(started, () => {
				running--;
				if (running === 0) setTimeout(warm, 500);
			});
		}
	};
}

function session({ spawned, remote }: Started, onEnd: () => void): Session {
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
			if (isEnded) return;
			isEnded = true;
			spawned.end();
			onEnd();
		}
	};
}
