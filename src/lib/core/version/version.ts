// What a dataset and a version are. A version is an immutable commit; its rows are segments, whose chunks are stored as parts.
import type { DriftRules } from '../check/drift-rules.ts';
import { isDocumentOperation, type DocumentOperation } from '../document/document.ts';
import type { DatasetId, DocumentVersionId, SegmentId, VersionId } from '../ids.ts';
import type { IngestOptions } from '../ingest/options.ts';
import { isRunOperation, type RunOperation } from '../model/registry/run-operation.ts';
import type { StoredLayout } from './layout.ts';

/** The newest stored shape's number: a reader refuses a newer one. `docs/version-format.md` says what each holds. */
export const VERSION_FORMAT = 3;
/** Of a version without patches, which older pages can read. */
export const UNPATCHED_FORMAT = 2;

export type Column = {
	readonly name: string;
	/** DuckDB's type text, such as `BIGINT`, `DECIMAL(18,3)` or `STRUCT(a INTEGER)[]`. */
	readonly type: string;
};

/** From the Parquet footers: exact where the writer recorded them, else null. Bounds are DuckDB's text of the value. */
export type ColumnStatistics = {
	readonly column: string;
	readonly nullCount: number | null;
	readonly min: string | null;
	readonly max: string | null;
};

/**
 * Rows as a list of segments. Their Parquet file is MAGIC, the chunks of all segments in order, and a footer that is made
 * from `shell` and what the segments say of their chunks (`assembleParquet`).
 */
export type TableTree = {
	readonly rowCount: number;
	/** Of all chunks, shared ones too. */
	readonly sizeBytes: number;
	/** Schema and writer as the footer has them: FileMetaData without row count and row groups. */
	readonly shell: Uint8Array<ArrayBuffer>;
	readonly segments: readonly SegmentRef[];
};

export type SegmentRef = {
	readonly id: SegmentId;
	/** Those that the patch leaves, if there is one. */
	readonly rowCount: number;
	readonly patch?: PatchRef;
};

/** Rows that were changed or removed since a segment was written: stored as a segment, whose rows `patchShell` tells of. */
export type PatchRef = { readonly id: SegmentId; readonly rowCount: number };

export type SourceFacts = {
	/** File name or URL without credentials, query or fragment. */
	readonly name: string;
	readonly sizeBytes: number;
	/** SHA-256 of the bytes as they were given (still compressed), hex. */
	readonly sha256: string;
};

/** What else decided the outcome, such as how rows were taken in, or what was chosen in conflicts. */
export type LineageParameters = { readonly [name: string]: LineageParameter };
export type LineageParameter = null | boolean | number | string | readonly LineageParameter[] | LineageParameters;

/** Which operation with which parameters, from which versions, gave this version. */
export type Lineage = {
	readonly operation:
		'ingest' | 'sql' | 'recipe' | 'retype' | 'restore' | 'edit' | 'merge' | 'key' | 'layout' | 'compact';
	readonly source: SourceFacts | null;
	readonly options: IngestOptions | null;
	readonly sql: string | null;
	readonly inputs: readonly VersionId[];
	/** Left out where the operation has none. */
	readonly parameters?: LineageParameters;
	/** Of a recipe: the version of its text; left out where it was run without being saved. */
	readonly recipe?: DocumentVersionId;
	/** Engine name and version, such as `duckdb-wasm 1.32.0 (v1.4.3)`. */
	readonly engine: string;
};

export type Version = {
	readonly format: number;
	readonly id: VersionId;
	readonly dataset: DatasetId;
	readonly parents: readonly VersionId[];
	readonly message: string;
	/** The name of whoever made it, as they gave it; left out when they gave none. */
	readonly author?: string;
	/** UTC epoch; for display only, never for order. */
	readonly createdAtMs: number;
	readonly schema: readonly Column[];
	readonly statistics: readonly ColumnStatistics[];
	readonly table: TableTree;
	/** Rows that did not fit, kept beside the version: columns `line`, `column`, `reason`, `text`. */
	readonly rejects: TableTree | null;
	readonly lineage: Lineage;
	/** Columns that tell rows apart, as a person said; left out when nobody did. Not enforced: whatever relies on it checks it. */
	readonly primaryKey?: readonly string[];
	/** How its table is written, and those that follow it; left out when it is as usual. */
	readonly layout?: StoredLayout;
	/** SHA-256 over schema and segment ids, hex: equal content in one workspace has equal hashes. */
	readonly contentHash: string;
};

export type Dataset = {
	readonly id: DatasetId;
	readonly name: string;
	/** Of the branch that is open. */
	readonly head: VersionId;
	/** The branch that is open. */
	readonly branch: string;
	/** Heads of the other branches, by name. */
	readonly branches: Readonly<Record<string, VersionId>>;
	readonly tags: Readonly<Record<string, VersionId>>;
	/** From when versions count as drifted, as a person set it; left out when it is as usual. */
	readonly driftRules?: DriftRules;
	readonly createdAtMs: number;
};

/** The branch a dataset begins with. */
export const FIRST_BRANCH = 'main';

/** One thing a person did to a dataset, a document or a training run; undo puts `before` back, redo `after`. */
export type Operation = DatasetOperation | DocumentOperation | RunOperation;

export type DatasetOperation = {
	/** Ascending in the order they happened; given by the store. */
	readonly seq: number;
	readonly kind: 'create' | 'rename' | 'remove' | 'commit' | 'branch' | 'switch' | 'tag' | 'drift' | 'sync';
	readonly before: Dataset | null;
	readonly after: Dataset | null;
	readonly undone: boolean;
	readonly atMs: number;
};

export function isDatasetOperation(operation: Operation): operation is DatasetOperation {
	return !isDocumentOperation(operation) && !isRunOperation(operation);
}

/** The newer version's key, where the older one has its columns too; else none. */
export function sharedKey(older: Version, newer: Version): readonly string[] {
	const key = newer.primaryKey ?? [];
	return key.every((name) => older.schema.some((column) => column.name === name)) ? key : [];
}
