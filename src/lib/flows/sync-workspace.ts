// Syncs every dataset, one after another, and then all other records: what one of them fails of does not keep the others.
import { datasetId, type DatasetId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NetFailure, SpaceFailure } from '../core/sync/failure.ts';
import type { SyncEffects } from './sync-effects.ts';
import { isMember, readMembers } from './sync-members.ts';
import { recordsSpace, syncRecords, type RecordsSynced } from './sync-records.ts';
import { syncSpace, type SpaceSynced } from './sync-space.ts';

export type SyncedDataset = {
	readonly dataset: DatasetId;
	/** As it is named here now; null when it is not here. */
	readonly name: string | null;
	readonly outcome: Result<SpaceSynced, SpaceFailure>;
};

export type SyncedWorkspace = {
	readonly datasets: readonly SyncedDataset[];
	/** Of all else: documents, verdicts, runs, models. */
	readonly records: Result<RecordsSynced, SpaceFailure>;
};

/** Of the edge or of the way to it: no other dataset would fare better. */
const general = new Set<string>([
	'edge-unreachable',
	'edge-unreadable',
	'edge-busy',
	'edge-access-refused',
	'device-removed',
	'keys-outdated',
	'edge-full',
	'cancelled',
	'storage-full',
	'storage-unavailable',
	'newer-format'
] satisfies SpaceFailure['kind'][]);

/** What became of each dataset, or of one alone. `onProgress` is told how many of all are done. */
export async function syncWorkspace(
	effects: SyncEffects,
	onProgress: (done: number, all: number) => void,
	only: DatasetId | null = null
): Promise<Result<SyncedWorkspace, SpaceFailure | NetFailure>> {
	// Refs before members: whoever moved one of these was a member by then.
	const refs = await effects.net.refs();
	if (!refs.ok) return refs;
	const members = await readMembers(effects);
	if (!members.ok) return members;
	if (!isMember(members.value, effects.device)) return err({ kind: 'edge-access-refused' });
	const [spaces, datasets] = [await effects.store.spaces(), await effects.store.datasets()];
	if (!spaces.ok) return spaces;
	if (!datasets.ok) return datasets;
	const tips = new Map(refs.value.map((ref) => [datasetId(ref.space), ref]));
	const all = [...spaces.value.map(({ space }) => space), ...tips.keys(), ...datasets.value.map(({ id }) => id)];
	const ids = new Set(all.filter((id) => only === null || id === only));
	const others = await recordsSpace(effects);
	ids.delete(others);
	const outcomes: SyncedDataset[] = [];
	for (const id of ids) {
		onProgress(outcomes.length, ids.size);
		const outcome = await syncSpace(id, tips.get(id) ?? null, members.value, effects);
		if (!outcome.ok && general.has(outcome.error.kind)) return outcome;
		const now = await effects.store.datasets();
		if (!now.ok) return now;
		outcomes.push({ dataset: id, name: now.value.find((one) => one.id === id)?.name ?? null, outcome });
	}
	// After what they are about.
	const records = await syncRecords(tips.get(others) ?? null, members.value, effects);
	if (!records.ok && general.has(records.error.kind)) return records;
	return ok({ datasets: outcomes, records });
}
