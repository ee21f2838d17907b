// The addresses of the page for pipelines: which one, which view of it, which run.

export const pipelineTabs = ['build', 'plan', 'runs', 'tests', 'triggers', 'backfill'] as const;
export type PipelineTab = (typeof pipelineTabs)[number];

export function pipelinePath(place: {
	readonly pipeline: string | null;
	readonly tab?: PipelineTab;
	readonly run?: string | null;
}): string {
	if (place.pipeline === null) return '/pipelines';
	const search = new URLSearchParams({ pipeline: place.pipeline });
	if (place.tab !== undefined && place.tab !== 'build') search.set('view', place.tab);
	if (typeof place.run === 'string') search.set('run', place.run);
	return `/pipelines?${search.toString()}`;
}

export function pipelineTabOf(search: URLSearchParams): PipelineTab {
	return pipelineTabs.find((tab) => tab === search.get('view')) ?? 'build';
}
