// Takes a dataset away from this device that the server has as it is here: from then on it is there alone, until somebody wants it back.
import { err, ok, type Result } from '../core/result.ts';
import { isSameState, stateOf } from '../core/sync/space-state.ts';
import type { DatasetChoice } from '../core/sync/sync-choice.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Store } from '../db/store.ts';
import type { SyncRows } from '../db/sync.ts';
import type { DatasetSync } from './sync-list.ts';

export type AwayRows = Pick<SyncRows, 'spaces' | 'adopt' | 'choice' | 'saveChoice'> & Pick<Store, 'datasets'>;
export type TakeAwayFailure = StoreFailure | { readonly kind: 'sync-waits'; readonly dataset: string };

export async function takeAway(
	named: Pick<DatasetSync, 'id' | 'name'>,
	own: DatasetChoice,
	rows: AwayRows,
	atMs: number
): Promise<Result<void, TakeAwayFailure>> {
	const agreed = await agreedSpace(named, rows);
	if (!agreed.ok) return agreed;
	// First the choice: where the page dies in between, the dataset is here still, and synced as before.
	const saved = await saveOwn(named.id, own, rows);
	if (!saved.ok || !agreed.value) return saved;
	const { dataset, row, state } = agreed.value;
	const { newest: _newest, ...seen } = row;
	return rows.adopt({ before: dataset, after: null, merged: [], agreed: { ...seen, base: null, away: state }, atMs });
}

export async function saveOwn(
	id: string,
	own: DatasetChoice,
	rows: Pick<AwayRows, 'choice' | 'saveChoice'>
): Promise<Result<void, StoreFailure>> {
	const choice = await rows.choice();
	if (!choice.ok) return choice;
	return rows.saveChoice({ ...choice.value, datasets: { ...choice.value.datasets, [id]: own } });
}

/** The dataset as it is here and on the server alike; null for one that was never sent, which from now on stays here alone. */
async function agreedSpace({ id, name }: Pick<DatasetSync, 'id' | 'name'>, rows: AwayRows) {
	const [datasets, spaces] = [await rows.datasets(), await rows.spaces()];
	if (!datasets.ok) return datasets;
	if (!spaces.ok) return spaces;
	const dataset = datasets.value.find((one) => one.id === id);
	const row = spaces.value.find(({ space }) => space === id);
	if (!row?.trust) return ok(null);
	const state = dataset && stateOf(dataset);
	if (!state || !row.base || !isSameState(row.base.state, state))
		return err({ kind: 'sync-waits', dataset: name } as const);
	return ok({ dataset, row, state });
}
