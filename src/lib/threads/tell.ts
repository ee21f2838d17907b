// Callbacks given to a worker without a port of their own: to hand over a port takes longer than a short query.
import { transferHandlers } from 'comlink';
import type { Result } from '#core/result.ts';

class Told {
	readonly number: number;
	constructor(number: number) {
		this.number = number;
	}
}

const listeners = new Map<number, (value: never) => void>();
let last = 0;

transferHandlers.set('tell', {
	canHandle: (value): value is Told => value instanceof Told,
	serialize: ({ number }: Told) => [number, []],
	deserialize: (number) => number
});

/** Calls a worker that tells how far it is, for as long as the call takes; the worker has `serve`, the page `hear`. */
export async function telling<V, T, E>(
	listener: (value: V) => void,
	call: (tell: (value: V) => void) => Promise<Result<T, E>>
): Promise<Result<T, E>> {
	const number = ++last;
	listeners.set(number, listener);
	try {
		// Comlink makes a function of it on the other side.
		return await call(new Told(number) as never);
	} finally {
		listeners.delete(number);
	}
}

/** Lets the listeners of `telling` know what the worker tells. */
export function hear(worker: Worker): void {
	worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
		if (typeof data !== 'object' || data === null || !('told' in data) || !('value' in data)) return;
		listeners.get(Number(data.told))?.(data.value as never);
	});
}
