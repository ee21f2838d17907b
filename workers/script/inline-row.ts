// A function over rows that is one expression, `({ x, y }) => x * 2 + y`, or returns one and does nothing else, as a loop over the columns with the expression inside it.
//
// Note: why. Of what an interpreter spends on such a function, most is calling it. Nobody can tell the difference: an expression has
// no name of its own, declares nothing, and its loop's names cannot be in it. Whatever goes wrong in the loop is told by the function
// itself, called as it was written. See note: why, of spread-row.ts, for cells instead of a row.
import { spreadRow } from './spread-row.ts';

export type InlinedRow = {
	/** A module whose default export is `(lists, values, take, state, start, count)`. */
	readonly code: string;
	/** The columns whose lists it is given, in this order. */
	readonly names: readonly string[];
};

const tail = /^(?<params>[^()]*)\)\s*(?:=>)?\s*(?<body>[^]*?);?\s*$/;
/** A line break behind `return` would end it. */
const returned = /^\{\s*return\b[ \t]*(?!\s)(?<expression>[^]*?);?\s*\}$/;

/** Null for what is more than one expression of simple words. */
export function inlineRow(code: string, columns: readonly string[]): InlinedRow | null {
	if (code.includes('weir$')) return null;
	const spread = spreadRow(code, columns);
	const at = spread?.code.search(/export\s+default\b/) ?? -1;
	if (!spread || at < 0) return null;
	const given = spread.code.slice(spread.code.indexOf('(', at) + 1);
	const { params = '', body = '' } = tail.exec(given)?.groups ?? {};
	const expression = returned.exec(body)?.groups?.['expression'] ?? body;
	const words = tokensOf(expression);
	if (!words) return null;
	const all = params.split(',').map((one) => one.trim());
	const row = all[spread.names.length] ?? null;
	const take = spread.names.map((name, index) => `${name}=weir$${index}[weir$i];`).join('');
	const begin = take + (row === null ? '' : `${row}=weir$start+weir$i;`);
	const lists = spread.names.map((_name, index) => `weir$${index}=weir$lists[${index}]`);
	const loop = (write: string): string => `for(;weir$i<weir$count;weir$i++){${begin}${write}}`;
	const sure = isArithmetic(words, all)
		? `if(weir$values!==null&&weir$lists.every((one)=>one instanceof Float64Array)){${loop(`weir$values[weir$i]=(${expression});`)}return}`
		: '';
	const checked = loop(
		`weir$given=(${expression});` +
			`if(weir$values!==null&&typeof weir$given==='number')weir$values[weir$i]=weir$given;else weir$take(weir$i,weir$given);`
	);
	// Not let: each look at one would ask whether it is there yet.
	const looped =
		`export default (weir$lists,weir$values,weir$take,weir$state,weir$start,weir$count)=>{` +
		`var ${[...lists, ...all, 'weir$given', 'weir$i=0'].join(',')};weir$state.at=()=>weir$i;${sure}${checked}}`;
	return { code: spread.code.slice(0, at) + looped, names: spread.names };
}

const token =
	/\s+|(?<number>0[xXbBoO][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\p{ID_Continue}$])|(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*)|(?<text>'[^'\\\n]*'|"[^"\\\n]*")|(?<mark>===|!==|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\*\*|<<|>>>|>>|[?:+\-*/%<>!&|^~.,()[\]])/uy;

const operators = new Set(['in', 'instanceof', 'typeof', 'void']);

/** They mean something else inside a loop, or make something that could outlive it. */
const unlike = new Set(
	'arguments async await class delete eval function import let new super this throw var yield'.split(' ')
);

/**
 * The expression's words; null when it has any that are not simple, such as an assignment, a regular expression, a function or a
 * comment. What lacks a bracket or has a comma outside of all is no expression.
 */
function tokensOf(expression: string): readonly string[] | null {
	if (expression === '' || /\+\+|--|\/\/|\/\*/.test(expression)) return null;
	const words: string[] = [];
	let depth = 0;
	let isValue = false;
	token.lastIndex = 0;
	while (token.lastIndex < expression.length) {
		const found = token.exec(expression);
		if (!found) return null;
		const [word] = found;
		if (word.trim() === '') continue;
		if (unlike.has(word)) return null;
		if (word === '(' || word === '[') depth++;
		if (word === ')' || word === ']') depth--;
		if (depth < 0 || (word === ',' && depth === 0) || (word === '/' && !isValue)) return null;
		isValue = found.groups?.['mark'] === undefined ? !operators.has(word) : word === ')' || word === ']';
		words.push(word);
	}
	return depth === 0 ? words : null;
}

/** Gives a number whatever numbers it is given. */
function isArithmetic(words: readonly string[], numbers: readonly string[]): boolean {
	return words.every((word) => numbers.includes(word) || /^\.?\d|^(?:[+\-*/%()]|\*\*)$/.test(word));
}
