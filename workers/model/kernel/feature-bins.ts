// How the features of a model are told apart by the bytes that its trees ask for: the other way round than a training, which bins first.
import { SET_WORDS, type Trees } from '#core/model/trees.ts';

/** A feature that trees compare with thresholds, ask by sets of codes, or never ask. */
export type FeatureBins =
	| { readonly kind: 'numbers'; readonly edges: Float32Array }
	| { readonly kind: 'codes' }
	| { readonly kind: 'unasked' };

/** One bin is for missing values. */
const EDGES_MAX = 254;

/** Null where there are more thresholds of a feature than bytes tell apart, or one is asked in both ways. */
export function featureBins(trees: Trees, featureCount: number): readonly FeatureBins[] | null {
	const thresholds = Array.from({ length: featureCount }, () => new Set<number>());
	const bySets = new Set<number>();
	for (let node = 0; node < trees.feature.length; node++) {
		const asked = trees.feature[node] ?? -1;
		if (asked < 0) continue;
		const [set, threshold] = [trees.set[node] ?? -1, trees.threshold[node] ?? 0];
		if (set < 0) thresholds[asked]?.add(threshold + 0);
		else if (hasLastCodes(trees, set)) return null;
		else bySets.add(asked);
	}
	const bins: FeatureBins[] = [];
	for (const [feature, asked] of thresholds.entries()) {
		if (asked.size > 0 && bySets.has(feature)) return null;
		const isAsked = asked.size > 0;
		// Up to infinity is every value: it ends the last bin.
		asked.delete(Infinity);
		if (asked.size > EDGES_MAX) return null;
		if (bySets.has(feature)) bins.push({ kind: 'codes' });
		else bins.push(isAsked ? { kind: 'numbers', edges: Float32Array.from(asked).sort() } : { kind: 'unasked' });
	}
	return bins;
}

/** Codes 254 and 255 are what no code is, and missing. */
function hasLastCodes({ sets }: Trees, set: number): boolean {
	return (sets[set * SET_WORDS + SET_WORDS - 1] ?? 0) >>> 30 !== 0;
}
