// What the editor proposes at a place: columns of the tables in reach, datasets and their versions, DuckDB's words.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorView } from '@codemirror/view';
import { FUNCTIONS, KEYWORDS, TYPES } from './duckdb-words.ts';
import type { CatalogueTable } from './editor-props.ts';
import { sqlScope, type ScopeTable, type SqlScope } from './sql-scope.ts';

/** Typing any of these keeps the list and narrows it. */
const WORD = /^[\p{L}\p{N}_]*$/u;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const RESERVED = new Set(
	'all and any array as asc both case cast check column constraint create default desc distinct else end except false for from group having in initially intersect into is lateral leading limit not null offset on only or order pivot qualify references select show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with'.split(
		' '
	)
);

export function sqlCompletion(catalogue: () => readonly CatalogueTable[]) {
	return (context: CompletionContext): CompletionResult | null => {
		const node = syntaxTree(context.state).resolveInner(context.pos, -1).name;
		if (node === 'String' || node === 'LineComment' || node === 'BlockComment') return null;
		const typed = context.matchBefore(/"[^"\n]*$|[\p{L}\p{N}_]*$/u);
		const isQuoted = typed?.text.startsWith('"') === true;
		const from = (typed?.from ?? context.pos) + (isQuoted ? 1 : 0);
		const start = isQuoted ? from - 1 : from;
		const text = context.state.sliceDoc();
		const before = text.slice(Math.max(0, start - 300), start);
		const options = proposals(catalogue(), sqlScope(text, context.pos), before, typed?.text ?? '', isQuoted);
		const isAsked = context.explicit || (typed !== null && typed.from < context.pos) || /[.@]$/.test(before);
		if (!isAsked || options.length === 0) return null;
		return { from, options: isQuoted ? options.map(closingQuote) : options, validFor: isQuoted ? /^[^"\n]*$/ : WORD };
	};
}

function proposals(
	catalogue: readonly CatalogueTable[],
	scope: SqlScope,
	before: string,
	typed: string,
	isQuoted: boolean
): readonly Completion[] {
	const versioned = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))@$/u.exec(before);
	if (versioned !== null) return versions(find(catalogue, versioned[1] ?? versioned[2] ?? ''));
	const qualified = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))\.\s*$/u.exec(before);
	if (qualified !== null) return columnsOf(catalogue, scope, qualified[1] ?? qualified[2] ?? '');
	if (/\d\.$/.test(before) || (/^\d/.test(typed) && !isQuoted)) return [];
	const tables = tableNames(catalogue, scope);
	if (scope.expectsTable) return isQuoted ? tables : [...tables, ...tableFunctions];
	const columns = reachable(catalogue, scope).flatMap(({ table, source }) =>
		table.columns.map((column) => columnOption(column.name, column.type, source.alias ?? table.name))
	);
	const aliases = scope.tables.flatMap(({ alias }) => (alias === null ? [] : [named(alias, 'alias', 'variable', 5)]));
	const names = [...unique(columns), ...aliases, ...tables];
	if (isQuoted) return names;
	return [...names, ...(isUpperCase(typed) ? upperWords : words)];
}

function reachable(
	catalogue: readonly CatalogueTable[],
	scope: SqlScope
): readonly { readonly table: CatalogueTable; readonly source: ScopeTable }[] {
	return scope.tables.flatMap((source) => {
		const table = find(catalogue, source.name);
		return table === undefined ? [] : [{ table, source }];
	});
}

function columnsOf(catalogue: readonly CatalogueTable[], scope: SqlScope, qualifier: string): readonly Completion[] {
	const source = scope.tables.find(({ name, alias }) => same(alias ?? name, qualifier));
	const table = find(catalogue, source?.name ?? qualifier);
	return table?.columns.map(({ name, type }) => columnOption(name, type, table.name)) ?? [];
}

function versions(table: CatalogueTable | undefined): readonly Completion[] {
	return (
		table?.versions.map((label, at) => ({ label, type: 'constant', detail: `version of ${table.name}`, boost: -at })) ??
		[]
	);
}

function tableNames(catalogue: readonly CatalogueTable[], scope: SqlScope): readonly Completion[] {
	const shared = scope.commonTables.map((name) => named(name, 'query', 'variable', 8));
	return [...shared, ...catalogue.map(({ name }) => named(name, 'dataset', 'class', scope.expectsTable ? 10 : 0))];
}

function columnOption(name: string, type: string, table: string): Completion {
	return { ...named(name, type.toLowerCase(), 'property', 20), info: `${name} · ${type} · ${table}` };
}

function named(name: string, detail: string, type: string, boost: number): Completion {
	const quoted = quotedName(name);
	return quoted === name ? { label: name, detail, type, boost } : { label: name, apply: quoted, detail, type, boost };
}

/** As it must be written in SQL. */
export function quotedName(name: string): string {
	return PLAIN_NAME.test(name) && !RESERVED.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The opening quote is typed already. */
function closingQuote(option: Completion): Completion {
	const apply = (view: EditorView, _option: Completion, from: number, to: number): void => {
		const end = view.state.sliceDoc(to, to + 1) === '"' ? to + 1 : to;
		const insert = `${option.label.replaceAll('"', '""')}"`;
		view.dispatch({
			changes: { from, to: end, insert },
			selection: { anchor: from + insert.length },
			userEvent: 'input.complete'
		});
	};
	return { ...option, apply };
}

/** Writes `name()` with the cursor between the brackets, or only the name where a bracket follows. */
function call(view: EditorView, option: Completion, from: number, to: number): void {
	const isCall = view.state.sliceDoc(to, to + 1) === '(';
	const insert = isCall ? option.label : `${option.label}()`;
	view.dispatch({
		changes: { from, to, insert },
		selection: { anchor: from + option.label.length + 1 },
		userEvent: 'input.complete'
	});
}

function functionOption(label: string): Completion {
	return { label, type: 'function', detail: 'function', apply: call };
}

function wordOptions(recase: (word: string) => string): readonly Completion[] {
	return [
		...list(KEYWORDS).map((word) => ({ label: recase(word), type: 'keyword', boost: -10 })),
		...list(TYPES).map((word) => ({ label: recase(word), type: 'type', detail: 'type', boost: -30 })),
		...list(FUNCTIONS).map((word) => ({ ...functionOption(recase(word)), boost: -20 }))
	];
}

function list(spaced: string): readonly string[] {
	return spaced.trim().split(/\s+/);
}

const words = wordOptions((word) => word);
const upperWords = wordOptions((word) => word.toUpperCase());
const tableFunctions = ['read_csv', 'read_parquet', 'read_json', 'generate_series', 'range', 'unnest'].map(
	functionOption
);

function isUpperCase(typed: string): boolean {
	return /\p{Lu}/u.test(typed) && typed === typed.toUpperCase();
}

function unique(options: readonly Completion[]): readonly Completion[] {
	return [...new Map(options.map((option) => [option.label, option])).values()];
}

function find(catalogue: readonly CatalogueTable[], name: string): CatalogueTable | undefined {
	return catalogue.find((table) => same(table.name, name));
}

/** DuckDB compares names without regard to case. */
function same(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}
