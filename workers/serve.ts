// How every worker answers: Comlink on its port, and a lock that tells the page at once when the worker is gone.
import { expose, transferHandlers } from 'comlink';

// What the page gives with `telling`: a function that answers on the port of the worker.
transferHandlers.set('tell', {
	canHandle: (_value): _value is never => false,
	serialize: (value) => [value, []],
	deserialize: (told) => (value: unknown) => self.postMessage({ told, value })
});

/**
 * Exposes `api` and holds the lock named by the worker for as long as it lives.
 *
 * The page waits for the same lock: it is granted when this worker ends, however it ends, within about 50 ms,
 * while a browser sends no event for a worker that was killed.
 */
export function serve(api: object): void {
	void navigator.locks.request(`alive:${self.name}`, () => new Promise<never>(() => undefined));
	expose(api);
}
