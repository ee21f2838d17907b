// How long a step waits before it is tried again.
import type { RetryPolicy } from './pipeline.ts';

/** The most that a wait after the `failures`-th failure can be. */
export function retryBoundMs({ delayMs, factor, maxDelayMs }: RetryPolicy, failures: number): number {
	return Math.min(maxDelayMs, delayMs * factor ** Math.max(0, failures - 1));
}

/**
 * `random` is in 0 ≤ x < 1. Null when no attempt is left.
 *
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter.
 */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: number): number | null {
	if (failures >= policy.attempts) return null;
	const bound = retryBoundMs(policy, failures);
	return Math.floor(policy.jitter === 'full' ? random * bound : bound);
}

const passing = new Set([
	...['worker-crashed', 'engine-crashed', 'out-of-memory', 'sample-unavailable', 'source-open', 'timed-out'],
	...['storage-unavailable', 'storage-full', 'moved', 'fault-injected', 'child-run-failed']
]);

/** Whether trying again may help: what is wrong with the step itself stays wrong. */
export function isPassing(failure: { readonly kind: string; readonly status?: unknown }): boolean {
	if (failure.kind !== 'url-refused') return passing.has(failure.kind);
	const { status } = failure;
	return typeof status !== 'number' || status === 408 || status === 425 || status === 429 || status >= 500;
}
