// Weights of an observed and an expected distribution side by side, and the Kullback–Leibler divergence between them.

/** Of values or of bins; weights have a sum of 1, with those of the tails. */
export type Partition = {
	readonly weights: readonly number[];
	readonly tail_weights?: readonly number[] | undefined;
};

type Weights = { readonly observed: readonly number[]; readonly expected: readonly number[] };

/** Σ p·ln(p/q) over weights scaled to a sum of 1; infinite where something is that was not expected at all, NaN for no weights. */
export function entropy(observed: readonly number[], expected: readonly number[]): number {
	const sum = (weights: readonly number[]): number => weights.reduce((total, weight) => total + weight, 0);
	const [all, wanted] = [sum(observed), sum(expected)];
	return observed.reduce((total, weight, at) => {
		const [p, q] = [weight / all, (expected[at] ?? 0) / wanted];
		return total + (p === 0 ? 0 : p * Math.log(p / q));
	}, 0);
}

/** Values that were not expected share the holdout among them. */
export function valueWeights(
	weights: readonly number[],
	counts: readonly number[],
	others: readonly number[],
	present: number,
	holdout: number
): Weights {
	const observed = [...counts, ...others].map((count) => count / present);
	if (others.length === 0) return { observed, expected: weights };
	const rest = others.map(() => holdout / others.length);
	return { observed, expected: [...weights.map((weight) => weight * (1 - holdout)), ...rest] };
}

/** `tails` are counts below the first and above the last edge. */
export function binWeights(
	{ bins, weights, tail_weights }: Partition & { readonly bins: readonly number[] },
	counts: readonly number[],
	tails: readonly number[],
	present: number,
	holdouts: { readonly tail_weight_holdout: number; readonly internal_weight_holdout: number }
): Weights {
	const { tail_weight_holdout: tail, internal_weight_holdout: internal } = holdouts;
	const scaled = weights.map((weight) => weight * (1 - tail - internal));
	const empty = scaled.filter((weight) => weight === 0).length;
	const inner = scaled.map((weight) => (weight === 0 && internal > 0 ? internal / empty : weight));
	const isOpen = { below: bins[0] === -Infinity, above: bins.at(-1) === Infinity };
	const share = tail_weights ?? (isOpen.below || isOpen.above ? [tail, tail] : [tail / 2, tail / 2]);
	const ratio = (count: number | undefined): number => (count ?? 0) / present;
	return {
		observed: [
			...(isOpen.below ? [] : [ratio(tails[0])]),
			...counts.map(ratio),
			...(isOpen.above ? [] : [ratio(tails[1])])
		],
		expected: [...(isOpen.below ? [] : [share[0] ?? 0]), ...inner, ...(isOpen.above ? [] : [share[1] ?? 0])]
	};
}
