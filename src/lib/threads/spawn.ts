// Starts workers, and tells when one is gone. `new Worker` is written here and nowhere else.
import { trustedScriptUrl } from './trusted.ts';

export type Spawned = {
	readonly worker: Worker;
	/** Settles when the worker's thread is gone, however it ended, or when its script never came to run. */
	readonly gone: Promise<string>;
	/** Ends the thread; `gone` settles. */
	end(): void;
};

/** How long a worker may take from its start to the moment it holds its liveness lock. */
const START_TIMEOUT_MS = 30_000;

/** `url` comes from `import url from '#workers/…/….worker.ts?worker&url'`. */
export function spawn(url: string, kind: string): Spawned {
	// Locks are one namespace for all tabs of an origin, so the name must be unique beyond this page.
	const name = `${kind}:${crypto.randomUUID()}`;
	const worker = new Worker(trustedScriptUrl(url), { type: 'module', name });
	const watching = new AbortController();
	const gone = new Promise<string>((resolve) => {
		worker.addEventListener('error', (event) => {
			// A script that fails to load or throws while starting never takes its lock; later errors leave the thread alive.
			void isAlive(name).then((alive) => alive || resolve(event.message || 'the script did not start'));
		});
		watching.signal.addEventListener('abort', () => resolve('ended'));
		void untilGone(name, watching.signal).then(resolve, (reason: unknown) => resolve(String(reason)));
	});
	return {
		worker,
		gone,
		end() {
			worker.terminate();
			watching.abort();
		}
	};
}

/** See workers/serve.ts: the worker holds the lock for as long as it lives. */
async function untilGone(name: string, signal: AbortSignal): Promise<string> {
	const deadlineMs = performance.now() + START_TIMEOUT_MS;
	while (!(await isAlive(name))) {
		if (signal.aborted) return 'ended';
		if (performance.now() > deadlineMs) return 'the worker did not start';
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	return navigator.locks.request(`alive:${name}`, { mode: 'shared', signal }, () => 'the worker ended');
}

async function isAlive(name: string): Promise<boolean> {
	const { held = [] } = await navigator.locks.query();
	return held.some((lock) => lock.name === `alive:${name}`);
}
