// The engine's narrow interface, as the page sees it through Comlink. Types only.
import type { ExportOptions } from '#core/export/format.ts';
import type { ExcelFailure } from '#core/export/xlsx-file.ts';
import type { ResultId, VersionId } from '#core/ids.ts';
import type { CellType, RegionShapes } from '#core/report/edition.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import type { Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView, Relation, ResultShape, SqlParam } from '#core/sql/relation.ts';
import type { WriterSettings } from '#core/version/layout.ts';
import type { Column, ColumnStatistics } from '#core/version/version.ts';

export type RunInput = {
	/** Names the run for `cancel`, and its rows for `window`. */
	readonly id: ResultId;
	readonly sql: string;
	readonly params: readonly SqlParam[];
	/** Views the text needs; the engine makes those it lacks. */
	readonly relations: readonly Relation[];
};

/** `writer` is the usual one when nothing is said. */
export type WriteInput = RunInput & { readonly writer?: WriterSettings };

/** Parquet that a worker wrote and nobody has committed yet. */
export type WrittenTable = {
	readonly schema: readonly Column[];
	readonly statistics: readonly ColumnStatistics[];
	readonly rowCount: number;
	readonly files: readonly { readonly rowCount: number; readonly blob: Blob }[];
};

/** A text with the columns `key`, of that type, and `shape`, GeoJSON. */
export type ShapesInput = RunInput & { readonly keyType: CellType };

export type RunProgress = ResultShape & { readonly elapsedMs: number };
export type RunOutcome = ResultShape & { readonly elapsedMs: number; readonly sizeBytes: number };

/** Every verb can be called while a run streams: runs yield at least every 100 ms. */
export type EngineApi = {
	/** Instantiates DuckDB and loads its Parquet extension; idempotent. */
	open(): Promise<Result<{ readonly version: string }, SqlFailure>>;
	/** Runs one text and holds its rows, batch by batch, until `release`. Resolves when the last row is held. */
	run(input: RunInput, onProgress: (progress: RunProgress) => void): Promise<Result<RunOutcome, SqlFailure>>;
	/** Runs a text of few rows and answers with them at once, as an Arrow IPC stream of the types Arrow has for them. Nothing is held. */
	answer(input: RunInput): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>>;
	/** Areas of the geometries that a text gives, by their names, as fine as a screen shows them. */
	shapes(input: ShapesInput): Promise<Result<RegionShapes, SqlFailure>>;
	/** Holds a version's rows for a grid without reading them: windows come from its files. */
	browse(id: ResultId, relation: Relation): Promise<Result<ResultShape, SqlFailure>>;
	/** A sorted and filtered copy of what `id` holds, as `viewId`. An empty view is allowed. */
	view(
		id: ResultId,
		viewId: ResultId,
		view: GridView,
		onProgress: (progress: RunProgress) => void
	): Promise<Result<RunOutcome, SqlFailure>>;
	/** Arrow IPC stream of rows startRow (inclusive) to endRow (exclusive) of a held result. Transferred. */
	window(id: ResultId, startRow: number, endRow: number): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>>;
	/** Arrow IPC stream of a whole held result. Transferred. */
	arrow(id: ResultId): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>>;
	/** Profiles one column of a held result: first from a sample, then in full, each told as it is known. */
	profile(
		id: ResultId,
		column: string,
		onProfile: (profile: ColumnProfile) => void
	): Promise<Result<ColumnProfile, SqlFailure>>;
	/** Column names and types of a text, without running it. */
	describe(input: RunInput): Promise<Result<readonly Column[], SqlFailure>>;
	/** Writes a text's rows as Parquet files of a bounded size, for a commit. Nothing is stored. */
	write(input: WriteInput, onProgress: (rowCount: number) => void): Promise<Result<WrittenTable, SqlFailure>>;
	/**
	 * Rows of a written table once more, in files of one row group each, which have as many rows as `rowCounts` says; those count
	 * all rows of the table.
	 */
	recut(
		id: ResultId,
		table: Pick<WrittenTable, 'files' | 'schema'>,
		rowCounts: readonly number[],
		writer?: WriterSettings
	): Promise<Result<WrittenTable['files'], SqlFailure>>;
	/**
	 * Writes a text's rows as Parquet files of one row group, one for each number in the first column, ascending. The number is
	 * left out; of each there are few rows.
	 */
	split(input: WriteInput): Promise<Result<readonly Blob[], SqlFailure>>;
	/** Null counts and bounds of the columns of a Parquet file, of which the footer alone is read. */
	statistics(
		id: ResultId,
		file: Blob,
		schema: readonly Column[]
	): Promise<Result<readonly ColumnStatistics[], SqlFailure>>;
	/** Writes a text's rows in a format, chunk by chunk; `onChunk` is awaited, chunks are transferred. */
	copy(
		input: RunInput,
		options: ExportOptions,
		onChunk: (bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>
	): Promise<Result<{ readonly rowCount: number }, SqlFailure | ExcelFailure>>;
	/** Adds the rows of an Arrow IPC stream to a table, which is made when there is none; its columns' types are DuckDB's. */
	append(table: string, columns: readonly Column[], arrow: Uint8Array<ArrayBuffer>): Promise<Result<void, SqlFailure>>;
	/** Makes a file visible to SQL under a name, read lazily. */
	register(name: string, blob: Blob): Promise<void>;
	unregister(name: string): Promise<void>;
	/** Copies a version into memory so that queries on it skip Parquet; `unload` frees it. */
	load(relation: Relation): Promise<Result<void, SqlFailure>>;
	unload(version: VersionId): Promise<void>;
	/** Ends the run, view, write, copy or profile of that id; it fails with `cancelled`. */
	cancel(id: ResultId): Promise<void>;
	release(id: ResultId): Promise<void>;
};

/** What the worker answers to its host besides: the compiled engine goes on to the worker that replaces this one. */
export type EngineWorkerApi = EngineApi & {
	compiled(): Promise<WebAssembly.Module>;
	/** Before `open`. */
	adopt(module: WebAssembly.Module): void;
};
