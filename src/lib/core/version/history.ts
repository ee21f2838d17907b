// The history of a dataset: the chain of versions behind its head.
import type { VersionId } from '../ids.ts';
import type { Version } from './version.ts';

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
