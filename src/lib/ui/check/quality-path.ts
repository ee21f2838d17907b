// The addresses of a dataset's quality: which of its views, of which versions, and what of them.

export const qualityTabs = ['statistics', 'drift', 'metrics', 'rows'] as const;
export type QualityTab = (typeof qualityTabs)[number];

export type QualityPlace = {
	readonly dataset: string;
	readonly tab: QualityTab;
	/** The version that is looked at, as after `@` in SQL; null is the newest. */
	readonly at: string | null;
	/** What it is compared with; null is the baseline, else the version before. */
	readonly before: string | null;
	/** The metric that is followed, and the column it is of. */
	readonly metric: string | null;
	readonly column: string | null;
};

export function qualityPath({ dataset, ...place }: Partial<QualityPlace> & Pick<QualityPlace, 'dataset'>): string {
	const search = new URLSearchParams({ dataset });
	for (const key of ['tab', 'at', 'before', 'metric', 'column'] as const) {
		const value = place[key] ?? null;
		if (value !== null && value !== 'statistics') search.set(key, value);
	}
	return `/check?${search.toString()}`;
}

/** Null where the address is of no dataset. */
export function qualityPlaceOf(search: URLSearchParams): QualityPlace | null {
	const dataset = search.get('dataset');
	if (dataset === null) return null;
	return {
		dataset,
		tab: qualityTabs.find((tab) => tab === search.get('tab')) ?? 'statistics',
		at: search.get('at'),
		before: search.get('before'),
		metric: search.get('metric'),
		column: search.get('column')
	};
}
