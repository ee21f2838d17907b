// What `window.weir` offers for what is stored: how, how much, whether it is whole, backups, and old versions.
import type { LayoutChoices, OrderColumn } from '../core/version/layout.ts';
import type { Narrowing } from '../core/version/narrow.ts';
import type { RetentionRule } from '../core/version/retention.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { ApplyLayoutFailure } from './apply-layout.ts';
import type { BackUpFailure } from './back-up.ts';
import type { Answer } from './console-answer.ts';
import type { LayoutProposal, ProposeLayoutFailure } from './propose-layout.ts';
import type { RestoreFailure, Restored } from './restore-backup.ts';
import type { RetentionPreview } from './retention.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { StorageReport } from './storage-report.ts';
import type { Tidied, TidyFailure } from './tidy-storage.ts';
import type { Verification, VerifyFailure } from './verify-workspace.ts';

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

export type StorageConsole = {
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
	/** Writes segments with patches whole, in a new version with the same rows; with none, there is no new version. */
	compact(
		name: string,
		options?: { readonly signal?: AbortSignal }
	): Answer<{ readonly dataset: string; readonly version: string; readonly segmentCount: number }, RunSqlFailure>;
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
	/** Frees what no branch, tag or undo reaches. */
	collect(): Answer<{ readonly freedBytes: number }, StoreFailure>;
};
