// Where two lines of versions parted.
import type { VersionId } from '../ids.ts';
import { ancestorIds } from './history.ts';
import type { Version } from './version.ts';

type Commit = Pick<Version, 'id' | 'parents'>;

/**
 * The nearest version that both descend from (or are). Of several that are equally near, as after merges both ways, the one
 * with the least id, so that both directions merge alike; null when there is none.
 */
export function mergeBase(one: VersionId, other: VersionId, versions: readonly Commit[]): VersionId | null {
	const parents = new Map(versions.map((version) => [version.id, version.parents]));
	const common = ancestorIds([one], versions);
	const both = [...ancestorIds([other], versions)].filter((id) => common.has(id));
	// What both descend from, they do by its parents too: so whatever another one of them follows is further away.
	const covered = new Set(both.flatMap((id) => parents.get(id) ?? []));
	return both.filter((id) => !covered.has(id)).sort()[0] ?? null;
}
