// The rows that a check is about: an SQL condition, or one as Great Expectations writes it for its own parser.
import { err, ok, type Result } from '../result.ts';
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { tokenize } from '../sql/tokens.ts';
import type { Kwargs } from './suite.ts';
import type { EvaluationProblem } from './verdict.ts';

const column = /^col\("((?:[^"\\]|\\.)+)"\)/;
const operators: Readonly<Record<string, string>> = {
	'==': '=',
	'!=': '<>',
	'<': '<',
	'>': '>',
	'<=': '<=',
	'>=': '>='
};

/** Null for all rows. Fails: wrong-value */
export function rowConditionSql(kwargs: Kwargs): Result<string | null, EvaluationProblem> {
	const text = kwargs['row_condition'];
	if (typeof text !== 'string') return ok(null);
	const parser = kwargs['condition_parser'];
	if (parser === 'great_expectations' || parser === 'great_expectations__experimental__') return parseCondition(text);
	if (parser === 'pandas' && /==|&|\|/.test(text)) return ok(pandasCondition(text));
	return isBalanced(text) ? ok(text) : wrong(text, 'one SQL condition with its parentheses closed');
}

/** `col("a") == "x"`, `col("n") >= 5`, `col("a").notNull()`, `col("d") > date("2020-01-01")`, joined by & and |. */
function parseCondition(text: string): Result<string, EvaluationProblem> {
	let rest = text.trim();
	let sql = '';
	while (rest !== '') {
		const opening = /^[(\s]+/.exec(rest)?.[0] ?? '';
		sql += opening.replace(/\s/g, '');
		rest = rest.slice(opening.length);
		const found = column.exec(rest);
		if (!found) return unreadable(text);
		const name = quoteName((found[1] ?? '').replace(/\\(.)/g, '$1'));
		rest = rest.slice(found[0].length);
		const test = testSql(rest);
		if (!test) return unreadable(text);
		sql += `${name} ${test.sql}`;
		rest = rest.slice(test.length);
		const joint = /^\s*(\)*)\s*(?:(&+|\band\b)|(\|+|\bor\b))?\s*/i.exec(rest);
		sql += (joint?.[1] ?? '') + (joint?.[2] === undefined ? (joint?.[3] === undefined ? '' : ' OR ') : ' AND ');
		rest = rest.slice(joint?.[0].length ?? 0);
		if (rest !== '' && joint?.[2] === undefined && joint?.[3] === undefined) return unreadable(text);
	}
	return sql !== '' && isBalanced(sql) && !/ (?:AND|OR) $/.test(sql) ? ok(sql) : unreadable(text);
}

function testSql(text: string): { readonly sql: string; readonly length: number } | null {
	const missing = /^\.(notnull|isnull)\(\)/i.exec(text);
	if (missing)
		return { sql: missing[1]?.toLowerCase() === 'isnull' ? 'IS NULL' : 'IS NOT NULL', length: missing[0].length };
	const compared =
		/^\s*(==|!=|<=|>=|<|>)\s*(?:date\(\s*(["'])(.*?)\2\s*\)|(["'])(.*?)\4|([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?))/.exec(
			text
		);
	if (!compared) return null;
	const [all, operator = '', , date, , plain, number] = compared;
	const value =
		date !== undefined
			? `CAST(${quoteText(date)} AS TIMESTAMP)`
			: plain !== undefined
				? quoteText(plain)
				: quoteValue(Number(number));
	return { sql: `${operators[operator] ?? '='} ${value}`, length: all.length };
}

/** What pandas' own conditions and SQL differ in, where that is a matter of spelling. */
function pandasCondition(text: string): string {
	return tokenize(text.replaceAll('==', '=').replaceAll('`', '"'))
		.map(({ kind, start, end }) => {
			const piece = text.replaceAll('==', '=').replaceAll('`', '"').slice(start, end);
			if (kind === 'quoted' && !text.includes('`')) return quoteText(piece.slice(1, -1));
			if (piece === '&') return 'AND';
			return piece === '|' ? 'OR' : piece;
		})
		.join('');
}

function isBalanced(text: string): boolean {
	let depth = 0;
	for (const { start, end, kind } of tokenize(text)) {
		if (kind !== 'symbol') continue;
		const mark = text.slice(start, end);
		if (mark === ';') return false;
		depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
		if (depth < 0) return false;
	}
	return depth === 0 && text.trim() !== '';
}

function unreadable(text: string): Result<string, EvaluationProblem> {
	return wrong(text, 'such as col("age") >= 18, joined by & and |');
}

function wrong(text: string, expected: string): Result<string, EvaluationProblem> {
	return err({ code: 'wrong-value', parameter: 'row_condition', value: text, expected });
}
