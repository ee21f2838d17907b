// The history of a dataset: every version that a branch or tag reaches, what each changed and added, and the sources it came from.
import type { PartId, SegmentId, VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { ID_PREFIX_MIN } from '../core/version/resolve-ref.ts';
import { historyGraph, type GraphRow } from '../core/version/history-graph.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { versionChange, type VersionChange } from '../core/version/version-change.ts';
import type { SourceFacts, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';

export type HistoryRow = GraphRow<Version> & {
	readonly change: VersionChange;
	/**
	 * Bytes of parts that are in none of its parents, nor in the version it was made from, such as the one gone back to; null
	 * when the storage has lost some of its or their segments.
	 */
	readonly addedBytes: number | null;
	readonly rejectCount: number;
};

export type DatasetHistory = {
	/** Newest first. */
	readonly rows: readonly HistoryRow[];
	readonly laneCount: number;
};

export async function datasetHistory(
	item: CatalogueItem,
	effects: { readonly store: Pick<Effects['store'], 'segments'> }
): Promise<Result<DatasetHistory, StoreFailure>> {
	const graph = historyGraph(item);
	const byId = new Map(item.reached.map((version) => [version.id, version]));
	const stored = await partsBySegment(item.reached, effects);
	if (!stored.ok) return stored;
	const rows = graph.rows.map((row) => {
		const { version } = row;
		const parents = version.parents.flatMap((id) => byId.get(id) ?? []);
		const inputs = version.lineage.inputs.flatMap((id) => byId.get(id) ?? []);
		return {
			...row,
			change: versionChange(version, parents[0] ?? null),
			addedBytes: addedBytes(version, [...parents, ...inputs], stored.value),
			rejectCount: version.rejects?.rowCount ?? 0
		};
	});
	return ok({ rows, laneCount: graph.laneCount });
}

type SizedPart = { readonly id: PartId; readonly sizeBytes: number };
type PartsBySegment = ReadonlyMap<SegmentId, readonly SizedPart[]>;

function segmentsOf({ table, rejects }: Version): readonly SegmentId[] {
	return [...table.segments, ...(rejects?.segments ?? [])].map(({ id }) => id);
}

/** A version at a time, so that the chunks' metadata of a long history is never held at once. Lost segments are left out. */
async function partsBySegment(
	versions: readonly Version[],
	effects: { readonly store: Pick<Effects['store'], 'segments'> }
): Promise<Result<PartsBySegment, StoreFailure>> {
	const parts = new Map<SegmentId, readonly SizedPart[]>();
	for (const version of versions) {
		const wanted = [...new Set(segmentsOf(version))].filter((id) => !parts.has(id));
		if (wanted.length === 0) continue;
		const segments = await effects.store.segments(wanted);
		if (!segments.ok) return segments;
		for (const { id, chunks } of segments.value ?? [])
			parts.set(
				id,
				chunks.map(({ part, sizeBytes }) => ({ id: part, sizeBytes }))
			);
	}
	return ok(parts);
}

function addedBytes(version: Version, before: readonly Version[], parts: PartsBySegment): number | null {
	const own = segmentsOf(version);
	const inherited = before.flatMap(segmentsOf);
	if (![...own, ...inherited].every((id) => parts.has(id))) return null;
	const seen = new Set(inherited.flatMap((id) => (parts.get(id) ?? []).map((part) => part.id)));
	let sum = 0;
	for (const { id, sizeBytes } of own.flatMap((segment) => parts.get(segment) ?? [])) {
		if (seen.has(id)) continue;
		seen.add(id);
		sum += sizeBytes;
	}
	return sum;
}

/** A version that lineage names. */
export type LineageInput = {
	readonly id: VersionId;
	/** The dataset's name and what names the version in it; null when no dataset reaches it any more. */
	readonly place: { readonly dataset: string; readonly at: string } | null;
};

export type LineageTrace = {
	/** What the version was made from, as its lineage names it. */
	readonly inputs: readonly LineageInput[];
	/** The sources whose bytes the rows came from, through all datasets on the way; the nearest first. */
	readonly sources: readonly SourceFacts[];
	/** Versions on the way that are not stored any more: what they came from is not known. */
	readonly lostCount: number;
};

/** Follows lineage over datasets back to what was ingested. */
export async function traceLineage(
	version: Version,
	items: readonly CatalogueItem[],
	effects: { readonly store: Pick<Effects['store'], 'version'> }
): Promise<Result<LineageTrace, StoreFailure>> {
	const known = new Map(items.flatMap(({ reached }) => reached.map((one) => [one.id, one] as const)));
	const sources = new Map<string, SourceFacts>();
	const seen = new Set<VersionId>([version.id]);
	let lostCount = 0;
	const waiting = [version];
	for (const { lineage } of waiting) {
		const { source } = lineage;
		if (source) sources.set(`${source.sha256} ${source.name}`, source);
		for (const id of lineage.inputs) {
			if (seen.has(id)) continue;
			seen.add(id);
			const found = known.get(id);
			const stored = found ? ok(found) : await effects.store.version(id);
			if (!stored.ok) return stored;
			if (stored.value) waiting.push(stored.value);
			else lostCount++;
		}
	}
	const inputs = version.lineage.inputs.map((id) => ({ id, place: placeOf(id, items) }));
	return ok({ inputs, sources: [...sources.values()], lostCount });
}

function placeOf(id: VersionId, items: readonly CatalogueItem[]): LineageInput['place'] {
	const item = items.find(({ reached }) => reached.some((version) => version.id === id));
	return item ? { dataset: item.dataset.name, at: refTo(id, item) } : null;
}

/** What names a version of a dataset after `@`: `v2` on the open branch, else a tag of it, else the start of its id. */
export function refTo(id: VersionId, { dataset, history }: Pick<CatalogueItem, 'dataset' | 'history'>): string {
	const at = history.findIndex((version) => version.id === id);
	if (at >= 0) return `v${at + 1}`;
	const tag = Object.keys(dataset.tags)
		.sort()
		.find((name) => dataset.tags[name] === id);
	return tag ?? id.slice(0, ID_PREFIX_MIN);
}
