// Virtual time for the runner's world: pages that wait, hold locks, and die at any await.

export type Page = { readonly number: number; isAlive: boolean };

type Due = { readonly atMs: number; readonly order: number; readonly page: Page; readonly act: () => void };

export type PagesInput = {
	readonly random: () => number;
	/** Chance of a page's death at each await, and how many deaths there are at most. */
	readonly deathChance: number;
	readonly deaths: number;
	/** Whether every page gets every lock. */
	readonly isLockless: boolean;
	/** What happened against a promise, one line each. */
	readonly violations: string[];
};

export class Pages {
	readonly input: PagesInput;
	nowMs = 1_700_000_000_000;
	deaths = 0;
	awaits = 0;
	#order = 0;
	#ids = 0;
	#due: Due[] = [];
	readonly #locks = new Map<string, { page: Page; waiting: { page: Page; go: () => void }[] }>();
	readonly #reopen: (() => void)[] = [];
	readonly #onDeath: ((page: Page) => void)[] = [];

	constructor(input: PagesInput) {
		this.input = input;
	}

	nextId(): number {
		return this.#ids++;
	}

	onDeath(listener: (page: Page) => void): void {
		this.#onDeath.push(listener);
	}

	/** Runs until nothing is due; `open` starts a page, and again after each death. */
	async play(open: (page: Page) => Promise<void>): Promise<void> {
		const start = (): void => {
			const page: Page = { number: this.#ids++, isAlive: true };
			void open(page).catch((error: unknown) => {
				if (page.isAlive) this.input.violations.push(`a bug: ${String(error)}`);
			});
		};
		this.#reopen.push(start);
		start();
		for (let idle = 0; idle < 2;) {
			// Whatever follows from the last event without waiting happens first.
			await new Promise((resolve) => setImmediate(resolve));
			const next = this.#takeNext();
			if (!next) {
				idle++;
				continue;
			}
			idle = 0;
			this.nowMs = Math.max(this.nowMs, next.atMs);
			if (next.page.isAlive) next.act();
			if (++this.awaits > 20_000) {
				this.input.violations.push('it does not end');
				return;
			}
		}
	}

	/** The page is gone: its promises never settle, its locks are free, another page opens. */
	kill(page: Page): void {
		if (!page.isAlive) return;
		page.isAlive = false;
		this.deaths++;
		this.#due = this.#due.filter((due) => due.page !== page);
		for (const [name, lock] of this.#locks) {
			lock.waiting = lock.waiting.filter((one) => one.page !== page);
			if (lock.page === page) this.#unlock(name);
		}
		for (const listener of this.#onDeath) listener(page);
		const reopener: Page = { number: -1, isAlive: true };
		this.at(reopener, 1 + Math.floor(this.input.random() * 5000), () => this.#reopen[0]?.());
	}

	#takeNext(): Due | undefined {
		let best = 0;
		for (let index = 1; index < this.#due.length; index++) {
			const [one, other] = [this.#due[index], this.#due[best]];
			if (one && other && (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order))) best = index;
		}
		return this.#due.splice(best, 1)[0];
	}

	at(page: Page, delayMs: number, act: () => void): void {
		this.#due.push({ atMs: this.nowMs + delayMs, order: this.#order++, page, act });
	}

	#mayDie(page: Page): boolean {
		if (this.deaths >= this.input.deaths || this.input.random() >= this.input.deathChance) return false;
		this.kill(page);
		return true;
	}

	/** One call over the rim: the page may die before it has an effect, or before it hears of it. */
	io<T>(page: Page, effect: () => T, delayMs = Math.floor(this.input.random() * 20)): Promise<T> {
		return new Promise((resolve) => {
			if (!page.isAlive) return;
			this.at(page, delayMs, () => {
				if (this.#mayDie(page)) return;
				const value = effect();
				if (this.#mayDie(page)) return;
				resolve(value);
			});
		});
	}

	sleep(page: Page, ms: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			if (!page.isAlive) return;
			if (signal.aborted) return resolve();
			signal.addEventListener('abort', () => resolve(), { once: true });
			this.at(page, ms, () => {
				if (!this.#mayDie(page)) resolve();
			});
		});
	}

	async lock<T>(page: Page, name: string, mayWait: boolean, work: () => Promise<T>): Promise<T | 'busy'> {
		// What a dead page still waits for may settle in another one: it goes on, but asks for nothing.
		if (!page.isAlive) return new Promise<never>(() => undefined);
		if (this.input.isLockless) return work();
		const held = this.#locks.get(name);
		if (held && !mayWait) return 'busy';
		if (held) await new Promise<void>((go) => held.waiting.push({ page, go }));
		else this.#locks.set(name, { page, waiting: [] });
		const value = await work();
		if (page.isAlive) this.#unlock(name);
		return value;
	}

	#unlock(name: string): void {
		const lock = this.#locks.get(name);
		const next = lock?.waiting.shift();
		if (!lock || !next) {
			this.#locks.delete(name);
			return;
		}
		lock.page = next.page;
		this.at(next.page, 0, next.go);
	}
}
