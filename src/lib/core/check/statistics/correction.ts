// p-values of many tests at once, raised so that the number of columns alone makes none of them look rare.

export const corrections = ['holm', 'benjamini-hochberg', 'none'] as const;
export type Correction = (typeof corrections)[number];

/**
 * In the order given, none above 1.
 *
 * `holm` keeps the chance of even one false alarm among all tests at the threshold; `benjamini-hochberg` the expected share of
 * false ones among the alarms.
 * Source: Holm (1979); Benjamini, Hochberg (1995).
 */
export function correctPValues(pValues: readonly number[], correction: Correction): readonly number[] {
	if (correction === 'none') return pValues;
	const count = pValues.length;
	const order = pValues.map((_, at) => at).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
	const corrected = new Array<number>(count).fill(1);
	let bound = correction === 'holm' ? 0 : 1;
	for (let step = 0; step < count; step++) {
		const rank = correction === 'holm' ? step : count - 1 - step;
		const at = order[rank] ?? 0;
		const pValue = pValues[at] ?? 1;
		bound =
			correction === 'holm' ? Math.max(bound, pValue * (count - rank)) : Math.min(bound, (pValue * count) / (rank + 1));
		corrected[at] = Math.min(1, bound);
	}
	return corrected;
}
