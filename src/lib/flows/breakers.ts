// Circuit breakers, one a source: after failures in a row nothing is asked of it for a while, then one call tries. Kept, so
// that a reload does not forget.
import {
	BrokenCircuitError,
	circuitBreaker,
	CircuitState,
	ConsecutiveBreaker,
	handleWhenResult,
	type CircuitBreakerPolicy
} from 'cockatiel';
import type { BreakerRecord } from '../core/pipeline/breaker-record.ts';
import type { BreakerPolicy } from '../core/pipeline/pipeline.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunStore } from '../db/runs.ts';

export type SourceOpen = {
	readonly kind: 'source-open';
	readonly source: string;
	readonly retryAtMs: number;
	readonly lastFailure: string | null;
};

type BreakerEffects = { readonly runs: Pick<RunStore, 'breaker' | 'saveBreaker'>; readonly now: () => number };

type Breaker = {
	readonly policy: CircuitBreakerPolicy;
	record: BreakerRecord;
};

/** How much longer each opening lasts than the one before, and at most how much. */
const OPENING_FACTOR = 2;
const OPENING_MAX = 16;

/**
 * Note: how cockatiel is given another clock. Its breaker asks of the machine's clock whether less than the backoff's duration
 * has passed since it opened, and nothing else. A backoff whose duration is endless until our clock says that it is over, and
 * negative from then on, decides by our clock alone.
 */
export class Breakers {
	readonly #effects: BreakerEffects;
	readonly #bySource = new Map<string, Breaker>();

	constructor(effects: BreakerEffects) {
		this.#effects = effects;
	}

	/** Runs `work` unless the source is open. `isFault` says which failures are the source's. */
	async call<T, F extends { readonly kind: string }>(
		input: {
			readonly source: string;
			readonly settings: BreakerPolicy;
			readonly isFault: (failure: F) => boolean;
			readonly work: () => Promise<Result<T, F>>;
		},
		signal: AbortSignal
	): Promise<Result<T, F | SourceOpen | StoreFailure>> {
		const { source, settings, isFault, work } = input;
		const stored = await this.#effects.runs.breaker(source);
		if (!stored.ok) return stored;
		const breaker = this.#current(source, settings, stored.value);
		let failure: string | null = null;
		try {
			const result = (await breaker.policy.execute(async () => {
				const answer = await work();
				failure = !answer.ok && isFault(answer.error) ? answer.error.kind : null;
				return { answer, isFault: failure !== null };
			}, signal)) as { readonly answer: Result<T, F> };
			const saved = await this.#save(breaker, failure);
			return saved.ok ? result.answer : saved;
		} catch (error) {
			if (!(error instanceof BrokenCircuitError)) throw error;
			const { retryAtMs, lastFailure } = breaker.record;
			return err({ kind: 'source-open', source, retryAtMs: retryAtMs ?? this.#effects.now(), lastFailure });
		}
	}

	#current(source: string, settings: BreakerPolicy, stored: BreakerRecord | null): Breaker {
		const known = this.#bySource.get(source);
		if (known && known.record.revision >= (stored?.revision ?? 0)) return known;
		const record = stored ?? closed(source);
		const isOpen = record.state !== 'closed';
		const made: Breaker = {
			record,
			policy: circuitBreaker(
				handleWhenResult((result) => (result as { readonly isFault: boolean }).isFault),
				{
					breaker: new ConsecutiveBreaker(settings.failures),
					halfOpenAfter: { next: () => this.#backoff(source) },
					initialState: {
						ownState: isOpen
							? { value: CircuitState.Open, openedAt: 0, attemptNo: Math.max(1, record.openings) }
							: { value: CircuitState.Closed },
						breakerState: record.failures
					}
				}
			)
		};
		// At once: a call that waits for the one that tries asks again as soon as that has failed.
		made.policy.onBreak(() => {
			const now = this.#effects.now();
			const openings = made.record.openings + 1;
			const longer = Math.min(OPENING_MAX, OPENING_FACTOR ** (openings - 1));
			const retryAtMs = now + settings.resetAfterMs * longer;
			made.record = { ...made.record, state: 'open', openings, openedAtMs: now, retryAtMs };
		});
		this.#bySource.set(source, made);
		return made;
	}

	#backoff(source: string): { readonly duration: number; next(): { readonly duration: number; next(): never } } {
		const isOver = (): boolean => (this.#bySource.get(source)?.record.retryAtMs ?? 0) <= this.#effects.now();
		const backoff = {
			get duration() {
				return isOver() ? -Infinity : Infinity;
			},
			next: () => backoff as never
		};
		return backoff;
	}

	async #save(breaker: Breaker, failure: string | null): Promise<Result<void, StoreFailure>> {
		const before = breaker.record;
		const isOpen = breaker.policy.state !== CircuitState.Closed;
		if (failure === null && before.state === 'closed' && before.failures === 0) return ok(undefined);
		const revision = before.revision + 1;
		breaker.record = isOpen
			? {
					...before,
					failures: before.failures + (failure === null ? 0 : 1),
					lastFailure: failure ?? before.lastFailure,
					revision
				}
			: {
					...closed(before.source),
					failures: failure === null ? 0 : before.failures + 1,
					lastFailure: failure,
					revision
				};
		return this.#effects.runs.saveBreaker(breaker.record);
	}
}

/** As a person sees it: one that may try again is half open. */
export function breakerNow(record: BreakerRecord, nowMs: number): BreakerRecord {
	const isDue = record.state === 'open' && record.retryAtMs !== null && record.retryAtMs <= nowMs;
	return isDue ? { ...record, state: 'half-open' } : record;
}

/** A breaker as if nothing had failed. */
export function resetBreaker(record: BreakerRecord): BreakerRecord {
	return { ...closed(record.source), revision: record.revision + 1 };
}

function closed(source: string): BreakerRecord {
	return {
		source,
		state: 'closed',
		failures: 0,
		openings: 0,
		openedAtMs: null,
		retryAtMs: null,
		lastFailure: null,
		revision: 0
	};
}
