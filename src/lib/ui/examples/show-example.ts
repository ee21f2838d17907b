// Leads to where an example is looked at.
import type { ExamplePlace } from '#core/examples/example.ts';
import { modelSamples } from '#core/model/registry/model-samples.ts';
import type { Workbench } from '#lib/state/workbench.svelte.ts';
import { qualityPath } from '../check/quality-path.ts';
import { lineagePath } from '../lineage/lineage-path.ts';
import { modelsPath } from '../models/model-path.ts';
import { pipelinePath } from '../pipelines/pipeline-path.ts';

export async function showExample(place: ExamplePlace, workbench: Workbench): Promise<void> {
	switch (place.at) {
		case 'dataset':
		case 'optimise':
		case 'compare':
			return showDataset(place, workbench);
		case 'recipe':
			return workbench.goTo(`/transform?${new URLSearchParams({ recipe: place.recipe }).toString()}`);
		case 'pipeline':
			return workbench.goTo(pipelinePath({ pipeline: place.pipeline, tab: 'runs' }));
		case 'source':
			workbench.goTo('/sources');
			return workbench.sources.loadNamed(place.connection);
		case 'query':
			await workbench.queries.askNamed(place.query);
			return workbench.goTo(`/queries?${new URLSearchParams({ query: place.query }).toString()}`);
		case 'report':
			return workbench.goTo(`/reports?${new URLSearchParams({ report: place.report }).toString()}`);
		case 'lineage':
			return workbench.goTo(lineagePath({ dataset: place.dataset, view: 'columns' }));
		case 'drift':
			return workbench.goTo(qualityPath({ dataset: place.dataset, tab: 'drift' }));
		case 'train': {
			const sample = modelSamples.find(({ name }) => name === place.sample);
			if (sample && (await workbench.models.fillSample(sample)))
				workbench.goTo(modelsPath({ at: 'train', dataset: '' }));
		}
	}
}

function showDataset({ at, dataset }: { readonly at: string; readonly dataset: string }, workbench: Workbench): void {
	const item = workbench.catalogue.find(dataset);
	workbench.goTo('/');
	if (!item) return;
	workbench.openDataset(dataset);
	if (at === 'optimise') workbench.open({ kind: 'optimise', item });
	if (at === 'compare') workbench.compareNewest(item);
}
