// The addresses of the page for lineage: of what, as of which run, seen how.

export const lineageViews = ['datasets', 'columns', 'table'] as const;
export type LineageView = (typeof lineageViews)[number];
export type LineagePlace = {
	readonly dataset: string | null;
	readonly column: string | null;
	/** The run as of whose end it is; null is now. */
	readonly run: string | null;
	readonly view: LineageView;
	/** Leaves out what has nothing to do with what is chosen. */
	readonly isOnly: boolean;
};

export function lineagePath(place: Partial<LineagePlace>): string {
	const search = new URLSearchParams();
	for (const key of ['dataset', 'column', 'run'] as const) {
		const value = place[key] ?? null;
		if (value !== null) search.set(key, value);
	}
	if (place.view !== undefined && place.view !== 'datasets') search.set('view', place.view);
	if (place.isOnly === true) search.set('only', '1');
	return search.size === 0 ? '/lineage' : `/lineage?${search.toString()}`;
}

export function lineagePlaceOf(search: URLSearchParams): LineagePlace {
	const dataset = search.get('dataset');
	return {
		dataset,
		column: dataset === null ? null : search.get('column'),
		run: search.get('run'),
		view: lineageViews.find((view) => view === search.get('view')) ?? 'datasets',
		isOnly: search.get('only') === '1'
	};
}
