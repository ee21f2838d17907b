// Takes training runs out of sight, which undo brings back; brings them back at any time; lets removed ones go for good.
import { modelRunId } from '../core/ids.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import type { RegistryFailure } from '../core/model/registry/registered-model.ts';
import type { RunOperation } from '../core/model/registry/run-operation.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export type RemoveRunFailure = StoreFailure | RegistryFailure;
type RemoveEffects = Pick<Effects, 'models' | 'store' | 'now'>;

/** With its parts. Versions that were registered from it keep all they know of it. Fails: unknown-model-run, where it is not in sight */
export function removeRun(run: string, effects: RemoveEffects): Promise<Result<ModelRun, RemoveRunFailure>> {
	return change(run, 'remove-model-run', effects);
}

/** With the parts that went with it. Fails: unknown-model-run, where it was not removed */
export function bringRunBack(run: string, effects: RemoveEffects): Promise<Result<ModelRun, RemoveRunFailure>> {
	return change(run, 'bring-back-model-run', effects);
}

/** Of a run that is removed. It cannot be undone; versions keep their files. Fails: unknown-model-run */
export async function deleteRun(run: string, effects: RemoveEffects): Promise<Result<void, RemoveRunFailure>> {
	const dropped = await effects.store.dropRun(modelRunId(run));
	if (!dropped.ok) return dropped;
	return dropped.value ? ok(undefined) : err({ kind: 'unknown-model-run', run });
}

async function change(
	id: string,
	kind: RunOperation['kind'],
	effects: RemoveEffects
): Promise<Result<ModelRun, RemoveRunFailure>> {
	const found = await effects.models.run(modelRunId(id));
	if (!found.ok) return found;
	const run = found.value;
	const isRemoving = kind === 'remove-model-run';
	if (!run || (run.removedAtMs === undefined) !== isRemoving) return err({ kind: 'unknown-model-run', run: id });
	const ref = { id: run.id, name: run.name };
	const [before, after] = isRemoving ? [ref, null] : [null, ref];
	const committed = await effects.store.commitRun({ kind, before, after, atMs: effects.now() });
	return committed.ok ? ok(run) : committed;
}
