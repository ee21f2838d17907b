// Changes what is kept with training runs: tags, files, and the end of those whose page was closed.
import { modelRunId, objectId, type ModelRunId } from '../core/ids.ts';
import { artifactNames, type ModelRun } from '../core/model/registry/model-run.ts';
import type { RegistryFailure } from '../core/model/registry/registered-model.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

type KeepRunFailure = StoreFailure | RegistryFailure;
type KeepEffects = Pick<Effects, 'models' | 'sha256'>;

/** Whoever trains holds it until the run has ended. */
export function trainingLock(run: ModelRunId): string {
	return `training ${run}`;
}

/** Of the runs that go on, those that nobody trains any more failed: their page was closed. */
export async function settleRuns(
	effects: Pick<Effects, 'models' | 'lock' | 'now'>
): Promise<Result<readonly ModelRun[], StoreFailure>> {
	const runs = await effects.models.runs();
	if (!runs.ok) return runs;
	let isChanged = false;
	for (const { id, state } of runs.value) {
		if (state !== 'running') continue;
		const settled = await effects.lock(trainingLock(id), false, async (): Promise<Result<void, StoreFailure>> => {
			// It may have ended since it was read.
			const newest = await effects.models.run(id);
			if (!newest.ok) return newest;
			if (newest.value?.state !== 'running') return ok(undefined);
			isChanged = true;
			const failure = { kind: 'training-interrupted' };
			return effects.models.saveRun({ ...newest.value, state: 'failed', failure, endedAtMs: effects.now() });
		});
		if (settled !== 'busy' && !settled.ok) return settled;
	}
	return isChanged ? effects.models.runs() : runs;
}

/** In the place of those that it has. */
export async function setRunTags(
	{ run: id, tags }: { readonly run: string; readonly tags: Readonly<Record<string, string>> },
	effects: KeepEffects
): Promise<Result<ModelRun, KeepRunFailure>> {
	return changeRun(id, effects, (run) => ok({ run: { ...run, tags }, objects: [] }));
}

/** A file that is kept with a run, in the place of one of that name. Fails besides: artifact-name-taken, by what the run made itself */
export async function attachToRun(
	{ run: id, name, bytes }: { readonly run: string; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> },
	effects: KeepEffects
): Promise<Result<ModelRun, KeepRunFailure>> {
	if (isOwn(name)) return err({ kind: 'artifact-name-taken', name });
	const object = objectId(await effects.sha256(bytes));
	return changeRun(id, effects, (run) => {
		const artifacts = [...others(run, name), { name, object, sizeBytes: bytes.length }];
		return ok({ run: { ...run, artifacts }, objects: [{ id: object, bytes }] });
	});
}

export async function detachFromRun(
	{ run: id, name }: { readonly run: string; readonly name: string },
	effects: KeepEffects
): Promise<Result<ModelRun, KeepRunFailure>> {
	if (isOwn(name)) return err({ kind: 'artifact-name-taken', name });
	return changeRun(id, effects, (run) =>
		run.artifacts.some((one) => one.name === name)
			? ok({ run: { ...run, artifacts: others(run, name) }, objects: [] })
			: err({ kind: 'unknown-artifact', name, known: run.artifacts.map((one) => one.name) })
	);
}

function isOwn(name: string): boolean {
	return artifactNames.some((own) => own === name);
}

function others({ artifacts }: ModelRun, name: string): ModelRun['artifacts'] {
	return artifacts.filter((one) => one.name !== name);
}

async function changeRun(
	id: string,
	{ models }: KeepEffects,
	change: (run: ModelRun) => Result<
		{
			readonly run: ModelRun;
			readonly objects: NonNullable<Parameters<Effects['models']['saveRun']>[1]>['objects'] & object;
		},
		RegistryFailure
	>
): Promise<Result<ModelRun, KeepRunFailure>> {
	const run = await models.run(modelRunId(id));
	if (!run.ok) return run;
	if (!run.value) return err({ kind: 'unknown-model-run', run: id });
	const changed = change(run.value);
	if (!changed.ok) return changed;
	const saved = await models.saveRun(changed.value.run, { objects: changed.value.objects });
	return saved.ok ? ok(changed.value.run) : saved;
}
