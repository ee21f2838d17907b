// The history of a dataset: the chain of versions behind its head.
import type { VersionId } from '../ids.ts';
import type { Dataset, Version } from './version.ts';

/** The versions a dataset names: heads of all branches, and tags. */
export function reachedBy({ head, branches, tags }: Dataset): readonly VersionId[] {
	return [head, ...Object.values(branches), ...Object.values(tags)];
}

/** Heads of all branches, and tags, by name. */
export function refsOf({ head, branch, branches, tags }: Dataset): Readonly<Record<string, VersionId>> {
	return { ...tags, ...branches, [branch]: head };
}

/** Oldest first, `head` last: `v1` is the first. Versions outside the chain (undone ones) are left out. */
export function historyOf(head: VersionId, versions: readonly Version[]): readonly Version[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const chain: Version[] = [];
	const seen = new Set<VersionId>();
	let current = byId.get(head);
	while (current && !seen.has(current.id)) {
		seen.add(current.id);
		chain.push(current);
		const parent = current.parents[0];
		current = parent === undefined ? undefined : byId.get(parent);
	}
	return chain.reverse();
}

/** The versions named and all behind them, by all parents, that are stored. */
export function ancestorsOf(heads: readonly VersionId[], versions: readonly Version[]): readonly Version[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const found = new Map<VersionId, Version>();
	const open = [...heads];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		const version = byId.get(id);
		if (!version || found.has(id)) continue;
		found.set(id, version);
		open.push(...version.parents);
	}
	return [...found.values()];
}
