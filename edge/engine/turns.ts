// One question after another: who comes waits for those before, within a bound.

const MAX_WAITING = 8;
const LOOK_EVERY_MS = 250;
/** Whoever waits and was not seen as long is gone: its caller went away, and nothing of it runs any more. */
const GONE_AFTER_MS = 10_000;

type Ticket = { seenMs: number; wake: () => void };

export class Turns {
	readonly #waiting: Ticket[] = [];
	readonly #patienceMs: number;
	/** Until when whoever has the turn may have it. */
	#held: { readonly untilMs: number } | null = null;

	/** A turn that has not ended after `patienceMs` counts as ended. */
	constructor(patienceMs: number) {
		this.#patienceMs = patienceMs;
	}

	/** Returns what ends the turn; null where too many wait, or it took too long to come. */
	async take(): Promise<(() => void) | null> {
		if (this.#waiting.length >= MAX_WAITING) return null;
		const startedMs = Date.now();
		const ticket: Ticket = { seenMs: startedMs, wake: () => undefined };
		this.#waiting.push(ticket);
		try {
			while (!this.#isNext(ticket)) {
				const woken = new Promise<void>((resolve) => (ticket.wake = resolve));
				// By time, where whoever should have told went away.
				await Promise.race([woken, scheduler.wait(LOOK_EVERY_MS)]);
				ticket.seenMs = Date.now();
				if (ticket.seenMs - startedMs > this.#patienceMs) return null;
			}
			return this.#hold();
		} finally {
			this.#waiting.splice(this.#waiting.indexOf(ticket), 1);
		}
	}

	#isNext(ticket: Ticket): boolean {
		const nowMs = Date.now();
		if (this.#held && nowMs < this.#held.untilMs) return false;
		return this.#waiting.find((one) => one === ticket || nowMs - one.seenMs < GONE_AFTER_MS) === ticket;
	}

	#hold(): () => void {
		const held = { untilMs: Date.now() + this.#patienceMs };
		this.#held = held;
		return () => {
			if (this.#held === held) this.#held = null;
			this.#waiting[0]?.wake();
		};
	}
}
