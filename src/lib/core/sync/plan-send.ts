// Which commits a ref needs that moves: those behind where it goes, but not behind where it is.
import type { VersionId } from '../ids.ts';
import { ancestorIds } from '../version/history.ts';
import type { Version } from '../version/version.ts';

type Commit = Pick<Version, 'id' | 'parents'>;

/** Parents before what follows them. */
export function commitsToSend(
	to: readonly VersionId[],
	from: readonly VersionId[],
	commits: readonly Commit[]
): readonly VersionId[] {
	const there = ancestorIds(from, commits);
	const byId = new Map(commits.map((commit) => [commit.id, commit]));
	const ordered = new Set<VersionId>();
	for (const root of to) {
		const stack = [root];
		for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
			const next = byId
				.get(id)
				?.parents.find((parent) => byId.has(parent) && !there.has(parent) && !ordered.has(parent));
			if (next !== undefined) stack.push(next);
			else {
				if (byId.has(id) && !there.has(id)) ordered.add(id);
				stack.pop();
			}
		}
	}
	return [...ordered];
}
