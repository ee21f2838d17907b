// A function that takes its row apart at once, `({ x, y }, row) => …`, as one of the cells themselves: `(  x, y  , row) => …`.
//
// Note: why. An object a row, made and taken apart, is two thirds of what an interpreter spends on a short function. Nobody can tell
// the difference: such a row has no other name, and a function that calls itself, or looks at its `arguments`, is left as it is.
// The text keeps its length, so that places in it stay the same.

export type SpreadRow = {
	readonly code: string;
	/** The columns it is given, in this order. */
	readonly names: readonly string[];
	/** Whether it wants the row's number behind them. */
	readonly isNumbered: boolean;
};

const name = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const names = String.raw`\s*${name}(?:\s*,\s*${name})*\s*`;
const rest = String.raw`\s*(?<row>,\s*${name}\s*)?\)\s*`;
const arrow = new RegExp(String.raw`(export\s+default\s+\(\s*)\{(?<taken>${names})\}(?=${rest}=>)`, 'u');
const declared = new RegExp(
	String.raw`(export\s+default\s+function(?:\s+(?<own>${name}))?\s*\(\s*)\{(?<taken>${names})\}(?=${rest}\{)`,
	'u'
);

/**
 * Null for every other way to write a function, and where it takes what is no column.
 *
 * A module with one `export` alone has it there: in a comment or a text it would export nothing.
 */
export function spreadRow(code: string, columns: readonly string[]): SpreadRow | null {
	if (code.split(/\bexport\b/).length !== 2) return null;
	const found = arrow.exec(code) ?? (/\barguments\b|\beval\b|\\u/.test(code) ? null : declared.exec(code));
	if (!found) return null;
	const own = found.groups?.['own'];
	if (own !== undefined && code.split(own).length !== 2) return null;
	const [whole, before = ''] = found;
	const taken = found.groups?.['taken'] ?? '';
	const cells = taken.split(',').map((one) => one.trim());
	if (!cells.every((one) => columns.includes(one))) return null;
	const { index } = found;
	const isNumbered = found.groups?.['row'] !== undefined;
	return {
		code: `${code.slice(0, index)}${before} ${taken} ${code.slice(index + whole.length)}`,
		names: cells,
		isNumbered
	};
}
