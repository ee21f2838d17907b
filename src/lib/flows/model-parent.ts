// Runs that others are parts of: a search of its trials, a cross-validation of its folds.
import { modelRunId, type ModelRunId } from '../core/ids.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { runParams, splitText } from '../core/model/registry/run-params.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { signature } from './author.ts';
import type { Effects } from './effects.ts';
import { trainingLock } from './keep-runs.ts';
import type { TrainModelInput } from './train-model.ts';

type ParentInput = Pick<TrainModelInput, 'experiment' | 'sql' | 'plan' | 'tags'> & {
	readonly name: string;
	/** Besides those of the plan. */
	readonly params: ModelRun['params'];
	readonly onStart?: ((run: ModelRun) => void) | undefined;
};

/** Runs that name the parent, and what they show together. */
type Parts = { readonly runs: readonly ModelRun[]; readonly metrics: ModelRun['metrics'] };

/** Keeps a run from when `work` begins, whose parts name it; it ends as that does. Its data are those of the first part. */
export async function asParent<F extends { readonly kind: string }>(
	{ experiment, sql, plan, tags = {}, name, params, onStart }: ParentInput,
	effects: Effects,
	work: (parent: ModelRunId) => Promise<Result<Parts, F>>
): Promise<Result<ModelRun, F | StoreFailure | { readonly kind: 'cancelled' }>> {
	const signed = await signature(effects);
	if (!signed.ok) return signed;
	const begun: ModelRun = {
		id: modelRunId(effects.randomId()),
		experiment,
		name,
		state: 'running',
		task: null,
		params: { ...runParams(plan), ...params },
		metrics: {},
		tags,
		data: { sql, inputs: [], split: splitText(plan) },
		artifacts: [],
		failure: null,
		startedAtMs: effects.now(),
		endedAtMs: null,
		...signed.value
	};
	const tracked = await effects.lock(trainingLock(begun.id), true, () => track(begun, onStart, effects, work));
	return tracked === 'busy' ? err({ kind: 'cancelled' }) : tracked;
}

async function track<F extends { readonly kind: string }>(
	begun: ModelRun,
	onStart: ParentInput['onStart'],
	effects: Effects,
	work: (parent: ModelRunId) => Promise<Result<Parts, F>>
): Promise<Result<ModelRun, F | StoreFailure>> {
	const created = await effects.models.saveRun(begun);
	if (!created.ok) return created;
	onStart?.(begun);
	const done = await work(begun.id);
	const ended = { ...begun, endedAtMs: effects.now() };
	if (!done.ok) {
		const state = done.error.kind === 'cancelled' ? 'cancelled' : 'failed';
		const kept = await effects.models.saveRun({ ...ended, state, failure: { ...done.error } });
		return kept.ok ? done : kept;
	}
	const { runs, metrics } = done.value;
	const [first] = runs;
	const data = { ...ended.data, inputs: first?.data.inputs ?? [] };
	const finished: ModelRun = { ...ended, state: 'finished', task: first?.task ?? null, data, metrics };
	const kept = await effects.models.saveRun(finished);
	return kept.ok ? ok(finished) : kept;
}
