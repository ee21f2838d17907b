// Events in the order they came; taking waits until there is one.

export class Mailbox<T> {
	readonly #waiting: T[] = [];
	#wake: (() => void) | null = null;
	#bug: { readonly error: unknown } | null = null;

	put(event: T): void {
		this.#waiting.push(event);
		this.#wake?.();
	}

	/** What throws is a bug, and ends the loop as one. */
	readonly fail = (error: unknown): void => {
		this.#bug = { error };
		this.#wake?.();
	};

	/** All there are, at least one. */
	async take(): Promise<readonly T[]> {
		for (;;) {
			if (this.#bug) throw this.#bug.error;
			if (this.#waiting.length > 0) return this.#waiting.splice(0);
			await new Promise<void>((resolve) => (this.#wake = resolve));
			this.#wake = null;
		}
	}
}
