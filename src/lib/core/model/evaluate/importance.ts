// What a model looks at: by how much splits lowered the loss, and by how much it does worse where a column is shuffled.
import { featuresOf, type FeatureTransform } from '../feature-transform.ts';
import { randomOf, shuffled } from '../random.ts';
import type { Trees } from '../trees.ts';

/** Of the columns of the transform, in their order. */
export type ColumnShare = { readonly column: string; readonly share: number };

/** Shares of all gain; together 1, unless no tree has a split. */
export function gainImportance(trees: Trees, transform: FeatureTransform): readonly ColumnShare[] {
	const features = featuresOf(transform);
	const gains = new Map(transform.columns.map(({ name }) => [name, 0]));
	let total = 0;
	trees.feature.forEach((asked, node) => {
		const column = features[asked]?.column;
		if (column === undefined) return;
		const gain = trees.gain[node] ?? 0;
		total += gain;
		gains.set(column, (gains.get(column) ?? 0) + gain);
	});
	return [...gains].map(([column, gain]) => ({ column, share: total === 0 ? 0 : gain / total }));
}

/** How much worse the model does: the mean over the repeats, and how far they are from each other. */
export type Permuted = { readonly column: string; readonly loss: number; readonly spread: number };

/**
 * Shuffles the features of one column at a time among the rows. `measure` tells how good outputs are, more being better.
 *
 * Yields each column as it is known. Source: Breiman, "Random Forests" (2001), 10.
 */
export function* permutationImportance(
	transform: FeatureTransform,
	features: readonly Float32Array[],
	predicted: (features: readonly Float32Array[]) => readonly Float32Array[],
	measure: (outputs: readonly Float32Array[]) => number,
	{ repeats, seed }: { readonly repeats: number; readonly seed: number }
): Generator<Permuted> {
	const all = featuresOf(transform);
	const rowCount = features[0]?.length ?? 0;
	const before = measure(predicted(features));
	for (const [at, { name: column }] of transform.columns.entries()) {
		const losses = Array.from({ length: repeats }, (_, repeat) => {
			const order = shuffled(rowCount, randomOf(seed, 6, at, repeat));
			const mixed = features.map((values, feature) =>
				all[feature]?.column === column ? Float32Array.from(order, (row) => values[row] ?? NaN) : values
			);
			return before - measure(predicted(mixed));
		});
		const loss = losses.reduce((sum, value) => sum + value, 0) / repeats;
		const spread = Math.sqrt(losses.reduce((sum, value) => sum + (value - loss) ** 2, 0) / repeats);
		yield { column, loss, spread };
	}
}
