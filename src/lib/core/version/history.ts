// The history of a dataset: the chain of versions behind its head, those that were collected since among them.
import type { VersionId } from '../ids.ts';
import { isDatasetOperation, type Dataset, type Operation, type Version } from './version.ts';

/** What stays of a version that was let go for good, so that numbers and ancestry hold. */
export type CollectedVersion = Pick<Version, 'id' | 'dataset' | 'parents' | 'message' | 'createdAtMs'> & {
	readonly collectedAtMs: number;
};

/** `collectedAtMs` of a version that was never brought here whole: the edge has it, see `choiceOf`. */
export const NEVER_HERE = 0;

/** A version of a line; null while it is stored. */
export type LineVersion = Pick<Version, 'id' | 'createdAtMs'> & { readonly collectedAtMs: number | null };

/** The dataset that an operation changed, before and after. */
export function datasetStates(operation: Operation): readonly Dataset[] {
	if (!isDatasetOperation(operation)) return [];
	return [operation.before, operation.after].filter((state) => state !== null);
}

/** The versions a dataset names: heads of all branches, and tags. */
export function reachedBy({ head, branches, tags }: Dataset): readonly VersionId[] {
	return [head, ...Object.values(branches), ...Object.values(tags)];
}

/** Heads of all branches, and tags, by name. */
export function refsOf({ head, branch, branches, tags }: Dataset): Readonly<Record<string, VersionId>> {
	return { ...tags, ...branches, [branch]: head };
}

/** Oldest first, `head` last: `v1` is the first, whether it is stored or was collected. */
export function lineOf(
	head: VersionId,
	versions: readonly Version[],
	collected: readonly CollectedVersion[] = []
): readonly LineVersion[] {
	const gone = new Map(collected.map((one) => [one.id, one]));
	const byId = new Map(versions.map((version) => [version.id, version]));
	const line: LineVersion[] = [];
	const seen = new Set<VersionId>();
	for (let id: VersionId | undefined = head; id !== undefined && !seen.has(id);) {
		seen.add(id);
		const version: Version | CollectedVersion | undefined = byId.get(id) ?? gone.get(id);
		if (!version) break;
		const collectedAtMs = byId.has(id) ? null : (gone.get(id)?.collectedAtMs ?? null);
		line.push({ id, createdAtMs: version.createdAtMs, collectedAtMs });
		id = version.parents[0];
	}
	return line.reverse();
}

/** The stored versions of a line, oldest first, `head` last. Versions outside the chain (undone ones) are left out. */
export function historyOf(
	head: VersionId,
	versions: readonly Version[],
	collected: readonly CollectedVersion[] = []
): readonly Version[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	return lineOf(head, versions, collected).flatMap(({ id }) => byId.get(id) ?? []);
}

/** Of a line: 1 is `v1`; null when it is not in it. */
export function numberIn(line: readonly Pick<LineVersion, 'id'>[], id: VersionId): number | null {
	const at = line.findIndex((version) => version.id === id);
	return at < 0 ? null : at + 1;
}

/** The versions named and all behind them, by all parents, that are stored. */
export function ancestorsOf(
	heads: readonly VersionId[],
	versions: readonly Version[],
	collected: readonly CollectedVersion[] = []
): readonly Version[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const found: Version[] = [];
	for (const id of ancestorIds(heads, [...collected, ...versions])) {
		const version = byId.get(id);
		if (version) found.push(version);
	}
	return found;
}

/** The nearest stored versions that a version follows, past those that were collected. */
export function storedParents(
	{ parents }: Pick<Version, 'parents'>,
	isStored: (id: VersionId) => boolean,
	collectedById: ReadonlyMap<VersionId, CollectedVersion>
): readonly VersionId[] {
	const found = new Set<VersionId>();
	const seen = new Set<VersionId>();
	const open = [...parents].reverse();
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (seen.has(id)) continue;
		seen.add(id);
		if (isStored(id)) found.add(id);
		else open.push(...[...(collectedById.get(id)?.parents ?? [])].reverse());
	}
	return [...found];
}

/** The versions named and all behind them that are among those given. */
export function ancestorIds(
	heads: readonly VersionId[],
	versions: readonly Pick<Version, 'id' | 'parents'>[]
): ReadonlySet<VersionId> {
	const parents = new Map(versions.map((version) => [version.id, version.parents]));
	const found = new Set<VersionId>();
	const open = [...heads].reverse();
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (found.has(id) || !parents.has(id)) continue;
		found.add(id);
		open.push(...(parents.get(id) ?? []));
	}
	return found;
}
