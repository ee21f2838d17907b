// How outputs change with one column while all others stay as they are: for some rows, and on average.
import { quantileOf } from '../quantile.ts';
import type { RawColumn } from '../raw-column.ts';

/** A value of the column: a number (booleans 0 and 1, dates milliseconds) or a text. */
export type GridValue = number | string;

export type PartialDependence = {
	readonly column: string;
	readonly grid: readonly GridValue[];
	/** A value of the grid: the mean output over the rows. */
	readonly mean: readonly number[];
	/** A row: its output at each value of the grid. */
	readonly rows: readonly (readonly number[])[];
};

/** Up to so many values: quantiles of numbers from the 2nd to the 98th percent, or the most frequent texts. */
export function gridOf(column: RawColumn, most: number): readonly GridValue[] {
	if (column.kind === 'texts') {
		const counts = new Map<number, number>();
		for (const code of column.codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
		const frequent = [...counts].sort(([a, x], [b, y]) => y - x || a - b).slice(0, most);
		return frequent.map(([code]) => column.texts[code] ?? '').sort();
	}
	const values = Float64Array.from(column.values.filter((value) => Number.isFinite(value)));
	if (values.length === 0) return [];
	const distinct = new Set(values);
	if (distinct.size <= most) return [...distinct].sort((a, b) => a - b);
	const shares = Array.from({ length: most }, (_, at) => 0.02 + (0.96 * at) / (most - 1));
	return [...new Set(shares.map((share) => quantileOf(values, null, share)))];
}

/**
 * `columns` are the raw columns of the rows that lines are drawn of; `output` is asked once for each value of the grid.
 *
 * Source: Friedman (2001), 8.2; Goldstein et al., "Peeking Inside the Black Box" (2015).
 */
export function partialDependence(
	columns: readonly RawColumn[],
	name: string,
	grid: readonly GridValue[],
	output: (columns: readonly RawColumn[]) => Float32Array
): PartialDependence {
	const curves = grid.map((value) =>
		output(columns.map((column) => (column.name === name ? withValue(column, value) : column)))
	);
	const rowCount = curves[0]?.length ?? 0;
	return {
		column: name,
		grid,
		mean: curves.map((curve) => curve.reduce((sum, value) => sum + value, 0) / rowCount),
		rows: Array.from({ length: rowCount }, (_, row) => curves.map((curve) => curve[row] ?? 0))
	};
}

function withValue(column: RawColumn, value: GridValue): RawColumn {
	if (column.kind === 'texts') return { ...column, codes: new Int32Array(column.codes.length), texts: [String(value)] };
	return { ...column, values: new Float64Array(column.values.length).fill(Number(value)) };
}
