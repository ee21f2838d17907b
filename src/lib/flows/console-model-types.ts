// What `window.weir` offers for models: runs, versions and their stages, files in and out, and predictions.
import type { RunEvaluation } from '../core/model/registry/evaluation-text.ts';
import type { Prediction } from '../core/model/registry/model-examples.ts';
import type { ModelRun, ModelStage, MetricSteps } from '../core/model/registry/model-run.ts';
import type { ModelDependence } from '../core/model/registry/model-dependence.ts';
import type { Gate } from '../core/model/registry/promotion.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from '../core/model/registry/registered-model.ts';
import type { OnnxFileFailure } from '../core/onnx/header.ts';
import type { Repair } from '../core/onnx/repair.ts';
import type { ModelSignature } from '../core/onnx/signature.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { CrossValidated } from './cross-validate.ts';
import type { Answer } from './console-answer.ts';
import type { ModelUpkeepConsole } from './console-model-upkeep-types.ts';
import type { ModelFormat } from './export-model.ts';
import type { ModelDependenceFailure } from './model-dependence.ts';
import type { GivenRow } from './predict-rows.ts';
import type { PromoteFailure } from './promote-model.ts';
import type { PlannedTraining } from './plan-training.ts';
import type { RemoveRunFailure } from './remove-run.ts';
import type { TrainModelFailure } from './train-model.ts';
import type { SearchPlan } from '../core/model/search/search-plan.ts';
import type { Searched, SearchModelsFailure } from './search-models.ts';
import type { Learner, TrainingPlan } from '../core/model/training/plan.ts';
import type { TrainProgress } from '#workers/model/api.ts';
import type { ServeFailure } from './serve-model.ts';
import type { RunQueryFailure } from './run-query.ts';

export type ModelFacts = RegisteredModel & {
	/** Newest first. */
	readonly versions: readonly ModelVersion[];
	/** Oldest first. */
	readonly events: readonly ModelEvent[];
};

/** What of a training is told besides its rows. */
export type TrainingAsked = {
	readonly target?: string;
	readonly learner?: Learner['kind'];
	readonly plan?: TrainingPlan;
	/** Left out, the target's name. */
	readonly experiment?: string;
	readonly name?: string;
	readonly threshold?: number;
	readonly tags?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
};

export type ModelFileFacts = {
	readonly signature: ModelSignature;
	readonly repairs: readonly Repair[];
	readonly operators: Readonly<Record<string, number>>;
	readonly metadata: Readonly<Record<string, string>>;
};

export type ModelConsole = ModelUpkeepConsole & {
	/** Every registered model with its versions, and what was done to them by whom, when and why. */
	models(): Answer<readonly ModelFacts[], StoreFailure>;
	/** Training runs, newest first; with `removed`, those that were removed. */
	modelRuns(options?: { readonly removed?: boolean }): Answer<readonly ModelRun[], StoreFailure>;
	/** The steps of a run's metrics. */
	modelMetrics(run: string): Answer<readonly MetricSteps[], StoreFailure>;
	/** Looks at the rows of a query, and makes a first plan of a training: what is learnt, by what, and how each column is used. */
	planTraining(
		sql: string,
		options?: { readonly target?: string; readonly learner?: Learner['kind']; readonly signal?: AbortSignal }
	): Answer<PlannedTraining, RunQueryFailure>;
	/** Trains on the rows of a query by a plan, or by the one `planTraining` makes; the run is kept however it ends. */
	trainModel(
		sql: string,
		options: TrainingAsked & {
			/** Ends it after the step that it is at, and keeps what it has learnt. */
			readonly stop?: AbortSignal;
			readonly onProgress?: (progress: TrainProgress) => void;
		}
	): Answer<ModelRun, TrainModelFailure>;
	/** Trains once for each of some folds (5, left out), judged on the part that is held out of it: a run for each, under one of their means. */
	crossValidate(
		sql: string,
		options: TrainingAsked & { readonly folds?: number; readonly onFold?: (run: ModelRun) => void }
	): Answer<CrossValidated, TrainModelFailure>;
	/** Trains with other parameters again and again, each trial a run under that of the search: a grid, drawn ones, or halving. */
	searchModels(
		sql: string,
		options: TrainingAsked & {
			readonly search: SearchPlan;
			/** Ends it after the trial that it is at, with the best so far. */
			readonly stop?: AbortSignal;
			readonly onTrial?: (run: ModelRun) => void;
		}
	): Answer<Searched, SearchModelsFailure>;
	/** Grows more trees on what a run kept, to so many in all, over the same rows: the bits of one training that never stopped. */
	goOnTraining(
		run: string,
		options: {
			readonly rounds: number;
			readonly signal?: AbortSignal;
			readonly stop?: AbortSignal;
			readonly onProgress?: (progress: TrainProgress) => void;
		}
	): Answer<ModelRun, TrainModelFailure>;
	/** What held-out rows showed of a run: metrics with intervals, curves, importance, and where it is worst. */
	modelEvaluation(run: string): Answer<RunEvaluation, ServeFailure>;
	/** How what a run trained answers to one column, all others being as they are. */
	modelDependence(
		run: string,
		column: string,
		options?: { readonly output?: number; readonly signal?: AbortSignal }
	): Answer<ModelDependence, ModelDependenceFailure>;
	/** Makes what a run trained the next version of a model. */
	registerModel(
		run: string,
		name: string,
		options?: { readonly description?: string }
	): Answer<ModelVersion, ServeFailure>;
	/** Takes a run out of sight, with its parts; `undo` and `bringBackModelRun` bring it back. */
	removeModelRun(run: string): Answer<ModelRun, RemoveRunFailure>;
	bringBackModelRun(run: string): Answer<ModelRun, RemoveRunFailure>;
	/** Lets a removed run go with what only it kept. It cannot be undone. */
	deleteModelRun(run: string): Answer<void, RemoveRunFailure>;
	/** Reads an ONNX file without registering it: what it takes and answers, and what would be mended. */
	readModelFile(file: Blob): Answer<ModelFileFacts, OnnxFileFailure>;
	/** Registers an ONNX file as the next version of a model: mended where it must be, and tried in the runtime. */
	importModel(
		name: string,
		file: Blob,
		options?: { readonly description?: string; readonly signal?: AbortSignal }
	): Answer<ModelFileFacts & { readonly model: string; readonly number: number; readonly onnx: string }, ServeFailure>;
	/** Puts a version into a stage. Production has gates: a closed one refuses, unless `force` and a reason say otherwise. */
	promoteModel(
		reference: string,
		stage: ModelStage,
		options?: { readonly why?: string; readonly margin?: number; readonly force?: boolean }
	): Answer<{ readonly version: ModelVersion; readonly gates: readonly Gate[] }, PromoteFailure>;
	/** The version that was in Production before is there again. */
	rollBackModel(name: string, options?: { readonly why?: string }): Answer<ModelVersion, ServeFailure>;
	/** Names a version freely, such as `champion`; null takes the name away. */
	setModelAlias(name: string, alias: string, version: number | null): Answer<void, ServeFailure>;
	/** Asks a model about rows: columns by the names of its signature. In SQL: `predict('name', …)`. */
	predict(
		reference: string,
		rows: readonly GivenRow[],
		options?: { readonly signal?: AbortSignal }
	): Answer<readonly Prediction[], RunQueryFailure>;
	/** The ONNX file of a version, an MLflow folder with it as a ZIP, or a card in Markdown. */
	exportModel(reference: string, format?: ModelFormat): Answer<Blob, ServeFailure>;
};
