// How long to wait before asking again where an edge cannot now: never all devices at one time, and never sooner than it says.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/** Full jitter over a span that doubles. `tries` were made already; `random` is 0 ≤ x < 1. */
export function backOffMs(tries: number, retryAfterMs: number | null, random: number): number {
	const spanMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, tries));
	return (retryAfterMs ?? 0) + Math.round(random * spanMs);
}
