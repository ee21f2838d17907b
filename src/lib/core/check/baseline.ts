// The trusted version of a dataset, which others are compared with: the one that its tag `baseline` names.
import type { VersionId } from '../ids.ts';
import type { Dataset } from '../version/version.ts';

export const BASELINE_TAG = 'baseline';

export type PinnedBaseline = { readonly tag: string; readonly version: VersionId };

/** Without regard to case, as names are compared everywhere. */
export function baselineOf({ tags }: Pick<Dataset, 'tags'>): PinnedBaseline | null {
	const found = Object.entries(tags).find(([name]) => name.toLowerCase() === BASELINE_TAG);
	return found ? { tag: found[0], version: found[1] } : null;
}
