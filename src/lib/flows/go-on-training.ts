// A training that goes on: from what a run grew, over the same rows, to more trees, as if it had never stopped.
import { decodeUtf8 } from '../core/check/sketch/utf8.ts';
import { modelRunId } from '../core/ids.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { readKeptPlan } from '../core/model/registry/kept-plan.ts';
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
	const told = await readArtifact(modelRunId(id), 'plan', effects);
	if (!told.ok) return told;
	const kept = await readArtifact(modelRunId(id), 'model', effects);
	if (!kept.ok) return kept;
	const { run, bytes } = told.value;
	const { plan, threshold } = readKeptPlan(decodeUtf8(bytes, 0, bytes.length, Infinity));
	const { learner } = plan;
	if (learner.kind !== 'boosting') return err({ kind: 'cannot-go-on' });
	const { experiment, name, data, parent } = run;
	return trainModel(
		{
			...options,
			experiment,
			name,
			sql: data.sql,
			plan: { ...plan, learner: { ...learner, options: { ...learner.options, rounds } } },
			threshold,
			tags: { ...run.tags, continues: id },
			parent,
			kept: { model: kept.value.bytes, inputs: data.inputs }
		},
		effects
	);
}
