// What may keep a version's statistics, or its distance from another one, from being told.

export type CheckCrashed = {
	readonly kind: 'check-crashed';
	readonly reason: string;
	/** What it did; left out where it told statistics, of which it keeps what it had read. */
	readonly work?: 'rows';
};

/** Nothing to compare with: no baseline is pinned, and no version is before this one. */
export type NoBaseline = { readonly kind: 'no-baseline'; readonly dataset: string };

export type StatisticsFailure = CheckCrashed | NoBaseline;
