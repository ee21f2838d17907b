// Lays values on top of one another: what is above zero upwards, what is below it downwards.

export type Stacked = { readonly from: number; readonly to: number };

/** One span for each value, in their order; `groups` tells which values share a stack. */
export function stack(values: readonly number[], groups: readonly number[]): readonly Stacked[] {
	const tops = new Map<number, number>();
	const floors = new Map<number, number>();
	return values.map((value, at) => {
		const group = groups[at] ?? 0;
		const ends = value < 0 ? floors : tops;
		const from = ends.get(group) ?? 0;
		const to = from + value;
		ends.set(group, to);
		return { from, to };
	});
}
