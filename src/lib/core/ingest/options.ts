// How to read a source: what Weir guesses, shows in the preview, and a person may correct.
import type { RowFilter } from '../source/row-filter.ts';
import type { ColumnDifference } from './partitioned-folder.ts';

export type IngestFormat = 'csv' | 'json' | 'ndjson' | 'parquet' | 'arrow' | 'excel' | 'sqlite';

export type CsvOptions = {
	/** One to four characters; `\t` for TSV. */
	readonly delimiter: string;
	/** `''` for none. */
	readonly quote: string;
	readonly escape: string;
	/** A WHATWG encoding label, such as `utf-8`, `utf-16le` or `windows-1252`. */
	readonly encoding: string;
	/** Whether the first row after `skipLines` names the columns. */
	readonly header: boolean;
	/** Preamble lines before the header, or before the first row without one. */
	readonly skipLines: number;
	/** Lines that start with it are skipped; `''` for none. */
	readonly comment: string;
	/** A quoted empty cell is an empty text, and null is what stands bare. */
	readonly emptyTexts: boolean;
	/** Cell texts read as null besides the empty one. */
	readonly nullTexts: readonly string[];
	readonly decimal: '.' | ',';
	/** DuckDB strptime formats; null lets the engine recognise ISO forms. */
	readonly dateFormat: string | null;
	readonly timestampFormat: string | null;
};

export type JsonOptions = {
	/** Dotted path to the array of records; `''` for the top level. */
	readonly recordPath: string;
};

export type ExcelOptions = {
	readonly sheet: string;
	readonly header: boolean;
	readonly skipLines: number;
};

export type SqliteOptions = {
	/** Or view. */
	readonly table: string;
};

/** One of several tables in a source: a sheet of a workbook, a table or view of a database. */
export type SourceTable = {
	readonly name: string;
	readonly kind: 'sheet' | 'table' | 'view';
	/** A sheet that a spreadsheet does not show. */
	readonly isHidden: boolean;
	/** As the source declares them, which is not always what it keeps; empty of a sheet. */
	readonly columns: readonly { readonly name: string; readonly type: string; readonly isKey: boolean }[];
};

/** `log-beside`: the newest rows may be in a file beside the source, which is not read. */
export type PreviewNote = 'log-beside';

export type IngestOptions = {
	readonly format: IngestFormat;
	readonly compression: 'none' | 'gzip';
	readonly csv: CsvOptions | null;
	readonly json: JsonOptions | null;
	readonly excel: ExcelOptions | null;
	/** Of a SQLite database alone. */
	readonly sqlite?: SqliteOptions;
	/** In file order. `name` may differ from the file's; a null `type` drops the column. */
	readonly columns: readonly { readonly source: string; readonly name: string; readonly type: string | null }[];
};

/** What a person or a script sets; everything else is guessed. */
export type IngestOverrides = {
	readonly format?: IngestFormat;
	readonly csv?: Partial<CsvOptions>;
	readonly json?: Partial<JsonOptions>;
	readonly excel?: Partial<ExcelOptions>;
	readonly sqlite?: Partial<SqliteOptions>;
	/** DuckDB type by column name as the file (or the guess) names it. */
	readonly types?: Readonly<Record<string, string>>;
	/** The only columns that are taken, by the names the file has. */
	readonly only?: readonly string[];
	/** Which rows are taken; all others are left out without a word. */
	readonly filters?: readonly RowFilter[];
	/** New name by column name as the file names it. */
	readonly names?: Readonly<Record<string, string>>;
};

export type Reject = {
	/** 1-based line (CSV, NDJSON) or record (others) in the source. */
	readonly line: number;
	readonly column: string | null;
	readonly reason: string;
	/** The row as it stood, cut at 2,000 characters. */
	readonly text: string;
};

export type Preview = {
	readonly options: IngestOptions;
	/** The first rows as text cells, null for null; at most 100. */
	readonly rows: readonly (readonly (string | null)[])[];
	/** Rejects among the sampled rows. */
	readonly rejects: readonly Reject[];
	/** Estimated from the sample; exact when the whole source was sampled. */
	readonly rowEstimate: number;
	readonly exact: boolean;
	/** Tables a person can choose from (Excel, SQLite), else empty. */
	readonly tables: readonly SourceTable[];
	readonly notes: readonly PreviewNote[];
	/** Record paths a person can choose from (JSON), else empty. */
	readonly recordPaths: readonly string[];
};

export type IngestProgress = {
	readonly readBytes: number;
	/** 0 when unknown. */
	readonly totalBytes: number;
	readonly rowCount: number;
};

export type IngestFailure =
	| { readonly kind: 'empty-source'; readonly source: string }
	| { readonly kind: 'unknown-format'; readonly source: string }
	| {
			readonly kind: 'unreadable-source';
			readonly source: string;
			readonly format: IngestFormat | 'zip';
			/** The reader's own words. */
			readonly reason: string;
			readonly line: number | null;
	  }
	| { readonly kind: 'unsupported-option'; readonly option: string; readonly value: string; readonly reason: string }
	| { readonly kind: 'no-rows-fit'; readonly source: string; readonly rejects: readonly Reject[] }
	/** Of a folder, a file has other columns than the first one. */
	| {
			readonly kind: 'files-differ';
			readonly source: string;
			readonly file: string;
			readonly first: string;
			readonly differences: readonly ColumnDifference[];
	  }
	| { readonly kind: 'too-large'; readonly source: string; readonly limit: string }
	| { readonly kind: 'out-of-memory'; readonly source: string }
	| { readonly kind: 'url-refused'; readonly url: string; readonly status: number | null; readonly reason: string }
	| { readonly kind: 'cancelled' }
	| { readonly kind: 'worker-crashed'; readonly reason: string };
