// The history of a dataset: every version that a branch or tag reaches, what each changed and added, and the sources it came from.
import type { PartId, SegmentId, VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { numberIn, storedParents, type CollectedVersion } from '../core/version/history.ts';
import { ID_PREFIX_MIN } from '../core/version/resolve-ref.ts';
import { historyGraph, type GraphRow } from '../core/version/history-graph.ts';
import { segmentIdsOf } from '../core/version/snapshot.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { versionChange, type VersionChange } from '../core/version/version-change.ts';
import type { SourceFacts, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';

export type HistoryRow = Omit<GraphRow, 'version'> & {
	readonly version: Version;
	/** The nearest versions it follows that are stored. */
	readonly parents: readonly VersionId[];
	/** Whether some between those and it were collected, and when the last was. */
	readonly collectedAtMs: number | null;
	/** Against the first of those parents. */
	readonly change: VersionChange;
	readonly rejectCount: number;
};

export type DatasetHistory = {
	/** Newest first. */
	readonly rows: readonly HistoryRow[];
	readonly laneCount: number;
};

export function datasetHistory({ dataset, line, reached, collected }: CatalogueItem): DatasetHistory {
	const byId = new Map(reached.map((version) => [version.id, version]));
	const gone = new Map(collected.map((one) => [one.id, one]));
	const joined = reached.map(({ id, parents, createdAtMs }) => ({
		id,
		createdAtMs,
		parents: storedParents({ parents }, (one) => byId.has(one), gone)
	}));
	const graph = historyGraph({ dataset, history: line, reached: joined });
	const rows = graph.rows.flatMap(({ version: { id, parents }, ...row }): readonly HistoryRow[] => {
		const version = byId.get(id);
		if (!version) return [];
		const parent = byId.get(parents[0] ?? id);
		return [
			{
				...row,
				version,
				parents,
				collectedAtMs: collectedBefore(version, gone),
				change: versionChange(version, parent === version ? null : (parent ?? null)),
				rejectCount: version.rejects?.rowCount ?? 0
			}
		];
	});
	return { rows, laneCount: graph.laneCount };
}

function collectedBefore(
	{ parents }: Version,
	gone: ReadonlyMap<VersionId, CollectedVersion>
): HistoryRow['collectedAtMs'] {
	const times = parents.flatMap((id) => gone.get(id)?.collectedAtMs ?? []);
	return times.length === 0 ? null : Math.max(...times);
}

type SizedPart = { readonly id: PartId; readonly sizeBytes: number };

/** Lengths of the parts of segments that were read; of a long history it saves reading most of them again. */
export type PartsBySegment = Map<SegmentId, readonly SizedPart[]>;

/**
 * Bytes of parts that are in none of a version's parents, nor in the version it was made from, such as the one gone back to;
 * null when the storage has lost some of its or their segments. `known` grows by what is read.
 */
export async function addedBytes(
	rows: readonly Pick<HistoryRow, 'version' | 'parents'>[],
	{ reached }: Pick<CatalogueItem, 'reached'>,
	known: PartsBySegment,
	effects: { readonly store: Pick<Effects['store'], 'segments'> }
): Promise<Result<ReadonlyMap<VersionId, number | null>, StoreFailure>> {
	const byId = new Map(reached.map((version) => [version.id, version]));
	const origins = rows.map(({ version, parents }) =>
		[...new Set([...parents, ...version.lineage.inputs])].flatMap((id) => byId.get(id) ?? [])
	);
	const read = await readParts(
		[...new Set([...rows.map(({ version }) => version), ...origins.flat()])],
		known,
		effects
	);
	if (!read.ok) return read;
	return ok(new Map(rows.map(({ version }, at) => [version.id, added(version, origins[at] ?? [], known)])));
}

function segmentsOf(version: Version): readonly SegmentId[] {
	return [...segmentIdsOf([version])];
}

/** All at once, unless some are lost: then a version at a time, so that those of the others are known. */
async function readParts(
	versions: readonly Version[],
	known: PartsBySegment,
	effects: { readonly store: Pick<Effects['store'], 'segments'> }
): Promise<Result<void, StoreFailure>> {
	const wanted = [...new Set(versions.flatMap(segmentsOf))].filter((id) => !known.has(id));
	if (wanted.length === 0) return ok(undefined);
	const segments = await effects.store.segments(wanted);
	if (!segments.ok) return segments;
	for (const { id, chunks } of segments.value ?? [])
		known.set(
			id,
			chunks.map(({ part, sizeBytes }) => ({ id: part, sizeBytes }))
		);
	if (segments.value !== null || versions.length === 1) return ok(undefined);
	for (const version of versions) {
		const one = await readParts([version], known, effects);
		if (!one.ok) return one;
	}
	return ok(undefined);
}

function added(version: Version, before: readonly Version[], parts: PartsBySegment): number | null {
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
	/** When it was collected; null otherwise. */
	readonly collectedAtMs: number | null;
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
	const gone = new Map(items.flatMap((item) => item.collected.map((one) => [one.id, { item, one }] as const)));
	const inputs = version.lineage.inputs.map((id) => {
		const place = placeOf(id, items);
		const lost = place ? undefined : gone.get(id);
		if (!lost) return { id, place, collectedAtMs: null };
		const at = refTo(id, lost.item);
		return { id, place: { dataset: lost.item.dataset.name, at }, collectedAtMs: lost.one.collectedAtMs };
	});
	return ok({ inputs, sources: [...sources.values()], lostCount });
}

function placeOf(id: VersionId, items: readonly CatalogueItem[]): LineageInput['place'] {
	const item = items.find(({ reached }) => reached.some((version) => version.id === id));
	return item ? { dataset: item.dataset.name, at: refTo(id, item) } : null;
}

/** What names a version of a dataset after `@`: `v2` on the open branch, else a tag of it, else the start of its id. */
export function refTo(id: VersionId, { dataset, line }: Pick<CatalogueItem, 'dataset' | 'line'>): string {
	const number = numberIn(line, id);
	if (number !== null) return `v${number}`;
	const tag = Object.keys(dataset.tags)
		.sort()
		.find((name) => dataset.tags[name] === id);
	return tag ?? id.slice(0, ID_PREFIX_MIN);
}
