// Turns what IndexedDB and Dexie throw into the store's failures.
import type { StoreFailure } from '#core/version/store-failure.ts';

/** Quota hides: Dexie throws `AbortError` with the `QuotaExceededError` as its `inner`. */
export function storeFailure(error: unknown, neededBytes: number): StoreFailure {
	if (isQuota(error)) return { kind: 'storage-full', neededBytes };
	return {
		kind: 'storage-unavailable',
		reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error)
	};
}

function isQuota(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	if ('name' in error && error.name === 'QuotaExceededError') return true;
	return 'inner' in error && isQuota(error.inner);
}

/** Rolls the running transaction back and says why; never leaves this folder. */
export class Refused extends Error {
	readonly failure: StoreFailure;
	constructor(failure: StoreFailure) {
		super(failure.kind);
		this.failure = failure;
	}
}
