// Datasets and their versions within a transaction: compare and set, and what a new version needs.
import { segmentIdsOf } from '#core/version/snapshot.ts';
import type { Dataset, Version } from '#core/version/version.ts';
import { addParts, type Additions } from './additions.ts';
import { Refused } from './failures.ts';
import { withoutKey, type WorkspaceDb } from './schema.ts';
import { demandFormat, demandParts } from './storage.ts';

/** Compare and set: the dataset must stand as `from` says, and the new name must be free. */
export async function swapDataset(db: WorkspaceDb, from: Dataset | null, to: Dataset | null): Promise<void> {
	const id = from?.id ?? to?.id;
	if (id === undefined) return;
	const current = await db.datasets.get(id);
	const stands = from === null ? current === undefined : current !== undefined && isSame(withoutKey(current), from);
	if (!stands) throw new Refused({ kind: 'moved', name: from?.name ?? to?.name ?? '' });
	if (to === null) {
		await db.datasets.delete(id);
		return;
	}
	const key = to.name.toLowerCase();
	const holder = await db.datasets.where('key').equals(key).first();
	if (holder && holder.id !== id) throw new Refused({ kind: 'name-taken', name: to.name });
	await db.datasets.put({ ...to, key });
}

export async function addVersion(db: WorkspaceDb, version: Version, additions: Additions): Promise<void> {
	await demandParts(db, additions, version.message);
	await addParts(db, additions);
	// A version with the rows of an older one adds no segments: another tab may have pruned the older one since it was read.
	const named = segmentIdsOf([version]);
	const stored = await db.segments
		.where('id')
		.anyOf([...named])
		.count();
	if (stored !== named.size) throw new Refused({ kind: 'moved', name: version.message });
	await db.versions.put(version);
	await demandFormat(db, [version]);
}

/** A new operation ends what could be redone. Answers how many operations that was. */
export async function dropUndone(db: WorkspaceDb): Promise<number> {
	const undone = await db.operations.filter((row) => row.undone).toArray();
	await db.operations.bulkDelete(undone.map((row) => row.seq));
	return undone.length;
}

function isSame(one: Dataset, other: Dataset): boolean {
	const text = ({ name, head, branch, branches, tags, driftRules }: Dataset): string =>
		JSON.stringify([name, head, branch, Object.entries(branches).sort(), Object.entries(tags).sort(), driftRules]);
	return text(one) === text(other);
}
