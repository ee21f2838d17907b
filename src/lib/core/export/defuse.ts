// Text cells that a spreadsheet would run as a formula, and how they are made harmless.
// Source: OWASP, "CSV Injection": leading = + - @ tab and carriage return, and their full-width forms.

/** The same rule as DuckDB's RE2 and JavaScript read it; a quote or spaces before the sign do not hide it. */
const FORMULA = '^[\\s"\']*[=+\\-@\\t\\r＝＋－＠]';
const CONTROL = '^[\\t\\r]';

const formula = new RegExp(FORMULA, 'u');
const control = new RegExp(CONTROL, 'u');

export function defuse(text: string): string {
	return formula.test(text) || control.test(text) ? `'${text}` : text;
}

/** As `defuse`, as SQL over an expression of type VARCHAR. */
export function defuseSql(expression: string): string {
	const pattern = `'${FORMULA.replaceAll("'", "''")}|${CONTROL}'`;
	return `CASE WHEN regexp_matches(${expression}, ${pattern}) THEN '''' || ${expression} ELSE ${expression} END`;
}
