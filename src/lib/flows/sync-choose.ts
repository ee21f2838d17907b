// Chooses what of a workspace is on this device: which datasets, how much of their history, and how fast it comes.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { choiceOf, type DatasetChoice, type SyncChoice } from '../core/sync/sync-choice.ts';
import { isSameState, stateOf } from '../core/sync/space-state.ts';
import type { Effects } from './effects.ts';
import { syncDatasets, type DatasetSync } from './sync-list.ts';
import { accountOf } from './sync-open.ts';
import { runSync } from './sync-run.ts';

type Chosen = Promise<Result<void, SyncFailure>>;

/**
 * Of one dataset. One that is not to be here any more goes from here, if the server has all of it, and stays there; undo brings it back.
 * How much of the history is here changes with the next sync; what is here stays until rules for old versions let it go.
 */
export async function chooseDataset(name: string, change: Partial<DatasetChoice>, effects: Effects): Chosen {
	return runSync({ label: 'Choose what is here', isQuiet: true }, effects, async () => {
		const choice = await effects.sync.rows.choice();
		if (!choice.ok) return choice;
		const found = await findSynced(name, choice.value, effects);
		if (!found.ok) return found;
		const own = { ...choiceOf(choice.value, found.value.id), ...change };
		const goes = !own.isTaken && found.value.state !== 'away' && found.value.state !== 'here';
		const space = goes ? await agreedSpace(found.value, effects) : ok(null);
		if (!space.ok) return space;
		// First the choice: where the page dies in between, the dataset is here still, and synced as before.
		const saved = await effects.sync.rows.saveChoice({
			...choice.value,
			datasets: { ...choice.value.datasets, [found.value.id]: own }
		});
		if (!saved.ok || !space.value) return saved;
		const { dataset, row, state } = space.value;
		const { newest: _newest, ...seen } = row;
		return effects.sync.rows.adopt({
			before: dataset,
			after: null,
			merged: [],
			agreed: { ...seen, base: null, away: state },
			atMs: effects.now()
		});
	});
}

/** The dataset as it is here and on the server alike. Fails: sync-waits, when it is not. */
async function agreedSpace({ id, name }: Pick<DatasetSync, 'id' | 'name'>, { store, sync }: Effects) {
	const [datasets, spaces] = [await store.datasets(), await sync.rows.spaces()];
	if (!datasets.ok) return datasets;
	if (!spaces.ok) return spaces;
	const dataset = datasets.value.find((one) => one.id === id);
	const row = spaces.value.find(({ space }) => space === id);
	// It was never sent: from now on it stays here alone.
	if (!row?.trust) return ok(null);
	const state = dataset && stateOf(dataset);
	if (!state || !row.base || !isSameState(row.base.state, state))
		return err({ kind: 'sync-waits', dataset: name } as const);
	return ok({ dataset, row, state });
}

/** By name, without regard to case; of two of one name, the one that is here. */
export async function findSynced(
	name: string,
	choice: SyncChoice,
	effects: Effects
): Promise<Result<DatasetSync, SyncFailure>> {
	const listed = await syncDatasets(choice, [], effects);
	if (!listed.ok) return listed;
	const named = listed.value.filter((one) => one.name.toLowerCase() === name.toLowerCase());
	const found = named.find(({ state }) => state !== 'away') ?? named[0];
	return found ? ok(found) : err({ kind: 'unknown-dataset', name });
}

/** Of datasets without a choice of their own, and of the rate. */
export async function chooseOtherwise(
	change: { readonly otherwise?: Partial<DatasetChoice>; readonly bytesPerSecond?: number | null },
	effects: Effects
): Chosen {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const choice = await effects.sync.rows.choice();
	if (!choice.ok) return choice;
	const { otherwise, bytesPerSecond } = choice.value;
	const saved = await effects.sync.rows.saveChoice({
		...choice.value,
		otherwise: { ...otherwise, ...change.otherwise },
		bytesPerSecond: change.bytesPerSecond === undefined ? bytesPerSecond : change.bytesPerSecond
	});
	// What is under way began with the old rate.
	if (saved.ok && change.bytesPerSecond !== undefined) effects.sync.progress.askToStop();
	return saved;
}
