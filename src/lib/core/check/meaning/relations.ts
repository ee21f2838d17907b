// Which columns of a workspace's datasets may point to rows of another: told from sketches of each.
import type { SegmentSketch } from '../sketch/segment-sketch.ts';
import { foreignKeyCandidates, type ForeignKeyCandidate } from './keys.ts';

export type NamedDataset = { readonly name: string; readonly sketch: SegmentSketch };

export type RelationCandidate = ForeignKeyCandidate & {
	readonly dataset: string;
	/** Of the column that is referenced. */
	readonly referencedDataset: string;
};

/** Between each two datasets, in both directions, the best first; with `name`, those from and to that one alone. */
export function relationCandidates(
	datasets: readonly NamedDataset[],
	name: string | null = null
): readonly RelationCandidate[] {
	return datasets
		.flatMap((from) =>
			datasets.flatMap((to): readonly RelationCandidate[] => {
				if (from === to || (name !== null && from.name !== name && to.name !== name)) return [];
				return foreignKeyCandidates(from.sketch.columns, to.sketch.columns).map((candidate) => ({
					dataset: from.name,
					referencedDataset: to.name,
					...candidate
				}));
			})
		)
		.sort((a, b) => b.share - a.share || b.coverage - a.coverage);
}
