// Chooses what of a workspace is on this device: which datasets, how much of their history, and how fast it comes.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { choiceOf, type DatasetChoice, type SyncChoice } from '../core/sync/sync-choice.ts';
import type { Effects } from './effects.ts';
import { saveOwn, takeAway } from './sync-away.ts';
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
		const { rows } = effects.sync;
		if (!goes) return saveOwn(found.value.id, own, rows);
		return takeAway(found.value, own, { ...rows, datasets: () => effects.store.datasets() }, effects.now());
	});
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
