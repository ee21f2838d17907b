// Which results are kept, and which go: bounded by bytes, the one used longest ago first, and never past a version that changed.

export type CacheEntry<Held> = {
	/** Of the text and its parameters. */
	readonly key: string;
	/** Of the datasets it reads, in any order: other ones make it stale. */
	readonly versions: readonly string[];
	readonly held: Held;
	readonly sizeBytes: number;
	/** Exclusive; null is never. */
	readonly expiresAtMs: number | null;
};

export type CacheFigures = {
	readonly entryCount: number;
	readonly sizeBytes: number;
	readonly budgetBytes: number;
	readonly hits: number;
	readonly misses: number;
	/** Let go for the budget. */
	readonly evictions: number;
	/** Let go since a version that they read is not the one any more. */
	readonly invalidations: number;
	/** Let go since their time was over. */
	readonly expirations: number;
	/** Not kept: larger than the whole budget. */
	readonly refusals: number;
};

const none = { hits: 0, misses: 0, evictions: 0, invalidations: 0, expirations: 0, refusals: 0 };

/** The clock is given with each call. `drop` is told what is kept no longer, once each. */
export class ResultCache<Held> {
	/** From the one used longest ago to the last one. */
	readonly #entries = new Map<string, CacheEntry<Held>>();
	readonly #drop: (held: Held) => void;
	#budgetBytes: number;
	#sizeBytes = 0;
	#counts = { ...none };

	constructor(budgetBytes: number, drop: (held: Held) => void) {
		this.#budgetBytes = budgetBytes;
		this.#drop = drop;
	}

	get figures(): CacheFigures {
		return {
			entryCount: this.#entries.size,
			sizeBytes: this.#sizeBytes,
			budgetBytes: this.#budgetBytes,
			...this.#counts
		};
	}

	/** What is kept of exactly these versions. Counts as used. */
	find(key: string, versions: readonly string[], nowMs: number): Held | null {
		const entry = this.#fresh(key, versions, nowMs);
		this.#counts[entry ? 'hits' : 'misses']++;
		if (!entry) return null;
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		return entry.held;
	}

	/** As `find`, but nobody asked: nothing is counted, nothing goes. */
	has(key: string, versions: readonly string[], nowMs: number): boolean {
		const entry = this.#entries.get(key);
		return entry !== undefined && isOf(entry, versions) && !isOver(entry, nowMs);
	}

	/** False where it is larger than the budget: it is dropped then. Another of that key goes. */
	keep(entry: CacheEntry<Held>, nowMs: number): boolean {
		this.#remove(entry.key);
		if (entry.sizeBytes > this.#budgetBytes) {
			this.#counts.refusals++;
			this.#drop(entry.held);
			return false;
		}
		this.#expire(nowMs);
		this.#entries.set(entry.key, entry);
		this.#sizeBytes += entry.sizeBytes;
		this.#evict();
		return true;
	}

	/** Lets that go which a hit turned out to be without: it was a miss. */
	lose(key: string, held: Held): void {
		if (this.#entries.get(key)?.held !== held) return;
		this.#counts.hits--;
		this.#counts.misses++;
		this.#remove(key);
	}

	setBudget(budgetBytes: number): void {
		this.#budgetBytes = budgetBytes;
		this.#evict();
	}

	/** Lets everything go; the figures begin anew. */
	clear(): void {
		for (const key of [...this.#entries.keys()]) this.#remove(key);
		this.#counts = { ...none };
	}

	#fresh(key: string, versions: readonly string[], nowMs: number): CacheEntry<Held> | null {
		const entry = this.#entries.get(key);
		if (!entry) return null;
		if (isOf(entry, versions) && !isOver(entry, nowMs)) return entry;
		this.#counts[isOf(entry, versions) ? 'expirations' : 'invalidations']++;
		this.#remove(key);
		return null;
	}

	#expire(nowMs: number): void {
		for (const entry of [...this.#entries.values()])
			if (isOver(entry, nowMs)) {
				this.#counts.expirations++;
				this.#remove(entry.key);
			}
	}

	#evict(): void {
		for (const key of this.#entries.keys()) {
			if (this.#sizeBytes <= this.#budgetBytes) return;
			this.#counts.evictions++;
			this.#remove(key);
		}
	}

	#remove(key: string): void {
		const entry = this.#entries.get(key);
		if (!entry) return;
		this.#entries.delete(key);
		this.#sizeBytes -= entry.sizeBytes;
		this.#drop(entry.held);
	}
}

function isOver({ expiresAtMs }: CacheEntry<unknown>, nowMs: number): boolean {
	return expiresAtMs !== null && nowMs >= expiresAtMs;
}

function isOf(entry: CacheEntry<unknown>, versions: readonly string[]): boolean {
	const asked = new Set(versions);
	return asked.size === new Set(entry.versions).size && entry.versions.every((version) => asked.has(version));
}
