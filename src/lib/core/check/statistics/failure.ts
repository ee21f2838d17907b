// What may keep a version's statistics, or its distance from another one, from being told.

export type CheckCrashed = { readonly kind: 'check-crashed'; readonly reason: string };

/** Nothing to compare with: no baseline is pinned, and no version is before this one. */
export type NoBaseline = { readonly kind: 'no-baseline'; readonly dataset: string };

export type StatisticsFailure = CheckCrashed | NoBaseline;
