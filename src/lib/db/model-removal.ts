// Takes versions of models out of sight and brings them back. Their bytes stay until they are let go for good.
import type { ModelEvent, RegistryFailure } from '#core/model/registry/registered-model.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { WorkspaceDb } from './schema.ts';

export type Removal = 'removed' | 'brought-back' | 'deleted';

/** Inside a transaction over the tables of models. */
export async function setRemoved(
	db: WorkspaceDb,
	{ model: name, number }: { readonly model: string; readonly number: number | null },
	what: Removal,
	said: Pick<ModelEvent, 'who' | 'why' | 'atMs'>
): Promise<Result<void, RegistryFailure>> {
	const model = await db.models.get(name.toLowerCase());
	const all = model ? await db.modelVersions.where('model').equals(model.name).toArray() : [];
	const isRemoved = what !== 'removed';
	const meant = all.filter(
		(one) => (one.removedAtMs !== undefined) === isRemoved && (number ?? one.number) === one.number
	);
	if (!model || meant.length === 0)
		return err({ kind: 'unknown-model-version', model: name, version: String(number ?? '') });
	const serving = meant.find(({ stage }) => stage === 'Production');
	// What goes as a whole is asked by nobody's name any more; a version alone would hand its name to another one unsaid.
	if (what === 'removed' && number !== null && serving)
		return err({ kind: 'model-in-production', model: model.name, version: serving.number });
	for (const { removedAtMs: _at, ...version } of meant) {
		if (what === 'deleted') await db.modelVersions.delete([version.model, version.number]);
		else await db.modelVersions.put(what === 'removed' ? { ...version, removedAtMs: said.atMs } : version);
		await db.modelEvents.add({ ...said, kind: what, model: model.name, number: version.number, from: null, to: null });
	}
	const left = await db.modelVersions.where('model').equals(model.name).toArray();
	const { removedAtMs: _at, ...plain } = model;
	if (left.length === 0) await db.models.delete(model.key);
	else if (left.some(({ removedAtMs }) => removedAtMs === undefined)) await db.models.put(plain);
	else await db.models.put({ ...plain, removedAtMs: said.atMs });
	return ok(undefined);
}
