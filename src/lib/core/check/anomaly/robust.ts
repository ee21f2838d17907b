// Location and scale that a few wild values do not move.

/** Null of none. The mean of the two middle ones of an even number. */
export function median(values: readonly number[] | Float64Array): number | null {
	if (values.length === 0) return null;
	const sorted = Float64Array.from(values).sort();
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? 0;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** What the median of distances from the median is of a normal distribution's standard deviation: 1 / Φ⁻¹(¾). */
const NORMAL_SCALE = 1.4826022185056018;

/** The median absolute deviation, in units of a normal distribution's standard deviation; null of none. */
export function robustSpread(values: readonly number[] | Float64Array, centre = median(values)): number | null {
	if (centre === null) return null;
	const middle = median(Float64Array.from(values, (value) => Math.abs(value - centre)));
	return middle === null ? null : middle * NORMAL_SCALE;
}
