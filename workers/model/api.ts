// What the model worker does: it trains models, judges them, and tells what they say of rows. Types only.
import type { ApplyFailure } from '#core/model/apply-transform.ts';
import type { ModelReport } from '#core/model/evaluate/evaluate-model.ts';
import type { GridValue, PartialDependence } from '#core/model/evaluate/partial-dependence.ts';
import type { BrokenModel } from '#core/model/model-bytes.ts';
import type { LearnFailure, LearnStep } from '#core/model/training/learn.ts';
import type { TrainingPlan } from '#core/model/training/plan.ts';
import type { PrepareFailure } from '#core/model/training/prepare.ts';
import type { JobId } from '#core/ids.ts';
import type { ModelSignature } from '#core/onnx/signature.ts';
import type { Result } from '#core/result.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type TrainRequest = {
	readonly id: JobId;
	readonly plan: TrainingPlan;
	/** The rows, as an Arrow IPC stream of the plan's columns. Transferred. */
	readonly arrowBytes: Bytes;
	/** A model of equal rows that the training goes on from; null begins anew. */
	readonly kept: Bytes | null;
};

/** `progress` from 0 to 1 over all of it; `step` where one was learnt. */
export type TrainProgress = {
	readonly phase: 'prepare' | 'learn' | 'judge';
	readonly progress: number;
	readonly step: LearnStep | null;
};

export type Trained = {
	/** `decodeModel` reads it; transferred. */
	readonly model: Bytes;
	readonly report: ModelReport;
	readonly curve: readonly LearnStep[];
	/** The step that did best on the validation rows; null without them. */
	readonly best: number | null;
	readonly stopped: 'done' | 'patience' | 'asked';
	readonly rowCounts: {
		readonly train: number;
		readonly valid: number;
		readonly test: number;
		readonly leftOut: number;
	};
	readonly threads: number;
};

export type ModelCrashed = { readonly kind: 'model-crashed'; readonly reason: string };
export type BrokenRows = { readonly kind: 'broken-arrow'; readonly reason: string };

export type TrainFailure =
	| PrepareFailure
	| LearnFailure
	| BrokenModel
	| BrokenRows
	| ModelCrashed
	| { readonly kind: 'cancelled' }
	/** What the rows take at once. */
	| { readonly kind: 'rows-too-large'; readonly sizeBytes: number };

export type PredictFailure = ApplyFailure | BrokenModel | BrokenRows | ModelCrashed;

export type DependenceRequest = {
	readonly column: string;
	/** Values it is set to; null chooses them. */
	readonly grid: readonly GridValue[] | null;
	/** Which output; 0 but for several classes. */
	readonly output: number;
	readonly rowsMax: number;
};

/** As a run keeps it; told apart by its hash. */
export type KeptModel = { readonly hash: string; readonly bytes: Bytes };

export type ModelApi = {
	/** Told to stop, it ends after the step and gives what was learnt; told to cancel, it gives nothing. */
	train(request: TrainRequest, onProgress: (progress: TrainProgress) => void): Promise<Result<Trained, TrainFailure>>;
	stop(id: JobId): Promise<void>;
	cancel(id: JobId): Promise<void>;
	/** One array an output, see `predict`. Transferred both ways. */
	predict(model: Bytes, arrowBytes: Bytes): Promise<Result<readonly Float32Array<ArrayBuffer>[], PredictFailure>>;
	/**
	 * What `isExact` models say of rows, given and answered as ONNX Runtime is: an Arrow IPC stream of the columns `c0`, `c1`, … of the
	 * signature, and one of `answerColumns`. The model that was asked last is kept ready.
	 *
	 * Owner: `arrowBytes` and the answer are transferred.
	 */
	answer(model: KeptModel, signature: ModelSignature, arrowBytes: Bytes): Promise<Result<Bytes, PredictFailure>>;
	/** Of the first rows of a stream. Transferred. */
	dependence(
		model: Bytes,
		arrowBytes: Bytes,
		request: DependenceRequest
	): Promise<Result<PartialDependence, PredictFailure>>;
};

/** As the worker has it. */
export type ModelWorkerApi = ModelApi & {
	/** Ports of threads that attend; trainings of many rows use all of them. Transferred. */
	employ(ports: readonly MessagePort[]): Promise<void>;
};

export type KernelThreadApi = {
	/** Helps with every training that comes over the port. Transferred. */
	attend(port: MessagePort): Promise<void>;
};
