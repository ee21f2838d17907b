// Cuts SQL text into tokens as DuckDB's lexer does, without judging it. Tokens touch each other and cover the whole text.

export type SqlToken = {
	readonly kind: 'space' | 'comment' | 'string' | 'quoted' | 'word' | 'number' | 'parameter' | 'symbol';
	/** Inclusive, UTF-16. */
	readonly start: number;
	/** Exclusive, UTF-16. */
	readonly end: number;
};

const space = /[\s\u00a0\ufeff]+/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y;
const parameter = /\?\d*|\$(?:\d+|[A-Za-z_]\w*)/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

export function tokenize(sql: string): SqlToken[] {
	const tokens: SqlToken[] = [];
	let start = 0;
	while (start < sql.length) {
		const token = tokenAt(sql, start);
		tokens.push(token);
		start = token.end;
	}
	return tokens;
}

/** Texts between semicolons that hold more than spaces and comments. */
export function splitStatements(sql: string): { readonly start: number; readonly end: number }[] {
	const statements: { start: number; end: number }[] = [];
	let open: { start: number; end: number } | null = null;
	for (const token of tokenize(sql)) {
		if (token.kind === 'space' || token.kind === 'comment') continue;
		if (token.kind === 'symbol' && sql[token.start] === ';') {
			if (open) statements.push(open);
			open = null;
		} else if (open) open.end = token.end;
		else open = { start: token.start, end: token.end };
	}
	if (open) statements.push(open);
	return statements;
}

/** The name behind a word or a quoted identifier. */
export function identifierOf(sql: string, token: SqlToken): string {
	const text = sql.slice(token.start, token.end);
	if (token.kind !== 'quoted') return text;
	return text.slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined).replaceAll('""', '"');
}

/** `start` is where a token begins. */
export function tokenAt(sql: string, start: number): SqlToken {
	const end = (pattern: RegExp): number => {
		pattern.lastIndex = start;
		return pattern.test(sql) ? pattern.lastIndex : 0;
	};
	const two = sql.slice(start, start + 2);
	const first = two.charAt(0);
	let stop = end(space);
	if (stop) return { kind: 'space', start, end: stop };
	if (two === '--') return { kind: 'comment', start, end: indexOr(sql.indexOf('\n', start), sql.length) };
	if (two === '/*') return { kind: 'comment', start, end: blockCommentEnd(sql, start) };
	if (first === "'") return { kind: 'string', start, end: quotedEnd(sql, start, "'", false) };
	if (/^[eE]'/.test(two)) return { kind: 'string', start, end: quotedEnd(sql, start + 1, "'", true) };
	if (first === '"') return { kind: 'quoted', start, end: quotedEnd(sql, start, '"', false) };
	if (first === '$' && (stop = end(dollarTag))) {
		const tag = sql.slice(start, stop);
		const close = sql.indexOf(tag, stop);
		return { kind: 'string', start, end: close < 0 ? sql.length : close + tag.length };
	}
	if ((stop = end(parameter))) return { kind: 'parameter', start, end: stop };
	if ((stop = end(word))) return { kind: 'word', start, end: stop };
	if ((stop = end(number))) return { kind: 'number', start, end: stop };
	return { kind: 'symbol', start, end: start + 1 };
}

function quotedEnd(sql: string, start: number, quote: string, backslash: boolean): number {
	let at = start + 1;
	while (at < sql.length) {
		if (backslash && sql[at] === '\\') at += 2;
		else if (sql[at] !== quote) at++;
		else if (sql[at + 1] === quote) at += 2;
		else return at + 1;
	}
	return sql.length;
}

/** Comments nest, as in PostgreSQL. */
function blockCommentEnd(sql: string, start: number): number {
	const marks = /\/\*|\*\//g;
	marks.lastIndex = start;
	let depth = 0;
	for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
		depth += mark[0] === '/*' ? 1 : -1;
		if (depth === 0) return marks.lastIndex;
	}
	return sql.length;
}

function indexOr(index: number, otherwise: number): number {
	return index < 0 ? otherwise : index;
}
