// Which versions the names of an open report mean, so that filtering it or changing its text brings no other rows.
import type { VersionId } from '#core/ids.ts';
import type { EditionSource } from '#core/report/edition.ts';

/** What a name without a version means from now on: of a dataset that is read in several versions the newest one, unless it meant another before. */
export function pinsOf(
	sources: readonly Pick<EditionSource, 'name' | 'version' | 'committedAtMs'>[],
	before: ReadonlyMap<string, VersionId>
): ReadonlyMap<string, VersionId> {
	const pins = new Map<string, VersionId>();
	for (const { name, version } of sources.toSorted((one, other) => one.committedAtMs - other.committedAtMs))
		pins.set(name.toLowerCase(), before.get(name.toLowerCase()) ?? version);
	return pins;
}
