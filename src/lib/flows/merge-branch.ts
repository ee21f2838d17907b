// Merges another line of versions into the open branch: by key, cell by cell, schema and data together.
import type { ResultId, VersionId } from '../core/ids.ts';
import { err, type Result } from '../core/result.ts';
import { mergeBase } from '../core/version/merge-base.ts';
import type { SchemaClash } from '../core/version/merge-schema.ts';
import type { MergeChoice, MergeSide } from '../core/version/merge-sql.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import { versionAt } from './change-refs.ts';
import { refTo } from './dataset-history.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { findDataset } from './list-datasets.ts';
import { MergeLines } from './merge-lines.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { KeyNotUnique } from './segment-work.ts';

export type MergeInput = {
	readonly id: ResultId;
	readonly dataset: string;
	/** The line that is merged into the open branch: a branch, a tag, or whatever names a version. */
	readonly from: string;
	/** Columns that tell rows apart; none means the dataset's key. */
	readonly key: readonly string[];
	readonly choices: readonly MergeChoice[];
	/** What is taken in conflicts that no choice names; null leaves them open, and nothing is committed. */
	readonly settle: MergeSide | null;
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type MergeCounts = {
	/** Rows of ours that get other cells, rows that come, and rows that go. */
	readonly changed: number;
	readonly added: number;
	readonly removed: number;
	/** Rows in which both lines changed the same; `open`: those no choice settles yet. */
	readonly conflicts: number;
	readonly open: number;
};

export type MergeConflict = {
	/** Texts of the key's values. */
	readonly key: readonly string[];
	/** `cells`: both changed the same cells; `removed`: one removed the row that the other changed. */
	readonly kind: 'cells' | 'removed';
	readonly removedBy: 'ours' | 'theirs' | null;
	readonly isOpen: boolean;
	/** All cells of the row as texts; `isConflict` marks those in question. */
	readonly cells: readonly {
		readonly column: string;
		readonly isConflict: boolean;
		readonly base: string | null;
		readonly ours: string | null;
		readonly theirs: string | null;
	}[];
};

export type MergePreview = {
	readonly base: VersionId;
	readonly ours: VersionId;
	readonly theirs: VersionId;
	/** `forward`: ours made no version since, so that it only goes on to theirs. */
	readonly kind: 'forward' | 'merge';
	readonly counts: MergeCounts;
	/** The first thousand. */
	readonly conflicts: readonly MergeConflict[];
	readonly columnsAdded: readonly string[];
	readonly columnsDropped: readonly string[];
};

export type Merged = { readonly dataset: Dataset; readonly version: Version; readonly counts: MergeCounts };

export type MergeFailure =
	| RunSqlFailure
	| { readonly kind: 'nothing-to-merge'; readonly from: string }
	/** The lines have no version in common. */
	| { readonly kind: 'unrelated'; readonly from: string }
	| { readonly kind: 'no-key' }
	| { readonly kind: 'unknown-column'; readonly column: string }
	| KeyNotUnique
	| { readonly kind: 'schemas-clash'; readonly clashes: readonly SchemaClash[] }
	| { readonly kind: 'merge-conflicts'; readonly count: number };

/** What a merge would do; nothing is changed. */
export async function previewMerge(input: MergeInput, effects: Effects): Promise<Result<MergePreview, MergeFailure>> {
	return withLines(input, effects, (lines, keyed) => lines.preview(keyed));
}

/** One new version with two parents; or, where the open branch has nothing of its own, its head goes on to theirs. */
export async function mergeBranch(input: MergeInput, effects: Effects): Promise<Result<Merged, MergeFailure>> {
	return withLines(input, effects, (lines, keyed) => lines.commit(keyed));
}

async function withLines<T>(
	input: MergeInput,
	effects: Effects,
	work: (lines: MergeLines, keyed: MergeInput) => Promise<Result<T, MergeFailure>>
): Promise<Result<T, MergeFailure>> {
	const found = await findDataset(input.dataset, effects);
	if (!found.ok) return found;
	const item = found.value;
	const named = versionAt(item, input.from);
	if (!named.ok) return named;
	const theirs = named.value;
	const baseId = mergeBase(item.version.id, theirs.id, [...item.reached, ...item.collected]);
	const base = item.reached.find(({ id }) => id === baseId);
	const gone = item.collected.find(({ id }) => id === baseId);
	if (gone) {
		const version = refTo(gone.id, item);
		const { collectedAtMs } = gone;
		return err({ kind: 'version-collected', dataset: item.dataset.name, version, collectedAtMs, position: null });
	}
	if (!base) return err({ kind: 'unrelated', from: input.from });
	if (base.id === theirs.id) return err({ kind: 'nothing-to-merge', from: input.from });
	const key = input.key.length > 0 ? input.key : (item.version.primaryKey ?? []);
	const lease = await effects.leases.hold([base.id, item.version.id, theirs.id]);
	try {
		return await asJob(effects.jobs, `Merge ${input.from} into ${item.dataset.name}`, input.signal, (job) =>
			work(new MergeLines({ id: input.id, item, base, theirs }, job, effects), { ...input, key })
		);
	} finally {
		await lease.end();
	}
}
