// Trains a model on the rows of a query, tracked as a run: what went in, the curve, what held-out rows showed, and its ONNX.
import { jobId, modelRunId, objectId, type ModelRunId, type ObjectId } from '../core/ids.ts';
import { writeEvaluation } from '../core/model/registry/evaluation-text.ts';
import type { ModelExamples } from '../core/model/registry/model-examples.ts';
import type { Artifact, ArtifactName, MetricSteps, ModelRun } from '../core/model/registry/model-run.ts';
import { runParams, splitText } from '../core/model/registry/run-params.ts';
import { trainingSql } from '../core/model/registry/training-sql.ts';
import { decodeModel } from '../core/model/model-bytes.ts';
import type { Model } from '../core/model/model.ts';
import { chosenClasses } from '../core/model/predict.ts';
import type { TrainingPlan } from '../core/model/training/plan.ts';
import { modelToOnnx } from '../core/onnx/model-graph.ts';
import type { FailureFacts } from '../core/pipeline/run-record.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { Trained, TrainFailure, TrainProgress } from '#workers/model/api.ts';
import type { NewObject } from '../db/models.ts';
import { signature } from './author.ts';
import type { Effects } from './effects.ts';
import { trainingLock } from './keep-runs.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { listDatasets } from './list-datasets.ts';
import { describeQuery, runQuery, type RunQueryFailure } from './run-query.ts';

export type TrainModelInput = {
	/** Runs of one name belong together. */
	readonly experiment: string;
	/** Left out, what it learns and by what. */
	readonly name?: string | undefined;
	/** The rows, such as `SELECT * FROM people`. */
	readonly sql: string;
	readonly plan: TrainingPlan;
	/** Where the second of two classes begins; 0.5, left out. */
	readonly threshold?: number | undefined;
	readonly tags?: Readonly<Record<string, string>> | undefined;
	/** What it is a part of. */
	readonly parent?: ModelRunId | undefined;
	/** What it goes on from, and the versions that this learnt from. */
	readonly kept?: { readonly model: Bytes; readonly inputs: ModelRun['data']['inputs'] } | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Ends the training after its step, and keeps what was learnt. */
	readonly stop?: AbortSignal | undefined;
	/** Told what is stored of the run when it begins. */
	readonly onStart?: ((run: ModelRun) => void) | undefined;
	readonly onProgress?: ((progress: TrainProgress) => void) | undefined;
};

export type TrainModelFailure = RunQueryFailure | TrainFailure;

/** Rows that are kept with what the trainer says of them. */
const EXAMPLES = 200;

/** The run is kept however it ends; one that is cancelled keeps its curve. */
export async function trainModel(
	input: TrainModelInput,
	effects: Effects
): Promise<Result<ModelRun, TrainModelFailure>> {
	return asJob(effects.jobs, `Train ${input.plan.target ?? input.experiment}`, input.signal, async (job) => {
		const rows = await rowsOf(input, job, effects);
		if (!rows.ok) return rows;
		if (input.kept && !areSame(input.kept.inputs, rows.value.inputs)) return err({ kind: 'other-rows' });
		const signed = await signature(effects);
		if (!signed.ok) return signed;
		const begun: ModelRun = {
			id: modelRunId(effects.randomId()),
			...(input.parent ? { parent: input.parent } : {}),
			experiment: input.experiment,
			name: input.name ?? nameOf(input.plan),
			state: 'running',
			task: null,
			params: runParams(input.plan),
			metrics: {},
			tags: input.tags ?? {},
			data: { sql: input.sql, inputs: rows.value.inputs, split: splitText(input.plan) },
			artifacts: [],
			failure: null,
			startedAtMs: effects.now(),
			endedAtMs: null,
			plan: input.plan,
			...signed.value
		};
		const tracked = await effects.lock(trainingLock(begun.id), true, () =>
			trackTraining({ input, begun, rows: rows.value }, job, effects)
		);
		return tracked === 'busy' ? err({ kind: 'cancelled' }) : tracked;
	});
}

type Tracking = { readonly input: TrainModelInput; readonly begun: ModelRun; readonly rows: TrainingRows };

async function trackTraining(
	{ input, begun, rows }: Tracking,
	job: JobHandle,
	effects: Effects
): Promise<Result<ModelRun, TrainModelFailure>> {
	const created = await effects.models.saveRun(begun);
	if (!created.ok) return created;
	input.onStart?.(begun);
	const curve: TrainProgress['step'][] = [];
	const trained = await train(input, rows.arrow, job, effects, (progress) => {
		if (progress.step) curve.push(progress.step);
		job.progress({ fraction: progress.progress });
		input.onProgress?.(progress);
	});
	const ended = { ...begun, endedAtMs: effects.now() };
	const metrics = curveSteps(begun, trained.ok ? trained.value.curve : curve.filter((step) => step !== null));
	if (!trained.ok) {
		const state = trained.error.kind === 'cancelled' ? 'cancelled' : 'failed';
		const kept = await effects.models.saveRun({ ...ended, state, failure: factsOf(trained.error) }, { metrics });
		return kept.ok ? trained : kept;
	}
	const made = await artifactsOf({ input, run: ended, trained: trained.value, examples: rows.examples }, effects);
	if (!made.ok) return made;
	const { task, artifacts, objects } = made.value;
	const finished: ModelRun = { ...ended, state: 'finished', task, artifacts, metrics: metricsOf(trained.value) };
	const kept = await effects.models.saveRun(finished, { metrics, objects });
	return kept.ok ? ok(finished) : kept;
}

type Bytes = Uint8Array<ArrayBuffer>;
type TrainingRows = {
	readonly arrow: Bytes;
	/** The first rows, as another stream. */
	readonly examples: Bytes;
	readonly inputs: ModelRun['data']['inputs'];
};

async function rowsOf(
	{ sql, plan }: TrainModelInput,
	job: JobHandle,
	effects: Effects
): Promise<Result<TrainingRows, RunQueryFailure>> {
	const id = resultId(`train-${effects.randomId()}`);
	const schema = await describeQuery({ id, sql }, effects);
	if (!schema.ok) return schema;
	const ran = await runQuery({ id, sql: trainingSql(sql, plan, schema.value), signal: job.signal }, effects);
	if (!ran.ok) return ran;
	try {
		const arrow = await effects.engine.arrow(id);
		if (!arrow.ok) return arrow;
		const examples = await effects.engine.window(id, 0, Math.min(EXAMPLES, ran.value.rowCount));
		if (!examples.ok) return examples;
		const items = await listDatasets(effects);
		if (!items.ok) return items;
		const inputs = ran.value.inputs.map((version) => ({
			dataset: items.value.find(({ reached }) => reached.some((one) => one.id === version))?.dataset.name ?? '',
			version
		}));
		return ok({ arrow: arrow.value, examples: examples.value, inputs });
	} finally {
		await effects.engine.release(id);
	}
}

/** Of the same versions; a query may read them in any order. */
function areSame(one: ModelRun['data']['inputs'], other: ModelRun['data']['inputs']): boolean {
	const ids = (inputs: ModelRun['data']['inputs']): string =>
		inputs
			.map(({ version }) => version)
			.toSorted()
			.join(' ');
	return ids(one) === ids(other);
}

async function train(
	{ plan, kept, stop }: TrainModelInput,
	arrowBytes: Bytes,
	job: JobHandle,
	effects: Effects,
	onProgress: (progress: TrainProgress) => void
): Promise<Result<Trained, TrainFailure>> {
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	const id = jobId(`train-${effects.randomId()}`);
	const cancel = (): void => void effects.trainer.cancel(id);
	const end = (): void => void effects.trainer.stop(id);
	job.signal.addEventListener('abort', cancel, { once: true });
	stop?.addEventListener('abort', end, { once: true });
	try {
		const training = effects.trainer.train(
			{ id, plan, arrowBytes, kept: kept ? kept.model.slice() : null },
			onProgress
		);
		if (stop?.aborted) end();
		const trained = await training;
		// A trainer that was ended, since it did not listen, is a cancelled one.
		return !trained.ok && job.signal.aborted ? err({ kind: 'cancelled' }) : trained;
	} finally {
		job.signal.removeEventListener('abort', cancel);
		stop?.removeEventListener('abort', end);
	}
}

type Making = {
	readonly input: TrainModelInput;
	readonly run: ModelRun;
	readonly trained: Trained;
	readonly examples: Bytes;
};

async function artifactsOf(
	{ input, run, trained, examples }: Making,
	effects: Effects
): Promise<
	Result<Pick<ModelRun, 'task' | 'artifacts'> & { readonly objects: readonly NewObject[] }, TrainModelFailure>
> {
	const decoded = decodeModel(trained.model);
	if (!decoded.ok) return decoded;
	const model = decoded.value;
	const threshold = input.threshold ?? 0.5;
	const told = await examplesOf(model, { model: trained.model, examples, threshold }, effects);
	if (!told.ok) return told;
	const { report, rowCounts, best, stopped, threads } = trained;
	const onnx = modelToOnnx(model, { name: run.experiment, threshold, metadata: metadataOf(run, trained) });
	const text = (value: string): Bytes => new TextEncoder().encode(value);
	const made: readonly (readonly [ArtifactName, Bytes])[] = [
		['onnx', onnx.bytes],
		['model', trained.model],
		['evaluation', text(writeEvaluation({ report, rowCounts, best, stopped, threads }))],
		['examples', text(JSON.stringify(told.value))]
	];
	const artifacts: Artifact[] = [];
	const objects: NewObject[] = [];
	for (const [name, bytes] of made) {
		const object: ObjectId = objectId(await effects.sha256(bytes));
		artifacts.push({ name, object, sizeBytes: bytes.length });
		objects.push({ id: object, bytes });
	}
	return ok({ task: model.task, artifacts, objects });
}

/** Example rows as a form would ask them, with what the trainer itself says. */
async function examplesOf(
	{ task, transform }: Model,
	given: { readonly model: Bytes; readonly examples: Bytes; readonly threshold: number },
	effects: Pick<Effects, 'trainer'>
): Promise<Result<ModelExamples, TrainModelFailure>> {
	const names = transform.columns.map(({ name }) => name);
	const rows = decodeRows(given.examples).map((row) =>
		Object.fromEntries(names.map((name) => [name, plain(row[name])]))
	);
	const said = await effects.trainer.predict(given.model.slice(), given.examples.slice());
	if (!said.ok) return said;
	const [first = new Float32Array(0)] = said.value;
	if (task.kind !== 'binary' && task.kind !== 'multiclass') {
		const isCluster = task.kind === 'clustering';
		const predictions = rows.map((_, row) => ({
			prediction: isCluster ? String(first[row]) : (first[row] ?? null),
			probability: null
		}));
		return ok({ rows, predictions });
	}
	const chosen = chosenClasses(said.value, given.threshold);
	const predictions = rows.map((_, row) => {
		const number = chosen[row] ?? 0;
		const shares = said.value[said.value.length === 1 ? 0 : number];
		return { prediction: task.classes.labels[number] ?? '', probability: shares?.[row] ?? null };
	});
	return ok({ rows, predictions });
}

function plain(value: unknown): string | number | boolean | null {
	if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
	if (typeof value === 'bigint') return Number(value);
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function metadataOf(run: ModelRun, trained: Trained): Readonly<Record<string, string>> {
	return {
		'weir.run': run.id,
		'weir.experiment': run.experiment,
		'weir.data': JSON.stringify(run.data),
		'weir.params': JSON.stringify(run.params),
		'weir.metrics': JSON.stringify(metricsOf(trained)),
		'weir.trained_at': new Date(run.startedAtMs).toISOString()
	};
}

/** Of held-out rows; without any, none. */
function metricsOf({ report }: Trained): Readonly<Record<string, number>> {
	const metrics = Object.entries(report.evaluation?.metrics ?? {});
	return Object.fromEntries(
		metrics.map(([name, { value }]) => [name, value] as const).filter(([, value]) => Number.isFinite(value))
	);
}

function curveSteps(run: ModelRun, curve: Trained['curve']): readonly MetricSteps[] {
	const steps = (metric: string, of: (step: Trained['curve'][number]) => number | null): readonly MetricSteps[] => {
		const told = curve.flatMap((step) => {
			const value = of(step);
			return value === null || !Number.isFinite(value) ? [] : [{ step: step.step, value }];
		});
		if (told.length === 0) return [];
		return [{ run: run.id, metric, steps: told.map(({ step }) => step), values: told.map(({ value }) => value) }];
	};
	return [...steps('train loss', ({ train: value }) => value), ...steps('valid loss', ({ valid }) => valid)];
}

function nameOf({ target, learner }: TrainingPlan): string {
	return target === null ? learner.kind : `${target} by ${learner.kind}`;
}

function factsOf(failure: TrainModelFailure): FailureFacts {
	return { ...failure };
}
