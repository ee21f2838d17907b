// The one face of every kind of source: what there is, what would be read, and its rows in batches, each with the place behind it.
import type { Failure } from '../core/failure.ts';
import type { IngestOverrides } from '../core/ingest/options.ts';
import type { PathFile } from '../core/ingest/partitioned-folder.ts';
import type { Result } from '../core/result.ts';
import type { Pages } from '../core/source/rest/rest-connection.ts';
import type { FileFacts, KnownFiles } from '../core/source/files/file-facts.ts';
import type { Mark } from '../core/source/rest/page.ts';

/** Something that a source has to be read: a table, a file, a sheet, or the answers of an address. */
export type SourceEntry = {
	readonly name: string;
	readonly kind: 'answers' | 'table' | 'view' | 'file' | 'sheet';
	/** Null where the source does not say. */
	readonly rowCount: number | null;
	readonly sizeBytes: number | null;
	/** The file it is in, of a sheet or table of one. */
	readonly file?: string;
	/** A sheet that a spreadsheet does not show. */
	readonly isHidden?: boolean;
	/** Where the source says them before it is read. */
	readonly columns?: readonly { readonly name: string; readonly type: string; readonly isKey: boolean }[];
};

export type SourceRows = {
	readonly kind: 'rows';
	/** A record each, JSON in one line. */
	readonly rows: readonly string[];
	/** What tells each row apart, by the key's columns; empty without a key. */
	readonly keys: readonly string[];
	/** Null where a row has none; empty when nothing was asked for. */
	readonly marks: readonly (Mark | null)[];
	/** DuckDB types by column, where the source says them. */
	readonly types?: Readonly<Record<string, string>>;
};

/** Rows in a format that import reads: they are not looked at before they are kept. */
export type SourceFile = {
	readonly kind: 'file';
	readonly name: string;
	readonly blob: Blob;
	readonly overrides: IngestOverrides;
	/** What `blob` is made of, one file after another: read as one table, with columns of what their folders say. */
	readonly parts?: readonly PathFile<Blob>[];
	/** Which files of the source came: they are known with the rows. */
	readonly files?: readonly FileFacts[];
	/** The greatest mark of its rows, where the source says it. */
	readonly highest: Mark | null;
};

export type SourceBatch = {
	readonly content: SourceRows | SourceFile;
	/** 1-based. */
	readonly number: number;
	/** Where it is read again, in the words of its kind. */
	readonly position: string;
	readonly isLast: boolean;
};

/** What became of the files of a source that keeps files. */
export type FilesReport = {
	readonly readCount: number;
	readonly unchangedCount: number;
	/** Paths of those that have other bytes than when they were loaded, and are not loaded again. */
	readonly changed: readonly string[];
	/** Paths of those that were loaded and are no longer there. */
	readonly gone: readonly string[];
	/** Of all that was asked. */
	readonly readBytes: number;
	/** Of the files that were read, all of them. */
	readonly totalBytes: number;
};

export type SourceFacts = {
	readonly first: SourceRows | SourceFile;
	/** In all; null where the source does not say. */
	readonly total: number | null;
	/** How its answers go on, of a source that answers in pages. */
	readonly paging: { readonly pages: Pages; readonly records: string } | null;
};

export type ReadFrom = {
	/** Null is the start. */
	readonly position: string | null;
	/** Batches before it. */
	readonly batches: number;
	/** Rows from it on; null is all. */
	readonly since: Mark | null;
	/** The only columns that are taken; null takes all. */
	readonly columns: readonly string[] | null;
	/** Of a source that keeps files. */
	readonly known?: KnownFiles;
};

export type SourceReader = {
	/** Rows come in the order of their marks: all before the greatest that is kept is kept. */
	readonly isByMark?: boolean;
	list(): Promise<Result<readonly SourceEntry[], Failure>>;
	/** From a first answer; nothing is kept. */
	describe(): Promise<Result<SourceFacts, Failure>>;
	/** Ends with a failure, or with the last batch. */
	read(from: ReadFrom): AsyncGenerator<Result<SourceBatch, Failure>>;
	/** Up to now. */
	readonly counts: { readonly requests: number; readonly retries: number; readonly waitedMs: number };
	/** Null before they were read, and of a source that keeps none. */
	readonly files?: FilesReport | null;
};
