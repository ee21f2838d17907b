// All rows of a workspace at one moment, and what of them is reached from where.
import type { AlertHistory } from '../alert/alert-history.ts';
import type { SuiteVerdict } from '../check/verdict.ts';
import type { PartId, SegmentId, VersionId } from '../ids.ts';
import { documentHistory, type Document, type DocumentVersion } from '../document/document.ts';
import { ancestorsOf, reachedBy, type CollectedVersion } from './history.ts';
import type { Place } from './pack.ts';
import { segmentIdsIn } from './patch.ts';
import type { Segment } from './segment.ts';
import type { Dataset, Operation, Version } from './version.ts';

export type Snapshot = {
	readonly datasets: readonly Dataset[];
	readonly operations: readonly Operation[];
	readonly versions: readonly Version[];
	/** What stays of versions that were let go. */
	readonly collected: readonly CollectedVersion[];
	readonly segments: readonly Segment[];
	readonly places: readonly Place[];
	readonly documents: readonly Document[];
	readonly documentVersions: readonly DocumentVersion[];
	readonly verdicts: readonly SuiteVerdict[];
	readonly alerts: AlertHistory;
};

/** Stored versions that a branch or tag of the dataset reaches. */
export function versionsOf(
	dataset: Dataset,
	{ versions, collected }: Pick<Snapshot, 'versions' | 'collected'>
): readonly Version[] {
	return ancestorsOf(reachedBy(dataset), versions, collected);
}

/** Versions of documents behind their heads, and those that versions of datasets were made or checked by; parents first. */
export function reachedDocumentVersions({
	documents,
	documentVersions,
	versions,
	verdicts
}: Pick<Snapshot, 'documents' | 'documentVersions' | 'versions' | 'verdicts'>): readonly DocumentVersion[] {
	const heads = [
		...documents.map(({ head }) => head),
		...versions.flatMap(({ lineage }) => lineage.recipe ?? []),
		...verdicts.flatMap(({ suiteVersion }) => suiteVersion ?? [])
	];
	return [...new Set(heads.flatMap((head) => documentHistory(head, documentVersions)))];
}

/** Segments of rows and of rejects, and patches. */
export function segmentIdsOf(versions: readonly Version[]): ReadonlySet<SegmentId> {
	const ids = new Set<SegmentId>();
	for (const { table, rejects } of versions)
		for (const id of [...segmentIdsIn(table), ...(rejects ? segmentIdsIn(rejects) : [])]) ids.add(id);
	return ids;
}

/** Distinct parts of versions, with their lengths. */
export function partSizesOf(
	versions: readonly Version[],
	segmentById: ReadonlyMap<SegmentId, Segment>
): ReadonlyMap<PartId, number> {
	const sizes = new Map<PartId, number>();
	for (const id of segmentIdsOf(versions))
		for (const { part, sizeBytes } of segmentById.get(id)?.chunks ?? []) sizes.set(part, sizeBytes);
	return sizes;
}

/** What a version comes from before the version: its parents, and the inputs of its lineage. */
export function originsFirst(versions: readonly Version[]): readonly Version[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const ordered = new Set<Version>();
	const entered = new Set<VersionId>();
	for (const start of versions) {
		const stack = [start];
		for (let at = stack.at(-1); at; at = stack.at(-1)) {
			entered.add(at.id);
			const next = [...at.parents, ...at.lineage.inputs].find((id) => byId.has(id) && !entered.has(id));
			const version = next === undefined ? undefined : byId.get(next);
			if (version) stack.push(version);
			else {
				ordered.add(at);
				stack.pop();
			}
		}
	}
	return [...ordered];
}
