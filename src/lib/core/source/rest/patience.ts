// How long a source is waited for: what an answer's status means, when it is asked again, and how often it may be asked.

/** `renew`: a token may have ended. */
export type StatusMeaning = 'rows' | 'again' | 'renew' | 'refused';

const passing = new Set([408, 425, 429]);

export function meaningOf(status: number): StatusMeaning {
	if (status >= 200 && status < 300) return 'rows';
	if (status === 401) return 'renew';
	return passing.has(status) || status >= 500 ? 'again' : 'refused';
}

/** RFC 9110: seconds, or a date. Null when it says neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
	const text = header?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const atMs = /[a-z]{3}/i.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

const BASE_MS = 500;
const LONGEST_MS = 30_000;

/** Exponential with full jitter; `attempt` from 0, `random` 0 ≤ x < 1. Source: AWS Architecture Blog, "Exponential Backoff And Jitter". */
export function backoffMs(attempt: number, random: number): number {
	return Math.round(random * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt));
}

/** A token bucket; `atMs` is when it had `tokens`. */
export type Bucket = { readonly tokens: number; readonly atMs: number };

/** Takes one token, which may be there only after `waitMs`. It holds those of one second, and at least one. */
export function takeToken(
	bucket: Bucket | null,
	nowMs: number,
	perSecond: number
): { readonly bucket: Bucket; readonly waitMs: number } {
	const most = Math.max(1, perSecond);
	const { tokens, atMs } = bucket ?? { tokens: most, atMs: nowMs };
	const there = Math.min(most, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
	const waitMs = there >= 1 ? 0 : Math.ceil(((1 - there) / perSecond) * 1000);
	return { bucket: { tokens: there - 1, atMs: nowMs }, waitMs };
}
