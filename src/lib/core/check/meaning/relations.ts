// Which columns of a workspace's datasets may point to rows of another: told from sketches of each.
import { countDistinct } from '../sketch/distinct.ts';
import type { SegmentSketch } from '../sketch/segment-sketch.ts';
import { foreignKeyCandidates, type ForeignKeyCandidate, type NamedSketch } from './keys.ts';

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
				const consecutive = new Set(to.sketch.columns.filter(isConsecutive).map(({ name: column }) => column));
				return foreignKeyCandidates(from.sketch.columns, to.sketch.columns)
					.map((candidate) => ({ dataset: from.name, referencedDataset: to.name, ...candidate }))
					.filter((candidate) => !consecutive.has(candidate.references) || areNamedAlike(candidate));
			})
		)
		.sort((a, b) => b.share - a.share || b.coverage - a.coverage);
}

/** Whole numbers of which hardly one is left out between the least and the greatest: any small number is among them. */
function isConsecutive({ sketch: { numbers, distinct } }: NamedSketch): boolean {
	if (!numbers || !distinct || numbers.min === null || numbers.max === null) return false;
	return numbers.max - numbers.min + 1 < 1.5 * countDistinct(distinct).count;
}

/**
 * Whether names say what consecutive numbers cannot: both columns are called the same, or the column ends as the other is called, or
 * names its dataset or one of it: `customer`, `customer_id`, `home customer id` for `customers.id`.
 */
function areNamedAlike({ column, references, referencedDataset }: RelationCandidate): boolean {
	const [from, to, dataset] = [wordsOf(column), wordsOf(references), wordsOf(referencedDataset)];
	if (from === to) return to !== 'id';
	if (from.endsWith(` ${to}`)) return true;
	const singular = dataset.replace(/ies$/, 'y').replace(/(?<=(?:s|x|z|ch|sh))es$|s$/, '');
	return [dataset, singular].some((name) => ` ${from} `.includes(` ${name} `) || from === `${name}${to}`);
}

function wordsOf(name: string): string {
	return name
		.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}
