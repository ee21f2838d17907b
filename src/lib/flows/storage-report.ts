// Where the bytes are: by dataset its own and shared parts, what only undo keeps, and what lies unused in packs.
import type { PartId, SegmentId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { partSizesOf, versionsOf } from '../core/version/snapshot.ts';
import type { Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export type DatasetStorage = {
	readonly dataset: string;
	readonly versionCount: number;
	/** Of the distinct parts that its branches and tags reach: those of no other dataset, and those of others too. */
	readonly ownBytes: number;
	readonly sharedBytes: number;
};

export type StorageReport = {
	readonly datasets: readonly DatasetStorage[];
	/** Every part that a branch or tag reaches, counted once. */
	readonly reachedBytes: number;
	/** Of parts that no branch or tag reaches, but undo and redo do. */
	readonly undoBytes: number;
	/** In packs, of no version at all; freed when the rest of the pack is. */
	readonly unusedBytes: number;
	/** All packs. */
	readonly packBytes: number;
	/** What the browser says this site uses; null when it does not say. */
	readonly usedBytes: number | null;
};

export async function storageReport(
	effects: Pick<Effects, 'store' | 'usedBytes'>
): Promise<Result<StorageReport, StoreFailure>> {
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const { datasets, versions, segments, packs } = stored.value;
	const byId: ReadonlyMap<SegmentId, Segment> = new Map(segments.map((segment) => [segment.id, segment]));
	const reached = datasets.map((dataset) => {
		const own = versionsOf(dataset, stored.value);
		return { dataset, versionCount: own.length, sizes: partSizesOf(own, byId) };
	});
	const holders = new Map<PartId, number>();
	for (const { sizes } of reached) for (const part of sizes.keys()) holders.set(part, (holders.get(part) ?? 0) + 1);
	const all = new Map(reached.flatMap(({ sizes }) => [...sizes]));
	const kept = partSizesOf(versions, byId);
	const packBytes = [...packs.values()].reduce((sum, blob) => sum + blob.size, 0);
	return ok({
		datasets: reached.map(({ dataset, versionCount, sizes }) => {
			const isOwn = ([part]: readonly [PartId, number]): boolean => holders.get(part) === 1;
			const ownBytes = total([...sizes].filter(isOwn));
			return { dataset: dataset.name, versionCount, ownBytes, sharedBytes: total([...sizes]) - ownBytes };
		}),
		reachedBytes: total([...all]),
		undoBytes: total([...kept].filter(([part]) => !all.has(part))),
		unusedBytes: Math.max(0, packBytes - total([...kept])),
		packBytes,
		usedBytes: await effects.usedBytes()
	});
}

function total(sizes: readonly (readonly [PartId, number])[]): number {
	return sizes.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
}
