// One answer that takes time: the newest question counts, and what was answered stays until the next one is.
import type { Failure } from '#core/failure.ts';
import type { Result } from '#core/result.ts';

export class Asked<T> {
	#value = $state.raw<T | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#running = $state.raw<AbortController | null>(null);
	/** What was asked last; null when it was cancelled, so that it may be asked again. */
	#question: string | null = null;

	get value(): T | null {
		return this.#value;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get isAsking(): boolean {
		return this.#running !== null;
	}

	/** The same question is not asked twice, unless it failed. */
	async ask(question: string, work: (signal: AbortSignal) => Promise<Result<T, Failure>>): Promise<void> {
		if (question === this.#question && this.#failure === null) return;
		this.#running?.abort();
		const running = new AbortController();
		this.#running = running;
		this.#question = question;
		this.#failure = null;
		try {
			const answer = await work(running.signal);
			if (this.#running !== running) return;
			if (answer.ok) this.#value = answer.value;
			else if (answer.error.kind === 'cancelled') this.#question = null;
			else this.#failure = answer.error;
		} finally {
			if (this.#running === running) this.#running = null;
		}
	}

	cancel(): void {
		this.#running?.abort();
	}

	/** The next question is asked whatever it is. */
	forget(): void {
		this.cancel();
		this.#running = null;
		this.#question = null;
		this.#value = null;
		this.#failure = null;
	}
}
