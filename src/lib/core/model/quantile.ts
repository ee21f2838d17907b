// The quantile of numbers by choosing rather than sorting, and that of weighted numbers.

/**
 * Without weights, as NumPy does by default: between the two nearest numbers in proportion. With weights, the least number at which the
 * weights up to it reach the share. `values` are reordered. 0 where there are none.
 */
export function quantileOf(values: Float64Array, weights: Float64Array | null, share: number): number {
	if (values.length === 0) return 0;
	if (weights) return weighted(values, weights, share);
	const place = share * (values.length - 1);
	const below = Math.floor(place);
	const low = choose(values, below);
	if (below === place) return low;
	let next = Infinity;
	for (let at = below + 1; at < values.length; at++) next = Math.min(next, values[at] ?? Infinity);
	return low + (next - low) * (place - below);
}

function weighted(values: Float64Array, weights: Float64Array, share: number): number {
	// Ordered by weight too, so that sums do not depend on the order they came in.
	const order = Uint32Array.from(values, (_, at) => at).sort(
		(a, b) => (values[a] ?? 0) - (values[b] ?? 0) || (weights[a] ?? 0) - (weights[b] ?? 0)
	);
	const wanted = share * order.reduce((sum, at) => sum + (weights[at] ?? 0), 0);
	let reached = 0;
	for (const at of order) {
		reached += weights[at] ?? 0;
		if (reached >= wanted) return values[at] ?? 0;
	}
	return values[order.at(-1) ?? 0] ?? 0;
}

/** The number that would stand at the place if they were sorted; those before it are no greater, those behind it no less. */
function choose(values: Float64Array, place: number): number {
	let [low, high] = [0, values.length - 1];
	while (low < high) {
		const pivot = middleOf(values[low] ?? 0, values[(low + high) >> 1] ?? 0, values[high] ?? 0);
		let [left, right] = [low, high];
		while (left <= right) {
			while ((values[left] ?? 0) < pivot) left++;
			while ((values[right] ?? 0) > pivot) right--;
			if (left > right) break;
			const moved = values[left] ?? 0;
			values[left++] = values[right] ?? 0;
			values[right--] = moved;
		}
		if (place <= right) high = right;
		else if (place >= left) low = left;
		else break;
	}
	return values[place] ?? 0;
}

function middleOf(a: number, b: number, c: number): number {
	return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
