// The files a version came from in the end: its lineage followed back, version by version, to what was read in.
import type { VersionId } from '../ids.ts';
import type { SourceFacts, Version } from '../version/version.ts';

export type Origin = { readonly version: Version; readonly source: SourceFacts };

/** Nearest first. Versions that are not stored any more end the way, and are counted. */
export function originsOf(
	version: Version,
	find: (id: VersionId) => Version | null
): { readonly origins: readonly Origin[]; readonly goneCount: number } {
	const seen = new Set<VersionId>([version.id]);
	const origins: Origin[] = [];
	let goneCount = 0;
	for (const queue: Version[] = [version]; queue.length > 0;) {
		const [next] = queue.splice(0, 1);
		if (!next) break;
		const { source, inputs } = next.lineage;
		if (source) origins.push({ version: next, source });
		for (const id of inputs) {
			if (seen.has(id)) continue;
			seen.add(id);
			const input = find(id);
			if (input) queue.push(input);
			else goneCount++;
		}
	}
	return { origins, goneCount };
}
