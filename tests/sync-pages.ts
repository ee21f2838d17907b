// Pages of devices in the simulation of sync, and what befalls them: a network that loses, doubles and delays, storage before or after
// which a page dies, and time. Not what they do.
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import type { SyncDevice } from './sync-device.ts';
import { SyncQueue, type QueuePage } from './sync-queue.ts';

export type Page = QueuePage & { readonly device: SyncDevice };

export class SyncPages {
	/** Nothing goes wrong while it is. */
	isCalm = false;
	faults = 0;
	deaths = 0;
	readonly #random: () => number;
	readonly #lossy: number;
	readonly #deadly: number;
	readonly #queue = new SyncQueue();
	readonly #reopen = new Map<Page, () => void>();
	readonly #holders = new Map<SyncDevice, Page>();

	constructor(random: () => number) {
		this.#random = random;
		this.#lossy = random() * 0.15;
		this.#deadly = random() < 0.8 ? random() * 0.02 : 0;
	}

	/** A new page, which begins again with `again` when it has died. */
	open(device: SyncDevice, again: () => void): Page {
		const page = { device, isAlive: true };
		this.#reopen.set(page, again);
		return page;
	}

	/** One tab of a device at a time; what it held goes with it. Null where another one is at it. */
	async alone<T>(page: Page, work: () => Promise<T>): Promise<T | null> {
		if (this.#holders.get(page.device)?.isAlive) return null;
		this.#holders.set(page.device, page);
		const done = await work();
		this.#holders.delete(page.device);
		return done;
	}

	/** A call over the network, of which request or reply may be lost, and which may come twice, or later. */
	call<T>(page: Page, act: () => T): Promise<Result<T, NetFailure>> {
		return new Promise((resolve) => {
			const chance = this.isCalm ? 1 : this.#random();
			const delayMs = this.below(200);
			if (chance < this.#lossy) {
				this.faults++;
				this.schedule(page, delayMs + 1000, () => resolve(err({ kind: 'edge-unreachable' })));
				return;
			}
			this.schedule(null, delayMs, () => {
				const answer = act();
				const isLost = chance < 2 * this.#lossy;
				if (isLost || chance < 2.5 * this.#lossy) this.faults++;
				if (!isLost && chance < 2.5 * this.#lossy) this.schedule(null, this.below(5000), act);
				this.schedule(page, this.below(200), () => resolve(isLost ? err({ kind: 'edge-unreachable' }) : ok(answer)));
			});
		});
	}

	/** Something at the device's own storage: it happens or not, and the page may die before or after. */
	io<T>(page: Page, act: () => T): Promise<T> {
		return new Promise((resolve) => {
			this.schedule(page, this.below(5), () => {
				if (this.#dies(page)) return;
				const done = act();
				if (!this.#dies(page)) resolve(done);
			});
		});
	}

	wait(page: Page, ms: number): Promise<void> {
		return new Promise((resolve) => this.schedule(page, ms, () => resolve()));
	}

	#dies(page: Page): boolean {
		if (this.isCalm || this.#random() >= this.#deadly) return false;
		page.isAlive = false;
		this.deaths++;
		this.schedule(null, this.below(2000), () => this.#reopen.get(page)?.());
		return true;
	}

	schedule(page: Page | null, ms: number, act: () => void): void {
		this.#queue.schedule(page, ms, act);
	}

	/** What is due does not happen any more. */
	clear(): void {
		this.#queue.clear();
	}

	/** False: it does not end. */
	settle(): Promise<boolean> {
		return this.#queue.settle();
	}

	get nowMs(): number {
		return this.#queue.nowMs;
	}

	get steps(): number {
		return this.#queue.steps;
	}

	below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}
}
