// Loads what a connection gives into a dataset. Each batch is a version that says how far the connection is loaded.
import type { Failure } from '../core/failure.ts';
import type { VersionId } from '../core/ids.ts';
import type { PreviewNote } from '../core/ingest/options.ts';
import { err, ok, type Result } from '../core/result.ts';
import { filesBehind } from '../core/source/files/files-state.ts';
import { stateBehind } from '../core/source/load-state.ts';
import { findConnection, knownSecrets } from './connections.ts';
import { DatasetSink, datasetOf, loadMessage } from './dataset-sink.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { runLoad, type LoadCounts } from './load-run.ts';
import { withReader } from './open-source.ts';
import type { FilesReport } from './source-reader.ts';

export type LoadReport = LoadCounts & {
	readonly dataset: string;
	readonly versions: readonly VersionId[];
	readonly requests: number;
	readonly retries: number;
	readonly waitedMs: number;
	/** Columns that the dataset has since. */
	readonly added: readonly string[];
	readonly notes: readonly PreviewNote[];
	/** Of a source that keeps files. */
	readonly files: FilesReport | null;
};

const BATCH_BYTES = 32 * 1024 * 1024;

export type LoadInput = {
	/** A connection's name. */
	readonly name: string;
	/** A dataset; null is what the connection says. How far it is loaded is known for each. */
	readonly into?: string | null;
	readonly signal?: AbortSignal | undefined;
};

/** Loads what came since the last load, or all of it, as the connection says. One at a time, over all tabs. */
export async function loadConnection(
	{ name, into: other = null, signal }: LoadInput,
	effects: Effects
): Promise<Result<LoadReport, Failure>> {
	const found = await findConnection(name, effects);
	if (!found.ok) return found;
	const secrets = await knownSecrets(found.value, effects);
	if (!secrets.ok) return secrets;
	const loaded = await effects.alone(`load ${found.value.id}`, () =>
		asJob(effects.jobs, `Load ${found.value.name}`, signal, (job) =>
			withReader({ ...found.value, secrets: secrets.value }, job, effects, async (reader) => {
				const into = other ?? found.value.connection.load.into ?? found.value.name;
				const item = await datasetOf(into, effects);
				if (!item.ok) return item;
				const behind = item.value && filesBehind(found.value.id, item.value.dataset.head, item.value.reached);
				const { asked: place } = found.value.connection;
				const known = behind?.asked === place ? behind.files : new Map<string, string | null>();
				const sink = new DatasetSink({ ...found.value, into, known }, job, effects);
				const state = item.value && stateBehind(found.value.id, item.value.dataset.head, item.value.reached);
				const { mode, drift } = found.value.connection.load;
				const isLost = item.value && !state && isForgotten(item.value, found.value.name);
				if (mode === 'append' && (isLost || behind?.isForgotten))
					return err({ kind: 'load-forgotten', connection: name, dataset: into });
				const asked = await effects.sha256(new TextEncoder().encode(found.value.connection.asked));
				const isNarrow = drift === 'discard';
				const ran = await runLoad(
					{
						...found.value,
						asked: asked.slice(0, 32),
						...{ state, known },
						columns: isNarrow && item.value ? item.value.version.schema.map((column) => column.name) : null,
						hash: (text) => effects.sha256(new TextEncoder().encode(text)),
						batchBytes: BATCH_BYTES,
						onProgress: (rowCount) => job.progress({ rowCount })
					},
					reader,
					{ keep: (rows, reached) => sink.keep(rows, reached) }
				);
				if (!ran.ok) return ran;
				return ok({
					...ran.value,
					dataset: into,
					versions: sink.versions,
					added: sink.added,
					notes: [...sink.notes],
					files: reader.files ?? null,
					...reader.counts
				});
			})
		)
	);
	return loaded ?? err({ kind: 'load-busy', connection: name });
}

/** A version that a load of it made went for good: its message stays. */
function isForgotten({ line, collected }: CatalogueItem, name: string): boolean {
	return collected.some(({ id, message }) => message === loadMessage(name) && line.some((one) => one.id === id));
}
