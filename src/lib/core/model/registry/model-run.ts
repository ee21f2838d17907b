// A training run as it is tracked: what went in, what was chosen, what came out, step by step.
import type { ModelRunId, ObjectId, VersionId } from '../../ids.ts';
import type { FailureFacts } from '../../pipeline/run-record.ts';
import type { Task } from '../model.ts';
import type { TrainingPlan } from '../training/plan.ts';

export type RunValue = string | number | boolean | null;

export type ModelRun = {
	readonly id: ModelRunId;
	/** The search or cross-validation that it is a part of. */
	readonly parent?: ModelRunId;
	/** Its name is all that an experiment has: runs of one name belong together. */
	readonly experiment: string;
	readonly name: string;
	readonly state: 'running' | 'finished' | 'failed' | 'cancelled';
	readonly task: Task | null;
	readonly params: Readonly<Record<string, RunValue>>;
	/** The last value of each; its steps are kept beside the run. */
	readonly metrics: Readonly<Record<string, number>>;
	readonly tags: Readonly<Record<string, string>>;
	/** The rows it learnt from. */
	readonly data: TrainingData;
	readonly artifacts: readonly Artifact[];
	readonly failure: FailureFacts | null;
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	/** Whoever started it, when they gave a name. */
	readonly author?: string;
	/** As it was begun, so that it can be begun again; runs of before have none. */
	readonly plan?: TrainingPlan;
	/** Since when it is removed; it can be brought back. */
	readonly removedAtMs?: number;
};

export type TrainingData = {
	/** A query over the versions. */
	readonly sql: string;
	readonly inputs: readonly { readonly dataset: string; readonly version: VersionId }[];
	/** Which rows are held out follows from the rows, this text, and nothing else: equal texts over equal versions hold out equal rows. */
	readonly split: string;
};

/** Bytes a run made, stored as an object under their hash. */
export type Artifact = {
	/** An `ArtifactName`, or what a person called a file they kept with it. */
	readonly name: string;
	readonly object: ObjectId;
	readonly sizeBytes: number;
};

/**
 * `onnx` serves; `model` is the trainer's own form; `evaluation` is what held-out rows showed; `examples` are rows with the trainer's
 * answers; `profile` is a sketch of the rows it learnt from, once that was asked for.
 */
export const artifactNames = ['onnx', 'model', 'evaluation', 'examples', 'profile'] as const;
export type ArtifactName = (typeof artifactNames)[number];

/** Of one metric of one run, by ascending step. */
export type MetricSteps = {
	readonly run: ModelRunId;
	readonly metric: string;
	readonly steps: readonly number[];
	readonly values: readonly number[];
};

/** Stages as MLflow names them. */
export const modelStages = ['None', 'Staging', 'Production', 'Archived'] as const;
export type ModelStage = (typeof modelStages)[number];

/** Whether two runs were judged on the same held-out rows. */
export function isComparable(one: TrainingData, other: TrainingData): boolean {
	const facts = ({ sql, inputs, split }: TrainingData): string =>
		JSON.stringify([sql, inputs.map(({ version }) => version).toSorted(), split]);
	return facts(one) === facts(other);
}
