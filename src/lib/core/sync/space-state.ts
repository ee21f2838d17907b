// A dataset as it is synced: its name, branches and tags. One record of them all moves at once, as one row of them does on a device.
import * as v from 'valibot';
import { driftRulesSchema, type DriftRules } from '../check/drift-rules.ts';
import { encodeCanonical } from '../encoding.ts';
import { versionId, type DatasetId, type VersionId } from '../ids.ts';
import { ok, type Result } from '../result.ts';
import type { Dataset } from '../version/version.ts';
import { readShape } from './read-canonical.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

export type SpaceState = {
	readonly name: string;
	/** The one that is open. */
	readonly branch: string;
	readonly createdAtMs: number;
	readonly driftRules: DriftRules | null;
	readonly heads: Readonly<Record<string, VersionId>>;
	readonly tags: Readonly<Record<string, VersionId>>;
};

/** Null is a dataset that was removed. */
export type Kept = SpaceState | null;

/** What a `records` object holds: the state, and the objects of the versions that it names. */
export type SpaceRecords = {
	readonly state: Kept;
	readonly objects: Readonly<Record<VersionId, string>>;
};

const id = v.pipe(v.string(), v.minLength(1), v.transform(versionId));
const refs = v.record(v.string(), id);
const shape = v.strictTuple([
	v.literal('weir/dataset/v1'),
	v.strictObject({
		state: v.nullable(
			v.strictObject({
				name: v.string(),
				branch: v.string(),
				createdAtMs: v.number(),
				driftRules: v.nullable(driftRulesSchema),
				heads: refs,
				tags: refs
			})
		),
		objects: v.record(v.string(), v.string())
	})
]);

export function encodeRecords(records: SpaceRecords): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/dataset/v1', records]);
}

export function parseRecords(plain: Uint8Array<ArrayBuffer>): Result<SpaceRecords, BrokenObject> {
	const parsed = readShape(plain, shape)?.[1];
	if (!parsed) return broken('content');
	const { state, objects } = parsed;
	const named = state ? [...Object.values(state.heads), ...Object.values(state.tags)] : [];
	const isWhole = state === null || Object.hasOwn(state.heads, state.branch);
	return isWhole && named.every((version) => Object.hasOwn(objects, version)) ? ok(parsed) : broken('content');
}

export function stateOf({ name, branch, head, branches, tags, createdAtMs, driftRules }: Dataset): SpaceState {
	return { name, branch, createdAtMs, driftRules: driftRules ?? null, heads: { ...branches, [branch]: head }, tags };
}

export function datasetOf(id: DatasetId, state: SpaceState): Dataset | null {
	const { [state.branch]: head, ...branches } = state.heads;
	if (head === undefined) return null;
	const { name, branch, tags, createdAtMs, driftRules } = state;
	return { id, name, head, branch, branches, tags, createdAtMs, ...(driftRules ? { driftRules } : {}) };
}

/** The versions that it names. */
export function rootsOf(state: Kept): readonly VersionId[] {
	return state ? [...new Set([...Object.values(state.heads), ...Object.values(state.tags)])] : [];
}

export function isSameState(one: Kept, other: Kept): boolean {
	const [a, b] = [one, other].map((state) => encodeCanonical([state]));
	return a?.length === b?.length && (a?.every((byte, at) => byte === b?.[at]) ?? false);
}

/** Names that are free among all branches and tags, without regard to case. */
export function freeRef(name: string, state: SpaceState): string {
	const taken = new Set(Object.keys({ ...state.heads, ...state.tags }).map((one) => one.toLowerCase()));
	for (let number = 2; ; number++) {
		const free = `${name}-${number}`;
		if (!taken.has(free.toLowerCase())) return free;
	}
}
