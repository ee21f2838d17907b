// A piece of work that can be cancelled, and the pauses in which the worker hears of it.

/** Thrown inside the worker alone, where a cancelled job gives up; `attempt` turns it into a failure. */
export class CancelledError extends Error {
	constructor() {
		super('query was canceled');
		this.name = 'CancelledError';
	}
}

export class Job {
	#isCancelled = false;

	get isCancelled(): boolean {
		return this.#isCancelled;
	}

	cancel(): void {
		this.#isCancelled = true;
	}

	throwIfCancelled(): void {
		if (this.#isCancelled) throw new CancelledError();
	}
}

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets waiting messages in. A timer would wait 4 ms, and `scheduler.yield` would come before the messages. */
export function pause(): Promise<void> {
	return new Promise((resolve) => {
		waiting.push(resolve);
		channel.port2.postMessage(null);
	});
}

/** Pauses, but not more often than every 20 ms. */
export class Pacer {
	#last = performance.now();

	async rest(job: Job): Promise<void> {
		if (performance.now() - this.#last < 20) return;
		await pause();
		this.#last = performance.now();
		job.throwIfCancelled();
	}
}
