// The SQL that people write inside a recipe: where it stands, and what is wrong with it before any engine sees it.
import { tokenize } from '../sql/tokens.ts';
import type { Finding, Path } from './problem.ts';
import type { StepBody } from './recipe.ts';

export type Expression = { readonly text: string; readonly path: Path };

/** `path` is the step's. */
export function expressionsOf(body: StepBody, path: Path): readonly Expression[] {
	const of = (record: Readonly<Record<string, string | number | boolean>>, ...at: Path): readonly Expression[] =>
		Object.entries(record).map(([name, text]) => ({ text: String(text), path: [...path, body.kind, ...at, name] }));
	switch (body.kind) {
		case 'filter':
			return [{ text: String(body.value), path: [...path, 'filter'] }];
		case 'sql':
			return [{ text: body.value, path: [...path, 'sql'] }];
		case 'derive':
			return of(body.value);
		case 'aggregate':
			return of(body.value.columns ?? {}, 'columns');
		case 'window':
			return of(body.value.columns, 'columns');
		case 'pivot':
			return [{ text: String(body.value.value), path: [...path, 'pivot', 'value'] }];
		default:
			return [];
	}
}

export function expressionFindings(body: StepBody, path: Path): readonly Finding[] {
	return expressionsOf(body, path).flatMap((expression) => fault(expression) ?? []);
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Brackets that do not match, or a semicolon, would change what the text round it means. */
function fault({ text, path }: Expression): Finding | null {
	const open: { readonly closer: string; readonly offset: number }[] = [];
	let isEmpty = true;
	for (const token of tokenize(text)) {
		if (token.kind === 'space' || token.kind === 'comment') continue;
		isEmpty = false;
		if (token.kind !== 'symbol') continue;
		const symbol = text.slice(token.start, token.end);
		if (symbol === ';' && text.slice(token.end).trim() !== '')
			return { path, offset: token.start, what: 'expression', reason: 'semicolon' };
		const closer = closers[symbol];
		if (closer !== undefined) open.push({ closer, offset: token.start });
		else if (/[)\]}]/.test(symbol) && open.pop()?.closer !== symbol)
			return { path, offset: token.start, what: 'expression', reason: 'unbalanced' };
	}
	const left = open.at(-1);
	if (left) return { path, offset: left.offset, what: 'expression', reason: 'unbalanced' };
	return isEmpty ? { path, what: 'expression', reason: 'empty' } : null;
}
