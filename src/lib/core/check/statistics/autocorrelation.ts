// How much each number of a series resembles the one `lag` places before it.

/**
 * From -1 to 1; null where all numbers are equal or there are no more than `lag`.
 * Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.12.
 */
export function autocorrelation(values: Float64Array, lag = 1): number | null {
	const count = values.length;
	if (count <= lag) return null;
	const first = values.reduce((sum, value) => sum + value, 0) / count;
	const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / count;
	let [squares, products] = [0, 0];
	for (let at = 0; at < count; at++) {
		const deviation = (values[at] ?? 0) - mean;
		squares += deviation * deviation;
		if (at + lag < count) products += deviation * ((values[at + lag] ?? 0) - mean);
	}
	return squares === 0 ? null : products / squares;
}
