// Trains models in steps between which the page is heard, and tells what models say of rows.
import { transfer } from 'comlink';
import { applyTransform } from '#core/model/apply-transform.ts';
import { reportOn } from '#core/model/evaluate/evaluate-model.ts';
import { gridOf, partialDependence } from '#core/model/evaluate/partial-dependence.ts';
import { decodeModel, encodeModel } from '#core/model/model-bytes.ts';
import type { Model } from '#core/model/model.ts';
import { predict, type SumTrees } from '#core/model/predict.ts';
import type { RawColumn } from '#core/model/raw-column.ts';
import { learn, type LearnStep } from '#core/model/training/learn.ts';
import { prepare } from '#core/model/training/prepare.ts';
import { answerArrow } from '#core/onnx/answer-arrow.ts';
import { answersOf } from '#core/onnx/answers.ts';
import type { ModelSignature } from '#core/onnx/signature.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { ModelWorkerApi, PredictFailure, TrainFailure, TrainProgress, TrainRequest, Trained } from './api.ts';
import { RowsTooLarge, openKernels, type Kernels } from './kernels.ts';
import { readRows } from './read-rows.ts';

type Asked = { stop: boolean; cancel: boolean };
type Tell = (progress: TrainProgress) => void;

export function createModel(): ModelWorkerApi {
	const asked = new Map<string, Asked>();
	const kernels = openKernels();
	let ready: { readonly hash: string; readonly model: Model } | null = null;
	return {
		employ: async (ports) => (await kernels).employ(ports),
		train: async (request, onProgress) => {
			const own = { stop: false, cancel: false };
			asked.set(request.id, own);
			try {
				const trained = await train(request, await kernels, own, onProgress);
				return trained.ok ? transfer(trained, [trained.value.model.buffer]) : trained;
			} catch (thrown) {
				if (thrown instanceof RowsTooLarge) return err({ kind: 'rows-too-large', sizeBytes: thrown.sizeBytes });
				throw thrown;
			} finally {
				asked.delete(request.id);
			}
		},
		stop: async (id) => void Object.assign(asked.get(id) ?? {}, { stop: true }),
		cancel: async (id) => void Object.assign(asked.get(id) ?? {}, { cancel: true }),
		predict: async (bytes, arrowBytes) => {
			const opened = open(bytes, arrowBytes);
			if (!opened.ok) return opened;
			const outputs = outputsOf(opened.value.model, opened.value.columns, (await kernels).sumTrees);
			if (!outputs.ok) return outputs;
			const told = outputs.value.map((output) => Float32Array.from(output));
			return transfer(
				ok(told),
				told.map(({ buffer }) => buffer)
			);
		},
		answer: async (kept, signature, arrowBytes) => {
			if (ready?.hash !== kept.hash) {
				const model = decodeModel(kept.bytes);
				if (!model.ok) return model;
				ready = { hash: kept.hash, model: model.value };
			}
			const rows = readRows(arrowBytes);
			if (!rows.ok) return rows;
			const { sumTrees } = await kernels;
			const answers = answerRows(ready.model, signature, rows.value.columns, sumTrees);
			return answers.ok ? transfer(answers, [answers.value.buffer]) : answers;
		},
		dependence: async (bytes, arrowBytes, { column, grid, output, rowsMax }) => {
			const opened = open(bytes, arrowBytes);
			if (!opened.ok) return opened;
			const { sumTrees } = await kernels;
			const { model, columns } = opened.value;
			const raw = columns.find(({ name }) => name === column);
			if (!raw) return err({ kind: 'unknown-column', column });
			const some = columns.map((given) => firstRows(given, rowsMax));
			// What is missing is known once, before any value of the grid.
			const known = outputsOf(model, some, sumTrees);
			if (!known.ok) return known;
			return ok(
				partialDependence(some, column, grid ?? gridOf(raw, GRID), (changed) => {
					const outputs = outputsOf(model, changed, sumTrees);
					return (outputs.ok ? outputs.value[output] : undefined) ?? new Float32Array(0);
				})
			);
		}
	};
}

/** Values of a column that a curve is drawn through. */
const GRID = 20;
/** Of all the time of a training, about. */
const LEARNT = 0.85;
/** How long the page may go unheard. */
const SLICE_MS = 40;

async function train(
	{ plan, arrowBytes, kept }: TrainRequest,
	kernels: Kernels,
	asked: Asked,
	tell: Tell
): Promise<Result<Trained, TrainFailure>> {
	tell({ phase: 'prepare', progress: 0, step: null });
	const rows = readRows(arrowBytes);
	if (!rows.ok) return rows;
	const { columns, booleans } = rows.value;
	const keptModel = kept ? decodeModel(kept) : null;
	if (keptModel && !keptModel.ok) return keptModel;
	const prepared = prepare(plan, columns, booleans);
	if (!prepared.ok) return prepared;
	const { roles, leftOut } = prepared.value;
	const threads = kernels.threadsFor(roles.train.length);
	const curve: LearnStep[] = [];
	const turn = turns();
	await turn(true);

	const steps = learn(plan, prepared.value, kernels.makeKernel(threads), keptModel?.value ?? null);
	let next = steps.next('go-on');
	while (!next.done) {
		const step = next.value;
		curve.push(step);
		tell({ phase: 'learn', progress: LEARNT * Math.min(1, (step.step + 1) / step.of), step });
		await turn();
		if (asked.cancel) {
			steps.return(err({ kind: 'cannot-go-on' }));
			return err({ kind: 'cancelled' });
		}
		next = steps.next(asked.stop ? 'stop' : 'go-on');
	}
	if (!next.value.ok) return next.value;
	const { model, best, stopped } = next.value.value;

	const judging = reportOn(model, prepared.value, columns, plan.seed, kernels.sumTrees);
	let judged = judging.next();
	while (!judged.done) {
		tell({ phase: 'judge', progress: LEARNT + (1 - LEARNT) * judged.value, step: null });
		await turn();
		if (asked.cancel) return err({ kind: 'cancelled' });
		judged = judging.next();
	}
	return ok({
		model: encodeModel(model),
		report: judged.value,
		curve,
		best,
		stopped,
		rowCounts: { train: roles.train.length, valid: roles.valid.length, test: roles.test.length, leftOut },
		threads
	});
}

/** Lets the page be heard now and then, or at once. */
function turns(): (isDue?: boolean) => Promise<void> {
	let lastMs = performance.now();
	return async (isDue = false) => {
		if (!isDue && performance.now() - lastMs < SLICE_MS) return;
		const { port1, port2 } = new MessageChannel();
		await new Promise((resolve) => {
			port1.onmessage = resolve;
			port2.postMessage(null);
		});
		port1.close();
		lastMs = performance.now();
	};
}

function open(
	bytes: Uint8Array<ArrayBuffer>,
	arrowBytes: Uint8Array<ArrayBuffer>
): Result<{ readonly model: Model; readonly columns: readonly RawColumn[] }, PredictFailure> {
	const model = decodeModel(bytes);
	if (!model.ok) return model;
	const rows = readRows(arrowBytes);
	return rows.ok ? ok({ model: model.value, columns: rows.value.columns }) : rows;
}

function outputsOf(
	{ transform, predictor }: Model,
	columns: readonly RawColumn[],
	sumTrees: SumTrees
): Result<readonly Float32Array[], PredictFailure> {
	const features = applyTransform(transform, columns);
	return features.ok ? ok(predict(predictor, features.value, sumTrees)) : features;
}

/** Columns `c0`, `c1`, … are those of the signature, which are the transform's. */
function answerRows(
	model: Model,
	signature: ModelSignature,
	columns: readonly RawColumn[],
	sumTrees: SumTrees
): Result<Uint8Array<ArrayBuffer>, PredictFailure> {
	const named = columns.map((column, at) => ({ ...column, name: signature.columns[at]?.name ?? '' }));
	const outputs = outputsOf(model, named, sumTrees);
	if (!outputs.ok) return outputs;
	const values = rowMajor(outputs.value);
	const { answer } = signature;
	const output = answer.kind === 'number' ? answer.output : answer.probabilities;
	const told = new Map(output === null ? [] : [[output, { values, width: outputs.value.length }]]);
	return ok(answerArrow(answersOf(signature, told, outputs.value[0]?.length ?? 0)));
}

/** The one array itself, or a row's values side by side. */
function rowMajor(outputs: readonly Float32Array[]): Float32Array {
	const [first = new Float32Array(0)] = outputs;
	if (outputs.length === 1) return first;
	const width = outputs.length;
	const values = new Float32Array(width * first.length);
	outputs.forEach((output, at) => output.forEach((value, row) => (values[row * width + at] = value)));
	return values;
}

function firstRows(column: RawColumn, most: number): RawColumn {
	if (column.kind === 'texts') return { ...column, codes: column.codes.subarray(0, most) };
	return { ...column, values: column.values.subarray(0, most) };
}
