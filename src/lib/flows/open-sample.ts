// Brings a shipped sample in as a dataset, once: opening it again finds the one that is there.
import { err, ok, type Result } from '../core/result.ts';
import type { Sample } from '../core/samples/samples.ts';
import type { Committed } from './commit-table.ts';
import type { Effects, SampleUnavailable } from './effects.ts';
import { ingestSource, type IngestSourceFailure } from './ingest-source.ts';
import { listDatasets } from './list-datasets.ts';

export type OpenSampleFailure = IngestSourceFailure | SampleUnavailable;

export async function openSample(
	input: { readonly sample: Sample; readonly signal?: AbortSignal | undefined },
	effects: Effects
): Promise<Result<Committed, OpenSampleFailure>> {
	const { sample } = input;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const there = items.value.find(({ history }) => history[0]?.lineage.source?.name === sample.file);
	if (there && there.dataset.name === sample.name) return ok({ dataset: there.dataset, version: there.version });
	const blob = await effects.fetchSample(sample.file);
	if (!blob.ok) return err(blob.error);
	return ingestSource(
		{
			source: { kind: 'blob', name: sample.file, blob: blob.value },
			name: items.value.some(({ dataset }) => dataset.name.toLowerCase() === sample.name) ? null : sample.name,
			overrides: {},
			message: `Import the sample ${sample.title}`,
			signal: input.signal
		},
		effects
	);
}
