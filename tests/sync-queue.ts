// The time of the simulation of sync: what is due happens in its order, and what a dead page had begun does not happen any more.

export type QueuePage = { isAlive: boolean };
type Due = { readonly atMs: number; readonly order: number; readonly page: QueuePage | null; readonly act: () => void };

const STEPS_MAX = 60_000;

export class SyncQueue {
	nowMs = 1_700_000_000_000;
	steps = 0;
	#order = 0;
	#due: Due[] = [];

	schedule(page: QueuePage | null, ms: number, act: () => void): void {
		this.#due.push({ atMs: this.nowMs + ms, order: this.#order++, page, act });
	}

	clear(): void {
		this.#due = [];
	}

	/** Runs until nothing is due. False: it does not end. */
	async settle(): Promise<boolean> {
		for (;;) {
			// Whatever follows from the last event without waiting happens first.
			await new Promise((resolve) => setImmediate(resolve));
			let next: Due | undefined;
			for (const due of this.#due)
				if (!next || due.atMs < next.atMs || (due.atMs === next.atMs && due.order < next.order)) next = due;
			if (!next) return true;
			this.#due.splice(this.#due.indexOf(next), 1);
			this.nowMs = Math.max(this.nowMs, next.atMs);
			if (next.page?.isAlive ?? true) next.act();
			if (++this.steps > STEPS_MAX) {
				this.clear();
				return false;
			}
		}
	}
}
