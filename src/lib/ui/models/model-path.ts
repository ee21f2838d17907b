// The address of every place among the models, and the place of an address.

export const modelTabs = ['versions', 'card', 'watch'] as const;
export type ModelTab = (typeof modelTabs)[number];

export type ModelsPlace =
	| { readonly at: 'models' | 'runs' }
	/** Of a dataset; empty leaves it open. */
	| { readonly at: 'train'; readonly dataset: string }
	| {
			readonly at: 'model';
			readonly model: string;
			readonly tab?: ModelTab;
			/** Of the watch: the scored version that is looked at, as `dataset@v3`; null is the newest. */
			readonly scored?: string | null;
	  }
	| { readonly at: 'run'; readonly run: string }
	| { readonly at: 'compare'; readonly runs: readonly string[] };

export function modelsPath(place: ModelsPlace): string {
	switch (place.at) {
		case 'models':
			return '/models';
		case 'runs':
			return '/models?view=runs';
		case 'train':
			return `/models?${new URLSearchParams({ train: place.dataset }).toString()}`;
		case 'model': {
			const { model, tab = 'versions', scored = null } = place;
			const part = tab === 'versions' ? {} : { tab };
			const watched = tab === 'watch' && scored !== null ? { scored } : {};
			return `/models?${new URLSearchParams({ model, ...part, ...watched }).toString()}`;
		}
		case 'run':
			return `/models?${new URLSearchParams({ run: place.run }).toString()}`;
		case 'compare':
			return `/models?${new URLSearchParams({ compare: place.runs.join(' ') }).toString()}`;
	}
}

export function modelsPlaceOf(search: URLSearchParams): ModelsPlace {
	const [model, run] = [search.get('model'), search.get('run')];
	const [compare, dataset] = [search.get('compare'), search.get('train')];
	if (model !== null) {
		const tab = modelTabs.find((one) => one === search.get('tab')) ?? 'versions';
		if (tab === 'watch') return { at: 'model', model, tab, scored: search.get('scored') };
		return tab === 'versions' ? { at: 'model', model } : { at: 'model', model, tab };
	}
	if (run !== null) return { at: 'run', run };
	if (compare !== null) return { at: 'compare', runs: compare.split(' ').filter((id) => id !== '') };
	if (dataset !== null) return { at: 'train', dataset };
	return { at: search.get('view') === 'runs' ? 'runs' : 'models' };
}
