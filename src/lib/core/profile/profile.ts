// What a column's profile is: the numbers above a grid's column.

export type Histogram = {
	/** Inclusive lower bound of the first and upper bound of the last bin; DuckDB's number, or epoch ms for times. */
	readonly low: number;
	readonly high: number;
	/** Rows per bin, equal widths. */
	readonly counts: readonly number[];
};

export type ColumnProfile = {
	readonly column: string;
	readonly type: string;
	/** `sample` while only the first rows were read, then `full`. */
	readonly coverage: 'sample' | 'full';
	readonly rowCount: number;
	readonly nullCount: number;
	readonly distinctCount: number;
	/** Else it is a HyperLogLog estimate, some percent off; profiles kept by older pages do not tell. */
	readonly isDistinctExact?: boolean;
	readonly min: string | null;
	readonly max: string | null;
	/** 5 %, 25 %, 50 %, 75 %, 95 % as text; numbers and times only. */
	readonly quantiles: readonly string[] | null;
	readonly mean: number | null;
	readonly standardDeviation: number | null;
	readonly histogram: Histogram | null;
	/** Most frequent values with their rows, most frequent first, at most 10. */
	readonly topValues: readonly { readonly value: string; readonly rowCount: number }[] | null;
	/** Shortest and longest text in characters. */
	readonly lengths: { readonly min: number; readonly max: number } | null;
};
