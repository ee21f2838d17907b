// Renames, removes, undoes and redoes: changes of the catalogue that move no data.
import { ok, type Result } from '../core/result.ts';
import { parseDatasetName } from '../core/version/dataset-name.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, Operation } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';

export async function renameDataset(
	input: { readonly name: string; readonly to: string },
	effects: Effects
): Promise<Result<Dataset, StoreFailure>> {
	const to = parseDatasetName(input.to);
	if (!to.ok) return to;
	const found = await findDataset(input.name, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	if (before.name === to.value) return ok(before);
	const after = { ...before, name: to.value };
	const committed = await effects.store.commit({
		kind: 'rename',
		before,
		after,
		made: null,
		atMs: effects.now()
	});
	return committed.ok ? ok(after) : committed;
}

/** Its versions stay stored as long as the removal can be undone. */
export async function removeDataset(
	input: { readonly name: string },
	effects: Effects
): Promise<Result<Dataset, StoreFailure>> {
	const found = await findDataset(input.name, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	const committed = await effects.store.commit({
		kind: 'remove',
		before,
		after: null,
		made: null,
		atMs: effects.now()
	});
	return committed.ok ? ok(before) : committed;
}

export async function undo(effects: Pick<Effects, 'store'>): Promise<Result<Operation, StoreFailure>> {
	return effects.store.undo();
}

export async function redo(effects: Pick<Effects, 'store'>): Promise<Result<Operation, StoreFailure>> {
	return effects.store.redo();
}
