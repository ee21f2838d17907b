// What `window.weir` offers. Every verb answers with a Result and throws only for bugs.
import type { ExportFormat, ParquetCompression } from '../core/export/format.ts';
import type { IngestOptions, IngestOverrides, Preview, PreviewNote, Reject } from '../core/ingest/options.ts';
import type { PathFile } from '../core/ingest/partitioned-folder.ts';
import type { ColumnProfile } from '../core/profile/profile.ts';
import type { Result } from '../core/result.ts';
import type { Sample } from '../core/samples/samples.ts';
import type { InvalidFunction } from '../core/script/parse-user-function.ts';
import type {
	FunctionLanguage,
	FunctionLimits,
	FunctionMode,
	FunctionTest,
	FunctionTestOutcome,
	ScriptFailure
} from '../core/script/user-function.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { RowEdits } from '../core/version/row-edits.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { ApplyFunctionFailure } from './apply-function.ts';
import type { AuthorFailure } from './author.ts';
import type { AlertConsole } from './console-alert-types.ts';
import type { AnomalyConsole } from './console-anomaly-types.ts';
import type { Answer } from './console-answer.ts';
import type { ExampleConsole } from './console-example-types.ts';
import type { CheckConsole } from './console-check-types.ts';
import type { DocumentConsole } from './console-document-types.ts';
import type { ModelConsole } from './console-model-types.ts';
import type { ToldOperation } from './console-operations.ts';
import type { PipelineConsole } from './console-pipeline-types.ts';
import type { QueryConsole } from './console-query-types.ts';
import type { ReportConsole } from './console-report-types.ts';
import type { StatisticsConsole } from './console-statistics-types.ts';
import type { StorageConsole } from './console-storage-types.ts';
import type { KeysConsole } from './console-keys-types.ts';
import type { ShareConsole } from './console-share-types.ts';
import type { SourceConsole } from './console-source-types.ts';
import type { ProgramConsole } from './console-program-types.ts';
import type { SyncConsole } from './console-sync-types.ts';
import type { VersionConsole } from './console-version-types.ts';
import type { EditRowsFailure } from './edit-rows.ts';
import type { ExportPartitionsFailure } from './export-partitions.ts';
import type { IngestIntoFailure, IngestMode } from './intake.ts';
import type { IngestSourceFailure } from './ingest-source.ts';
import type { Job } from './jobs.ts';
import type { OpenSampleFailure } from './open-sample.ts';
import type { RetypeFailure } from './retype-column.ts';
import type { RunQueryFailure } from './run-query.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { SaveQueryFailure } from './save-query.ts';
import type { WorkingCopyFailure } from './working-copy.ts';

export type DatasetFacts = {
	readonly name: string;
	/** The branch that is open. */
	readonly branch: string;
	/** The head version's id. */
	readonly version: string;
	readonly versionCount: number;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly rejectCount: number;
	readonly columns: readonly Column[];
};

export type IngestReport = {
	readonly dataset: string;
	readonly version: string;
	readonly rowCount: number;
	readonly rejectCount: number;
	readonly options: IngestOptions | null;
	/** Of rows that were read, what is to be known besides. */
	readonly notes?: readonly PreviewNote[];
	/** What narrowing columns saved, where that was asked for. */
	readonly savedBytes?: number;
};

export type SqlAnswer = {
	readonly columns: readonly Column[];
	readonly rowCount: number;
	readonly elapsedMs: number;
	/** All rows as plain objects; 64-bit integers beyond 2^53 are bigints, DATE and TIMESTAMP are `Date`. */
	rows(): Promise<Record<string, unknown>[]>;
	/** All rows as one Arrow IPC stream. */
	arrow(): Promise<Uint8Array<ArrayBuffer>>;
	/** Frees the rows in the engine; `rows` and `arrow` then answer with what they had, or throw. */
	release(): Promise<void>;
};

export type CellValue = string | number | bigint | boolean | Date | null;

/** Rows are numbered from 0, as the newest version has them, whatever else is edited. */
export type ConsoleEdits = {
	readonly change?: readonly { readonly row: number; readonly cells: Readonly<Record<string, CellValue>> }[];
	readonly remove?: readonly number[];
	/** Before the row `before`, or at the end. */
	readonly add?: readonly { readonly before?: number; readonly cells: Readonly<Record<string, CellValue>> }[];
};

export type ConsoleExport = {
	/** Of CSV and Excel. */
	readonly formulas?: 'defuse' | 'raw';
	/** Of Parquet; `zstd` when nothing is said. */
	readonly compression?: ParquetCompression;
	/** Of `hive`: the columns whose values name the folders, the outermost first. */
	readonly partitionBy?: readonly string[];
	/** Of `hive`: a file has at most so many rows, and about so many bytes. */
	readonly rowsPerFile?: number;
	readonly bytesPerFile?: number;
	readonly signal?: AbortSignal;
};

export type ConsoleFunction = {
	/** A module such as `export default ({ price, quantity }) => price * quantity`. */
	readonly code: string;
	readonly language?: FunctionLanguage;
	/** `row`, when nothing else is said: called with each row and its number. `batch`: called with columns. */
	readonly mode?: FunctionMode;
	/** The columns it reads; all, when left out. */
	readonly inputs?: readonly string[];
	/** DuckDB types by column name. */
	readonly outputs: Readonly<Record<string, string>>;
	readonly limits?: Partial<FunctionLimits>;
	readonly tests?: readonly Partial<FunctionTest>[];
};

export type WorkingCopyFacts = {
	/** The version it changes. */
	readonly base: string;
	/** The branch has a newer version: nothing can be added or committed. */
	readonly isOutdated: boolean;
	readonly changeCount: number;
	/** Taken back, and there to be done again. */
	readonly undoneCount: number;
	readonly edits: RowEdits;
};

export type WeirConsole = DataConsole &
	VersionConsole &
	StorageConsole &
	DocumentConsole &
	QueryConsole &
	ReportConsole &
	CheckConsole &
	StatisticsConsole &
	AnomalyConsole &
	ModelConsole &
	ExampleConsole &
	SyncConsole &
	KeysConsole &
	ProgramConsole &
	SourceConsole &
	ShareConsole &
	AlertConsole &
	PipelineConsole;

type DataConsole = {
	/** Settles when the engine answers. */
	readonly ready: Promise<Result<{ readonly version: string }, RunSqlFailure>>;
	/**
	 * Reads a file, Blob, URL, or the files of a partitioned folder into a new dataset, or `into` one that is there: its rows
	 * are added (`append`, when nothing else is said), put in the place of all others (`replace`), or matched by `key`: known
	 * rows are changed, others added.
	 */
	ingest(
		source: Blob | string | readonly PathFile<Blob>[],
		options?: {
			readonly name?: string;
			readonly into?: string;
			readonly mode?: IngestMode;
			readonly key?: readonly string[];
			readonly options?: IngestOverrides;
			readonly message?: string;
			/** Of a new dataset: columns are narrowed where nothing is lost by it. */
			readonly optimise?: boolean;
			readonly signal?: AbortSignal;
		}
	): Answer<IngestReport, IngestSourceFailure | IngestIntoFailure>;
	/** Changes, adds and removes single rows in one new version; of the table, only the segments they are in are written. */
	edit(
		name: string,
		edits: ConsoleEdits,
		options?: { readonly message?: string; readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string; readonly rowCount: number }, EditRowsFailure>;
	/** Edits of the open branch that are not committed yet; null when there are none. */
	workingCopy(name: string): Answer<WorkingCopyFacts | null, StoreFailure>;
	/** Adds edits to the working copy. Rows are numbered as the newest version has them. */
	stage(name: string, edits: ConsoleEdits): Answer<WorkingCopyFacts, WorkingCopyFailure>;
	/** Makes the working copy one new version. */
	commit(
		name: string,
		options?: { readonly message?: string; readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string; readonly rowCount: number }, WorkingCopyFailure>;
	/** Drops the working copy, and answers what it was. */
	discard(name: string): Answer<WorkingCopyFacts | null, StoreFailure>;
	/** What `ingest` would read, and how, without keeping anything. */
	preview(
		source: Blob | string | readonly PathFile<Blob>[],
		options?: { readonly name?: string; readonly options?: IngestOverrides }
	): Answer<Preview, IngestSourceFailure>;
	/** Rows that did not fit when the dataset was imported. */
	rejects(name: string): Answer<readonly Reject[], RunQueryFailure>;
	/** Runs SQL; datasets go by name, versions by `name@v2`, `name@branch`, `name@tag` or `name@2026-03-01`. */
	sql(
		text: string,
		params?: readonly SqlParam[],
		options?: { readonly signal?: AbortSignal; readonly onProgress?: (rowCount: number) => void }
	): Answer<SqlAnswer, RunQueryFailure>;
	/**
	 * Runs a query and a user function over its rows. The function is the default export of `code`; it sees the columns of `inputs`
	 * and gives those of `outputs`, which come after the query's own or take their places. It has no network, storage or clock.
	 */
	applyFunction(
		sql: string,
		fn: ConsoleFunction,
		options?: { readonly params?: readonly SqlParam[]; readonly signal?: AbortSignal }
	): Answer<SqlAnswer, ApplyFunctionFailure | InvalidFunction>;
	/** Runs the tests beside a user function. */
	testFunction(fn: ConsoleFunction): Answer<readonly FunctionTestOutcome[], ScriptFailure | InvalidFunction>;
	/** Column names and types of a text, without running it. */
	describe(text: string): Answer<readonly Column[], RunQueryFailure>;
	datasets(): Answer<readonly DatasetFacts[], StoreFailure>;
	/** Profiles of all columns of a dataset or `name@v2`. */
	profile(name: string): Answer<readonly ColumnProfile[], RunSqlFailure>;
	rename(name: string, to: string): Answer<{ readonly name: string }, StoreFailure>;
	/** `undo` brings it back. */
	remove(name: string): Answer<{ readonly name: string }, StoreFailure>;
	undo(): Answer<ToldOperation, StoreFailure>;
	redo(): Answer<ToldOperation, StoreFailure>;
	/** Keeps a query's rows as a dataset; `replace` makes them the next version of an existing one. */
	save(
		name: string,
		sql: string,
		options?: {
			readonly replace?: boolean;
			/** Columns that tell rows apart; left out, a replaced dataset's key stays. */
			readonly key?: readonly string[];
			readonly message?: string;
			/** Columns are narrowed where nothing is lost by it. */
			readonly optimise?: boolean;
			readonly signal?: AbortSignal;
		}
	): Answer<
		{
			readonly dataset: string;
			readonly version: string;
			readonly rowCount: number;
			readonly savedBytes: number;
		},
		SaveQueryFailure
	>;
	/** A dataset, `name@v2`, or a query, in a format; `hive` is a ZIP of Parquet in folders such as `country=DE`. */
	export(
		nameOrSql: string,
		format: ExportFormat | 'hive',
		options?: ConsoleExport
	): Answer<Blob, ExportPartitionsFailure>;
	/** Casts a column in a new version. */
	retype(
		name: string,
		column: string,
		type: string,
		options?: { readonly onMisfit?: 'refuse' | 'null' }
	): Answer<{ readonly dataset: string; readonly version: string }, RetypeFailure>;
	/** Copies a dataset into memory, so that queries on it skip Parquet. */
	load(name: string): Answer<void, RunSqlFailure>;
	unload(name: string): Answer<void, RunSqlFailure>;
	/** The name that versions are signed with; empty when there is none. */
	author(): Answer<string, StoreFailure>;
	/** Signs versions from now on. */
	setAuthor(name: string): Answer<string, AuthorFailure>;
	/** The tables shipped with Weir. */
	samples(): Answer<readonly Sample[], never>;
	openSample(id: string): Answer<IngestReport, OpenSampleFailure>;
	/** Long work, running and ended. */
	jobs(): Answer<readonly Job[], never>;
	cancel(jobId: string): Answer<void, never>;
};
