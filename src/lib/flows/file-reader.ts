// Reads files of a store as a source: those that are new, or all; of Parquet only the bytes that are wanted. Files are read together, as many as fit.
import type { Failure } from '../core/failure.ts';
import type { IngestFailure, IngestOverrides } from '../core/ingest/options.ts';
import type { PathFile } from '../core/ingest/partitioned-folder.ts';
import { err, ok, type Result } from '../core/result.ts';
import { databasesWhole, filesToRead, wholeTag, type FileFacts } from '../core/source/files/file-facts.ts';
import type { FilesConnection } from '../core/source/files/files-connection.ts';
import { fileFilters, mayHoldPartition } from '../core/source/files/partition-filter.ts';
import { partitionsOf } from '../core/export/hive-path.ts';
import { fetchFile, sampleFile, type FetchedFile } from './fetch-file.ts';
import type { FileStore } from './file-store.ts';
import type {
	FilesReport,
	ReadFrom,
	SourceBatch,
	SourceEntry,
	SourceFacts,
	SourceFile,
	SourceReader
} from './source-reader.ts';

/** Opens an archive: the files in it, by their paths. */
export type Unpack = (name: string, blob: Blob) => Promise<Result<readonly PathFile<Blob>[], IngestFailure>>;

const BATCH_BYTES = 32 * 1024 * 1024;
const BATCH_FILES = 500;
/** How often a file is looked for again that was changed while it was read. */
const TRIES = 3;

export class FileReader implements SourceReader {
	readonly #connection: FilesConnection;
	readonly #store: FileStore;
	readonly #unpack: Unpack;
	#files: FilesReport | null = null;

	constructor(connection: FilesConnection, store: FileStore, unpack: Unpack) {
		this.#connection = connection;
		this.#store = store;
		this.#unpack = unpack;
	}

	get counts() {
		return this.#store.counts;
	}

	/** What became of the files, once they were read. */
	get files(): FilesReport | null {
		return this.#files && { ...this.#files, readBytes: this.#store.counts.readBytes };
	}

	async list(): Promise<Result<readonly SourceEntry[], Failure>> {
		const listed = await this.#wanted();
		if (!listed.ok) return listed;
		return ok(
			listed.value.map(({ path: name, sizeBytes }) => ({ name, kind: 'file' as const, rowCount: null, sizeBytes }))
		);
	}

	async describe(): Promise<Result<SourceFacts, Failure>> {
		const listed = await this.#wanted();
		if (!listed.ok) return listed;
		const [first] = filesToRead('full', listed.value, new Map()).files;
		if (!first) return err(this.#nothing);
		const fetched = await sampleFile(this.#store, first, this.#wantedOf(first));
		if (!fetched.ok) return fetched;
		const log = await this.#logOf(first);
		if (!log.ok) return log;
		const content = await this.#content([{ facts: first, fetched: fetched.value, ...log.value }], null);
		return content.ok ? ok({ first: content.value, total: null, paging: null }) : content;
	}

	async *read({ batches, columns, known = new Map() }: ReadFrom): AsyncGenerator<Result<SourceBatch, Failure>> {
		const listed = await this.#wanted();
		if (!listed.ok) {
			yield listed;
			return;
		}
		const { mode } = this.#connection.load;
		const { files, changed, gone, unchangedCount } = filesToRead(mode, listed.value, known);
		this.#files = { readCount: 0, readBytes: 0, totalBytes: 0, changed, gone, unchangedCount };
		let held: ReadFile[] = [];
		let heldBytes = 0;
		let number = batches;
		for (const [index, file] of files.entries()) {
			const read = await this.#bring(file);
			if (!read.ok) {
				yield read;
				return;
			}
			if (read.value) {
				held.push(read.value);
				heldBytes += read.value.fetched.blob.size;
				const { facts, fetched, log } = read.value;
				const sizeBytes = (facts.sizeBytes ?? fetched.blob.size) + (log?.size ?? 0);
				this.#files = {
					...this.#files,
					readCount: this.#files.readCount + 1,
					totalBytes: this.#files.totalBytes + sizeBytes
				};
			} else this.#files = { ...this.#files, gone: [...this.#files.gone, file.path] };
			const isLast = index + 1 === files.length;
			if (held.length === 0 || (!isLast && heldBytes < BATCH_BYTES && held.length < BATCH_FILES)) continue;
			const content = await this.#content(held, columns);
			if (!content.ok) {
				yield content;
				return;
			}
			const position = held[0]?.facts.path ?? '';
			held = [];
			heldBytes = 0;
			yield ok({ content: content.value, number: ++number, position, isLast });
		}
	}

	get #nothing(): Failure {
		const pattern = 'pattern' in this.#connection ? this.#connection.pattern.text : '';
		return { kind: 'no-files', source: this.#store.source, pattern };
	}

	async #wanted(): Promise<Result<readonly FileFacts[], Failure>> {
		const listed = await this.#store.list();
		if (!listed.ok) return listed;
		const { filters } = this.#connection;
		const files = databasesWhole(listed.value).filter(({ path }) => mayHoldPartition(path, filters));
		return files.length > 0 ? ok(files) : err(this.#nothing);
	}

	#wantedOf({ path }: FileFacts) {
		const told = partitionsOf(path).map(({ column }) => column);
		const columns = this.#connection.columns?.filter((column) => !told.includes(column)) ?? null;
		return { columns, filters: fileFilters(path, this.#connection.filters) };
	}

	/** Null when it is no longer there. What was changed since it was listed is read as it is now. */
	async #bring(listed: FileFacts): Promise<Result<ReadFile | null, Failure>> {
		let facts = listed;
		for (let attempt = 1; ; attempt++) {
			const read = await this.#whole(facts);
			if (read.ok && !facts.log) return read;
			if (!read.ok && (!isOther(read.error) || attempt === TRIES)) return read;
			const again = await this.#store.list();
			if (!again.ok) return again;
			const now = databasesWhole(again.value).find(({ path }) => path === listed.path);
			if (!now) return ok(null);
			// A database and its log belong together only as they were at one time.
			const isSame = wholeTag(now) === wholeTag(facts) && Boolean(now.log) === Boolean(facts.log);
			if (read.ok && isSame) return read;
			if (attempt === TRIES) return err({ kind: 'file-changed', source: this.#store.source, file: facts.path });
			facts = now;
		}
	}

	async #whole(facts: FileFacts): Promise<Result<ReadFile, Failure>> {
		const fetched = await fetchFile(this.#store, facts, this.#wantedOf(facts));
		if (!fetched.ok) return fetched;
		const log = await this.#logOf(facts);
		return log.ok ? ok({ facts, fetched: fetched.value, ...log.value }) : log;
	}

	/** Where all that is there is listed, a log that is not listed is none. */
	async #logOf({ log }: FileFacts): Promise<Result<Pick<ReadFile, 'log'>, Failure>> {
		if (!log) return ok(this.#store.listsAll ? { log: null } : {});
		const read = await this.#store.bytes(log, null);
		return read.ok ? ok({ log: read.value.blob }) : read;
	}

	async #content(read: readonly ReadFile[], columns: readonly string[] | null): Promise<Result<SourceFile, Failure>> {
		const parts: PathFile<Blob>[] = [];
		for (const { facts, fetched, log } of read) {
			if (!/\.zip$/i.test(facts.path)) {
				parts.push({ path: facts.path, file: fetched.blob, ...(log !== undefined && { log }) });
				continue;
			}
			const inside = await this.#unpack(facts.path, fetched.blob);
			if (!inside.ok) return inside;
			parts.push(...inside.value.map((one) => ({ ...one, path: `${facts.path}/${one.path}` })));
		}
		const holding = read.filter(({ fetched }) => fetched.mayHoldRows);
		const empty = new Set(holding.length > 0 ? read.filter((one) => !holding.includes(one)).map(pathOf) : []);
		const kept = parts.filter(({ path }) => !empty.has(path));
		return ok({
			kind: 'file',
			name: (kept[0]?.path ?? '').split('/').at(-1) ?? '',
			blob: new Blob(kept.map(({ file }) => file)),
			parts: kept,
			files: read.map(({ facts }) => facts),
			overrides: this.#overrides(columns),
			highest: null
		});
	}

	#overrides(columns: readonly string[] | null): IngestOverrides {
		const { format, sheet, table, records, columns: asked, filters } = this.#connection;
		const only = asked && columns ? asked.filter((column) => columns.includes(column)) : (asked ?? columns);
		return {
			...(format !== null && { format }),
			...(sheet !== null && { excel: { sheet } }),
			...(table !== null && { sqlite: { table } }),
			...(records !== null && { json: { recordPath: records } }),
			...(only !== null && { only }),
			...(filters.length > 0 && { filters })
		};
	}
}

type ReadFile = {
	readonly facts: FileFacts;
	readonly fetched: FetchedFile;
	/** See `PathFile`. */
	readonly log?: Blob | null;
};

/** It was changed, or is no longer there. */
function isOther(failure: Failure): boolean {
	if (failure.kind === 'file-refused') return failure.status === 404;
	if (failure.kind === 'folder-unreadable') return failure.reason === 'NotFoundError';
	return failure.kind === 'file-changed';
}

function pathOf({ facts }: ReadFile): string {
	return facts.path;
}
