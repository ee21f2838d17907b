// Keeps what a load reads: each batch as the next version of its dataset, with how far the connection is loaded and which files came.
import type { Failure } from '../core/failure.ts';
import type { IngestOverrides, PreviewNote } from '../core/ingest/options.ts';
import { partitionsOf } from '../core/export/hive-path.ts';
import { resultId, type VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { wholeTag, type FileFacts, type KnownFiles } from '../core/source/files/file-facts.ts';
import { filesParameters, withFiles, type FilesState } from '../core/source/files/files-state.ts';
import { stateParameters, type LoadState } from '../core/source/load-state.ts';
import { isWholeLoad } from '../core/source/load-terms.ts';
import { quoteName } from '../core/sql/quote.ts';
import { firstHistorySql, VALID_FROM } from '../core/version/history-sql.ts';
import type { LineageParameters } from '../core/version/version.ts';
import type { FoundConnection } from './connections.ts';
import type { Effects } from './effects.ts';
import { ingestInto, type TakenIn } from './ingest-into.ts';
import { folderSource, ingestSource, previewSource, type Source } from './ingest-source.ts';
import type { JobHandle } from './jobs.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import type { KeptRows, LoadedRows } from './load-run.ts';
import { runStatement } from './run-statement.ts';
import type { SourceFile, SourceRows } from './source-reader.ts';

/** By which a version is known as a load's, after its lineage is gone. */
export function loadMessage(name: string): string {
	return `Load ${name}`;
}

/** Null where there is none. */
export async function datasetOf(name: string, effects: Effects): Promise<Result<CatalogueItem | null, Failure>> {
	const found = await findDataset(name, effects);
	return !found.ok && found.error.kind === 'unknown-dataset' ? ok(null) : found;
}

/** Keeps rows as the next version of the dataset, or as its first. */
export class DatasetSink {
	readonly versions: VersionId[] = [];
	readonly added: string[] = [];
	readonly notes = new Set<PreviewNote>();
	readonly #found: FoundConnection;
	readonly #into: string;
	/** Files that are loaded, with each batch those that came with it. */
	#known: KnownFiles;
	readonly #job: JobHandle;
	readonly #effects: Effects;

	constructor(
		{ into, known, ...found }: FoundConnection & { readonly into: string; readonly known: KnownFiles },
		job: JobHandle,
		effects: Effects
	) {
		this.#found = found;
		this.#into = into;
		this.#known = known;
		this.#job = job;
		this.#effects = effects;
	}

	async keep(rows: LoadedRows, state: LoadState): Promise<Result<KeptRows, Failure>> {
		const read = this.#source(rows);
		const files = rows.kind === 'files' ? rows.files.flatMap((file) => file.files ?? []) : [];
		const isWhole = isWholeLoad(this.#found.connection);
		const known = withFiles(isWhole ? new Map() : this.#known, files);
		const { id: connection, connection: asking } = this.#found;
		const came = { connection, asked: asking.asked, files: tagsOf(files), count: known.size, isWhole };
		const kept = await this.#commit(read, {
			...stateParameters(state),
			...(files.length > 0 && filesParameters(came))
		});
		if (!kept.ok) {
			if (kept.error.kind !== 'columns-differ') return kept;
			const { drift } = this.#found.connection.load;
			const { extra } = kept.error;
			if (drift !== 'evolve')
				return err({ kind: 'load-drift', dataset: this.#into, added: extra, mayAsk: drift === 'ask' });
			const evolved = await this.#evolve(read, extra);
			return evolved.ok ? this.keep(rows, state) : evolved;
		}
		this.#known = known;
		for (const note of kept.value.notes) this.notes.add(note);
		this.versions.push(kept.value.version.id);
		const rejectedCount = kept.value.version.rejects?.rowCount ?? 0;
		return ok({ rowCount: rows.kind === 'rows' ? rows.rows.length : kept.value.readCount, rejectedCount });
	}

	async #commit(read: ToRead, parameters: LineageParameters): Promise<Result<TakenIn, Failure>> {
		const { connection, name } = this.#found;
		const { mode, key } = connection.load;
		const atMs = this.#effects.now();
		const common = {
			...read,
			parameters,
			message: loadMessage(name),
			signal: this.#job.signal
		};
		const item = await datasetOf(this.#into, this.#effects);
		if (!item.ok) return item;
		if (item.value === null) {
			const reshape = mode === 'history' ? (table: string) => firstHistorySql(table, atMs) : undefined;
			const primaryKey = mode === 'history' ? [...key, VALID_FROM] : key;
			const first = await ingestSource({ ...common, name: this.#into, primaryKey, reshape }, this.#effects);
			return first.ok ? ok({ ...first.value, readCount: first.value.version.table.rowCount }) : first;
		}
		const id = resultId(`load-${this.#effects.randomId()}`);
		const how = { full: 'replace', append: 'append', merge: 'upsert', history: 'upsert' } as const;
		const history = mode === 'history' ? { atMs, isWhole: isWholeLoad(connection) } : undefined;
		return ingestInto({ ...common, id, into: this.#into, mode: how[mode], key, history }, this.#effects);
	}

	#source(rows: LoadedRows): ToRead {
		if (rows.kind === 'files') return asOneSource(rows.files);
		return rowsSource(this.#found.name, rows);
	}

	/** Columns that the dataset does not have, as the rows have them. */
	async #evolve(read: ToRead, extra: readonly string[]): Promise<Result<void, Failure>> {
		const preview = await previewSource({ ...read, signal: this.#job.signal }, this.#effects);
		if (!preview.ok) return preview;
		for (const name of extra) {
			const type = preview.value.preview.options.columns.find((column) => column.name === name)?.type ?? 'VARCHAR';
			const sql = `ALTER TABLE ${quoteName(this.#into)} ADD COLUMN ${quoteName(name)} ${type}`;
			const id = resultId(`load-${this.#effects.randomId()}`);
			const done = await runStatement({ id, sql, signal: this.#job.signal }, this.#effects);
			if (!done.ok) return done;
			this.added.push(name);
		}
		return ok(undefined);
	}
}

export type ToRead = { readonly source: Source & { readonly kind: 'blob' }; readonly overrides: IngestOverrides };

export function rowsSource(
	name: string,
	{ rows, types }: { readonly rows: readonly string[]; readonly types?: SourceRows['types'] | undefined }
): ToRead {
	const blob = new Blob(rows.map((row) => `${row}\n`));
	return {
		source: { kind: 'blob', name: `${name}.ndjson`, blob },
		overrides: { format: 'ndjson', ...(types && { types }) }
	};
}

/** Files of one load are one source: read one after another, as those of a folder. */
export function asOneSource(files: readonly SourceFile[]): ToRead {
	const [first] = files;
	const { name = '', overrides = {} } = first ?? {};
	const all = files.flatMap(({ parts, name: path, blob }) => parts ?? [{ path, file: blob }]);
	const [only] = all;
	if (only && all.length === 1 && partitionsOf(only.path).length === 0)
		return { source: { kind: 'blob', name, blob: only.file, log: only.log }, overrides };
	return { source: folderSource({ name, files: all }), overrides };
}

function tagsOf(files: readonly FileFacts[]): FilesState['files'] {
	return files.map((file) => [file.path, wholeTag(file)]);
}
