// Brings back the space that dead parts take in packs: what still lives in packs that are mostly dead goes into new ones.
import type { PackId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { planRepack } from '../core/version/plan-repack.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { bytesOf, partReader } from './stored-parts.ts';

export type Repacked = { readonly packCount: number; readonly freedBytes: number };

/** Each step writes at most a pack or two, so this bounds what one run copies. */
const STEPS_MAX = 16;

/**
 * Steps of one transaction each, until no pack is mostly dead or there were enough. A pack that holds a damaged part stays as it
 * is: what can still be read of it is worth more than its space.
 */
export async function repack(
	job: JobHandle,
	effects: Pick<Effects, 'store' | 'cutter' | 'keyedHash' | 'makeIdKey'>
): Promise<Result<Repacked, StoreFailure>> {
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const damaged = new Set<PackId>();
	let done: Repacked = { packCount: 0, freedBytes: 0 };
	for (let step = 0; step < STEPS_MAX && !job.signal.aborted; step++) {
		const packing = await effects.store.packing();
		if (!packing.ok) return packing;
		const { places, packs } = packing.value;
		const sizes = new Map([...packs].map(([id, blob]) => [id, blob.size]));
		const plan = planRepack(places, sizes, damaged);
		if (!plan) break;
		const readPart = partReader(places, packs);
		const parts = [];
		for (const { id, pieces } of plan.places) {
			const sizeBytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
			const blob = readPart(id, sizeBytes);
			const bytes = blob && (await bytesOf(blob));
			if (!bytes || (await effects.keyedHash(key.value, bytes)) !== id)
				for (const { pack } of pieces) damaged.add(pack);
			else parts.push({ id, file: new Blob([bytes]), startByte: 0, sizeBytes });
		}
		if (parts.length < plan.places.length) continue;
		const packed = await effects.cutter.pack(parts, key.value);
		if (!packed.ok) return packed;
		const moved = await effects.store.repack({
			before: plan.places,
			after: packed.value.places,
			packs: packed.value.packs,
			emptied: plan.packs
		});
		if (!moved.ok && moved.error.kind !== 'moved') return moved;
		if (moved.ok)
			done = { packCount: done.packCount + plan.packs.length, freedBytes: done.freedBytes + plan.deadBytes };
		job.progress({ fraction: (step + 1) / STEPS_MAX });
	}
	return ok(done);
}
