// A device of the simulation of sync: what its storage keeps, and what a person does with it.
import { encodeCanonical } from '#core/encoding.ts';
import {
	partId,
	segmentId,
	versionId,
	type DatasetId,
	type PartId,
	type SegmentId,
	type VersionId
} from '#core/ids.ts';
import { decodeCanonical } from '#core/decoding.ts';
import { err, ok, type Result } from '#core/result.ts';
import { isSameState, rootsOf, stateOf } from '#core/sync/space-state.ts';
import { TAKE_ALL, type SyncChoice } from '#core/sync/sync-choice.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import { mergeBase } from '#core/version/merge-base.ts';
import { segmentContent, type Segment } from '#core/version/segment.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { FIRST_BRANCH, type Dataset, type Version } from '#core/version/version.ts';
import type { KnownEntry, SyncSpace } from '#core/sync/sync-space.ts';
import type { KnownCommit, MergedVersion, SyncRows } from '#lib/db/sync.ts';
import type { MergeAsk, SyncStore } from '#lib/flows/sync-effects.ts';
import { RecordsDevice, recordRows, rulesUnder } from './sync-records-device.ts';
import { toyHash } from './sync-toy-keys.ts';

type Bytes = Uint8Array<ArrayBuffer>;
export type Rows = Readonly<Record<string, string>>;

export class SyncDevice {
	readonly name: string;
	readonly signs: Bytes;
	readonly datasets = new Map<DatasetId, Dataset>();
	readonly versions = new Map<VersionId, Version>();
	readonly collected = new Map<VersionId, CollectedVersion>();
	readonly segments = new Map<SegmentId, Segment>();
	readonly parts = new Map<PartId, Bytes>();
	readonly spaces = new Map<DatasetId, SyncSpace>();
	readonly sealed = new Map<string, readonly string[]>();
	readonly others: RecordsDevice;
	members: readonly KnownEntry[] = [];
	clockSkewMs = 0;
	choice: SyncChoice = TAKE_ALL;
	/** Datasets as they were when they were chosen not to be here. */
	readonly left = new Map<DatasetId, Dataset>();

	constructor(name: string, plant: string | null = null) {
		this.name = name;
		this.others = new RecordsDevice(plant !== 'no-mark');
		this.signs = new Uint8Array(32).fill(name.charCodeAt(name.length - 1));
	}

	rowsOf(id: VersionId): Rows {
		const segment = this.segments.get(this.versions.get(id)?.table.segments[0]?.id ?? segmentId(''));
		const bytes = this.parts.get(segment?.chunks[0]?.part ?? partId(''));
		const rows = bytes && decodeCanonical(bytes);
		return rows?.ok ? (rows.value as Rows) : {};
	}

	/** A version with its segment and its part, of which nothing is named by the dataset yet. */
	make(dataset: DatasetId, parents: readonly VersionId[], rows: Rows, atMs: number): Version {
		const bytes = encodeCanonical(rows);
		const part = partId(toyHash('name', bytes));
		const chunk = { part, sizeBytes: bytes.length, meta: new Uint8Array([1]) };
		const content = { rowCount: Object.keys(rows).length, chunks: [chunk] };
		const segment = { ...content, id: segmentId(toyHash('name', encodeCanonical(segmentContent(content)))) };
		const tree = { rowCount: content.rowCount, sizeBytes: bytes.length, shell: new Uint8Array([2]) };
		const manifest = {
			format: 2,
			dataset,
			parents,
			message: 'm',
			createdAtMs: atMs,
			schema: [{ name: 'a', type: 'VARCHAR' }],
			statistics: [],
			table: { ...tree, segments: [{ id: segment.id, rowCount: content.rowCount }] },
			rejects: null,
			lineage: { operation: 'edit' as const, source: null, options: null, sql: null, inputs: [], engine: 'none' },
			contentHash: toyHash('content', bytes)
		};
		this.parts.set(part, bytes);
		this.segments.set(segment.id, segment);
		return { ...manifest, id: versionId(toyHash('name', encodeCanonical(manifest))) };
	}

	/** One local commit. */
	commit(dataset: Dataset, rows: Rows, atMs: number): VersionId {
		const version = this.make(dataset.id, [dataset.head], rows, atMs);
		this.versions.set(version.id, version);
		this.datasets.set(dataset.id, { ...dataset, head: version.id });
		return version.id;
	}

	create(id: DatasetId, name: string, rows: Rows, atMs: number): VersionId {
		const version = this.make(id, [], rows, atMs);
		this.versions.set(version.id, version);
		const dataset = { id, name, head: version.id, branch: FIRST_BRANCH, branches: {}, tags: {}, createdAtMs: atMs };
		this.datasets.set(id, dataset);
		return version.id;
	}

	merge({ dataset, ours, theirs }: MergeAsk, atMs: number): Result<MergedVersion, { readonly kind: string }> {
		const all = this.commitsOf(dataset.id);
		const base = mergeBase(ours, theirs, all);
		if (!base) return err({ kind: 'unrelated' });
		if (!this.versions.has(base)) return err({ kind: 'version-collected' });
		const [was, mine, other] = [this.rowsOf(base), this.rowsOf(ours), this.rowsOf(theirs)];
		const merged: Record<string, string> = {};
		for (const key of new Set([...Object.keys(mine), ...Object.keys(other)])) {
			const [o, a, b] = [was[key], mine[key], other[key]];
			if (a !== b && a !== o && b !== o) return err({ kind: 'merge-conflicts' });
			const taken = a === o ? b : a;
			if (taken !== undefined) merged[key] = taken;
		}
		const version = this.make(dataset.id, [ours, theirs], merged, atMs);
		return ok({ version, additions: { segments: [], packs: new Map(), places: [], reused: [] } });
	}

	commitsOf(id: DatasetId): readonly KnownCommit[] {
		const known = new Map<VersionId, KnownCommit>();
		for (const one of this.collected.values())
			if (one.dataset === id) known.set(one.id, { id: one.id, parents: one.parents, isStored: false });
		for (const one of this.versions.values())
			if (one.dataset === id) known.set(one.id, { id: one.id, parents: one.parents, isStored: true });
		return [...known.values()];
	}

	/** Every dataset by its name, with the versions that its branches and tags name. */
	get told(): string {
		const told = [...this.datasets.values()].map((dataset) => [dataset.id, ...encodeCanonical([stateOf(dataset)])]);
		return `${JSON.stringify(told.map((one) => one.join(',')).sort())} ${this.others.told}`;
	}
}

type At = <T>(act: () => Result<T, StoreFailure>) => Promise<Result<T, StoreFailure>>;

/** `at` lets time pass before and after, in which the page may die. */
export function deviceStore(
	device: SyncDevice,
	at: At,
	plant: string | null
): SyncStore & Pick<SyncRows, 'choice' | 'saveChoice'> {
	const forgetsTrust = plant === 'no-trust';
	const moved = err({ kind: 'moved', name: '' } as const);
	return {
		records: recordRows(device.others, at, rulesUnder(plant)),
		spaces: () =>
			at(() =>
				ok([...device.spaces.values()].map((one) => (forgetsTrust ? { ...one, trust: null, members: 0 } : one)))
			),
		saveSpace: (space) => at(() => ok(void device.spaces.set(space.space, space))),
		choice: () => at(() => ok(device.choice)),
		saveChoice: (choice) => at(() => ok(void (device.choice = choice))),
		datasets: () => at(() => ok([...device.datasets.values()])),
		commits: (id) => at(() => ok(device.commitsOf(id))),
		version: (id) => at(() => ok(device.versions.get(id) ?? null)),
		collectedVersion: (id) => at(() => ok(device.collected.get(id) ?? null)),
		storedSegments: (ids) => at(() => ok(found(ids, device.segments))),
		storedParts: (ids) => at(() => ok(new Set(ids.filter((id) => device.parts.has(id))))),
		partBytes: (id) => at(() => ok(device.parts.get(id) ?? null)),
		sealedAs: (space, names) =>
			at(() => {
				const sealed = found(
					names.map((name) => `${space} ${name}`),
					device.sealed
				);
				return ok(new Map([...sealed].map(([key, ids]) => [key.slice(key.indexOf(' ') + 1), ids])));
			}),
		saveSealed: (space, sealed) =>
			at(() => {
				for (const [name, ids] of sealed) device.sealed.set(`${space} ${name}`, ids);
				return ok(undefined);
			}),
		addParts: (parts) =>
			at(() => {
				for (const { id, bytes } of parts) device.parts.set(id, bytes);
				return ok(undefined);
			}),
		addVersions: ({ versions, collected, segments }) =>
			at(() => {
				for (const segment of segments) {
					if (segment.chunks.some(({ part }) => !device.parts.has(part))) return moved;
					device.segments.set(segment.id, segment);
				}
				for (const version of versions) {
					device.versions.set(version.id, version);
					device.collected.delete(version.id);
				}
				for (const one of collected) device.collected.set(one.id, one);
				return ok(undefined);
			}),
		adopt: ({ before, after, merged, agreed }) =>
			at(() => {
				const id = before?.id ?? after?.id;
				const now = id && device.datasets.get(id);
				const stands = before ? now !== undefined && isSameState(stateOf(now), stateOf(before)) : now === undefined;
				const isTaken = [...device.datasets.values()].some((one) => one.id !== id && one.name === after?.name);
				if (!stands || isTaken || id === undefined) return moved;
				for (const { version } of merged) device.versions.set(version.id, version);
				if (after && rootsOf(stateOf(after)).some((root) => !device.versions.has(root))) return moved;
				if (after) device.datasets.set(id, after);
				else device.datasets.delete(id);
				if (agreed) device.spaces.set(agreed.space, agreed);
				return ok(undefined);
			}),
		members: () => at(() => ok(plant === 'forgets-removal' ? device.members.map(withoutRemoval) : device.members)),
		saveMembers: (entries) =>
			at(() => {
				device.members = entries;
				return ok(undefined);
			})
	};
}

/** The planted bug: a device that is removed is taken for a member still. */
function withoutRemoval({ entry, hash }: KnownEntry): KnownEntry {
	const { change } = entry;
	return { entry: change.kind === 'rotate' ? { ...entry, change: { ...change, removes: null } } : entry, hash };
}

function found<K extends string, V>(keys: readonly K[], all: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
	const map = new Map<K, V>();
	for (const key of keys) {
		const value = all.get(key);
		if (value !== undefined) map.set(key, value);
	}
	return map;
}
