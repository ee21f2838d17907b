// A training that goes on: from what a run grew, over the same rows, to more trees, as if it had never stopped.
import { modelRunId } from '../core/ids.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { parseOnnxHeader } from '../core/onnx/header.ts';
import { signatureOf } from '../core/onnx/signature.ts';
import { err, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { readArtifact } from './register-model.ts';
import { trainModel, type TrainModelFailure, type TrainModelInput } from './train-model.ts';

export type GoOnInput = Pick<TrainModelInput, 'signal' | 'stop' | 'onStart' | 'onProgress'> & {
	readonly run: string;
	/** Trees in all, or rounds of them where each has one a class. */
	readonly rounds: number;
};

/** The run that it goes on from stays; the new one names it in its tag `continues`. */
export async function goOnTraining(
	{ run: id, rounds, ...options }: GoOnInput,
	effects: Effects
): Promise<Result<ModelRun, TrainModelFailure>> {
	const kept = await readArtifact(modelRunId(id), 'model', effects);
	if (!kept.ok) return kept;
	const onnx = await readArtifact(modelRunId(id), 'onnx', effects);
	if (!onnx.ok) return onnx;
	const header = parseOnnxHeader(onnx.value.bytes);
	const told = header.ok ? signatureOf(header.value) : header;
	if (!told.ok) return told;
	const { answer } = told.value;
	const { experiment, name, data, parent, plan, tags } = kept.value.run;
	const learner = plan?.learner;
	if (!plan || learner?.kind !== 'boosting') return err({ kind: 'cannot-go-on' });
	return trainModel(
		{
			...options,
			experiment,
			name,
			sql: data.sql,
			plan: { ...plan, learner: { ...learner, options: { ...learner.options, rounds } } },
			threshold: answer.kind === 'class' ? answer.threshold : undefined,
			tags: { ...tags, continues: id },
			parent,
			kept: { model: kept.value.bytes, inputs: data.inputs }
		},
		effects
	);
}
