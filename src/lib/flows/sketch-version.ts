// The sketch of a version: kept ones of its segments, and of those that have none the rows are read, once and for all versions.
import { inBatches } from '../core/batches.ts';
import { planSketches, versionSketchKey, type SketchKey, type SketchPlan } from '../core/check/sketch/plan-sketches.ts';
import { isSegmentSketch } from '../core/check/sketch/segment-sketch.ts';
import { encodeCanonical } from '../core/encoding.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { sketchNoRows, sketchSegments, type SketchSegmentsFailure } from './sketch-segments.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type SketchVersionInput = {
	readonly dataset: Pick<Dataset, 'name'>;
	readonly version: Version;
	readonly signal?: AbortSignal | undefined;
};

export type SketchVersionFailure = SketchSegmentsFailure;

export type SketchEffects = Pick<
	Effects,
	'engine' | 'check' | 'sketches' | 'jobs' | 'leases' | 'lock' | 'randomId' | 'sha256'
>;

/** Sketches that are merged at once. The order of the rows says which, so that versions of equal rows have equal sketches. */
const MERGED_AT_ONCE = 32;

/** Times that it begins anew without coming farther, after its worker died or kept sketches went. */
const TRIES = 2;

/**
 * The encoded `SegmentSketch` of all rows of a version; no row is read where it is kept. Else a job, of which one runs for a
 * version at a time: whoever asks meanwhile waits for it.
 *
 * Fails: check-crashed · cancelled · what ends a run
 */
export async function sketchVersion(
	{ dataset, version, signal }: SketchVersionInput,
	effects: SketchEffects
): Promise<Result<Bytes, SketchVersionFailure>> {
	const kept = await keptSketch(version, effects);
	if (!kept.ok) return kept;
	if (kept.value) return ok(kept.value);
	const label = `Read statistics of ${dataset.name}`;
	return asJob(effects.jobs, label, signal, async (job): Promise<Result<Bytes, SketchVersionFailure>> => {
		const made = await effects.lock(`sketch ${version.id}`, true, () => sketchAlone(version, job, effects));
		return made === 'busy' ? err({ kind: 'cancelled' }) : made;
	});
}

/** Of all rows, when it was told before; null when it was not, or what is kept is damaged, and then it goes. */
export async function keptSketch(
	{ id }: Pick<Version, 'id'>,
	{ sketches }: Pick<Effects, 'sketches'>
): Promise<Result<Bytes | null, StoreFailure>> {
	const key = versionSketchKey(id);
	const read = await sketches.read([key]);
	if (!read.ok) return read;
	const [bytes = null] = read.value;
	if (bytes === null || isSegmentSketch(bytes)) return ok(bytes);
	const dropped = await sketches.drop([key]);
	return dropped.ok ? ok(null) : dropped;
}

async function sketchAlone(
	version: Version,
	job: JobHandle,
	effects: SketchEffects
): Promise<Result<Bytes, SketchVersionFailure>> {
	const kept = await keptSketch(version, effects);
	if (!kept.ok) return kept;
	if (kept.value) return ok(kept.value);
	const lease = await effects.leases.hold([version.id]);
	try {
		const made = await makeSketch(version, job, effects);
		if (!made.ok) return made;
		const saved = await effects.sketches.save(new Map([[versionSketchKey(version.id), made.value]]));
		return saved.ok ? made : saved;
	} finally {
		void lease.end();
	}
}

/** Kept sketches that were there when it was planned are not, or could not be read, and are gone now. */
type SketchesLost = { readonly kind: 'sketches-lost' };

async function makeSketch(
	version: Version,
	job: JobHandle,
	effects: SketchEffects
): Promise<Result<Bytes, SketchVersionFailure>> {
	const types = (await effects.sha256(encodeCanonical(version.schema.map(({ type }) => type)))).slice(0, 16);
	let tries = 0;
	let leastMissing = Infinity;
	for (;;) {
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const plan = await planOf(version, types, effects);
		if (!plan.ok) return plan;
		const missing = plan.value.missing.length;
		tries = missing < leastMissing ? 1 : tries + 1;
		leastMissing = Math.min(leastMissing, missing);
		const made = await sketchAsPlanned(version, plan.value, job, effects);
		if (made.ok) return made;
		const { error } = made;
		if (error.kind === 'sketches-lost') {
			if (tries > TRIES) return err({ kind: 'check-crashed', reason: 'what it keeps is lost again and again' });
		} else if (error.kind !== 'check-crashed' || tries > TRIES) return err(error);
	}
}

async function planOf(
	{ table }: Version,
	types: string,
	{ sketches }: SketchEffects
): Promise<Result<SketchPlan, StoreFailure>> {
	const { keys } = planSketches(table, types, () => true);
	const kept = await sketches.kept(keys);
	return kept.ok ? ok(planSketches(table, types, (key) => kept.value.has(key))) : kept;
}

async function sketchAsPlanned(
	version: Version,
	plan: SketchPlan,
	job: JobHandle,
	effects: SketchEffects
): Promise<Result<Bytes, SketchVersionFailure | SketchesLost>> {
	if (plan.keys.length === 0) return sketchNoRows(version, job, effects);
	const sketched = await sketchSegments(version, plan, job, effects);
	if (!sketched.ok) return sketched;
	const names = version.schema.map(({ name }) => name);
	return mergeKept(plan.keys, names, job, effects);
}

async function mergeKept(
	keys: readonly SketchKey[],
	names: readonly string[],
	job: JobHandle,
	{ sketches, check }: SketchEffects
): Promise<Result<Bytes, SketchVersionFailure | SketchesLost>> {
	let merged: Bytes[] = [];
	for (const group of inBatches(keys, MERGED_AT_ONCE)) {
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const read = await sketches.read(group);
		if (!read.ok) return read;
		const found = read.value.filter((bytes) => bytes !== null);
		if (found.length < group.length) return err({ kind: 'sketches-lost' });
		const one = await check.merge(found, names);
		if (one.ok) merged.push(one.value);
		else if (one.error.kind === 'check-crashed') return err(one.error);
		else {
			const broken = one.error.at.flatMap((at) => group[at] ?? []);
			const dropped = await sketches.drop(broken);
			return dropped.ok ? err({ kind: 'sketches-lost' }) : dropped;
		}
	}
	while (merged.length > 1) {
		const next: Bytes[] = [];
		for (const group of inBatches(merged, MERGED_AT_ONCE)) {
			const one = await check.merge(group, names);
			if (!one.ok) return err(one.error.kind === 'check-crashed' ? one.error : { kind: 'sketches-lost' });
			next.push(one.value);
		}
		merged = next;
	}
	const [all] = merged;
	return all ? ok(all) : err({ kind: 'sketches-lost' });
}
