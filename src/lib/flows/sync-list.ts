// Every dataset that this device knows of, here or on the server alone, and how it stands. Without asking the edge.
import type { DatasetId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { choiceOf, type DatasetChoice, type SyncChoice } from '../core/sync/sync-choice.ts';
import { isSameState, rootsOf, stateOf } from '../core/sync/space-state.ts';
import { ancestorIds } from '../core/version/history.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { SyncTrouble } from '../db/sync.ts';
import type { Effects } from './effects.ts';

export type DatasetSync = {
	readonly id: DatasetId;
	readonly name: string;
	/** `away`: on the server alone, by choice; `here`: on this device alone, by choice; `removed`: here, and not yet there. */
	readonly state: 'in-step' | 'waiting' | 'stopped' | 'away' | 'here' | 'removed';
	/** That are to be sent. */
	readonly versions: number;
	/** Of those that branches and tags reach, how many are here whole, and how many are not. */
	readonly here: number;
	readonly notHere: number;
	readonly choice: DatasetChoice;
};

export async function syncDatasets(
	choice: SyncChoice,
	troubles: readonly SyncTrouble[],
	effects: Pick<Effects, 'store' | 'sync'>
): Promise<Result<readonly DatasetSync[], StoreFailure>> {
	const { rows } = effects.sync;
	const [spaces, datasets] = [await rows.spaces(), await effects.store.datasets()];
	if (!spaces.ok) return spaces;
	if (!datasets.ok) return datasets;
	const bySpace = new Map(spaces.value.map((space) => [space.space, space]));
	const stopped = new Set(troubles.map(({ dataset }) => dataset));
	const listed: DatasetSync[] = [];
	for (const dataset of datasets.value) {
		const { id, name } = dataset;
		const own = choiceOf(choice, id);
		const [ours, space] = [stateOf(dataset), bySpace.get(id)];
		const base = space?.base?.state ?? null;
		const commits = await rows.commits(id);
		if (!commits.ok) return commits;
		const isHere = !own.isTaken && !space?.trust;
		const isSame = isSameState(ours, base);
		const state = isHere ? 'here' : stopped.has(name) ? 'stopped' : isSame ? 'in-step' : 'waiting';
		const versions = isSame || isHere ? 0 : commitsToSend(rootsOf(ours), rootsOf(base), commits.value).length;
		const reached = ancestorIds(rootsOf(ours), commits.value);
		const here = commits.value.filter((one) => one.isStored && reached.has(one.id)).length;
		listed.push({ id, name, state, versions, here, notHere: reached.size - here, choice: own });
	}
	const present = new Set(datasets.value.map(({ id }) => id));
	for (const { space: id, base, away } of spaces.value) {
		if (present.has(id)) continue;
		const shown = base?.state ?? away;
		// One that was removed everywhere, or what is no dataset.
		if (!shown) continue;
		const about = { id, name: shown.name, versions: 0, here: 0, notHere: 0, choice: choiceOf(choice, id) };
		listed.push({ ...about, state: base?.state ? 'removed' : 'away' });
	}
	return ok(listed.sort((one, other) => one.name.localeCompare(other.name)));
}
