// The types of what `window.weir` offers to watch models that serve, and to keep models and runs in order.
import type { ModelRun } from '../core/model/registry/model-run.ts';
import type { LabelSource } from '../core/model/watch/performance-sql.ts';
import type { WatchFacts } from '../core/model/watch/watch-facts.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { KeepModelsFailure } from './keep-models.ts';
import type { ServeFailure } from './serve-model.ts';
import type { WatchFailure, WatchReport } from './watch-version.ts';

export type ScoredFacts = {
	readonly dataset: string;
	/** `v3` is 3. */
	readonly number: number;
	readonly version: string;
	readonly atMs: number;
	readonly model: string;
	readonly modelVersion: number;
	/** Null before it was looked at. */
	readonly facts: WatchFacts | null;
};

export type ModelUpkeepConsole = {
	/** Every version that a model scored, with what is known of it: drift of inputs and predictions, and how good it was by labels that came later. */
	scoredVersions(model: string): Answer<readonly ScoredFacts[], StoreFailure>;
	/** Looks at a scored version: what drifted from the rows the model learnt from, and how good it was where labels are known. */
	watchModel(
		dataset: string,
		options?: { readonly at?: string; readonly signal?: AbortSignal }
	): Answer<WatchReport, WatchFailure>;
	/** Says where what turned out comes from; null forgets that. */
	setModelLabels(model: string, labels: LabelSource | null): Answer<void, KeepModelsFailure>;
	/** Takes a version out of sight, or without a number the model with all of them; `bringBackModel` brings it back. */
	removeModel(model: string, version?: number): Answer<void, KeepModelsFailure>;
	bringBackModel(model: string, version?: number): Answer<void, KeepModelsFailure>;
	/** Lets what was removed go for good. It cannot be undone. */
	deleteModel(model: string, version?: number): Answer<void, KeepModelsFailure>;
	/** Puts tags in the place of those that a run has. */
	tagModelRun(run: string, tags: Readonly<Record<string, string>>): Answer<ModelRun, ServeFailure>;
	/** Keeps a file with a run. */
	attachToModelRun(run: string, name: string, file: Blob): Answer<ModelRun, ServeFailure>;
	detachFromModelRun(run: string, name: string): Answer<ModelRun, ServeFailure>;
	/** A file of a run, of its own making or kept with it. */
	modelRunFile(run: string, name: string): Answer<Blob, ServeFailure>;
};
