// What `window.weir` offers for the versions of a dataset: history, comparison, branches, tags and merges.
import type { ChangeKind } from '../core/diff/changes-sql.ts';
import type { ColumnDiff } from '../core/diff/column-diff.ts';
import type { Renames, SchemaChange } from '../core/diff/column-pairs.ts';
import type { StoredLayout } from '../core/version/layout.ts';
import type { MergeChoice, MergeSide } from '../core/version/merge-sql.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { ColumnChange } from '../core/version/version-change.ts';
import type { Column, ColumnStatistics, Lineage, SourceFacts } from '../core/version/version.ts';
import type { Answer } from './console-answer.ts';
import type { DiffCounts, DiffFailure } from './diff-versions.ts';
import type { MergeCounts, MergeFailure, MergePreview } from './merge-branch.ts';
import type { SetKeyFailure } from './set-key.ts';

export type RefFacts = {
	/** The branch that is open: the dataset's name means its newest version. */
	readonly branch: string;
	/** The newest version of every branch, the open one too. */
	readonly branches: Readonly<Record<string, string>>;
	readonly tags: Readonly<Record<string, string>>;
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

export type VersionConsole = {
	/** Oldest first. */
	versions(name: string): Answer<readonly VersionFacts[], StoreFailure>;
	/** Every version that a branch or tag reaches, newest first: what it changed, the bytes it added, and its sources. */
	history(name: string): Answer<readonly HistoryFacts[], StoreFailure>;
	/**
	 * What differs between two versions, each a dataset, or `name@` and a branch, tag, number or time: to the cell where `key`
	 * names the columns that tell rows apart, else whole rows.
	 */
	diff(left: string, right: string, options?: ConsoleDiff): Answer<DiffFacts, DiffFailure>;
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
	/** Says which columns tell rows apart, in a new version with the same rows; none takes the key away. */
	setKey(
		name: string,
		key: readonly string[],
		options?: { readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string }, SetKeyFailure>;
};
