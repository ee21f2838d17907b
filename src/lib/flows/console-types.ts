// What `window.weir` offers. Every verb answers with a Result and throws only for bugs.
import type { ChangeKind } from '../core/diff/changes-sql.ts';
import type { ColumnDiff } from '../core/diff/column-diff.ts';
import type { Renames, SchemaChange } from '../core/diff/column-pairs.ts';
import type { ExportFormat, ParquetCompression } from '../core/export/format.ts';
import type { IngestOptions, IngestOverrides, Preview, Reject } from '../core/ingest/options.ts';
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
import type { LayoutChoices, OrderColumn, StoredLayout } from '../core/version/layout.ts';
import type { MergeChoice, MergeSide } from '../core/version/merge-sql.ts';
import type { Narrowing } from '../core/version/narrow.ts';
import type { ColumnChange } from '../core/version/version-change.ts';
import type { Column, ColumnStatistics, Lineage, SourceFacts } from '../core/version/version.ts';
import type { ApplyFunctionFailure } from './apply-function.ts';
import type { ApplyLayoutFailure } from './apply-layout.ts';
import type { BackUpFailure } from './back-up.ts';
import type { AlertConsole } from './console-alert-types.ts';
import type { AnomalyConsole } from './console-anomaly-types.ts';
import type { ModelConsole } from './console-model-types.ts';
import type { CheckConsole } from './console-check-types.ts';
import type { DocumentConsole } from './console-document-types.ts';
import type { PipelineConsole } from './console-pipeline-types.ts';
import type { StatisticsConsole } from './console-statistics-types.ts';
import type { SyncConsole } from './console-sync-types.ts';
import type { DiffCounts, DiffFailure } from './diff-versions.ts';
import type { RetentionRule } from '../core/version/retention.ts';
import type { AuthorFailure } from './author.ts';
import type { RetentionPreview } from './retention.ts';
import type { Tidied, TidyFailure } from './tidy-storage.ts';
import type { Restored, RestoreFailure } from './restore-backup.ts';
import type { StorageReport } from './storage-report.ts';
import type { Verification, VerifyFailure } from './verify-workspace.ts';
import type { ExportPartitionsFailure } from './export-partitions.ts';
import type { EditRowsFailure } from './edit-rows.ts';
import type { SaveQueryFailure } from './save-query.ts';
import type { SetKeyFailure } from './set-key.ts';
import type { IngestIntoFailure, IngestMode } from './ingest-into.ts';
import type { IngestSourceFailure } from './ingest-source.ts';
import type { Job } from './jobs.ts';
import type { MergeCounts, MergeFailure, MergePreview } from './merge-branch.ts';
import type { OpenSampleFailure } from './open-sample.ts';
import type { RowEdits } from '../core/version/row-edits.ts';
import type { WorkingCopyFailure } from './working-copy.ts';
import type { LayoutProposal, ProposeLayoutFailure } from './propose-layout.ts';
import type { RetypeFailure } from './retype-column.ts';
import type { RunQueryFailure } from './run-query.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';

/** A verb was called with something it cannot take. */
export type InvalidArgument = {
	readonly kind: 'invalid-argument';
	readonly argument: string;
	readonly expected: string;
};

type Answer<T, E> = Promise<Result<T, E | InvalidArgument>>;

export type RefFacts = {
	/** The branch that is open: the dataset's name means its newest version. */
	readonly branch: string;
	/** The newest version of every branch, the open one too. */
	readonly branches: Readonly<Record<string, string>>;
	readonly tags: Readonly<Record<string, string>>;
};

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

export type VersionFacts = {
	readonly id: string;
	/** `v1` is the oldest, also when it was collected since: `name@v1` in SQL. */
	readonly number: number;
	readonly message: string;
	/** Who made it; null when they gave no name. */
	readonly author: string | null;
	readonly createdAtMs: number;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly schema: readonly Column[];
	readonly statistics: readonly ColumnStatistics[];
	readonly lineage: Lineage;
	readonly contentHash: string;
	/** Left out when it is written as usual. */
	readonly layout?: StoredLayout | undefined;
};

/** A version as `history` tells of it. */
export type HistoryFacts = {
	readonly id: string;
	/** `v1` is the oldest of the open branch; null when it is on another one. */
	readonly number: number | null;
	readonly parents: readonly string[];
	/** When the last of its parents that are not stored any more was collected; null when all are. */
	readonly collectedAtMs: number | null;
	/** Branches whose newest version it is. */
	readonly branches: readonly string[];
	readonly tags: readonly string[];
	readonly message: string;
	/** Who made it; null when they gave no name. */
	readonly author: string | null;
	readonly createdAtMs: number;
	readonly rowCount: number;
	/** Against the nearest version before it that is stored; of a first version, all its rows. */
	readonly rowDelta: number;
	readonly columnChanges: readonly ColumnChange[];
	/** Of all its parts, and of those that are in no version it came from; null when segments are missing. */
	readonly sizeBytes: number;
	readonly addedBytes: number | null;
	readonly rejectCount: number;
	readonly lineage: Lineage;
	/** What was ingested and became its rows, through all datasets on the way; the nearest first. */
	readonly sources: readonly SourceFacts[];
	readonly contentHash: string;
};

export type IngestReport = {
	readonly dataset: string;
	readonly version: string;
	readonly rowCount: number;
	readonly rejectCount: number;
	readonly options: IngestOptions | null;
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

export type ConsoleMerge = {
	/** The columns that tell rows apart; left out, the dataset's key. */
	readonly key?: readonly string[];
	/** What to take where both lines changed the same, row by row or (with `column`) cell by cell. */
	readonly choices?: readonly MergeChoice[];
	/** What to take in all other conflicts. */
	readonly settle?: MergeSide;
	readonly signal?: AbortSignal;
};

export type ConsoleDiff = {
	/** The columns that tell rows apart; whole rows are compared without. */
	readonly key?: readonly string[];
	/** New names of columns by their old ones, which otherwise are one removed and one added. */
	readonly renames?: Renames;
	/** Of the rows, those of a kind, and those in which a column's cell changed; the first `limit`, else a thousand. */
	readonly kind?: ChangeKind;
	readonly column?: string;
	readonly limit?: number;
	readonly signal?: AbortSignal;
};

/** A row that differs; `changed` names the columns whose cells do. */
export type ChangedRow = {
	readonly kind: ChangeKind;
	readonly key: Readonly<Record<string, unknown>>;
	/** All other cells before; null when it was added. */
	readonly before: Readonly<Record<string, unknown>> | null;
	/** All other cells after; null when it was removed. */
	readonly after: Readonly<Record<string, unknown>> | null;
	readonly changed: readonly string[];
};

export type DiffFacts = {
	readonly schema: readonly SchemaChange[];
	readonly counts: DiffCounts;
	readonly columns: readonly ColumnDiff[];
	readonly rows: readonly ChangedRow[];
	/** Rows in segments that both have, which needed no comparing. */
	readonly sharedRows: number;
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

export type RetentionFacts = {
	/** Of datasets without one of their own; null keeps everything. */
	readonly rule: RetentionRule | null;
	/** By name. */
	readonly datasets: Readonly<Record<string, RetentionRule | null>>;
	/** Undo reaches back at least so many operations. */
	readonly undoSteps: number;
};

export type RetentionChange = {
	readonly rule?: RetentionRule | null;
	readonly dataset?: string;
	readonly undoSteps?: number;
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
	DocumentConsole &
	CheckConsole &
	StatisticsConsole &
	AnomalyConsole &
	ModelConsole &
	SyncConsole &
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
	/** Oldest first. */
	versions(name: string): Answer<readonly VersionFacts[], StoreFailure>;
	/** Every version that a branch or tag reaches, newest first: what it changed, the bytes it added, and its sources. */
	history(name: string): Answer<readonly HistoryFacts[], StoreFailure>;
	/**
	 * What differs between two versions, each a dataset, or `name@` and a branch, tag, number or time: to the cell where `key`
	 * names the columns that tell rows apart, else whole rows.
	 */
	diff(left: string, right: string, options?: ConsoleDiff): Answer<DiffFacts, DiffFailure>;
	/** Profiles of all columns of a dataset or `name@v2`. */
	profile(name: string): Answer<readonly ColumnProfile[], RunSqlFailure>;
	/** Branches and tags; each names a version as `name@branch` in SQL. */
	refs(name: string): Answer<RefFacts, StoreFailure>;
	/** Makes a branch, of the newest version or of `at`, and opens it. */
	branch(name: string, branch: string, options?: { readonly at?: string }): Answer<RefFacts, StoreFailure>;
	/** Opens another branch. */
	switchBranch(name: string, branch: string): Answer<RefFacts, StoreFailure>;
	removeBranch(name: string, branch: string): Answer<RefFacts, StoreFailure>;
	/** Names the newest version, or `at`, for good. */
	tag(name: string, tag: string, options?: { readonly at?: string }): Answer<RefFacts, StoreFailure>;
	removeTag(name: string, tag: string): Answer<RefFacts, StoreFailure>;
	/** What `merge` would do, with the conflicts as rows; nothing is changed. */
	previewMerge(name: string, from: string, options?: ConsoleMerge): Answer<MergePreview, MergeFailure>;
	/** Merges another branch, or whatever names a version, into the open one: three-way by `key`, cell by cell. */
	merge(
		name: string,
		from: string,
		options?: ConsoleMerge & { readonly message?: string }
	): Answer<
		{ readonly dataset: string; readonly version: string; readonly rowCount: number; readonly counts: MergeCounts },
		MergeFailure
	>;
	/** A new version with the rows of an older one: `v2`, a branch, a tag, the start of an id, or a time. */
	restore(
		name: string,
		at: string
	): Answer<{ readonly dataset: string; readonly version: string; readonly rowCount: number }, StoreFailure>;
	rename(name: string, to: string): Answer<{ readonly name: string }, StoreFailure>;
	/** `undo` brings it back. */
	remove(name: string): Answer<{ readonly name: string }, StoreFailure>;
	/** `dataset` and `document` are the name of what was changed, the other one is empty. */
	undo(): Answer<{ readonly kind: string; readonly dataset: string; readonly document: string }, StoreFailure>;
	redo(): Answer<{ readonly kind: string; readonly dataset: string; readonly document: string }, StoreFailure>;
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
	/** Says which columns tell rows apart, in a new version with the same rows; none takes the key away. */
	setKey(
		name: string,
		key: readonly string[],
		options?: { readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string }, SetKeyFailure>;
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
	/** What each way of storing a dataset would save, measured on its own rows; nothing is changed. */
	proposeLayout(
		name: string,
		options?: {
			readonly narrowing?: Narrowing;
			readonly order?: readonly OrderColumn[];
			readonly signal?: AbortSignal;
		}
	): Answer<LayoutProposal, ProposeLayoutFailure>;
	/** Stores a dataset in another way, in a new version with the same values. Later versions are stored so too. */
	optimise(
		name: string,
		choices: LayoutChoices,
		options?: { readonly message?: string; readonly signal?: AbortSignal }
	): Answer<
		{
			readonly dataset: string;
			readonly version: string;
			readonly sizeBytes: number;
			readonly savedBytes: number;
		},
		ApplyLayoutFailure
	>;
	/** Copies a dataset into memory, so that queries on it skip Parquet. */
	load(name: string): Answer<void, RunSqlFailure>;
	unload(name: string): Answer<void, RunSqlFailure>;
	/** Where the bytes are, by dataset. */
	storage(): Answer<StorageReport, StoreFailure>;
	/** Hashes everything stored again, and names what is damaged. */
	verify(options?: { readonly signal?: AbortSignal }): Answer<Verification, VerifyFailure>;
	/** The whole workspace as one file. */
	backup(options?: { readonly signal?: AbortSignal }): Answer<Blob, BackUpFailure>;
	/** Into an empty workspace exactly; else beside what is there, under free names. */
	restoreBackup(file: Blob, options?: { readonly signal?: AbortSignal }): Answer<Restored, RestoreFailure>;
	/** Keeps the newest versions of every branch, and what tags, open tabs and running jobs need. Cannot be undone. */
	prune(name: string, options: { readonly keep: number }): Answer<Tidied, TidyFailure>;
	/** Writes segments with patches whole, in a new version with the same rows; with none, there is no new version. */
	compact(
		name: string,
		options?: { readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string; readonly segmentCount: number }, RunSqlFailure>;
	/** The rules by which old versions go when the page is idle, at most once a day. */
	retention(): Answer<RetentionFacts, StoreFailure>;
	/** Changes the rule of all datasets, or of one; without a rule, that one has none of its own any more. */
	setRetention(change: RetentionChange): Answer<RetentionFacts, StoreFailure>;
	/** What the rules, or the rules so changed, would let go and free now. Nothing is changed. */
	previewRetention(change?: RetentionChange): Answer<RetentionPreview, StoreFailure>;
	/** Runs the rules now, and writes packs that are mostly dead again. */
	tidy(options?: { readonly signal?: AbortSignal }): Answer<Tidied, TidyFailure>;
	/** What went so far, the newest first. */
	tidyLog(): Answer<readonly Tidied[], StoreFailure>;
	/** The name that versions are signed with; empty when there is none. */
	author(): Answer<string, StoreFailure>;
	/** Signs versions from now on. */
	setAuthor(name: string): Answer<string, AuthorFailure>;
	/** Frees what no branch, tag or undo reaches. */
	collect(): Answer<{ readonly freedBytes: number }, StoreFailure>;
	/** The tables shipped with Weir. */
	samples(): Answer<readonly Sample[], never>;
	openSample(id: string): Answer<IngestReport, OpenSampleFailure>;
	/** Long work, running and ended. */
	jobs(): Answer<readonly Job[], never>;
	cancel(jobId: string): Answer<void, never>;
};
