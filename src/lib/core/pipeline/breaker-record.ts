// What is kept of a source's circuit breaker, so that a reload does not forget that the source is down.

export type BreakerRecord = {
	/** Such as `https://example.org` or `sample flights`. */
	readonly source: string;
	readonly state: 'closed' | 'open' | 'half-open';
	/** One after the other, up to now. */
	readonly failures: number;
	/** How often it was opened in a row without a success between. */
	readonly openings: number;
	readonly openedAtMs: number | null;
	/** When it lets one call through to try; null unless open. */
	readonly retryAtMs: number | null;
	readonly lastFailure: string | null;
	/** Counts changes, so that a page sees that another one, or a person, changed it. */
	readonly revision: number;
};
