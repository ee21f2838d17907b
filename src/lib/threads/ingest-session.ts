// Starts ingest workers, one for each import, and keeps one warm. Calls settle even when a worker is ended or dies.
import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { IngestFailure, IngestOverrides, IngestProgress } from '#core/ingest/options.ts';
import { err, type Result } from '#core/result.ts';
import type { IngestApi, IngestInput, IngestOutput, IngestWorkerApi } from '#workers/ingest/api.ts';
import ingestUrl from '#workers/ingest/ingest.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';

type Session = { readonly api: IngestApi; end(): void; giveBack(): void };
type TellProgress = (progress: IngestProgress) => void;
type Answer = Result<IngestOutput, IngestFailure>;
type Started = { readonly spawned: Spawned; readonly remote: Remote<IngestWorkerApi> };

/** A smaller source is read sooner than a second thread starts. */
const AHEAD_MIN_BYTES = 4 * 1024 * 1024;

export type IngestSessions = {
	/**
	 * `end` terminates the worker; what is pending then fails with `cancelled`. `giveBack` keeps it for the next
	 * import: for one that ended well and was small, since an engine's memory never shrinks.
	 */
	start(): Session;
	/**
	 * Opens an engine for the next import, unless one is open or an import runs: two would take memory for nothing. Where memory is
	 * short, none is opened before there is something to read.
	 */
	warm(): void;
};

const WARM_MEMORY_GB = 4;

/** `compiled` gives the engine's code once another worker has compiled it: an ingest worker then starts without. */
export function createIngestSessions(compiled: () => WebAssembly.Module | null): IngestSessions {
	let spare: Started | null = null;
	let running = 0;
	// Only Chromium tells.
	const { deviceMemory: memoryGb = WARM_MEMORY_GB } = navigator as { readonly deviceMemory?: number };
	const startWorker = (): Started => {
		const spawned = spawn(ingestUrl, 'ingest');
		const remote = wrap<IngestWorkerApi>(spawned.worker);
		const module = compiled();
		if (module) void remote.adopt(module);
		return { spawned, remote };
	};
	const keep = (started: Started): void => {
		spare = started;
		void started.spawned.gone.then(() => {
			if (spare === started) spare = null;
		});
	};
	const warm = (): void => {
		if (memoryGb < WARM_MEMORY_GB || spare || running > 0 || !compiled()) return;
		const started = startWorker();
		keep(started);
		void started.remote.warm();
	};
	return {
		warm,
		start: () => {
			const started = spare ?? startWorker();
			spare = null;
			running++;
			return session(started, startWorker, (isReusable) => {
				running--;
				if (isReusable && !spare) keep(started);
				else started.spawned.end();
				if (running === 0) setTimeout(warm, 50);
			});
		}
	};
}

function session(
	{ spawned, remote }: Started,
	startWorker: () => Started,
	onEnd: (isReusable: boolean) => void
): Session {
	let isEnded = false;
	const { promise: lost, resolve: lose } = Promise.withResolvers<IngestFailure>();
	const watch = (thread: Spawned): void => {
		void thread.gone.then((reason) => lose(isEnded ? { kind: 'cancelled' } : { kind: 'worker-crashed', reason }));
	};
	watch(spawned);
	let ahead: Started | null = null;
	/** A port to a thread that reads ahead of this session's. */
	const openAhead = (): MessagePort => {
		ahead?.spawned.end();
		ahead = startWorker();
		watch(ahead.spawned);
		const { port1, port2 } = new MessageChannel();
		void ahead.remote.readAhead(transfer(port1, [port1]));
		return transfer(port2, [port2]);
	};
	const read = (input: IngestInput, overrides: IngestOverrides, onProgress: TellProgress): Promise<Answer> =>
		input.blob.size < AHEAD_MIN_BYTES
			? remote.read(input, overrides, proxy(onProgress))
			: remote.read(input, overrides, proxy(onProgress), openAhead());
	const settled = <T, F>(answer: Promise<Result<T, F>>): Promise<Result<T, F | IngestFailure>> =>
		Promise.race([answer, lost.then((failure) => err(failure))]);
	const api: IngestApi = {
		guess: (input, overrides) => settled(remote.guess(input, overrides)),
		read: (input, overrides, onProgress) => settled(read(input, overrides, onProgress)),
		download: (url, onProgress) => settled(remote.download(url, proxy(onProgress))),
		ask: (question, relay) => settled(remote.ask(question, relay)),
		askFile: (question, relay, onBytes) => settled(remote.askFile(question, relay, proxy(onBytes))),
		unpack: (input) => settled(remote.unpack(input))
	};
	const end = (isReusable: boolean): void => {
		if (isEnded) return;
		isEnded = true;
		ahead?.spawned.end();
		onEnd(isReusable);
	};
	return { api, end: () => end(false), giveBack: () => end(true) };
}
