// Where an import of a pipeline's step gets its rows.
import type { IngestWork } from '../core/pipeline/pipeline.ts';
import type { FailureFacts, TableFacts } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import { samples } from '../core/samples/samples.ts';
import type { Effects } from './effects.ts';
import type { Source } from './ingest-source.ts';
import { findDataset } from './list-datasets.ts';
import { loadConnection } from './load-connection.ts';
import type { WorkContext } from './runner-effects.ts';
import { tableFacts } from './step-inputs.ts';

export type ReadSource = Exclude<IngestWork['source'], { readonly kind: 'connection' }>;

export async function stepSource(source: ReadSource, effects: Effects): Promise<Result<Source, FailureFacts>> {
	switch (source.kind) {
		case 'url':
			return ok({ kind: 'url', url: source.url });
		case 'file': {
			const file = await effects.folders.file(source.folder, source.file);
			return file.ok ? ok({ kind: 'blob', name: source.file, blob: file.value }) : file;
		}
		case 'dataset':
			return err({ kind: 'unknown-dataset', name: source.dataset });
		case 'sample': {
			const sample = samples.find(({ id }) => id === source.sample);
			if (!sample) return err({ kind: 'unknown-dataset', name: source.sample });
			const blob = await effects.fetchSample(sample.file);
			return blob.ok ? ok({ kind: 'blob', name: sample.file, blob: blob.value }) : blob;
		}
	}
}

/** Each batch is kept with the place behind it: a step that begins anew goes on there. Null where no dataset came of it. */
export async function loadStep(
	{ connection, into }: { readonly connection: string; readonly into: string | null },
	{ signal, log }: Pick<WorkContext, 'signal' | 'log'>,
	effects: Effects
): Promise<Result<TableFacts | null, FailureFacts>> {
	const loaded = await loadConnection({ name: connection, into, signal }, effects);
	if (!loaded.ok) return loaded;
	const { dataset, keptCount, rejectedCount, versions } = loaded.value;
	const kept = `${keptCount} rows into ${dataset}, in ${versions.length} version${versions.length === 1 ? '' : 's'}`;
	log('info', keptCount === 0 ? `Nothing new for ${dataset}` : kept);
	if (rejectedCount > 0) log('warn', `${rejectedCount} rows were refused: they are in ${dataset}@rejects`);
	const there = await findDataset(dataset, effects);
	if (there.ok) return ok(tableFacts(there.value.dataset.name, there.value.version));
	return there.error.kind === 'unknown-dataset' ? ok(null) : there;
}
