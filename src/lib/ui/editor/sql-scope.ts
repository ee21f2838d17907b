// Which tables a place in a SQL text can name columns of. A reading by tokens, not a parser: half-written text is normal.

type Token = {
	readonly kind: 'word' | 'quoted' | 'string' | 'symbol';
	/** Without quotes, for words and quoted names. */
	readonly text: string;
	readonly from: number;
	readonly to: number;
};

/** `version` is what stands after `@`; `alias` is null when the table goes by its own name. */
export type ScopeTable = { readonly name: string; readonly version: string | null; readonly alias: string | null };

export type SqlScope = {
	/** Tables of every FROM and JOIN whose query holds the place, the nearest query first. */
	readonly tables: readonly ScopeTable[];
	/** Names that WITH gives to queries of the statement. */
	readonly commonTables: readonly string[];
	/** True where a table's name is expected. */
	readonly expectsTable: boolean;
};

const TOKEN =
	/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|[^\s]/gu;

function sqlTokens(text: string): readonly Token[] {
	const tokens: Token[] = [];
	for (const match of text.matchAll(TOKEN)) {
		const [raw] = match;
		const from = match.index;
		const to = from + raw.length;
		if (raw.startsWith('--') || raw.startsWith('/*')) continue;
		if (raw.startsWith('"')) {
			const inner = raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined).replaceAll('""', '"');
			tokens.push({ kind: 'quoted', text: inner, from, to });
		} else if (raw.startsWith("'")) tokens.push({ kind: 'string', text: raw, from, to });
		else tokens.push({ kind: /^[\p{L}_]/u.test(raw) ? 'word' : 'symbol', text: raw, from, to });
	}
	return tokens;
}

export function sqlScope(text: string, position: number): SqlScope {
	const statement = statementAround(sqlTokens(text), position);
	const groups = groupsOf(statement);
	const enclosing = groups.filter((group) => group.from <= position && position <= group.to);
	const tables = enclosing.sort((one, other) => other.from - one.from).flatMap((group) => group.tables);
	const before = statement.filter((token) => token.to < position || (token.to === position && token.kind === 'symbol'));
	return { tables, commonTables: commonTables(statement), expectsTable: expectsTable(before) };
}

function statementAround(tokens: readonly Token[], position: number): readonly Token[] {
	const ends = tokens.filter((token) => token.text === ';' && token.kind === 'symbol');
	const start = ends.filter((end) => end.to <= position).at(-1)?.to ?? 0;
	const stop = ends.find((end) => end.to > position)?.from ?? Infinity;
	return tokens.filter((token) => token.from >= start && token.to <= stop);
}

type Group = { readonly from: number; to: number; readonly tables: ScopeTable[] };

/** The statement and each pair of brackets in it, with the tables named directly inside. */
function groupsOf(tokens: readonly Token[]): Group[] {
	const groups: Group[] = [{ from: 0, to: Infinity, tables: [] }];
	const open: { readonly group: Group; inFrom: boolean }[] = [];
	const [root] = groups;
	if (root === undefined) return groups;
	let current = { group: root, inFrom: false };
	for (let at = 0; at < tokens.length; at++) {
		const token = tokens[at];
		if (token === undefined) break;
		if (isSymbol(token, '(')) {
			open.push(current);
			const group = { from: token.to, to: Infinity, tables: [] };
			groups.push(group);
			current = { group, inFrom: false };
		} else if (isSymbol(token, ')')) {
			current.group.to = token.from;
			current = open.pop() ?? current;
		} else if (isWord(token, FROM_WORDS)) {
			current.inFrom = true;
			at = readTable(tokens, at + 1, current.group.tables) - 1;
		} else if (isSymbol(token, ',') && current.inFrom) {
			at = readTable(tokens, at + 1, current.group.tables) - 1;
		} else if (isWord(token, AFTER_FROM)) {
			current.inFrom = false;
		}
	}
	return groups;
}

const FROM_WORDS = new Set(['from', 'join', 'into', 'update', 'describe', 'summarize', 'pivot', 'unpivot']);
const AFTER_FROM = new Set([
	'where',
	'group',
	'having',
	'order',
	'limit',
	'window',
	'qualify',
	'union',
	'except',
	'intersect',
	'select',
	'set',
	'on',
	'using'
]);
/** Words that follow a table and are not its alias. */
const NOT_ALIAS = new Set([
	...AFTER_FROM,
	'join',
	'left',
	'right',
	'inner',
	'full',
	'outer',
	'cross',
	'natural',
	'semi',
	'anti',
	'asof',
	'positional',
	'tablesample',
	'sample',
	'offset',
	'fetch',
	'pivot',
	'unpivot',
	'values',
	'at',
	'returning',
	'for',
	'lateral'
]);

/** Reads `name[@version] [[AS] alias]` and tells where it ended. */
function readTable(tokens: readonly Token[], start: number, tables: ScopeTable[]): number {
	let at = start;
	const name = tokens[at];
	if (name === undefined || !isName(name) || (name.kind === 'word' && NOT_ALIAS.has(name.text.toLowerCase())))
		return at;
	at++;
	// A call such as read_csv(…) has no columns that are known here.
	if (isSymbol(tokens[at], '(')) return at;
	let version: string | null = null;
	if (isSymbol(tokens[at], '@') && isName(tokens[at + 1])) {
		version = tokens[at + 1]?.text ?? null;
		at += 2;
	}
	let alias: string | null = null;
	const hasAs = isWord(tokens[at], AS);
	const candidate = tokens[hasAs ? at + 1 : at];
	if (
		candidate !== undefined &&
		isName(candidate) &&
		(hasAs || candidate.kind === 'quoted' || !NOT_ALIAS.has(candidate.text.toLowerCase()))
	) {
		alias = candidate.text;
		at += hasAs ? 2 : 1;
	}
	tables.push({ name: name.text, version, alias });
	return at;
}

const AS = new Set(['as']);

function commonTables(tokens: readonly Token[]): readonly string[] {
	const names: string[] = [];
	if (!tokens.some((token) => isWord(token, new Set(['with'])))) return names;
	tokens.forEach((token, at) => {
		if (isName(token) && isWord(tokens[at + 1], AS) && isSymbol(tokens[at + 2], '(')) names.push(token.text);
	});
	return names;
}

function expectsTable(before: readonly Token[]): boolean {
	const last = before.at(-1);
	if (last === undefined) return false;
	if (isWord(last, FROM_WORDS)) return true;
	if (!isSymbol(last, ',')) return false;
	const clause = before.findLast((token) => isWord(token, FROM_WORDS) || isWord(token, AFTER_FROM));
	return clause !== undefined && isWord(clause, FROM_WORDS);
}

function isName(token: Token | undefined): boolean {
	return token?.kind === 'word' || token?.kind === 'quoted';
}

function isWord(token: Token | undefined, words: ReadonlySet<string>): boolean {
	return token?.kind === 'word' && words.has(token.text.toLowerCase());
}

function isSymbol(token: Token | undefined, symbol: string): boolean {
	return token?.kind === 'symbol' && token.text === symbol;
}
