// From a source to a dataset's first version: read and hashed in one pass, committed at once, or nothing at all.
import type { IngestFailure, IngestOverrides, Preview, PreviewNote } from '../core/ingest/options.ts';
import { resultId } from '../core/ids.ts';
import { withLogs } from '../core/ingest/database-log.ts';
import { describeSource } from '../core/ingest/source-facts.ts';
import { groupPartitioned, inOrder, type FolderGroup, type PathFile } from '../core/ingest/partitioned-folder.ts';
import { err, ok, type Result } from '../core/result.ts';
import { freeName, nameFromSource, parseDatasetName } from '../core/version/dataset-name.ts';
import { USUAL_LAYOUT } from '../core/version/layout.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Lineage, LineageParameters } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { IngestInput } from '#workers/ingest/api.ts';
import { commitTable, type CheckpointOf, type Committed } from './commit-table.ts';
import type { Effects, IngestSession } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { withFiles } from './lay-out.ts';
import { AS_IT_IS, optimiseWritten } from './optimise-written.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type Source =
	| {
			readonly kind: 'blob';
			readonly name: string;
			readonly blob: Blob;
			/** Of a partitioned folder, see `folderSource`. */
			readonly files?: readonly PathFile<Blob>[] | undefined;
			/** Of a database, see `PathFile`. */
			readonly log?: Blob | null | undefined;
			/** The one of its tables that is meant, of a database. */
			readonly table?: string | undefined;
	  }
	| { readonly kind: 'url'; readonly url: string };

export type IngestSourceInput = {
	readonly source: Source;
	/** Null makes one from the source's name. A name that is taken is refused, a made one gets a number. */
	readonly name: string | null;
	readonly overrides: IngestOverrides;
	/** Columns that tell rows apart. */
	readonly primaryKey?: readonly string[];
	readonly message?: string | undefined;
	/** What is kept of the rows that were read: a query over a FROM item. */
	readonly reshape?: ((table: string) => string) | undefined;
	/** Columns are narrowed where nothing is lost by it. */
	readonly optimise?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly checkpoint?: CheckpointOf | undefined;
	/** Kept in the lineage. */
	readonly parameters?: LineageParameters | undefined;
};

/** A larger source leaves its reader with memory that only ending it frees. */
const REUSABLE_MAX_BYTES = 16 * 1024 * 1024;

const ASKED_TO_PERSIST = 'asked-to-persist';

export type IngestSourceFailure =
	IngestFailure | RunSqlFailure | { readonly kind: 'unknown-column'; readonly column: string };

/** `savedBytes` is what narrowing saved; 0 when that was not asked for. */
export type IngestedSource = Committed & { readonly savedBytes: number; readonly notes: readonly PreviewNote[] };

export async function ingestSource(
	input: IngestSourceInput,
	effects: Effects
): Promise<Result<IngestedSource, IngestSourceFailure>> {
	const label = `Import ${sourceName(input.source)}`;
	return asJob(effects.jobs, label, input.signal, (job) => ingestAsJob(input, job, effects));
}

async function ingestAsJob(
	input: IngestSourceInput,
	job: JobHandle,
	effects: Effects
): Promise<Result<IngestedSource, IngestSourceFailure>> {
	const named = await chooseName(input, effects);
	if (!named.ok) return named;
	const read = await readSource(input, job, effects);
	if (!read.ok) return read;
	await askToPersist(effects);
	const { rejects } = read.value;
	const lineage = withParameters(read.value.lineage, input.parameters);
	const id = resultId(`ingest-${effects.randomId()}`);
	const { reshape } = input;
	const shaped = reshape
		? await withFiles(id, read.value.table, effects, (rows) =>
				new SegmentWork(id, job, effects).write(reshape(rows), [])
			)
		: ok(read.value.table);
	if (!shaped.ok) return shaped;
	const given = { id, table: shaped.value, from: USUAL_LAYOUT, layout: USUAL_LAYOUT };
	const optimised = input.optimise ? await optimiseWritten(given, job, effects) : ok({ ...given, ...AS_IT_IS });
	if (!optimised.ok) return optimised;
	const { table, layout, choices, savedBytes } = optimised.value;
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	const message = input.message ?? `Import ${sourceName(input.source)}`;
	const { checkpoint, primaryKey = [] } = input;
	const missing = primaryKey.find((name) => !table.schema.some((column) => column.name === name));
	if (missing !== undefined) return err({ kind: 'unknown-column', column: missing });
	const committed = await commitTable(
		{
			name: named.value,
			onto: null,
			message,
			table,
			rejects,
			lineage: withParameters(lineage, choices ?? undefined),
			layout,
			checkpoint,
			...(primaryKey.length > 0 ? { primaryKey } : {})
		},
		effects
	);
	return committed.ok ? ok({ ...committed.value, savedBytes, notes: read.value.notes }) : committed;
}

function withParameters(lineage: Lineage, parameters: LineageParameters | undefined): Lineage {
	return parameters ? { ...lineage, parameters: { ...lineage.parameters, ...parameters } } : lineage;
}

export type ReadSource = {
	readonly table: WrittenTable;
	readonly rejects: WrittenTable | null;
	readonly notes: readonly PreviewNote[];
	readonly lineage: Lineage;
};

/** Reads a source to Parquet that nobody has committed yet. */
export async function readSource(
	input: Pick<IngestSourceInput, 'source' | 'overrides'>,
	job: JobHandle,
	effects: Pick<Effects, 'startIngest'>
): Promise<Result<ReadSource, IngestFailure>> {
	const reader = effects.startIngest();
	const stop = (): void => reader.end();
	job.signal.addEventListener('abort', stop, { once: true });
	if (job.signal.aborted) stop();
	try {
		const source = await bytesOf(input.source, reader, job);
		if (!source.ok) return source;
		const read = await reader.api.read(source.value, overridesOf(input), ({ readBytes, totalBytes, rowCount }) => {
			job.progress({ readBytes, totalBytes, rowCount, fraction: totalBytes > 0 ? readBytes / totalBytes : null });
		});
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		if (!read.ok) {
			if (isOfTheSource(read.error)) reader.giveBack();
			return read;
		}
		const { table, rejects, options, notes, sha256, engine } = read.value;
		if (source.value.blob.size <= REUSABLE_MAX_BYTES) reader.giveBack();
		const sizeBytes = source.value.blob.size + (source.value.log?.size ?? 0);
		const facts = { name: sourceName(input.source), sizeBytes, sha256 };
		return ok({
			table,
			rejects,
			notes,
			lineage: { operation: 'ingest', source: facts, options, sql: null, inputs: [], engine }
		});
	} finally {
		job.signal.removeEventListener('abort', stop);
		stop();
	}
}

/** Found before an engine touched the source, so the reader is as good as new. */
function isOfTheSource({ kind }: IngestFailure): boolean {
	return kind === 'empty-source' || kind === 'unknown-format' || kind === 'unsupported-option';
}

/** What would be read, and how; nothing is kept. */
export async function previewSource(
	input: Pick<IngestSourceInput, 'source' | 'overrides' | 'signal'>,
	effects: Pick<Effects, 'startIngest' | 'jobs'>
): Promise<Result<{ readonly preview: Preview; readonly source: Source & { readonly kind: 'blob' } }, IngestFailure>> {
	const reader = effects.startIngest();
	const stop = (): void => reader.end();
	input.signal?.addEventListener('abort', stop, { once: true });
	try {
		const source = await bytesOf(input.source, reader, null);
		if (!source.ok) return source;
		const preview = await reader.api.guess(source.value, overridesOf(input));
		if (!preview.ok) {
			if (isOfTheSource(preview.error)) reader.giveBack();
			return preview;
		}
		reader.giveBack();
		return ok({ preview: preview.value, source: { kind: 'blob', ...source.value } });
	} finally {
		input.signal?.removeEventListener('abort', stop);
		stop();
	}
}

/** A folder as one source. Its bytes are those of its files in the order of their paths, so size and hash are of all. */
export function folderSource({ name, files }: FolderGroup<Blob>): Source & { readonly kind: 'blob' } {
	const ordered = inOrder(withLogs(files));
	const all = ordered.flatMap(({ file, log }) => (log ? [file, log] : [file]));
	return { kind: 'blob', name, blob: new Blob(all), files: ordered };
}

/** Files of a drop or a picked folder: those in partition folders together, all others one by one. */
export function sourcesOf(files: readonly PathFile<File>[]): readonly Source[] {
	const { folders, others } = groupPartitioned<Blob>(withLogs(files));
	return [
		...folders.map(folderSource),
		...others.map(
			({ path, file, log }) => ({ kind: 'blob', name: path.split('/').at(-1) ?? path, blob: file, log }) as const
		)
	];
}

/** What lineage and messages call a source. */
export function sourceName(source: Source): string {
	if (source.kind === 'url') return describeSource(source.url);
	return source.table === undefined ? source.name : `${source.name}#${source.table}`;
}

/** The name of a dataset that is made of it, unless it is taken. */
export function usualName(source: Source): string {
	const { table } = source.kind === 'blob' ? source : { table: undefined };
	return nameFromSource(table === undefined ? sourceName(source) : table.replaceAll(/[./\\]/g, '_'));
}

function overridesOf({ source, overrides }: Pick<IngestSourceInput, 'source' | 'overrides'>): IngestOverrides {
	const table = source.kind === 'blob' ? source.table : undefined;
	return table === undefined ? overrides : { ...overrides, sqlite: { table } };
}

async function bytesOf(
	source: Source,
	reader: IngestSession,
	job: JobHandle | null
): Promise<Result<IngestInput, IngestFailure>> {
	if (source.kind === 'blob') {
		const { name, blob, files, log } = source;
		return ok({ name, blob, files, log });
	}
	return reader.api.download(source.url, ({ readBytes, totalBytes }) => {
		job?.progress({ readBytes, totalBytes, fraction: totalBytes > 0 ? readBytes / totalBytes : null });
	});
}

async function chooseName(
	{ name, source }: IngestSourceInput,
	effects: Effects
): Promise<Result<string, StoreFailure>> {
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const taken = datasets.value.map((dataset) => dataset.name);
	if (name === null) {
		return ok(freeName(usualName(source), taken));
	}
	const parsed = parseDatasetName(name);
	if (!parsed.ok) return parsed;
	// Told before the work, not after it; the commit checks again.
	return freeName(name, taken) === name ? parsed : err({ kind: 'name-taken', name });
}

/** The first import is the moment a person understands why the browser asks; whoever said no is not asked again. */
async function askToPersist({ store, persisted, persist }: Effects): Promise<void> {
	const asked = await store.setting(ASKED_TO_PERSIST);
	if (!asked.ok || asked.value === true || (await persisted())) return;
	await persist();
	await store.saveSetting(ASKED_TO_PERSIST, true);
}
