// Columns of a table as a model takes them in, before anything was learnt of them.

/** Dates are milliseconds since 1970, UTC; booleans 0 and 1; missing is NaN. */
export type RawNumbers = {
	readonly name: string;
	readonly kind: 'numbers';
	readonly values: Float64Array | Float32Array;
};

/** A row's place among the different texts; -1 where it has none. */
export type RawTexts = {
	readonly name: string;
	readonly kind: 'texts';
	readonly codes: Int32Array;
	readonly texts: readonly string[];
};

export type RawColumn = RawNumbers | RawTexts;

/** Numbers as texts, as categories are compared: 3, -0.5; missing stays missing. */
export function asTexts(column: RawColumn): RawTexts {
	if (column.kind === 'texts') return column;
	const codeByText = new Map<string, number>();
	const codes = Int32Array.from(column.values, (value) => {
		if (Number.isNaN(value)) return -1;
		const text = String(value + 0);
		const code = codeByText.get(text) ?? codeByText.size;
		codeByText.set(text, code);
		return code;
	});
	return { name: column.name, kind: 'texts', codes, texts: [...codeByText.keys()] };
}

export function rowCountOf(column: RawColumn): number {
	return column.kind === 'texts' ? column.codes.length : column.values.length;
}
