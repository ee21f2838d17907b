// The rows of named queries that the page keeps in the engine, who reads them, and who waits for the same ones.
import type { ResultId } from '../core/ids.ts';
import { ResultCache, type CacheFigures } from '../core/query/result-cache.ts';
import type { Result } from '../core/result.ts';
import type { RunOutcome } from '#workers/engine/api.ts';

/** Rows in the engine, which stay there while they are kept or read. */
export type HeldRows = RunOutcome & { readonly id: ResultId; readonly madeAtMs: number };

type Flight = { readonly stop: AbortController; waiting: number; readonly work: Promise<unknown> };

const BUDGET_BYTES = 64 * 1024 * 1024;

export class QueryCache {
	readonly #cache: ResultCache<HeldRows>;
	readonly #release: (id: ResultId) => void;
	readonly #flights = new Map<string, Flight>();
	/** How many read each, and whether it is kept. */
	readonly #uses = new Map<ResultId, { readers: number; isKept: boolean }>();
	readonly #listeners = new Set<() => void>();
	#joined = 0;
	/** Of the engine as it runs. */
	#pure: ReadonlySet<string> | null = null;

	constructor(release: (id: ResultId) => void) {
		this.#release = release;
		this.#cache = new ResultCache<HeldRows>(BUDGET_BYTES, ({ id }) => {
			const use = this.#uses.get(id);
			if (use) use.isKept = false;
			this.#settle(id);
		});
	}

	/** `joined`: asks that waited for an equal one instead of running. */
	get figures(): CacheFigures & { readonly joined: number } {
		return { ...this.#cache.figures, joined: this.#joined };
	}

	/** Rows for one reader more, who gives them back by `done`. */
	find(key: string, versions: readonly string[], nowMs: number): HeldRows | null {
		const held = this.#cache.find(key, versions, nowMs);
		if (held) this.read(held);
		this.#tell();
		return held;
	}

	has(key: string, versions: readonly string[], nowMs: number): boolean {
		return this.#cache.has(key, versions, nowMs);
	}

	keep(
		entry: { readonly key: string; readonly versions: readonly string[]; readonly ttlMs: number | null },
		held: HeldRows,
		nowMs: number
	): void {
		this.#use(held.id).isKept = true;
		const expiresAtMs = entry.ttlMs === null ? null : nowMs + entry.ttlMs;
		// The engine says nothing of rows without columns; an entry takes room all the same.
		const sizeBytes = Math.max(1024, held.sizeBytes);
		this.#cache.keep({ key: entry.key, versions: entry.versions, held, sizeBytes, expiresAtMs }, nowMs);
		this.#tell();
	}

	/** Its rows are gone from the engine. What is kept under the key by now may be another's. */
	lose(key: string, held: HeldRows): void {
		this.#cache.lose(key, held);
		this.#tell();
	}

	/** One reader more. */
	read({ id }: HeldRows): void {
		this.#use(id).readers++;
	}

	done({ id }: HeldRows): void {
		const use = this.#uses.get(id);
		if (!use || use.readers === 0) return;
		use.readers--;
		this.#settle(id);
	}

	/** Runs `work` once for all who ask for the same at one time. It is stopped when the last of them has gone. */
	async once<T, F>(
		key: string,
		signal: AbortSignal | undefined,
		work: (signal: AbortSignal) => Promise<Result<T, F>>
	): Promise<Result<T, F | { readonly kind: 'cancelled' }>> {
		if (signal?.aborted) return { ok: false, error: { kind: 'cancelled' } };
		const going = this.#flights.get(key);
		if (going) this.#joined++;
		const flight = going ?? this.#begin(key, work);
		flight.waiting++;
		const gone = Promise.withResolvers<Result<T, F | { readonly kind: 'cancelled' }>>();
		const leave = (): void => {
			flight.waiting--;
			if (flight.waiting === 0) {
				flight.stop.abort();
				if (this.#flights.get(key) === flight) this.#flights.delete(key);
			}
			gone.resolve({ ok: false, error: { kind: 'cancelled' } });
		};
		signal?.addEventListener('abort', leave, { once: true });
		try {
			return await Promise.race([flight.work as Promise<Result<T, F>>, gone.promise]);
		} finally {
			signal?.removeEventListener('abort', leave);
		}
	}

	/** The engine's functions that depend on their arguments alone, asked for once. */
	async pure<F>(ask: () => Promise<Result<ReadonlySet<string>, F>>): Promise<Result<ReadonlySet<string>, F>> {
		if (this.#pure) return { ok: true, value: this.#pure };
		const asked = await ask();
		if (asked.ok) this.#pure = asked.value;
		return asked;
	}

	/** Ends the waiting: answers for how many, and who asks from now on begins anew. */
	land(key: string): number {
		const waiting = this.#flights.get(key)?.waiting ?? 0;
		this.#flights.delete(key);
		return waiting;
	}

	setBudget(budgetBytes: number): void {
		this.#cache.setBudget(budgetBytes);
		this.#tell();
	}

	clear(): void {
		this.#pure = null;
		this.#cache.clear();
		this.#joined = 0;
		this.#tell();
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#begin<T, F>(key: string, work: (signal: AbortSignal) => Promise<Result<T, F>>): Flight {
		const stop = new AbortController();
		const flight: Flight = {
			stop,
			waiting: 0,
			work: work(stop.signal).finally(() => {
				if (this.#flights.get(key) === flight) this.#flights.delete(key);
			})
		};
		this.#flights.set(key, flight);
		return flight;
	}

	#use(id: ResultId): { readers: number; isKept: boolean } {
		const use = this.#uses.get(id) ?? { readers: 0, isKept: false };
		this.#uses.set(id, use);
		return use;
	}

	#settle(id: ResultId): void {
		const use = this.#uses.get(id);
		if (!use || use.isKept || use.readers > 0) return;
		this.#uses.delete(id);
		this.#release(id);
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}
