// Where two lines of versions parted.
import type { VersionId } from '../ids.ts';
import type { Version } from './version.ts';

type Commit = Pick<Version, 'id' | 'parents'>;

/**
 * The nearest version that both descend from (or are). Of several that are equally near, as after merges both ways, the one
 * with the least id, so that both directions merge alike; null when there is none.
 */
export function mergeBase(one: VersionId, other: VersionId, versions: readonly Commit[]): VersionId | null {
	const parents = new Map(versions.map((version) => [version.id, version.parents]));
	const common = ancestors(one, parents);
	const both = [...ancestors(other, parents)].filter((id) => common.has(id));
	const covered = new Set<VersionId>();
	for (const id of both)
		for (const parent of parents.get(id) ?? []) for (const far of ancestors(parent, parents)) covered.add(far);
	return both.filter((id) => !covered.has(id)).sort()[0] ?? null;
}

/** The version itself and all behind it that are stored. */
function ancestors(from: VersionId, parents: ReadonlyMap<VersionId, readonly VersionId[]>): ReadonlySet<VersionId> {
	const seen = new Set<VersionId>();
	const open = [from];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (seen.has(id) || !parents.has(id)) continue;
		seen.add(id);
		open.push(...(parents.get(id) ?? []));
	}
	return seen;
}
